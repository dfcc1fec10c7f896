"""The pages of statistics of a learner with 200,000 reviews within the year, on PostgreSQL, over HTTP."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg

from tests.bench.client import Client
from tests.bench.figure import Figure, turn_by_turn
from tests.bench.grading import postgresql
from tests.server import ROOT, fresh_database, running

ROUNDS = 9
TARGET_SECONDS = 1
AT_MOST_READINGS = 12
SPREAD = """
WITH chosen AS (
    INSERT INTO cards_studysettings (scheduler, spreading_seed, easy_days)
    SELECT 'sm2', id, 'uuuuufn' FROM cards_learner WHERE username = 'learner' RETURNING id
)
UPDATE cards_learner SET study_settings_id = chosen.id FROM chosen WHERE username = 'learner'
"""
READING = "SELECT card_id, number, study_on, grade FROM cards_studyevent"  # all of the log once, as the least there is


def measure() -> Iterator[Figure]:
    address = postgresql()
    if not address:
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(fresh_database(address))
        server = stack.enter_context(running(folder, DATABASE_URL=url, REDIS_URL=""))
        filled = subprocess.run(
            [sys.executable, "-m", "tests.bench.many_reviews"],
            cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        site = json.loads(filled.stdout)
        client = Client(server.url, site["cookies"])
        pages = ("/statistics/", f"/decks/{site['deck']}/statistics/", f"/cards/{site['card']}/statistics/")
        connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        acts: list[Callable[[], object]] = [partial(client.get, page) for page in pages]
        acts.append(lambda: connection.execute(READING).fetchall())
        for act in acts * 2:  # both of the server's workers
            act()
        rounds = turn_by_turn(ROUNDS, *(partial(_seconds, act) for act in acts))
        connection.execute(SPREAD)
        spread = [_seconds(acts[0]) for _ in range(ROUNDS)]
    everything, deck, card, reading = zip(*rounds, strict=True)
    name = "statistics of 200,000 reviews"
    yield Figure(f"{name}: the whole page", "s", everything, target=TARGET_SECONDS)
    yield Figure(f"{name}: the same, due days spread", "s", spread, target=TARGET_SECONDS)
    yield Figure(f"{name}: of one deck in eight", "s", deck)
    yield Figure(f"{name}: of one card", "s", card)
    ratios = [page / least for page, least in zip(everything, reading, strict=True)]
    yield Figure(f"{name}: in those of reading the log once", "×", ratios, at_most=AT_MOST_READINGS)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
