"""The doctor on the database: away, damaged, too old, with another clock, without its migrations."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from cards.doctor.database import clock, migrations, server
from tests.server import free_port

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's file")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="about a server")


def test_it_names_kind_and_version(said) -> None:
    version = ".".join(map(str, connection.get_database_version()))
    if connection.vendor == "sqlite":
        assert said(server()) == f"ok: SQLite {version} with WAL; its file is whole."
    else:
        assert re.fullmatch(rf"ok: PostgreSQL at \S+:\d+/\w+ answers, version {version}\.", said(server()))


def test_a_version_that_django_supports_no_more(said, monkeypatch) -> None:
    monkeypatch.setattr(type(connection.features), "minimum_database_version", (99, 1))
    assert "cannot be used: " in said(server())
    assert "99.1 or later is required" in said(server())


# --- SQLite -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(monkeypatch, tmp_path: Path) -> Path:
    """The site's database, of a thousand rows, at rest."""
    path = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(path)) as rows:
        rows.execute("PRAGMA journal_mode=WAL")
        rows.execute("CREATE TABLE card (text)")
        rows.executemany("INSERT INTO card VALUES (?)", [("x" * 1000,)] * 1000)
        rows.commit()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    return path


@on_sqlite
def test_a_file_that_is_whole(said, file) -> None:
    assert said(server()).endswith("with WAL; its file is whole.")


@on_sqlite
def test_a_file_that_is_missing_is_not_made(said, file) -> None:
    file.unlink()
    assert said(server()).startswith(f"problem: There is no database at {file}. Start the site (`make run`)")
    assert not file.exists()


@on_sqlite
def test_a_file_with_a_damaged_page(said, file) -> None:
    with file.open("r+b") as pages:
        pages.seek(4096 * 50)
        pages.write(b"\xff" * 4096)
    assert said(server()).startswith(f"problem: {file} is damaged: ")
    assert said(server()).endswith("Restore a backup, as docs/operating.md says.")


@on_sqlite
def test_a_file_that_is_something_else(said, file) -> None:
    file.write_bytes(b"Dear diary, " * 1000)
    assert said(server()).startswith(f"problem: {file} cannot be used: file is not a database. Restore")


@on_sqlite
def test_a_disk_that_takes_no_wal(said, file, monkeypatch) -> None:
    options = {
        name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "init_command"
    }
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    with closing(sqlite3.connect(file)) as rows:
        rows.execute("PRAGMA journal_mode=DELETE")
    assert said(server()).startswith(
        f"warning: SQLite cannot keep its log beside {file} (its journal is 'delete')"
    )


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@on_postgresql
@pytest.mark.parametrize("pool", [None, {"min_size": 1, "max_size": 2, "timeout": 2}])
def test_a_server_that_is_away_is_named_without_the_password_or_the_pool(said, monkeypatch, pool) -> None:
    port = free_port()
    monkeypatch.setitem(connection.settings_dict, "PORT", port)
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "of nobody's business")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"pool": pool})
    assert said(server()).startswith(f"problem: PostgreSQL at 127.0.0.1:{port}/")
    assert "Connection refused" in said(server())
    assert "business" not in said(server())


@on_postgresql
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-60, "warning: The database's clock is 60 s behind this machine's. Let"),
        (-2, "ok: It agrees"),
        (2, "ok: It agrees"),
        (60, "warning: The database's clock is 60 s ahead of this machine's. Let"),
    ],
)
def test_a_server_s_clock(said, seconds, expected) -> None:
    """Another function of that name, which this connection finds first."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA skewed")
        cursor.execute(
            "CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
            f"$$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} s' $$"
        )
        cursor.execute("SET LOCAL search_path = skewed, public, pg_catalog")
    assert said(clock()).startswith(expected)


@on_sqlite
def test_sqlite_has_no_clock_of_its_own() -> None:
    assert clock() is None


# --- migrations -------------------------------------------------------------------------------------------------------


def test_all_migrations_have_run(said) -> None:
    assert said(migrations()) == "ok: All have run."


def test_a_migration_that_has_not_run_is_named(said) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="cards").latest("pk")
    newest.delete()
    assert said(migrations()) == (
        f"problem: 1 still to run: cards.{newest.name}. Run `manage.py prepare`, or start the site anew."
    )


def test_a_database_that_is_newer_than_the_code(said) -> None:
    MigrationRecorder(connection).record_applied("cards", "9999_of_tomorrow")
    MigrationRecorder(connection).record_applied("an_app_of_yesterday", "0001_initial")
    assert said(migrations()).startswith(
        "warning: The database is newer than this code: cards.9999_of_tomorrow. Bring"
    )
