"""The streak of study days, told by the log, and by as little of it as tells it."""

from bisect import bisect
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any

from django.db.models import F, Min, OuterRef, Q, Subquery

from cards.models import Learner, StudyEvent
from cards.models.lists import due_schedules
from cards.models.study import study_days
from cards.reports.retention import UNLEARNT, after
from cards.scheduling import NOT_MOVED, USUAL_WEEK, Kind, Mode, Spreading, due_day, streak

DAY = timedelta(days=1)


def streak_of(learner: Learner, today: date) -> int:
    """How many study days the learner's streak has, by the rule of scheduling.streak.

    A day with an answer that stands was studied. One without was missed if a card waited on it that was answered on the
    next study day, or waits still. One query for the days; where two days without study are less than a week apart, one
    for what waits, and two for each look at the logs of what was answered after such days: seldom more than one look.
    """
    days = study_days(learner, today)
    return streak(set(days), today, _Missed(learner, today, days))


class _Missed:
    """Whether a day without study was missed. Looks things up when it is first asked."""

    def __init__(self, learner: Learner, today: date, studied: list[date]) -> None:
        self.learner, self.today = learner, today
        self.returns = [day for before, day in pairwise(reversed(studied)) if day - before > DAY]
        self.since: dict[date, date] = {}  # of a day: since when something that was answered on it had waited
        self.looked = len(self.returns)  # at the days of return from that place on
        self.count = 1
        self.read: set[int] = set()  # the cards whose logs were read

    def __call__(self, day: date) -> bool:
        if self.waiting is not None and self.waiting <= day:
            return True
        place = bisect(self.returns, day)
        if place == len(self.returns):
            return False
        while place < self.looked:
            self._look()
        return self.since.get(self.returns[place], date.max) <= day

    @cached_property
    def waiting(self) -> date | None:
        """Since when something has waited that does so still."""
        last = StudyEvent.objects.filter(
            learner=self.learner, card=OuterRef("card"), part=OuterRef("part"), number=OuterRef("number")
        )
        rows = due_schedules(self.learner, self.today).order_by()
        found = rows.annotate(last=Subquery(last.values("study_on"))).aggregate(
            due=Min("due_on", filter=Q(last__lt=F("due_on"))),
            done=Min("last", filter=Q(last__gte=F("due_on"))),
        )
        days = [found["due"], found["done"] and found["done"] + DAY]
        return min((day for day in days if day), default=None)

    def _look(self) -> None:
        """At twice as many days of return as before, so that there are few looks, and none far beyond the streak."""
        days = self.returns[max(0, self.looked - self.count) : self.looked]
        self.looked -= len(days)
        self.count *= 2
        events = StudyEvent.objects.filter(learner=self.learner)
        answered = events.filter(kind=Kind.GRADED, mode=Mode.SCHEDULED, study_on__in=days)
        cards = set(answered.values_list("card_id", flat=True)) - self.read
        self.read |= cards
        log = events.standing().filter(card__in=cards).order_by("card_id", "part", "number")
        for _, part in groupby(log.values_list(*COLUMNS), lambda row: row[:2]):
            for since, day in waits(part):
                self.since[day] = min(since, self.since.get(day, day))


COLUMNS = (
    "card_id", "part", "study_on", "kind", "mode", "grade", "due_on", "settings__spreading_seed", "settings__easy_days",
)  # fmt: skip


def waits(log: Iterable[tuple[Any, ...]]) -> Iterator[tuple[date, date]]:
    """For each day on which a part was answered late: the first of the days on which it had waited, and that day.

    It waits from the day that it is due on, or the day after whatever else was done with it last, and not while it is
    suspended. An answer is a grade that counts. The events are those that stand, in their order, by COLUMNS.
    Without all else that a replay gives it is fast enough for a page that is often asked for.
    """
    memory, due_on, counted_on, is_suspended = UNLEARNT, None, None, False
    today, since = date.min, date.max
    for card_id, part, day, kind, mode, grade, set_on, seed, week in log:
        if day != today:
            since = max(due_on, today + DAY) if due_on and not is_suspended else date.max
            today = day
        match kind:
            case Kind.GRADED if mode == Mode.SCHEDULED and (counted_on is None or day > counted_on):
                if since < day:
                    yield since, day
                memory, counted_on = after(memory, grade), day
                moves = seed or week != USUAL_WEEK
                spreading = Spreading(seed, week, card_id, part) if moves else NOT_MOVED
                due_on = due_day(memory.interval_days, day, spreading)
            case Kind.RESTARTED:
                memory, due_on, counted_on = UNLEARNT, None, None
            case Kind.DUE_SET | Kind.MOVED:
                due_on = set_on
            case Kind.SUSPENDED | Kind.RESUMED:
                is_suspended = kind == Kind.SUSPENDED
