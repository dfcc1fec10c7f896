"""Searches among 100,000 cards on PostgreSQL, over HTTP, by a learner who has learnt 40,000 of them."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import psutil
import psycopg

from tests.bench.client import Client
from tests.bench.figure import Figure, percentile, turn_by_turn
from tests.bench.grading import postgresql
from tests.server import ROOT, Server, fresh_database, running

ROUNDS = 5
TARGET_MS = 300
AT_MOST_SCANS = 5
SCAN = "SELECT count(*) FROM cards_card WHERE search_text || '' LIKE '%no such text%'"  # which no index helps


def queries(words: list[str], tag: str, deck: str) -> list[str]:
    """What people search for: rare and common words, every kind of term, and terms put together."""
    common, rare, rarer = words[3], words[300], words[3_000]
    return [
        common, rare, rarer, words[0][:2], f"{common} {rare}", f'"{common} {words[4]}"', "nosuchword", f"-{rare}",
        f"tag={tag}", f"tag:{tag[:3]}", f'deck="{deck}"', f"deck:1 {rare}",
        "is:due", "is:new", "is:learnt", "is:leech", "is:suspended", "is:flagged", "is:unanswered",
        "ease<1.5", "due<7", "due<0", "interval>300", "lapses>=2", "forgotten:7", "forgotten:30",
        f"tag={tag} is:due", f"is:new {rare}", f"is:due -tag={tag} (ease<2 or lapses>=2)", "ease<1.5 interval>21",
        f"{rare} or {rarer} or tag={tag}", f"forgotten:7 or is:flagged or {rarer}", "is:new or is:due", "due>0 due<=7",
    ]  # fmt: skip


def measure() -> Iterator[Figure]:
    address = postgresql()
    if not address:
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(fresh_database(address))
        server = stack.enter_context(running(folder, DATABASE_URL=url, REDIS_URL=""))
        filled = subprocess.run(
            [sys.executable, "-m", "tests.bench.many_cards"],
            cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        site = json.loads(filled.stdout)
        client = Client(server.url, site.pop("cookies"))
        asked = queries(**site)
        with psycopg.connect(url) as connection:

            def search() -> tuple[list[float], float]:
                before = _cpu_milliseconds(server, connection)
                times = [_milliseconds(client, f"/search/?{urlencode({'q': query})}") for query in asked]
                return times, (_cpu_milliseconds(server, connection) - before) / len(asked)

            acts = (
                search,
                lambda: _scan_milliseconds(connection),
                lambda: _milliseconds(client, "/review/?practise=is:learnt&order=shuffled&seed=1"),
                lambda: _milliseconds(client, "/practice/"),
            )
            for act in acts:
                act()
            rounds = turn_by_turn(ROUNDS, *acts)
    searches, scans, prompts, choices = zip(*rounds, strict=True)
    times = [each for each, _ in searches]
    name = "search among 100,000 cards"
    yield Figure(f"{name}: p50", "ms", [percentile(each, 0.5) for each in times])
    yield Figure(f"{name}: p95", "ms", [percentile(each, 0.95) for each in times], target=TARGET_MS)
    yield Figure(
        f"{name}: p95, in those of reading every card once",
        "×",
        [percentile(each, 0.95) / scan for each, scan in zip(times, scans, strict=True)],
        at_most=AT_MOST_SCANS,
    )
    yield Figure(f"{name}: CPU of web and database, mean", "ms", [cpu for _, cpu in searches])
    by_query = {query: [each[place] for each in times] for place, query in enumerate(asked)}
    slowest = max(asked, key=lambda query: percentile(by_query[query], 0.5))
    yield Figure(f"the slowest of {len(asked)}: {slowest}", "ms", by_query[slowest])
    yield Figure("practice of 40,000 cards, shuffled: a prompt", "ms", prompts)
    yield Figure("what can be practised among 100,000 cards", "ms", choices)


def _milliseconds(client: Client, path: str) -> float:
    start = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - start) * 1000


def _cpu_milliseconds(server: Server, connection: psycopg.Connection) -> float:
    """Of the server and of the database's processes for it so far, where both run here; it comes in steps of 10."""
    backends = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    first = psutil.Process(server.process_id)
    processes = [first, *first.children(recursive=True)]
    processes += [psutil.Process(pid) for (pid,) in connection.execute(backends) if psutil.pid_exists(pid)]
    used = [process.cpu_times() for process in processes]
    return sum(times.user + times.system for times in used) * 1000


def _scan_milliseconds(connection: psycopg.Connection) -> float:
    start = time.perf_counter()
    connection.execute(SCAN).fetchone()
    return (time.perf_counter() - start) * 1000
