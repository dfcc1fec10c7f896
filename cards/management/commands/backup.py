"""manage.py backup FILE: all of the site's data in one archive, while it goes on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cards.actions.archive import write_archive
from cards.clock import now
from cards.exchange.archive import BadArchive


class Command(BaseCommand):
    help = "Writes one archive (tar.gz) of the database and the pictures. The site need not stop for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to; a file that is there is never overwritten")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} is there already.")
        try:
            written = write_archive(path=file, now=now())
        except (OSError, DatabaseError, BadArchive) as error:
            raise CommandError(f"No backup was made: {error}") from None
        self.stdout.write(
            f"{file}: {written.rows} rows of {written.tables} tables, {written.files} files, "
            f"{file.stat().st_size / 1_000_000:.1f} MB."
        )
