"""manage.py move_to_postgres URL: the embedded database's rows into an empty PostgreSQL, by an archive."""

import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from cards.actions.archive import NotRestored, archived_models, full_tables, restore_archive, write_archive
from cards.clock import now
from cards.exchange.archive import BadArchive
from cards.management.commands.serve import hold_data_folder
from cards.models.database import migrations_to_run

TARGET = "target"
CACHE_TABLE = "cache"  # made by `prepare`, and by no migration


class Command(BaseCommand):
    help = "Copies this site from its SQLite file into an empty PostgreSQL, and compares both. Changes nothing here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", metavar="URL", help="postgres://user:password@host:5432/name")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("This site does not use the embedded database: DATABASE_URL is set.")
        target = _settings(url)
        held = hold_data_folder()  # what is graded meanwhile would be missing there
        connections.settings[TARGET] = target
        try:
            self._move()
        except (CommandError, DatabaseError, NotRestored, BadArchive, OSError) as error:
            raise CommandError(f"Nothing was moved. {str(error).strip()}") from None
        finally:
            connections[TARGET].close()
            del connections[TARGET], connections.settings[TARGET]
            os.close(held)
        self.stdout.write(
            "Now set DATABASE_URL to the address that you gave, wherever the site is started. Pictures stay in "
            f"{settings.MEDIA_ROOT}; {connection.settings_dict['NAME']} stays as it is, and is not used any more."
        )

    def _move(self) -> None:
        _refuse_unless_empty()
        if waiting := migrations_to_run():
            raise NotRestored(f"{len(waiting)} migrations are to run here. Run `manage.py migrate` first.")
        call_command("replay", check=True, stdout=self.stdout)
        call_command("migrate", database=TARGET, verbosity=0, interactive=False, skip_checks=True)
        with tempfile.TemporaryDirectory(prefix="chapter5-") as folder:
            archive = Path(folder) / "move.tar.gz"
            write_archive(path=archive, now=now(), with_files=False)
            with transaction.atomic(using=TARGET):  # what differs is not kept
                restore_archive(path=archive, using=TARGET, with_files=False)
                self._compare()
                call_command("replay", check=True, database=TARGET, stdout=self.stdout)

    def _compare(self) -> None:
        for model in archived_models():
            here, there = (
                model._base_manager.using(alias).order_by().count() for alias in (DEFAULT_DB_ALIAS, TARGET)
            )
            if here != there:
                raise NotRestored(f"{model._meta.label} has {here} rows here, and {there} there.")
            if here:
                self.stdout.write(f"{here:>9} {model._meta.label}")


def _settings(url: str) -> dict[str, Any]:
    """Django's settings for the database at the URL. Raises CommandError for another URL than PostgreSQL's."""
    try:
        target = dj_database_url.parse(url)
    except ValueError:  # its message would repeat the password
        target = {"ENGINE": ""}
    if target["ENGINE"] != "django.db.backends.postgresql":
        raise CommandError("URL must be like postgres://user:password@host:5432/name.")
    target.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
    own = settings.DATABASES[DEFAULT_DB_ALIAS]
    completed: dict[str, Any] = connections.configure_settings({DEFAULT_DB_ALIAS: own, TARGET: target})[
        TARGET
    ]
    return completed


def _refuse_unless_empty() -> None:
    """Before anything is migrated there. Tables of ours without rows are what a move that was cut leaves."""
    target = connections[TARGET]
    known = {
        *target.introspection.django_table_names(),
        MigrationRecorder.Migration._meta.db_table,
        CACHE_TABLE,
    }
    with target.cursor() as cursor:
        others = set(target.introspection.table_names(cursor)) - known
    if others:
        raise NotRestored(f"The database has tables of something else ({', '.join(sorted(others)[:5])}).")
    if full := full_tables(TARGET):
        raise NotRestored(f"The database there is not empty: there are rows in {', '.join(full)}.")
