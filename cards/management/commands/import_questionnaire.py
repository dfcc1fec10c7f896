"""manage.py import_questionnaire FILE: the reader of the browser, for a file on the server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from cards.actions.decks import make_deck
from cards.cardtext import TextError
from cards.clock import now
from cards.exchange.encoding import UnreadableFile, check_size, decode
from cards.exchange.questionnaire import NotAQuestionnaire, drafts, read
from cards.models import Learner, Revision


class Command(BaseCommand):
    help = "Makes a deck of a questionnaire: a text of questions and answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--deck", default="", help="the deck's name; default: the text's first heading, else the file's"
        )
        parser.add_argument("--owner", default="", help="a learner's name; default: the deck is the site's")
        parser.add_argument("--dry-run", action="store_true", help="show what was read, make nothing")

    def handle(
        self, *args: Any, file: Path, deck: str, owner: str, dry_run: bool, verbosity: int = 1, **options: Any
    ) -> None:
        learner = Learner.objects.filter(username=owner).first()
        if owner and learner is None:
            raise CommandError(f"There is no learner named {owner}.")
        try:
            check_size(file.stat().st_size)
            decoded = decode(file.read_bytes())
            paragraphs = read(decoded.text)
            questions = drafts(paragraphs)
            wordings = questions.wordings()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from None
        except (UnreadableFile, NotAQuestionnaire, TextError) as error:
            raise CommandError(f"{file}: {error}") from None
        if decoded.encoding != "utf-8":
            self.stdout.write(f"Read as {decoded.encoding}.")
        if dry_run:
            for paragraph in paragraphs:
                self.stdout.write(
                    f"{paragraph.number:>4} {paragraph.role:<12} {paragraph.text.splitlines()[0][:90]}"
                )
        name = (deck or questions.title or file.stem)[:200]
        unanswered = sum(wording.needs_answer for wording in wordings)
        if not dry_run:
            made = make_deck(
                owner=learner, name=name, wordings=wordings, source=Revision.Source.IMPORTED, now=now()
            )
            name = f"{name} (deck {made.pk})"
        would = " would be made" if dry_run else ""
        cards = f"{len(wordings)} card{pluralize(len(wordings))}"
        self.stdout.write(
            f"{name}: {cards}{would}, {unanswered} need{pluralize(unanswered, 's,')} an answer."
        )
