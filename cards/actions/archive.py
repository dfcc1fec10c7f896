"""All of a site's data into an archive, and back: the same file for SQLite and for PostgreSQL.

Rows are copied as they are, table by table over Django's own list of models, so that a model that is added later is
copied as well. Not copied: rows that say which processes run, and the cache, which is no model.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

import django
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, JSONField, Max, Model

from cards.exchange.archive import PIECE, ArchiveWriter, BadArchive, Manifest, Table, read, table_name, verify

LEFT_OUT = {"cards.demoworker"}
MADE_BY_MIGRATE = {"contenttypes.contenttype", "auth.permission"}
READ_AT_ONCE = 10  # some rows hold megabytes
ROWS_AT_ONCE = 200
LONGEST_LINE = 64_000_000
MOST_BATCH = 1_000_000  # bytes of rows that are inserted by one statement


class NotRestored(Exception):
    """Why nothing was changed, as a sentence."""


class NotEmpty(NotRestored):
    """There are rows already."""


class FilesLeft(Exception):
    """The rows are restored; why not all files are, as a sentence."""


class Written(NamedTuple):
    """What an archive holds."""

    rows: int
    tables: int
    files: int


# --- out ------------------------------------------------------------------------------------------------------------


def write_archive(
    *, path: Path, now: datetime, using: str = DEFAULT_DB_ALIAS, with_files: bool = True
) -> Written:
    """Writes an archive of one moment of the database, and of the files there after it. Nobody has to wait for it.

    A file that is deleted meanwhile, with its row, is not in the archive. Raises OSError, DatabaseError.
    """
    connection = connections[using]
    with ArchiveWriter(path) as archive:
        with _one_moment(connection):
            tables = {
                model._meta.label_lower: _write_table(archive, connection, model)
                for model in archived_models()
            }
            migrations = _migrations(connection)
        files = sum(_write_file(archive, name) for name in _file_names()) if with_files else 0
        manifest = Manifest(
            made_at=now.isoformat(),
            versions={
                "chapter5": version("chapter5"),
                "django": django.get_version(),
                "database": database_version(connection),
            },
            migrations=migrations,
            tables=tables,
            file_count=files,
        )
        archive.finish(manifest)
    return Written(sum(table.rows for table in tables.values()), len(tables), files)


def archived_models() -> list[type[Model]]:
    """Every table of ours and of Django's but those left out, many-to-many tables included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]


def database_version(connection: BaseDatabaseWrapper) -> str:
    number = ".".join(map(str, connection.get_database_version()))
    return f"{connection.display_name} {number}"


@contextmanager
def _one_moment(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """What is read inside is of one moment. On SQLite no lock for writing is taken, as `atomic` would."""
    snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(snapshot if connection.vendor == "postgresql" else "BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _write_table(archive: ArchiveWriter, connection: BaseDatabaseWrapper, model: type[Model]) -> Table:
    fields = model._meta.local_concrete_fields
    columns = [field.attname for field in fields]
    rows = model._base_manager.using(connection.alias).order_by("pk").values_list(*columns)
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in rows.iterator(chunk_size=READ_AT_ONCE):
            count += 1
            line = {field.attname: _encoded(field, value) for field, value in zip(fields, row, strict=True)}
            yield json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n"

    archive.add(table_name(model._meta.label_lower), lines())
    return Table(columns, count, _last_id(connection, model))


def _encoded(field: Field, value: Any) -> Any:
    """What the field's own `to_python` reads back."""
    if isinstance(field, JSONField) or value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def _write_file(archive: ArchiveWriter, name: str) -> bool:
    try:
        with default_storage.open(name) as file:
            archive.add(f"media/{name}", iter(lambda: file.read(PIECE), b""))
    except FileNotFoundError:
        return False  # deleted since it was listed
    return True


def _file_names(folder: str = "") -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    below = f"{folder}/" if folder else ""
    yield from (f"{below}{name}" for name in sorted(files))
    yield from chain.from_iterable(_file_names(f"{below}{name}") for name in sorted(folders))


# --- in -------------------------------------------------------------------------------------------------------------


def restore_archive(
    *, path: Path, using: str = DEFAULT_DB_ALIAS, replace: bool = False, with_files: bool = True
) -> Written:
    """Puts what an archive holds into a migrated, empty database; with `replace`, instead of what is there.

    One transaction; files that are missing come before its end, others go after it. So whenever it is cut, no row
    lacks its file. Raises BadArchive for a file that is no sound archive, NotRestored for one that does not fit here:
    both change nothing. Raises FilesLeft when only files could not be replaced.
    """
    manifest = verify(path)
    connection = connections[using]
    models = {model._meta.label_lower: model for model in archived_models()}
    _check_that_it_fits(manifest, connection, models)
    added: list[str] = []
    differing: list[str] = []
    try:
        with transaction.atomic(using=using):
            _lock(connection, models.values())
            if not replace and (full := full_tables(using)):
                raise NotEmpty(f"The database is not empty: there are rows in {', '.join(full)}.")
            _empty(connection, models.values())
            for name, file in read(path):
                folder, _, rest = name.partition("/")
                if folder == "tables":
                    label = rest.removesuffix(".jsonl")
                    _restore_table(connection, models[label], file, manifest.tables[label])
                elif with_files:
                    _restore_file(rest, file, added, differing)
            _finish_tables(connection, models, manifest)
    except BaseException:
        for name in added:
            default_storage.delete(name)
        raise
    if with_files:
        try:
            _replace_files(path, differing, replace=replace)
        except (SuspiciousFileOperation, OSError) as error:
            raise FilesLeft(f"Some files could not be replaced ({error}).") from error
    ContentType.objects.clear_cache()
    return Written(sum(table.rows for table in manifest.tables.values()), len(models), manifest.file_count)


def full_tables(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The tables with rows that a person made or caused; those that migrate itself fills do not count."""
    with connections[using].cursor() as cursor:
        there = set(connections[using].introspection.table_names(cursor))
    return [
        model._meta.label_lower
        for model in archived_models()
        if model._meta.label_lower not in MADE_BY_MIGRATE
        and model._meta.db_table in there
        and model._base_manager.using(using).order_by().exists()
    ]


def _check_that_it_fits(
    manifest: Manifest, connection: BaseDatabaseWrapper, models: dict[str, type[Model]]
) -> None:
    here, there = set(_migrations(connection)), set(manifest.migrations)
    if not here:
        raise NotRestored("The database has no tables yet: run `manage.py migrate` first.")
    if here != there:
        absent = ", ".join(sorted(there - here) or "none")
        beyond = ", ".join(sorted(here - there) or "none")
        raise NotRestored(
            f"The archive was made by chapter5 {manifest.versions.get('chapter5')}, whose tables are not those here: "
            f"migrations of the archive that are not applied here: {absent}; applied here alone: {beyond}. "
            "Run `manage.py migrate` with the version that made it, restore, then upgrade."
        )
    columns = {label: _columns(model) for label, model in models.items()}
    if {label: table.columns for label, table in manifest.tables.items()} != columns:
        raise BadArchive("The archive's tables and columns are not those that its migrations make.")


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def _migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """All that were applied, as `app.name`."""
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def _lock(connection: BaseDatabaseWrapper, models: Any) -> None:
    """Who reads goes on, who writes waits. On SQLite the transaction itself is that lock."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _empty(connection: BaseDatabaseWrapper, models: Any) -> None:
    """By SQL, table by table: foreign keys are looked at when all rows are there."""
    with connection.cursor() as cursor:
        for model in models:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def _restore_table(
    connection: BaseDatabaseWrapper, model: type[Model], file: IO[bytes], table: Table
) -> None:
    fields = model._meta.local_concrete_fields
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    insert = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted}) VALUES "  # noqa: S608
    row_marks = f"({', '.join(['%s'] * len(fields))})"
    number = 0
    try:
        with connection.cursor() as cursor:
            for batch in _batches(file):
                number += len(batch)
                values = [value for line in batch for value in _decoded(fields, line, connection)]
                cursor.execute(insert + ", ".join([row_marks] * len(batch)), values)
    except (DatabaseError, ValidationError, ValueError, TypeError, KeyError, RecursionError) as error:
        label = model._meta.label_lower
        raise NotRestored(f"{label}: a row up to line {number} cannot be stored here ({error}).") from error
    if number != table.rows:
        raise BadArchive(f"{model._meta.label_lower} has {number} rows, and {table.rows} by the manifest.")


def _batches(file: IO[bytes]) -> Iterator[list[bytes]]:
    """Lines, few enough at once to need little memory."""
    batch: list[bytes] = []
    size = 0
    while line := file.readline(LONGEST_LINE):
        batch.append(line)
        size += len(line)
        if len(batch) == ROWS_AT_ONCE or size > MOST_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _decoded(fields: Any, line: bytes, connection: BaseDatabaseWrapper) -> list[Any]:
    row = json.loads(line)
    return [field.get_db_prep_save(field.to_python(row[field.attname]), connection) for field in fields]


def _restore_file(name: str, file: IO[bytes], added: list[str], differing: list[str]) -> None:
    """Adds the file if it is not there; notes it if it is, with other bytes."""
    try:
        if not default_storage.exists(name):
            added.append(name)
            default_storage.save(name, File(file))
        else:
            with default_storage.open(name) as own:
                while (piece := file.read(PIECE)) == own.read(PIECE):
                    if not piece:
                        return
            differing.append(name)
    except (SuspiciousFileOperation, OSError) as error:
        raise NotRestored(f"{name} cannot be written ({error}).") from error


def _finish_tables(
    connection: BaseDatabaseWrapper, models: dict[str, type[Model]], manifest: Manifest
) -> None:
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise NotRestored(f"Rows of the archive name others that are not in it ({error}).") from error
    for label, model in models.items():
        _set_last_id(connection, model, manifest.tables[label].last_id or 0)


def _replace_files(path: Path, differing: list[str], *, replace: bool) -> None:
    """After the transaction: a file that differs is the archive's; one that the archive lacks goes."""
    kept = set()
    for name, file in read(path):
        folder, _, rest = name.partition("/")
        if folder == "media":
            kept.add(rest)
            if rest in differing:
                default_storage.delete(rest)
                default_storage.save(rest, File(file))
    if replace:
        for name in set(_file_names()) - kept:
            default_storage.delete(name)


# --- ids ------------------------------------------------------------------------------------------------------------
# An id is never given twice, not even that of a deleted row: an old session may still name it.


def _last_id(connection: BaseDatabaseWrapper, model: type[Model]) -> int | None:
    auto = model._meta.auto_field
    if auto is None:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, auto.column])
            cursor.execute(f"SELECT last_value, is_called FROM {cursor.fetchone()[0]}")  # noqa: S608
            last, is_called = cursor.fetchone()
            return int(last) if is_called else 0
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def _set_last_id(connection: BaseDatabaseWrapper, model: type[Model], last_id: int) -> None:
    """The next row gets a higher id than any that was given there or here."""
    auto = model._meta.auto_field
    if auto is None:
        return
    highest = model._base_manager.using(connection.alias).aggregate(highest=Max("pk"))["highest"] or 0
    last_id = max(last_id, highest, _last_id(connection, model) or 0)
    if not last_id:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "pg_get_serial_sequence(%s, %s)"
            cursor.execute(f"SELECT setval({sequence}, %s)", [model._meta.db_table, auto.column, last_id])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [model._meta.db_table, last_id])
