"""manage.py remove_idle_guests: guests who did nothing for 60 days go."""

from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize

from cards.actions.learners import GUEST_IDLE_DAYS, remove_idle_guests
from cards.clock import now


class Command(BaseCommand):
    help = f"Deletes guests, and their logs, who have done nothing for {GUEST_IDLE_DAYS} days."

    def handle(self, *args: Any, **options: Any) -> None:
        count = remove_idle_guests(now=now())
        self.stdout.write(f"{count} guest{pluralize(count)} removed.")
