"""What the site's programs hold of memory: started, after 1,000 requests, and after 10,000."""

import time
from collections.abc import Iterator
from itertools import cycle

from tests.bench.client import Client, Guest
from tests.bench.figure import Figure
from tests.bench.warm import warm

FEW, MANY = 1_000, 10_000
AT_MOST_TIMES = 1.1
AGAIN = 1  # so the day's cards never run out
GRADES = 8  # between two other pages
PAGES = ("/", "/decks/", "/search/?q=softmax", "/statistics/", "/demos/")
DEMO_EVERY, HEAVY_EVERY = 50, 500  # requests: a demo that is light, and one that is heavy
LOOKS, LOOK_SECONDS = 15, 0.2  # what a run held goes back to the system after its result is shown
PROGRAMS = {
    "granian": "the web",
    "light@": "the light worker",
    "heavy@": "the heavy worker",
    "beat": "the keeper",
}


def measure() -> Iterator[Figure]:
    with warm("light", "heavy") as site:
        from tests.workers.site import seeded

        guest, visitor = Guest(site.server.url), Client(site.server.url)
        pages, found = cycle(PAGES), [held(site)]
        for request in range(1, MANY + 1):
            if request % (GRADES + 1):
                guest.grade(AGAIN)
            else:
                visitor.get(next(pages))
            if request % DEMO_EVERY == 0:
                slug = "softmax_table" if request % HEAVY_EVERY else "lr_find"
                site.page(slug, **seeded()).wait_until("done")
            if request in (FEW, MANY):
                found.append(held(site))
    for name in PROGRAMS.values():
        started, few, many = (each[name] for each in found)
        yield Figure(f"{name}, all its processes: memory when started", "MB", [started])
        yield Figure(f"{name}: after {FEW:,} requests", "MB", [few])
        yield Figure(f"{name}: after {MANY:,}", "MB", [many])
        yield Figure("in that after 1,000", "×", [many / few], at_most=AT_MOST_TIMES)


def held(site) -> dict[str, float]:
    """Megabytes of each program: what its processes share is counted once, with the others who share it."""
    looks = []
    for _ in range(LOOKS):
        time.sleep(LOOK_SECONDS)
        found = dict.fromkeys(PROGRAMS.values(), 0.0)
        for process in site.processes():
            words = " ".join(process.cmdline())
            name = next((name for word, name in PROGRAMS.items() if word in words), None)
            if name:
                found[name] += process.memory_full_info().pss / 1e6
        looks.append(found)
    return {name: min(look[name] for look in looks) for name in PROGRAMS.values()}
