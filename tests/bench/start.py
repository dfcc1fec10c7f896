"""From `make run` on a prepared data folder to the first page."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import mean

from tests.bench.figure import Figure, turn_by_turn
from tests.server import ROOT, environment_of, free_port, wait_for

ROUNDS = 5
EMPTY_STARTS = 4  # in a round, so that both halves of it last about as long and meet the same neighbours
TARGET_SECONDS = 5
# Ours imports Django and its packages twice (to prepare, to serve), looks at migrations, static files and the deck, and
# starts the workers of demos on the same cores: measured 8 to 13. A start that takes twice as long is seen.
AT_MOST_TIMES = 25


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        ours, empty = (partial(_seconds_to_first_page, Path(name), which) for which in (_ours, _empty))
        ours()  # prepares the data folder
        rounds = turn_by_turn(ROUNDS, ours, lambda: mean(empty() for _ in range(EMPTY_STARTS)))
    yield Figure(
        "second `make run` to the first page", "s", [ours for ours, _ in rounds], target=TARGET_SECONDS
    )
    yield Figure("the same for one empty Django page", "s", [empty for _, empty in rounds])
    yield Figure("ratio of the two", "×", [ours / empty for ours, empty in rounds], at_most=AT_MOST_TIMES)


def _ours(port: int) -> list[str]:
    return ["make", "run"]


def _empty(port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2",
        "--workers-kill-timeout", "3", "--port", str(port), "tests.bench.empty:application",
    ]  # fmt: skip


def _seconds_to_first_page(folder: Path, command: Callable[[int], list[str]]) -> float:
    """Starts it, waits for its page, and ends it as Ctrl-C does."""
    port, log = free_port(), folder / "start.log"
    environment = environment_of(folder / "data", PORT=str(port), DATABASE_URL="", REDIS_URL="")
    start = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(
            command(port), cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/", process, log, 60)
        seconds = time.monotonic() - start
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return seconds
