"""What a worker's child takes after many runs of a demo against after five: whether runs leave something behind."""

import time
from collections.abc import Iterator

from tests.bench.figure import Figure
from tests.bench.warm import warm

FEW, MANY = 5, 50
HEAVY_SECONDS, FEWEST_HEAVY = 20, 10  # a heavy demo runs for so long, and at least so often
AT_MOST_TIMES = 1.05


def measure() -> Iterator[Figure]:
    with warm("light", "heavy") as site:
        from cards.demos import Queue, demos
        from tests.workers.site import seeded

        for demo in sorted(demos(), key=lambda demo: (demo.queue is Queue.HEAVY, demo.slug)):
            child, megabytes, begun = site.child(demo.queue), [], time.monotonic()
            while len(megabytes) < MANY:
                site.page(demo.slug, **seeded()).wait_until("done")
                megabytes.append(child.memory_info().rss / 1_000_000)
                is_late = demo.queue is Queue.HEAVY and time.monotonic() - begun > HEAVY_SECONDS
                if is_late and len(megabytes) >= FEWEST_HEAVY:
                    break
            assert site.child(demo.queue) == child
            few, many = megabytes[FEW - 1], megabytes[-1]
            yield Figure(f"{demo.slug}: memory after {FEW} runs and {len(megabytes)}", "MB", [few, many])
            yield Figure("ratio of the two", "×", [many / few], at_most=AT_MOST_TIMES)
