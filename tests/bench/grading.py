"""Grade a card and get the next: what it takes over HTTP, and how many queries, on each database that is there."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import psycopg

from tests.bench.client import Client, Guest
from tests.bench.figure import Figure, percentile, turn_by_turn
from tests.server import ROOT, Server, fresh_database, running

ROUNDS, GRADES, PINGS, WARM_UP = 7, 60, 600, 40
AGAIN = 1  # so the day's cards never run out: they come again and again
AT_MOST_TIMES = 30
AT_MOST_QUERIES = {"SQLite": 6, "PostgreSQL": 4}
POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"


def measure() -> Iterator[Figure]:
    yield from _on("SQLite", "")
    if address := postgresql():
        yield from _on("PostgreSQL", address)


def postgresql() -> str:
    """The server that DATABASE_URL names, else this machine's own if it answers, else ""."""
    if address := os.environ.get("DATABASE_URL"):
        return address
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return ""
    return POSTGRESQL


def _on(database: str, address: str) -> Iterator[Figure]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(fresh_database(address)) if address else ""
        server = stack.enter_context(running(folder, DATABASE_URL=url, REDIS_URL=""))
        guest, nobody = Guest(server.url), Client(server.url)
        grade, healthz = partial(guest.grade, AGAIN), partial(nobody.get, "/healthz")
        for _ in range(WARM_UP):
            grade(), healthz()
        rounds = turn_by_turn(
            ROUNDS, partial(batch_of, server, grade, GRADES), partial(batch_of, server, healthz, PINGS)
        )
        counted = subprocess.run(
            [sys.executable, "-m", "tests.bench.queries"],
            cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    grades = [graded for graded, _ in rounds]
    name = f"grade and next, {database}"
    yield Figure(f"{name}: p50", "ms", [batch.half for batch in grades])
    yield Figure(f"{name}: p95", "ms", [percentile(batch.times, 0.95) for batch in grades])
    yield Figure(
        f"{name}: p50, in those of /healthz", "×", [graded.half / ping.half for graded, ping in rounds]
    )
    yield Figure(f"{name}: the web's CPU", "ms", [batch.cpu for batch in grades])
    yield Figure(
        f"{name}: the web's CPU, in those of /healthz",
        "×",
        [graded.cpu / ping.cpu for graded, ping in rounds],
        at_most=AT_MOST_TIMES,
    )
    yield Figure(f"{name}: queries", "", [int(counted.stdout)], at_most=AT_MOST_QUERIES[database])


@dataclass(frozen=True)
class Batch:
    """Requests one after the other: milliseconds that each took, and of the server's CPU for each on average."""

    times: list[float]
    cpu: float

    @property
    def half(self) -> float:
        return percentile(self.times, 0.5)


def batch_of(server: Server, request: Callable[[], object], count: int) -> Batch:
    times, cpu = [], _cpu_seconds(server)
    for _ in range(count):
        start = time.perf_counter()
        request()
        times.append((time.perf_counter() - start) * 1000)
    return Batch(times, (_cpu_seconds(server) - cpu) * 1000 / count)


def _cpu_seconds(server: Server) -> float:
    """Of all its processes so far; it comes in steps of 0.01."""
    first = psutil.Process(server.process_id)
    used = [process.cpu_times() for process in (first, *first.children(recursive=True))]
    return sum(times.user + times.system for times in used)
