"""What a worker's child takes after fifty runs against after five: whether runs leave something behind."""

from collections.abc import Iterator

from tests.bench.figure import Figure
from tests.bench.warm import warm

FEW, MANY = 5, 50
AT_MOST_TIMES = 1.05
DEMOS = {"light": "softmax_table", "heavy": "lr_find"}


def measure() -> Iterator[Figure]:
    with warm(*DEMOS) as site:
        from tests.workers.site import seeded

        for queue, slug in DEMOS.items():
            child, megabytes = site.child(queue), []
            for count in range(2, MANY + 1):  # it is warm by its first
                site.page(slug, **seeded()).wait_until("done")
                if count in {FEW, MANY}:
                    megabytes.append(child.memory_info().rss / 1_000_000)
            assert site.child(queue) == child
            few, many = megabytes
            yield Figure(f"a {queue} child's memory after {FEW} runs of {slug}", "MB", [few])
            yield Figure(f"the same after {MANY}", "MB", [many])
            yield Figure("ratio of the two", "×", [many / few], at_most=AT_MOST_TIMES)
