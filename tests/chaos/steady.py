"""The site at load for long, with nothing broken: what it takes must not grow."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
import redis
from django.db import connection

from cards.models import StudyEvent
from tests.chaos.run import Chaos
from tests.workers.site import seeded

LOOKS = 60  # in all, whatever the time
DEMOS = ("softmax_table", "lr_find")  # one of each between two looks: a light child computes, and a heavy one
AT_MOST_TIMES = 1.1  # the last quarter of the looks, in the second: in the first caches are filled
QUEUES = ("light", "heavy")


@dataclass
class Taken:
    """What was found at each look, by name, in one unit each."""

    looks: dict[str, list[float]] = field(default_factory=dict)

    def note(self, **found: float) -> None:
        for name, value in found.items():
            self.looks.setdefault(name, []).append(value)

    def quarters(self, name: str) -> tuple[float, float]:
        """The median of the second quarter of the looks, and that of the last."""
        looks = self.looks[name]
        quarter = len(looks) // 4
        return median(looks[quarter : 2 * quarter]), median(looks[-quarter:])


def endure_nothing(chaos: Chaos, minutes: float) -> None:
    """Reviews and demos for so long. Raises AssertionError where memory, connections, a queue or the disk grew."""
    taken, begun, events = Taken(), time.monotonic(), StudyEvent.objects.count()
    chaos.review()
    for place in range(1, LOOKS + 1):
        for slug in DEMOS:
            chaos.site.workers.page(slug, **seeded()).wait_until("done")
        time.sleep(max(0.0, begun + 60 * minutes * place / LOOKS - time.monotonic()))
        chaos.fail_with_reviewers()
        taken.note(**_memory(chaos), **_connections(chaos), **_waiting(chaos), **_disk(chaos))
    reviews, demos = StudyEvent.objects.count() - events, LOOKS * len(DEMOS)
    chaos.check()
    print(f"{minutes:g} minutes: {reviews} reviews, {demos} demos, {chaos.refused} sent again")
    for name in taken.looks:
        then, last = taken.quarters(name)
        print(f"  {name:32}{then:12,.1f}{last:12,.1f}", flush=True)
    grown = [name for name in taken.looks if _has_grown(*taken.quarters(name))]
    assert not grown, f"grew: {', '.join(grown)}"


def _has_grown(then: float, last: float) -> bool:
    return last > AT_MOST_TIMES * then and last > then + 1


def _memory(chaos: Chaos) -> dict[str, float]:
    """Of each of the site's programs, with its children, in megabytes."""
    found: dict[str, float] = {}
    for process in chaos.site.workers.processes():
        try:
            words = " ".join(process.cmdline())
            name = next((each for each in ("granian", *QUEUES, "keeper") if each in words), "rest")
            found[name] = found.get(name, 0) + process.memory_info().rss / 1e6
        except psutil.Error:
            continue
    return {f"MB of {name}": value for name, value in found.items()}


def _connections(chaos: Chaos) -> dict[str, float]:
    with chaos.site.postgresql.connect() as own:
        row = own.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'chapter5'").fetchone()
    client = redis.Redis(port=chaos.site.workers.broker.port)
    return {
        "connections to PostgreSQL": row[0],
        "connections to Redis": client.info("clients")["connected_clients"],
    }


def _waiting(chaos: Chaos) -> dict[str, float]:
    client = redis.Redis(port=chaos.site.workers.broker.port)
    waiting = {f"messages in {queue}": client.llen(queue) for queue in QUEUES}
    return {
        **waiting,
        "messages unacknowledged": client.hlen("unacked"),
        "MB of Redis": client.info("memory")["used_memory"] / 1e6,
    }


def _disk(chaos: Chaos) -> dict[str, float]:
    """Of the data folder in kilobytes, and of the database for each of its events: those are to stay."""
    folder = Path(chaos.site.workers.folder)
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != "log"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('cards_studyevent') + pg_total_relation_size('cards_schedule')"
        )
        (size,) = cursor.fetchone()
    return {
        "KB of the data folder": sum(sizes) / 1e3,
        "B of PostgreSQL for an event": size / max(1, StudyEvent.objects.count()),
    }
