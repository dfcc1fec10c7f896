"""A learner's day: what it asks, what was done, how long a card takes."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Avg, Count

from cards.models import Learner, StudyEvent
from cards.models.queue import live_schedules
from cards.scheduling import Grade, Mode

SECONDS_PER_CARD = 20.0  # until a learner's own are known


@dataclass(frozen=True, slots=True)
class DayLoad:
    """How many cards come on a study day."""

    day: date
    count: int


def forecast(learner: Learner, today: date, days: int) -> list[DayLoad]:
    """The cards already learnt that come on each of the next `days` study days, today and what is overdue first."""
    last = today + timedelta(days=days - 1)
    rows = (
        live_schedules(learner, today)
        .filter(due_on__lte=last)
        .order_by()
        .values("due_on")
        .annotate(cards=Count("pk"))
        .values_list("due_on", "cards")
    )
    counts = dict.fromkeys((today + timedelta(days=n) for n in range(days)), 0)
    for due_on, cards in rows:
        counts[max(due_on or today, today)] += cards
    return [DayLoad(day, count) for day, count in counts.items()]


@dataclass(frozen=True, slots=True)
class DayDone:
    """What a learner did on a study day: reviews per grade, and how many were repeats of the day."""

    grades: dict[Grade, int]
    repeats: int

    @property
    def reviews(self) -> int:
        return sum(self.grades.values())


def day_done(learner: Learner, today: date) -> DayDone:
    """The standing grades of the day: the scheduled ones by grade, and the number of repeats."""
    grades, repeats = dict.fromkeys(Grade, 0), 0
    rows = StudyEvent.objects.graded_and_standing().filter(learner=learner, study_on=today)
    for mode, grade, count in rows.order_by().values_list("mode", "grade").annotate(count=Count("pk")):
        if mode == Mode.SCHEDULED:
            grades[Grade(grade)] += count
        elif mode == Mode.REPEAT:
            repeats += count
    return DayDone(grades, repeats)


def seconds_per_card(learner: Learner) -> float:
    """The mean answer time of the learner's last 200 graded cards; 20 seconds until there are some."""
    last = StudyEvent.objects.filter(learner=learner, answer_seconds__isnull=False).order_by("-at")[:200]
    mean: float | None = last.aggregate(mean=Avg("answer_seconds"))["mean"]
    return SECONDS_PER_CARD if mean is None else mean
