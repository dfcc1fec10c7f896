"""What ten million schedules and events change on PostgreSQL: the next due card, and how pages find their rows.

Two databases, asked turn by turn. In the small one and in the large one the same kind of learner has 1,000 cards; in
the large one another has 101,000. What is timed of the next card is the statement that a review asks, prepared.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

import django
import psycopg

from tests.bench.figure import Figure, percentile, turn_by_turn
from tests.bench.grading import postgresql
from tests.server import site_on

if TYPE_CHECKING:
    from tests.growth.plans import Statement

ROUNDS = 9
ASKED = {"next due": 400, "next card, with the counts": 20}  # how often in a round
AT_MOST_TIMES = 1.3
SMALL = {"learners": 10, "groups": 3, "cards": 1_000, "events": 1, "more": 0, "others": 100}
LARGE = {"learners": 9_900, "groups": 99, "cards": 1_000, "events": 1, "more": 100_000, "others": 20_000}
LEAST_ROWS = (
    1_000_000  # of a table that is to be read by an index; of smaller ones a group may well have a tenth
)
PAGES = ("group_detail", "member_list", "assignment_detail", "statistics", "deck_analysis", "home", "grade")


def measure() -> Iterator[Figure]:
    address = postgresql()
    if not address:
        return
    with ExitStack() as stack:
        sites = [stack.enter_context(site_on(address)).environment for _ in range(2)]
        small, large = (environment["DATABASE_URL"] for environment in sites)
        os.environ |= sites[1] | {"REDIS_URL": ""}
        django.setup()
        from tests.growth.large_site import LITTLE, MUCH, Size, fill
        from tests.workers.site import using_database

        statements = []
        for url, size, learners in (
            (small, Size(**SMALL), (LITTLE,)),
            (large, Size(**LARGE), (LITTLE, MUCH)),
        ):
            with using_database(url.rpartition("/")[2]):
                began = time.perf_counter()
                fill(size)
                name = f"filling {size.schedules + size.more:,} schedules and as many events"
                yield Figure(name, "s", [time.perf_counter() - began])
                statements += [(url, statements_of(learner)) for learner in learners]
        yield from _next_due_figures(stack, statements, small, large)
        with using_database(large.rpartition("/")[2]):
            yield from _page_figures({LITTLE: "1,000", MUCH: "101,000"}, Size(**LARGE))


def statements_of(learner_id: int) -> dict[str, "Statement"]:
    """What finds the learner's next due card, and all that a review asks for the next card and its counts."""
    from cards.clock import now
    from cards.models import Learner
    from cards.models.lists import due_schedules
    from cards.models.queue import next_card
    from tests.growth.plans import asked

    learner = Learner.objects.get(pk=learner_id)
    today = learner.study_day(now())
    with asked() as statements:
        assert due_schedules(learner, today).first() is not None
        assert next_card(learner, today)[0] is not None
    plain = [
        replace(
            statement, params=[each.value if isinstance(each, Enum) else each for each in statement.params]
        )
        for statement in statements
    ]
    return dict(zip(ASKED, plain, strict=True))


def _next_due_figures(stack: ExitStack, statements: list, small: str, large: str) -> Iterator[Figure]:
    connections = {url: stack.enter_context(psycopg.connect(url, autocommit=True)) for url in (small, large)}
    for connection in connections.values():
        connection.execute("SET jit = off")  # as for the app's own, as is the next
        connection.execute("SET plan_cache_mode = force_generic_plan")

    def times(url: str, statement: "Statement", count: int) -> list[float]:
        return [_milliseconds(connections[url], statement) for _ in range(count)]

    for what, count in ASKED.items():
        acts = [partial(times, url, found[what], count) for url, found in statements]
        for act in acts:
            act()
        least, *others = (
            [percentile(each, 0.95) for each in rounds]
            for rounds in zip(*turn_by_turn(ROUNDS, *acts), strict=True)
        )
        yield Figure(f"{what} among 10,000 schedules, 1,000 cards: p95", "ms", least)
        for cards, found in zip(("1,000", "101,000"), others, strict=True):
            name = f"{what} among 10,000,000, {cards} cards: p95"
            yield Figure(name, "ms", found)
            ratios = [each / one for each, one in zip(found, least, strict=True)]
            at_most = AT_MOST_TIMES if what == "next due" else None
            yield Figure(f"{name}, in those of 10,000", "×", ratios, at_most=at_most)


def _milliseconds(connection: psycopg.Connection, statement: "Statement") -> float:
    start = time.perf_counter()
    connection.execute(statement.sql, statement.params, prepare=True).fetchall()
    return (time.perf_counter() - start) * 1000


def _page_figures(learners: dict, size) -> Iterator[Figure]:
    from django.conf import settings
    from django.db import connection

    from tests.growth.plans import plan_of, read_whole
    from tests.growth.walk import walk

    settings.ALLOWED_HOSTS = ["testserver"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [LEAST_ROWS])
        large = {name for (name,) in cursor.fetchall()}
    whole = set()
    for learner, cards in learners.items():
        searches, began = {}, time.perf_counter()
        for page, statements in walk(learner, size):
            seconds, began = time.perf_counter() - began, time.perf_counter()
            if page.startswith("search"):
                searches[page] = seconds
            elif page in PAGES:
                name = f"{page} among 10,000,000 events, {cards} cards, {len(statements)} queries"
                yield Figure(name, "s", [seconds])
            for statement in statements:
                whole |= {(page, found) for found in read_whole(plan_of(statement), large)}
            began = time.perf_counter()
        slowest = max(searches, key=searches.__getitem__)
        yield Figure(f"{slowest}, the slowest among 10,000,000, {cards} cards", "s", [searches[slowest]])
    for page, found in sorted(whole):
        print(f"read whole: {found}, by {page}")
    yield Figure("plans that read a large table whole", "", [len(whole)], at_most=0)
