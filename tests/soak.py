"""`make soak`: demos at their real limits, for minutes, while what computes them is killed, hung and cut off.

`python -m tests.soak [minutes]`, 8 unless given: each calamity in turn, then the next demos, until time is up. Fails at
the first run that ends too late, otherwise than it may, or twice.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
django.setup()

from cards.actions.demo_runs import limit_seconds  # noqa: E402
from cards.models import DemoResult, DemoRun  # noqa: E402
from tests.workers.site import QUICK, Page, Workers, seeded, working  # noqa: E402

SPARE_SECONDS = 60  # beyond its limit, after which a run must have ended
REAL = dict.fromkeys(QUICK, "") | {"DEMO_PER_HOUR_AND_ADDRESS": "100000"}


def begun(site: Workers) -> Page:
    return site.begun(steps="300", batch_size="256")


def killed_child(site: Workers) -> Page:
    page = begun(site)
    site.child("heavy").kill()
    return page


def killed_parent(site: Workers) -> Page:
    page = begun(site)
    site.child("heavy").parent().kill()
    return page


def hung(site: Workers) -> Page:
    page = begun(site)
    site.child("heavy").suspend()
    return page


def endless(site: Workers) -> Page:
    return site.endless()


def cut_off(site: Workers) -> Page:
    page = begun(site)
    with site.broker.away():
        time.sleep(random.uniform(0, 10))
    return page


def garbage(site: Workers) -> Page:
    page = begun(site)
    for queue in ("light", "heavy"):
        site.broker.put(queue, random.randbytes(50))
    return page


def cancelled(site: Workers) -> Page:
    page = begun(site)
    page.cancel()
    return page


def nothing(site: Workers) -> Page:
    """Twenty demos in a row."""
    for _ in range(10):
        site.page(**seeded()).wait_until("done")
        site.page("lr_find", **seeded()).wait_until("done")
    return begun(site)


ENDS = {
    killed_child: "done", killed_parent: "done", hung: "done", endless: "failed", cut_off: "done", garbage: "done",
    cancelled: "cancelled", nothing: "done",
}  # fmt: skip


def main(minutes: float) -> int:
    start = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        working(Path(folder), "web", "light", "heavy", "keeper", **REAL) as site,
    ):
        rounds = 0
        while time.monotonic() - start < 60 * minutes:
            calamities = list(ENDS)
            random.shuffle(calamities)
            for calamity in calamities:
                endure(site, calamity)
            rounds += 1
            memory = {queue: round(site.child(queue).memory_info().rss / 1e6) for queue in ("light", "heavy")}
            print(
                f"round {rounds}: {DemoRun.objects.count()} runs, {len(site.processes())} processes, MB {memory}"
            )
    print(
        f"soak: {rounds} rounds of {len(ENDS)} calamities in {(time.monotonic() - start) / 60:.1f} minutes, 0 failed"
    )
    return 0


def endure(site: Workers, calamity: Callable[[Workers], Page]) -> None:
    """What the calamity hits ends in time and as it may, a light run is done meanwhile, and then the next of each."""
    page = calamity(site)
    light = site.page(**seeded()).wait_until("done")
    status = ENDS[calamity]
    most = limit_seconds("lr_find") + SPARE_SECONDS
    run = page.run if status == "cancelled" else page.wait_until(status, most)
    assert run.status == status, run.status
    assert run.finished_at is not None
    assert light.finished_at is not None
    seconds = (run.finished_at - run.created_at).total_seconds()
    assert seconds < most, f"{calamity.__name__}: {seconds:.0f} s"
    for slug in ("lr_find", "softmax_table"):
        assert site.page(slug, **seeded()).wait_until("done").attempt == 1
    computed = DemoRun.objects.filter(status="done").exclude(attempt=0)
    assert DemoResult.objects.count() == computed.values("result").distinct().count() == computed.count()
    beside = (light.finished_at - light.created_at).total_seconds()
    end = f"{run.status} at attempt {run.attempt} after {seconds:5.1f} s"
    print(f"{calamity.__name__:14}{end:42}a light one beside it {beside:.2f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 8))
