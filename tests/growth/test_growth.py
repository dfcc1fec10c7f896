"""On a large site no page reads a table that grows from one end to the other, nor asks oftener where there is more."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import connection

from tests.growth.large_site import LITTLE, MUCH, Size, fill
from tests.growth.plans import Statement, growing_tables, nodes, plan_of, read_whole
from tests.growth.walk import walk
from tests.server import fresh_database
from tests.workers.site import using_database

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="of PostgreSQL alone"),
    pytest.mark.xdist_group("growth"),
]
SIZE = Size(learners=2_000, groups=1_000, cards=4, events=3, more=60, others=1_000)
LEAST_ROWS = 1_000
# What is left is then an index by which rows are found, or that there is none.
BY_INDEX = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
Walked = dict[int, dict[str, list[Statement]]]


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A large site in a database of its own, which this process uses."""
    with django_db_blocker.unblock(), ExitStack() as stack:
        connection.close()  # nobody may use what is copied
        url = stack.enter_context(
            fresh_database(os.environ["DATABASE_URL"], like=connection.settings_dict["NAME"])
        )
        stack.enter_context(using_database(url.rpartition("/")[2]))
        fill(SIZE)
        yield


@pytest.fixture(scope="module")
def walked(site) -> Walked:
    """What each step asked, of who has little and of who has much."""
    return {learner: dict(walk(learner, SIZE)) for learner in (LITTLE, MUCH)}


def test_every_table_that_grows_is_large(site) -> None:
    with connection.cursor() as cursor:
        counts = {}
        for table in growing_tables():
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    assert {table: count for table, count in counts.items() if count < LEAST_ROWS} == {}


def test_no_page_reads_a_table_that_grows_from_one_end_to_the_other(walked: Walked) -> None:
    statements = {
        statement.sql: (page, statement)
        for pages in walked.values()
        for page, asked in pages.items()
        for statement in asked
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
    found = {
        (page, table, statement.sql)
        for page, statement in statements.values()
        for table in read_whole(plan_of(statement), growing_tables())
    }
    assert found == set()


def test_the_next_due_card_is_read_off_an_index(walked: Walked) -> None:
    """And is not the first of all that are due, put in order."""
    with connection.cursor() as cursor:
        cursor.execute(f"{BY_INDEX}; SET enable_sort = off")
    used = {node.get("Index Name") for asked in walked[MUCH]["review"] for node in nodes(plan_of(asked))}
    assert "schedule_next_due" in used


def test_whose_schedule_it_is_is_known_before_it_is_read(walked: Walked) -> None:
    """A card that ten thousand learn has as many schedules."""
    found = {
        (page, node["Index Name"], statement.sql)
        for pages in walked.values()
        for page, asked in pages.items()
        for statement in asked
        for node in nodes(plan_of(statement))
        if "schedule" in node.get("Index Name", "")
        and "card_id = " in node.get("Index Cond", "")
        and "learner_id = " not in node["Index Cond"]
    }
    assert found == set()


def test_who_has_much_asks_no_oftener_than_who_has_little(walked: Walked) -> None:
    more = {
        page: (len(asked), len(walked[LITTLE][page]))
        for page, asked in walked[MUCH].items()
        if len(asked) > len(walked[LITTLE][page])
    }
    assert more == {}


def test_whether_there_is_an_answer_is_looked_for_in_an_indexs_order(walked: Walked) -> None:
    """For any one of many PostgreSQL begins with the table, and reads the answers of all others where that fails."""
    any_one = 'SELECT %s AS "a" FROM "cards_studyevent"'
    found = {
        page
        for pages in walked.values()
        for page, asked in pages.items()
        for statement in asked
        if statement.sql.startswith(any_one)
    }
    assert found == set()
