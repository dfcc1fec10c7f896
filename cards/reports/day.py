"""A learner's day: what it asks and how long that takes, what was done, and when the next one asks for something."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from statistics import median

from django.db.models import Count, Min, Q, Sum

from cards.models import Learner, StudyEvent
from cards.models.lists import live_schedules
from cards.models.queue import queue_counts
from cards.scheduling import Grade, Kind, Mode, QueueCounts, days_apart

RECENT_ANSWERS = 200
FEWEST_CARDS = 20  # timed, before anything is said of time
MOST_MEDIANS = 5


@dataclass(frozen=True, slots=True)
class DayLoad:
    """How many cards come on a study day."""

    day: date
    count: int


def forecast(learner: Learner, today: date, days: int) -> list[DayLoad]:
    """The cards already learnt that come on each of the next `days` study days, today and what is overdue first.

    Were each answered on its day: the parts of one card come one a day. Two queries.
    """
    last = today + timedelta(days=days - 1)
    rows = live_schedules(learner, today).filter(due_on__lte=last).order_by()
    alone = rows if learner.has_siblings else rows.filter(part=0)
    counts = dict.fromkeys((today + timedelta(days=n) for n in range(days)), 0)
    for due_on, cards in alone.values("due_on").annotate(cards=Count("pk")).values_list("due_on", "cards"):
        counts[max(due_on or today, today)] += cards
    if not learner.has_siblings:
        for day in _days_of_parts(learner, today, last):
            counts[day] += 1
    return [DayLoad(day, count) for day, count in counts.items()]


def _days_of_parts(learner: Learner, today: date, last: date) -> Iterator[date]:
    """The days, to the last, on which a part of a card with clozes comes."""
    rows = live_schedules(learner, today).filter(Q(due_on__lte=last) | Q(counted_on=today), part__gt=0)
    columns = rows.order_by("card").values_list("card", "due_on", "counted_on")
    for _card, parts in groupby(columns, lambda row: row[0]):
        due = list(parts)
        is_done = any(counted_on == today for _, _, counted_on in due)
        days = days_apart((due_on for _, due_on, _ in due if due_on), today + timedelta(days=is_done))
        yield from (day for day in days if day <= last)


@dataclass(frozen=True, slots=True)
class DayAsked:
    """What a study day asks for."""

    day: date
    counts: QueueCounts


def next_asked(learner: Learner, today: date) -> DayAsked | None:
    """The first study day after today that asks for something; None if no day does. Three queries at most.

    The counts are exact, limits and new cards included, if nothing but the rest of today comes before that day.
    """
    day = today + timedelta(days=1)
    counts = queue_counts(learner, day)
    if not counts.left:
        later = live_schedules(learner, day).filter(due_on__gt=day).aggregate(first=Min("due_on"))["first"]
        if later is None:
            return None
        day, counts = later, queue_counts(learner, later)
    return DayAsked(day, counts) if counts.left else None


@dataclass(frozen=True, slots=True)
class DayDone:
    """What a learner did on a study day: reviews per grade, how many were repeats of the day, and the seconds of both.

    `seconds` are those that were measured.
    """

    grades: dict[Grade, int]
    repeats: int
    seconds: int = 0

    @property
    def reviews(self) -> int:
        return sum(self.grades.values())


def day_done(learner: Learner, today: date) -> DayDone:
    """The standing grades of the day: the scheduled ones by grade, and the number of repeats. One query."""
    grades, repeats, taken = dict.fromkeys(Grade, 0), 0, 0
    events = StudyEvent.objects.graded_and_standing().filter(learner=learner, study_on=today)
    rows = events.exclude(mode=Mode.PRACTICE).order_by().values_list("mode", "grade")
    for mode, grade, count, seconds in rows.annotate(count=Count("pk"), seconds=Sum("answer_seconds")):
        taken += seconds or 0
        if mode == Mode.SCHEDULED:
            grades[Grade(grade)] += count
        else:
            repeats += count
    return DayDone(grades, repeats, taken)


def seconds_per_card(learner: Learner) -> float | None:
    """How long a card takes the learner, with its repeats of the day; None before twenty were timed.

    Of the last 200 answers to what was due or new, and to repeats. The mean, since a day takes the sum of its answers:
    most are short and some long, so that cards times the median would promise too little. But an answer counts for five
    medians at most: a call that came between says nothing of the next card. One query, of 200 rows at most.
    """
    last = StudyEvent.objects.filter(learner=learner, kind=Kind.GRADED).exclude(mode=Mode.PRACTICE)
    rows = last.order_by("-at").values_list("mode", "answer_seconds")[:RECENT_ANSWERS]
    timed = [(mode, seconds) for mode, seconds in rows if seconds is not None]
    cards: int = sum(mode == Mode.SCHEDULED for mode, _ in timed)
    if cards < FEWEST_CARDS:
        return None
    most = MOST_MEDIANS * max(1.0, median(seconds for _, seconds in timed))
    return float(sum(min(seconds, most) for _, seconds in timed)) / cards
