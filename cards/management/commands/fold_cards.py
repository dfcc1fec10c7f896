"""manage.py fold_cards: what searches look into, made anew of what the cards say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cards.actions.cards import fold_cards


class Command(BaseCommand):
    help = "Makes anew what searches look into, of what the cards say. Needed where the way of folding has changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit with 1 if there is a difference"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        count = fold_cards(only_count=check)
        cards = "1 card is" if count == 1 else f"{count} cards are"
        if check and count:
            raise CommandError(
                f"{cards} not found by what they say. Run `manage.py fold_cards`.", returncode=1
            )
        self.stdout.write(f"{cards} folded anew." if count else "All cards are found by what they say.")
