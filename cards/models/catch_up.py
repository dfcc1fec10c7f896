"""The plan of a catch-up: when each card of the backlog is to come, and how full the days then are."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID, uuid5

from django.db.models import Count

from cards.models.acts import Act, ActKind, can_be_undone, standing_events
from cards.models.learners import Learner
from cards.models.lists import live_schedules, waiting_schedules
from cards.models.study import Schedule
from cards.scheduling import Kind, WeekdayShare
from cards.scheduling.catch_up import DueCard, fill_up, spread

FEWEST_DAYS, USUAL_DAYS, MOST_DAYS = 2, 7, 60
PLANS = UUID("4f0f6c3e-6f6b-4f52-9a53-2b6d1f0f5c07")  # the space of the plans' names


@dataclass(frozen=True)
class Plan:
    """The backlog spread over `days` days. Nothing is written yet."""

    learner: Learner
    today: date
    days: int
    backlog: list[Schedule]
    loads: list[int]  # the cards that come on each of the days anyway; none of today's, which are the backlog
    closed: frozenset[int]  # the places among the days of easy days that get no cards

    @cached_property
    def moves(self) -> list[tuple[Schedule, date]]:
        """The cards that come on a later day, and on which."""
        cards = [
            DueCard(row.pk, row.due_on or self.today, row.interval_days, row.counted_on)
            for row in self.backlog
        ]
        new_days = spread(cards, self.today, self.loads, self.closed)
        return [(row, new_days[row.pk]) for row in self.backlog if new_days[row.pk] > self.today]

    @cached_property
    def name(self) -> UUID:
        """Tells this plan from every other: where a card was graded meanwhile it is another one."""
        moves = ",".join(f"{row.pk}:{row.number}:{day}" for row, day in self.moves)
        return uuid5(PLANS, f"{self.learner.pk} {self.today} {moves}")

    @property
    def is_over_limit(self) -> bool:
        """Whether the learner's limit will keep some of the cards back, on some day."""
        limit = self.learner.reviews_per_day
        return limit is not None and max(after for _, _, after in self.shares) > limit

    @property
    def fullest(self) -> int:
        """The most cards of a day, as it is or as it will be."""
        return max(max(before, after) for _, before, after in self.shares)

    @cached_property
    def shares(self) -> list[tuple[date, int, int]]:
        """Each day with its cards as it is, and as it will be."""
        before = [len(self.backlog), *self.loads[1:]]
        filled = fill_up(len(self.backlog), self.loads, self.closed)
        after = [load + more for load, more in zip(self.loads, filled, strict=True)]
        return [
            (self.today + timedelta(days=n), *each) for n, each in enumerate(zip(before, after, strict=True))
        ]


def plan_of(learner: Learner, today: date, days: int) -> Plan:
    """The plan for today and the days after it, `days` in all. In two queries."""
    backlog = list(waiting_schedules(learner, today).order_by("due_on", "pk"))
    rows = live_schedules(learner, today).filter(due_on__gt=today, due_on__lt=today + timedelta(days=days))
    counts = dict(rows.values_list("due_on").order_by().annotate(count=Count("pk")))
    loads = [0, *(counts.get(today + timedelta(days=n), 0) for n in range(1, days))]
    weekdays = [(today + timedelta(days=n)).weekday() for n in range(days)]
    closed = {n for n, weekday in enumerate(weekdays) if learner.easy_days[weekday] == WeekdayShare.NONE}
    return Plan(learner, today, days, backlog, loads, frozenset(closed if len(closed) < days else ()))


@dataclass(frozen=True, slots=True)
class Done:
    """A catch-up that was carried out: the act that an undo takes back, its study day, and how many cards it moved."""

    act: Act
    on: date
    cards: int


def last_catch_up(learner: Learner, today: date) -> Done | None:
    """The newest one that stands and can still be taken back."""
    moved = standing_events(learner).filter(kind=Kind.MOVED, study_on__gt=today - timedelta(days=MOST_DAYS))
    event = moved.order_by("-at").first()
    if event is None or not can_be_undone(learner, event.at, today):
        return None
    act = Act(f"{ActKind.EVENT}:{event.pk}", Kind.MOVED)
    return Done(act, event.study_on, moved.filter(at=event.at).count())
