"""What a worker's child takes after many runs of a demo against after five: whether runs leave something behind."""

import time
from collections.abc import Iterator

import psutil

from tests.bench.figure import Figure
from tests.bench.warm import warm

FEW, MANY = 5, 50
AT_MOST_TIMES = 1.05
LOOKS, LOOK_SECONDS = 15, 0.2  # the result is shown first, then what the run held goes back to the system


def measure() -> Iterator[Figure]:
    with warm("light", "heavy") as site:
        from cards.demos import Queue, demos
        from tests.workers.site import seeded

        for demo in sorted(demos(), key=lambda demo: (demo.queue is Queue.HEAVY, demo.slug)):
            child, few = site.child(demo.queue), 0.0
            for runs in range(1, MANY + 1):
                site.page(demo.slug, **seeded()).wait_until("done")
                if runs == FEW:
                    few = megabytes(child)
            many = megabytes(child)
            assert site.child(demo.queue) == child
            yield Figure(f"{demo.slug}: memory after {FEW} runs and {MANY}", "MB", [few, many])
            yield Figure("ratio of the two", "×", [many / few], at_most=AT_MOST_TIMES)


def megabytes(child: psutil.Process) -> float:
    """What it stands at between runs, however late on a busy machine it is tidied."""
    looks = []
    for _ in range(LOOKS):
        time.sleep(LOOK_SECONDS)
        looks.append(child.memory_info().rss / 1_000_000)
    return min(looks)
