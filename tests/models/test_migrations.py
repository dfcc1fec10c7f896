"""While a newer version migrates, the one of before still serves, and writes rows that know nothing of new columns."""

from django.db import migrations
from django.db.migrations.loader import MigrationLoader

FROM = "0017"  # before, there was no version that anybody ran


def test_a_column_that_is_added_has_a_default_that_the_database_knows() -> None:
    disk = MigrationLoader(None).disk_migrations
    added = [
        (name, operation)
        for (app, name), migration in sorted(disk.items())
        if app == "cards" and name >= FROM
        for operation in migration.operations
        if isinstance(operation, migrations.AddField) and not operation.field.many_to_many
    ]
    assert added
    without = [
        f"{name}: {operation.model_name}.{operation.name}"
        for name, operation in added
        if not operation.field.null and not operation.field.has_db_default()
    ]
    assert without == []
