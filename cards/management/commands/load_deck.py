"""manage.py load_deck FILE: brings a deck to what its file says, and keeps every edit made here."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from cards.actions.decks import load_deck
from cards.cardtext import TextError, read_deck
from cards.clock import now
from cards.exchange.encoding import UnreadableFile, decode

KEY = re.compile(r"[\w-]{1,80}", re.ASCII)


class Command(BaseCommand):
    help = "Loads a deck file (deck Markdown). Repeatable: a card that was edited here keeps its edit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, verbosity: int = 1, **options: Any) -> None:
        if not KEY.fullmatch(file.stem):
            raise CommandError(
                f"{file}: The file's name is the deck's key: letters, digits, - and _ before the dot, at most 80."
            )
        try:
            text = read_deck(decode(file.read_bytes()).text)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from None
        except (UnreadableFile, TextError) as error:
            raise CommandError(f"{file}: {error}") from None
        loaded = load_deck(text=text, source_key=file.stem, now=now())
        if verbosity or loaded.kept or loaded.missing:
            added = f"{len(loaded.added)} card{pluralize(len(loaded.added))} added"
            self.stdout.write(f"{loaded.deck.name}: {added}, {len(loaded.changed)} changed.")
        for title, keys in (("kept as edited here", loaded.kept), ("no longer in the file", loaded.missing)):
            if keys:
                self.stdout.write(f"  {title}: {', '.join(keys)}")
