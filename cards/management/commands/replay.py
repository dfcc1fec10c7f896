"""manage.py replay --check: holds every schedule row against a full replay of its log."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from cards.reports import replayed


class Command(BaseCommand):
    help = (
        "Replays every log. --check reports the schedule rows that differ, and exits with 1 if there are any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", required=True, help="change nothing, report differences"
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="as Django's own commands have it")

    def handle(self, *args: Any, database: str, **options: Any) -> None:
        count = differing = 0
        for each in replayed(database):
            count += 1
            if each.difference:
                differing += 1
                place = f"learner {each.learner_id} card {each.card_id} part {each.part}"
                self.stdout.write(f"{place}: {each.difference}")
        if differing:
            raise CommandError(
                f"{differing} of {count} schedules differ from the replay of their events.", returncode=1
            )
        self.stdout.write(f"{count} schedules are what their events say.")
