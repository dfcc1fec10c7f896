"""The database that the site keeps everything in."""

from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from cards.clock import now
from cards.doctor.finding import Finding, first_line, listed, ok, problem, warning
from cards.models.database import migrations_to_run, unknown_migrations

PATIENCE_SECONDS = 5
CLOCK_SECONDS = 5.0  # that clocks of two machines may differ


def server() -> Finding:
    """It answers, to a connection of its own that waits neither long nor for a pool; which kind and version it is."""
    probe = connection.copy()
    try:
        return _sqlite(probe) if probe.vendor == "sqlite" else _postgresql(probe)
    except DatabaseError as error:
        advice = (
            "Restore a backup, as docs/operating.md says."
            if probe.vendor == "sqlite"
            else "Start PostgreSQL (`docker compose up --detach db`), or correct DATABASE_URL."
        )
        return problem(f"{_place(probe)} cannot be used: {first_line(error)}.", advice)
    finally:
        probe.close()


def _place(probe: BaseDatabaseWrapper) -> str:
    """Where it is, without the password."""
    parts = probe.settings_dict
    if probe.vendor == "sqlite":
        return str(parts["NAME"])
    return f"PostgreSQL at {parts['HOST'] or 'localhost'}:{parts['PORT'] or 5432}/{parts['NAME']}"


def _sqlite(probe: BaseDatabaseWrapper) -> Finding:
    path = Path(probe.settings_dict["NAME"])
    if not path.is_file():  # SQLite would make it
        return problem(
            f"There is no database at {path}.", "Start the site (`make run`), or run `manage.py prepare`."
        )
    probe.check_database_version_supported()
    with probe.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        [mode] = cursor.fetchone()
        cursor.execute("PRAGMA quick_check(1)")
        [state] = cursor.fetchone()
    if state != "ok":
        return problem(
            f"{path} is damaged: {first_line(state)}.", "Restore a backup, as docs/operating.md says."
        )
    if mode != "wal":
        return warning(
            f"SQLite cannot keep its log beside {path} (its journal is {mode!r}), so readers wait for writers.",
            "Move DATA_DIR to a disk of this machine.",
        )
    return ok(f"SQLite {_version(probe)} with WAL; its file is whole.")


def _postgresql(probe: BaseDatabaseWrapper) -> Finding:
    probe.settings_dict["OPTIONS"].pop("pool", None)
    probe.settings_dict["OPTIONS"]["connect_timeout"] = PATIENCE_SECONDS
    probe.check_database_version_supported()
    return ok(f"{_place(probe)} answers, version {_version(probe)}.")


def _version(probe: BaseDatabaseWrapper) -> str:
    return ".".join(map(str, probe.get_database_version()))


def clock() -> Finding | None:
    """A server's clock agrees with this machine's; SQLite has no other."""
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        before = now()
        cursor.execute("SELECT clock_timestamp()")
        seconds = _distance(cursor.fetchone()[0], before, now())
    if abs(seconds) > CLOCK_SECONDS:
        side = "ahead of" if seconds > 0 else "behind"
        return warning(
            f"The database's clock is {abs(seconds):,.0f} s {side} this machine's.",
            "Let both machines keep time by NTP.",
        )
    return ok("It agrees with this machine's.")


def _distance(theirs: datetime, before: datetime, after: datetime) -> float:
    return (theirs - before - (after - before) / 2).total_seconds()


def migrations() -> Finding:
    """The tables are what this code expects."""
    if waiting := migrations_to_run():
        return problem(
            f"{len(waiting)} still to run: {listed(waiting)}.",
            "Run `manage.py prepare`, or start the site anew.",
        )
    if unknown := unknown_migrations():
        return warning(
            f"The database is newer than this code: {listed(unknown)}.", "Bring the code up to date."
        )
    return ok("All have run.")
