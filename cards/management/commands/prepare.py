"""manage.py prepare: makes a data folder and a database ready to serve; again, and nothing changes."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models import Q

from cards.clock import now
from cards.models import Learner
from cards.models.database import migrations_to_run

DECKS = ("chapter5.md",)


class Command(BaseCommand):
    help = "Migrates, collects static files, loads the decks that ship, and makes the first admin."
    requires_system_checks = ()  # `make check` runs them; a start is quick

    def handle(self, *args: Any, **options: Any) -> None:
        self._prepare_database()
        self._collect_static(Path(settings.DATA_DIR) / "static.fingerprint")
        for name in DECKS:
            call_command(
                "load_deck", settings.BASE_DIR / "cards" / "content" / name, verbosity=0, stdout=self.stdout
            )
        self._make_admin()

    def _prepare_database(self) -> None:
        if migrations_to_run():
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        if not settings.REDIS_URL:
            call_command("createcachetable", verbosity=0)

    def _collect_static(self, mark: Path) -> None:
        """Hashing and compressing take seconds: done only when a file, or what keeps it, changed."""
        fingerprint = hashlib.sha256("\n".join(_static_files()).encode()).hexdigest()
        if mark.exists() and mark.read_text() == fingerprint and Path(settings.STATIC_ROOT).exists():
            return
        mark.unlink(missing_ok=True)  # so that a start that is cut short here collects again
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        mark.write_text(fingerprint)

    def _make_admin(self) -> None:
        """Where there is none; a learner who has the name keeps it, as they are."""
        if Learner.objects.filter(Q(is_superuser=True) | Q(username__iexact="admin")).exists():
            return
        password = secrets.token_urlsafe(12)
        Learner.objects.create_superuser("admin", "", password, date_joined=now())
        self.stdout.write(f"An admin was made, shown this once: name admin, password {password}")


def _static_files() -> Iterator[str]:
    yield f"{settings.STORAGES['staticfiles']['BACKEND']} {version('whitenoise')}"
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = os.stat(storage.path(path))
            yield f"{path} {status.st_size} {status.st_mtime_ns}"
