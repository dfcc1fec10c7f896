"""The site under load, and what must hold of it after each calamity."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from django.db import connection

from cards.models import StudyEvent
from tests.chaos.calamities import CALAMITIES, Clock, Site, disk_full
from tests.chaos.reviewers import Reviewer
from tests.chaos.services import PostgreSQL
from tests.server import ROOT, Server, environment_of, free_port
from tests.workers.site import QUICK, Broker, Workers, seeded

LEARNERS = 4
ASKED = (
    "lr_find",
    "lr_find",
    "lr_find",
    "softmax_table",
)  # demos before a calamity: some wait still, one is computed
HOLD_SECONDS = 8.0
MOST_SECONDS = 60.0  # until all is well again
PROGRAMS = ("web", "light", "heavy", "keeper")
Calamity = Callable[[Site], AbstractContextManager[None]]


class Chaos:
    """Learners who review on a site of which everything is broken in turn."""

    def __init__(self, site: Site, reviewers: dict[int, Reviewer]) -> None:
        self.site, self.reviewers = site, reviewers

    @classmethod
    @contextmanager
    def on(cls, folder: Path, postgresql: PostgreSQL) -> Iterator["Chaos"]:
        """Started, with its learners signed in; all of it ends with the context."""
        data = folder / "site"
        data.mkdir()
        stack = ExitStack()
        clock, broker = stack.enter_context(Clock(folder / "clock").running()), Broker(data)
        broker.start()
        stack.callback(broker.stop)
        environment = environment_of(
            data, **QUICK, DATABASE_URL=postgresql.url, REDIS_URL=broker.url, DEMO_PER_HOUR_AND_ADDRESS="100000"
        )  # fmt: skip
        server = Server(f"http://127.0.0.1:{free_port()}", environment | {"TEST_CLOCK": str(clock.path)})
        with stack:
            server.manage("prepare")
            filled = subprocess.run(
                [sys.executable, "-m", "tests.chaos.learners", str(LEARNERS)],
                cwd=ROOT, env=server.environment, stdout=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
            workers = Workers(data, server, broker)
            stack.enter_context(workers.running(PROGRAMS))
            reviewers = {
                learner["id"]: Reviewer(server.url, learner["cookies"], seed=learner["id"])
                for learner in json.loads(filled.stdout)
            }
            for reviewer in reviewers.values():
                reviewer.start()
            chaos = cls(Site(workers, postgresql, clock, folder), reviewers)
            stack.callback(chaos.end)
            yield chaos

    def chosen(self, names: Iterable[str]) -> list[Calamity]:
        """The named calamities, or all that this machine can have. Raises SystemExit for a name that is none."""
        by_name = {calamity.__name__: calamity for calamity in CALAMITIES}
        if unknown := set(names) - by_name.keys():
            sys.exit(f"There is no calamity {', '.join(sorted(unknown))}: {', '.join(by_name)}.")
        wanted = [by_name[name] for name in names or by_name]
        if disk_full in wanted and not self.site.postgresql.has_own_disk:
            print("left out: disk_full, since only root may mount a small disk")
            wanted.remove(disk_full)
        return wanted

    def endure(self, calamity: Calamity) -> None:
        """One calamity, and all that must hold after it. Raises AssertionError for what does not."""
        self.review()
        self.site.workers.page(**seeded()).wait_until("done")  # all is well
        asked = [self.site.workers.page(slug, **seeded()) for slug in ASKED]
        counts, refused = self.counts(), self.refused
        for reviewer in self.reviewers.values():
            reviewer.longest = 0.0
        with calamity(self.site):
            time.sleep(HOLD_SECONDS)
            during = [after - before for before, after in zip(counts, self.counts(), strict=True)]
        left = time.monotonic()
        self.wait_until_all_review()
        well_after = time.monotonic() - left
        if CALAMITIES[calamity]:
            assert all(during), f"{calamity.__name__}: somebody could not review while it lasted: {during}"
        connection.close()
        for page in asked:
            page.wait_until("done")
        self.site.workers.page(**seeded()).wait_until("done")
        demo_after = time.monotonic() - left
        longest = max(reviewer.longest for reviewer in self.reviewers.values())
        self.check()
        said = f"{sum(during)} reviews while it lasted, {self.refused - refused} sent again, {longest:.1f} s at most"
        print(
            f"{calamity.__name__}: {said}; reviews again after {well_after:.1f} s, demos after {demo_after:.1f} s",
            flush=True,
        )

    def send_twice(self, count: int) -> None:
        """So many grades, each sent twice at once: one review each."""
        before, started = sum(self.counts()), time.monotonic()
        for reviewer in self.reviewers.values():
            reviewer.is_double, reviewer.between = True, 0
        self.review()
        while (done := sum(self.counts()) - before) < count:
            self.fail_with_reviewers()
            time.sleep(0.1)
        seconds = time.monotonic() - started
        self.check()
        print(f"{done} grades sent twice at once in {seconds:.0f} s: one review each")

    # --- the learners ---

    def counts(self) -> list[int]:
        return [reviewer.tally.count for reviewer in self.reviewers.values()]

    @property
    def refused(self) -> int:
        return sum(reviewer.tally.refused for reviewer in self.reviewers.values())

    def review(self) -> None:
        for reviewer in self.reviewers.values():
            reviewer.go.set()

    def wait_until_all_review(self) -> None:
        """Each has had an answer since."""
        counts, deadline = self.counts(), time.monotonic() + MOST_SECONDS
        while not all(after > before for before, after in zip(counts, self.counts(), strict=True)):
            self.fail_with_reviewers()
            assert time.monotonic() < deadline, (
                f"not well again after {MOST_SECONDS} s\n{self.site.workers.log[-4000:]}"
            )
            time.sleep(0.05)

    def fail_with_reviewers(self) -> None:
        for reviewer in self.reviewers.values():
            if reviewer.error:
                raise AssertionError(
                    f"a learner could not go on\n{self.site.workers.log[-4000:]}"
                ) from reviewer.error

    def rest(self) -> None:
        """Nobody has a form under way."""
        for reviewer in self.reviewers.values():
            reviewer.go.clear()
        for reviewer in self.reviewers.values():
            reviewer.stands.clear()
            assert reviewer.stands.wait(MOST_SECONDS)
        self.fail_with_reviewers()

    def end(self) -> None:
        for reviewer in self.reviewers.values():
            reviewer.is_over = True
            reviewer.go.set()
        for reviewer in self.reviewers.values():
            reviewer.join(MOST_SECONDS)

    # --- what must hold ---

    def check(self) -> None:
        """Each learner's tally is what the database has; and its schedules are what its events say."""
        self.rest()
        connection.close()
        for learner, reviewer in self.reviewers.items():
            rows = StudyEvent.objects.filter(learner=learner, kind="graded").values_list(
                "card", "part", "number", "grade"
            )
            there = {(card, part, number - 1): grade for card, part, number, grade in rows}
            known = reviewer.tally.grades
            lost = {key for key in known if there.get(key) != known[key]}
            assert not lost, (
                f"learner {learner}: {len(lost)} answered grades are lost or others: {sorted(lost)[:5]}"
            )
            assert len(there) == len(rows) == len(known), (
                f"learner {learner}: {len(rows)} events for {len(known)} grades"
            )
        said = self.site.server.manage("replay", "--check")
        assert "are what their events say" in said, said
        self.review()
