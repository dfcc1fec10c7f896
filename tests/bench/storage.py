"""What a review leaves on PostgreSQL's disk, indexes included: the bytes of a study event and of a schedule.

Of 200,000 reviews, written as a learner writes them: cards come back after days, so a table's neighbours are strangers.
"""

import subprocess
import sys
from collections.abc import Iterator

import psycopg

from tests.bench.figure import Figure
from tests.bench.grading import postgresql
from tests.server import ROOT, site_on

TABLES = {"a study event": "cards_studyevent", "a schedule": "cards_schedule"}
SIZE = "SELECT pg_table_size(%(table)s), pg_indexes_size(%(table)s), (SELECT count(*) FROM {table})"


def measure() -> Iterator[Figure]:
    address = postgresql()
    if not address:
        return
    with site_on(address) as server:
        subprocess.run(
            [sys.executable, "-m", "tests.bench.many_reviews"],
            cwd=ROOT, env=server.environment, stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        with psycopg.connect(server.environment["DATABASE_URL"]) as connection:
            for name, table in TABLES.items():
                row = connection.execute(SIZE.format(table=table), {"table": table}).fetchone()
                assert row is not None
                rows, indexes, count = row
                yield Figure(f"{name} on PostgreSQL's disk", "B", [rows / count])
                yield Figure(f"{name}, its entries in indexes", "B", [indexes / count])
