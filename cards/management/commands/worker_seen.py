"""manage.py worker_seen light heavy: are this host's workers there? What the health check of a container asks."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cards.actions.demo_runs import WORKER_SEEN_SECONDS
from cards.clock import now
from cards.models import DemoWorker


class Command(BaseCommand):
    help = "Fails unless a worker of each queue on this host has greeted lately: it runs, and reaches the database."
    requires_system_checks = ()  # asked every few seconds

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queues", nargs="+", choices=("light", "heavy", "care"))

    def handle(self, *args: Any, queues: list[str], **options: Any) -> None:
        since = now() - timedelta(seconds=WORKER_SEEN_SECONDS)
        missing = [queue for queue in queues if not DemoWorker.is_seen_here(queue, since)]
        if missing:
            raise CommandError(f"Not heard of for {WORKER_SEEN_SECONDS} s: {', '.join(missing)}.")
