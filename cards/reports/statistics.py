"""All reports of a scope."""

from datetime import date
from functools import cached_property

from cards.reports.ahead import Ahead, Progress, ahead, eases, intervals, learnt_by_day, progress
from cards.reports.day import seconds_per_card
from cards.reports.past import DayStudied, Habits, days_studied, habits
from cards.reports.retention import Retention, retention
from cards.reports.scope import Scope
from cards.reports.streak import streak_of
from cards.scheduling import Kind

DAYS_AHEAD = 90


class Statistics:
    """The reports of a scope, each made when it is first asked for, and once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.today = scope.today

    @cached_property
    def has_answers(self) -> bool:
        """Whether there is anything to tell of."""
        # By the day's index: for "any one" PostgreSQL may begin with the rows of others.
        first = self.scope.events().filter(kind=Kind.GRADED).order_by("study_on").values("pk")[:1]
        return bool(first)

    @cached_property
    def days(self) -> dict[date, DayStudied]:
        return days_studied(self.scope)

    @cached_property
    def habits(self) -> Habits:
        return habits(self.scope)

    @cached_property
    def retention(self) -> dict[date, Retention]:
        return retention(self.scope)

    @cached_property
    def ahead(self) -> Ahead:
        return ahead(self.scope, DAYS_AHEAD)

    @cached_property
    def seconds_per_card(self) -> float | None:
        return seconds_per_card(self.scope.learner)

    @cached_property
    def streak(self) -> int:
        return streak_of(self.scope.learner, self.today)

    @cached_property
    def progress(self) -> list[Progress]:
        return progress(self.scope)

    @cached_property
    def learnt_by_day(self) -> dict[date, int]:
        return learnt_by_day(self.scope)

    @cached_property
    def intervals(self) -> dict[int, int]:
        return intervals(self.scope)

    @cached_property
    def eases(self) -> dict[int, int]:
        return eases(self.scope)
