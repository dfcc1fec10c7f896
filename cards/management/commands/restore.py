"""manage.py restore FILE: what a backup holds, into an empty database or instead of what is there."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cards.actions.archive import FilesLeft, NotEmpty, NotRestored, restore_archive
from cards.exchange.archive import BadArchive
from cards.management.commands.serve import hold_data_folder


class Command(BaseCommand):
    help = "Restores a backup into a migrated, empty database. All of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="delete what is there, in the same transaction"
        )

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        held = hold_data_folder()
        try:
            restored = restore_archive(path=file, replace=replace)
        except NotEmpty as error:
            raise CommandError(f"{error} Nothing was changed; --replace would delete them.") from None
        except FilesLeft as error:
            raise CommandError(f"The rows are restored. {error} Run it again, with --replace.") from None
        except (NotRestored, BadArchive, OSError, DatabaseError) as error:
            raise CommandError(f"{file}: {error} Nothing was changed.") from None
        finally:
            os.close(held)
        self.stdout.write(f"{restored.rows} rows and {restored.files} files are what {file} says.")
