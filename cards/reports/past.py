"""What a learner did in the year that ends today: by day, by hour of the day, by the seconds that an answer took."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, IntegerField, Sum, Value
from django.db.models.functions import Cast, ExtractHour

from cards.reports.scope import Scope
from cards.scheduling import Mode

MINUTE = timedelta(minutes=1)
COLUMNS = {Mode.SCHEDULED: "reviews", Mode.REPEAT: "repeats", Mode.PRACTICE: "practised"}


@dataclass(frozen=True, slots=True)
class DayStudied:
    """The answers of a study day by what they were given for, and the seconds that were measured of them."""

    reviews: int = 0
    repeats: int = 0
    practised: int = 0
    seconds: int = 0

    @property
    def answers(self) -> int:
        return self.reviews + self.repeats + self.practised


def days_studied(scope: Scope) -> dict[date, DayStudied]:
    """The days of the year that had an answer, in their order. One query."""
    rows = scope.grades().order_by("study_on").values_list("study_on", "mode")
    found: dict[date, Counter[str]] = {}
    for day, mode, count, seconds in rows.annotate(count=Count("pk"), seconds=Sum("answer_seconds")):
        found.setdefault(day, Counter()).update({COLUMNS[mode]: count, "seconds": seconds or 0})
    return {day: DayStudied(**columns) for day, columns in found.items()}


@dataclass(frozen=True, slots=True)
class Habits:
    """Answers by the hour, 0 to 23, that the learner's own clock showed then, and by the seconds that they took.

    Each is a whole year's; of the seconds those that were measured, fewest first.
    """

    hours: list[int]
    seconds: dict[int, int]


def habits(scope: Scope) -> Habits:
    """One query, since each looks at every answer of the year."""
    minutes = Cast("zone_offset_minutes", IntegerField())  # a small one times a duration is no SQL of SQLite
    offset = ExpressionWrapper(minutes * Value(MINUTE), output_field=DurationField())
    hour = ExtractHour(F("at") + offset, tzinfo=UTC)
    rows = scope.grades().order_by().annotate(hour=hour).values_list("hour", "answer_seconds")
    hours, seconds = Counter[int](), Counter[int]()
    for at, taken, count in rows.annotate(count=Count("pk")):
        hours[at] += count
        if taken is not None:
            seconds[taken] += count
    return Habits([hours[at] for at in range(24)], dict(sorted(seconds.items())))
