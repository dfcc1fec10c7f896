"""What comes: the cards of the next days, and when a deck is learnt."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, Sum

from cards.models import Deck
from cards.models.lists import live_schedules
from cards.reports.retention import Memory, after
from cards.reports.scope import Scope
from cards.scheduling import NOT_MOVED, Grade, due_day, least_days

PACE_DAYS = 28


@dataclass(frozen=True, slots=True)
class DayAhead:
    """The cards that are due on a study day, on today or since earlier, and those that come back on it."""

    day: date
    due: int = 0
    again: int = 0

    @property
    def cards(self) -> int:
        return self.due + self.again


@dataclass(frozen=True, slots=True)
class Ahead:
    """The days from today on, and how many of today's cards are overdue."""

    days: list[DayAhead]
    overdue: int

    @property
    def cards(self) -> int:
        return sum(day.cards for day in self.days)

    @property
    def each_day(self) -> float:
        """How many cards that are, on average."""
        return self.cards / len(self.days)


def ahead(scope: Scope, days: int) -> Ahead:
    """The next `days` study days, were each card answered on its day, with Good. New cards come on top. One query.

    Parts of one card are taken for cards of their own, which may come on one day.
    """
    rows = live_schedules(scope.learner, scope.today).order_by()
    if scope.deck is not None:
        rows = rows.filter(card__deck=scope.deck)
    due, again, overdue = [0] * days, [0] * days, 0
    settings = scope.learner.study_settings
    alike = ["due_on", *Memory._fields]
    if settings.moves_due_days:  # no two of them are: each moves by its own luck
        alike += ["card_id", "part"]
    end = scope.today + timedelta(days=days)
    learnt = rows.filter(due_on__lt=end).values_list(*alike)
    for due_on, interval, repetitions, ease, *of, count in learnt.annotate(count=Count("pk")):
        spreading = settings.spreading(*of) if of else NOT_MOVED
        day = max(scope.today, due_on)
        overdue += count * (due_on < scope.today)
        due[(day - scope.today).days] += count
        memory = after(Memory(interval, repetitions, ease), Grade.GOOD)
        # Most come once in that time: there is no need to know on which day after it they come again.
        while least_days(memory.interval_days) < (end - day).days:
            if (day := due_day(memory.interval_days, day, spreading)) >= end:
                break
            again[(day - scope.today).days] += count
            memory = after(memory, Grade.GOOD)
    return Ahead([DayAhead(scope.today + timedelta(days=n), due[n], again[n]) for n in range(days)], overdue)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deck is learnt: how many of its cards had a first review, and how many such a day lately."""

    deck: Deck
    cards: int
    learnt: int
    pace: float

    @property
    def left(self) -> int:
        return self.cards - self.learnt

    @property
    def days(self) -> int | None:
        """Until each card had its first review, at this pace; None where no new card came lately."""
        if not self.left:
            return 0
        return math.ceil(self.left / self.pace - 1e-9) if self.pace else None


def progress(scope: Scope) -> list[Progress]:
    """Each deck of the scope that has cards, by name. The pace is that of the last four weeks. Three queries."""
    since = scope.today - timedelta(days=PACE_DAYS - 1)
    cards = dict(scope.cards().order_by().values_list("deck").annotate(count=Sum("part_count")))
    rows = scope.learnt().order_by().values_list("card__deck")
    lately = Q(first_graded_on__gte=since)
    learnt = {
        deck: rest
        for deck, *rest in rows.annotate(
            count=Count("pk"), lately=Count("pk", filter=lately), first=Min("first_graded_on")
        )
    }
    found = []
    for deck in scope.decks().filter(pk__in=cards):
        count, recent, first = learnt.get(deck.pk, (0, 0, None))
        days = min(PACE_DAYS, (scope.today - first).days + 1) if first else PACE_DAYS
        found.append(Progress(deck, cards[deck.pk], count, recent / days))
    return found


def learnt_by_day(scope: Scope) -> dict[date, int]:
    """How many of the cards that are learnt had their first review on a day, in the days' order. One query."""
    rows = scope.learnt().filter(first_graded_on__isnull=False).order_by("first_graded_on")
    return dict(rows.values_list("first_graded_on").annotate(count=Count("pk")))


def intervals(scope: Scope) -> dict[int, int]:
    """How many learnt cards have an interval of so many days, shortest first. One query."""
    rows = scope.learnt().order_by("interval_days")
    return dict(rows.values_list("interval_days").annotate(count=Count("pk")))


def eases(scope: Scope) -> dict[int, int]:
    """How many learnt cards have an E-Factor of so many hundredths, lowest first. One query."""
    rows = scope.learnt().order_by("ease_hundredths")
    return dict(rows.values_list("ease_hundredths").annotate(count=Count("pk")))
