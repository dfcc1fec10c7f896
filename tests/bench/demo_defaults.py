"""Every demo with its defaults in a warm worker: light ones answer within a second, heavy ones within a minute."""

from collections.abc import Iterator

from tests.bench.figure import Figure
from tests.bench.warm import warm

RUNS = 3
AT_MOST_SECONDS = {"light": 1, "heavy": 60}


def measure() -> Iterator[Figure]:
    with warm("light", "heavy") as site:
        from cards.demos import Queue, demos
        from tests.workers.site import seeded

        for demo in sorted(demos(), key=lambda demo: (demo.queue is Queue.HEAVY, demo.slug)):
            seconds = []
            for _ in range(RUNS):
                result = site.page(demo.slug, **seeded()).wait_until("done").result
                assert result is not None
                seconds.append(result.stamp["seconds"] + result.stamp["draw_seconds"])
            limit = AT_MOST_SECONDS[demo.queue]
            yield Figure(f"{demo.slug}, computed and drawn", "s", seconds, at_most=limit)
