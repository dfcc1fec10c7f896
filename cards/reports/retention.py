"""True retention: how much of what was to be remembered was remembered, when the schedule asked for it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from cards.reports.scope import Scope
from cards.scheduling import NEW, Event, Grade, Kind, Mode, State, step

MATURE_FROM_DAYS = 21

Row = tuple[int, int, int, date, int | None]  # card, part, number, study day, grade: None for a restart
Counts = defaultdict[tuple[date, bool, bool], int]  # by the day, whether mature, whether recalled


class Memory(NamedTuple):
    """Of a part's state what its next interval follows from."""

    interval_days: int = NEW.interval_days
    repetitions: int = NEW.repetitions
    ease_hundredths: int = NEW.ease_hundredths


UNLEARNT = Memory()


@dataclass(frozen=True, slots=True)
class Recalled:
    """Of `reviews` cards, so many were `recalled`: graded Hard, Good or Easy."""

    recalled: int = 0
    reviews: int = 0

    @property
    def percent(self) -> float | None:
        """None where there was nothing to recall."""
        return 100 * self.recalled / self.reviews if self.reviews else None

    def __add__(self, other: "Recalled") -> "Recalled":
        return Recalled(self.recalled + other.recalled, self.reviews + other.reviews)


@dataclass(frozen=True, slots=True)
class Retention:
    """Of the cards whose interval was shorter than 21 days when they were asked, and of the others."""

    young: Recalled = Recalled()
    mature: Recalled = Recalled()

    @property
    def all(self) -> Recalled:
        return self.young + self.mature

    def __add__(self, other: "Retention") -> "Retention":
        return Retention(self.young + other.young, self.mature + other.mature)


def retention(scope: Scope) -> dict[date, Retention]:
    """By study day, in their order, over all the log: of each card its first review of the day that counts.

    A card's very first review asks for nothing that was learnt, and is none here; neither are repeats and practice.
    One query. The intervals are those of a replay, which is fast because it leaves out all else that a replay gives.
    """
    asked = Q(kind=Kind.GRADED, mode=Mode.SCHEDULED) | Q(kind=Kind.RESTARTED)
    rows = scope.events().filter(asked).order_by()
    cards: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows.values_list("card_id", "part", "number", "study_on", "grade"):
        cards[row[0]].append(row)
    counts: Counts = defaultdict(int)
    for log in cards.values():
        log.sort()  # here, card by card: the database, with all of them at once, takes longer than for the reading
        _count(log, counts)
    return {day: _retention(counts, day) for day in sorted({day for day, _, _ in counts})}


def _count(log: list[Row], counts: Counts) -> None:
    """Counts a card's reviews of something learnt; its parts come one after the other."""
    for day, interval_days, grade in asked_again(log):
        counts[day, interval_days >= MATURE_FROM_DAYS, grade > Grade.AGAIN] += 1


def asked_again(log: Iterable[Row]) -> Iterator[tuple[date, int, int]]:
    """A card's reviews of something learnt: the day, the interval before it, the grade."""
    memory, counted_on, part_before = UNLEARNT, None, 0
    for _, part, _, day, grade in log:
        if grade is None or part != part_before:
            memory, counted_on, part_before = UNLEARNT, None, part
        if grade is not None and (counted_on is None or day > counted_on):
            if counted_on is not None:
                yield day, memory.interval_days, grade
            memory, counted_on = after(memory, grade), day


def _retention(counts: Counts, day: date) -> Retention:
    def recalled(is_mature: bool) -> Recalled:
        right, wrong = (counts.get((day, is_mature, is_right), 0) for is_right in (True, False))
        return Recalled(right, right + wrong)

    return Retention(young=recalled(False), mature=recalled(True))


@lru_cache(maxsize=2**16)
def after(memory: Memory, grade: int) -> Memory:
    """What a review that counts leaves, by the scheduler's own step. Learners' logs share most of these."""
    state = step(State(**memory._asdict()), _review(Grade(grade)))
    return Memory(state.interval_days, state.repetitions, state.ease_hundredths)


def _review(grade: Grade) -> Event:
    """One on some day: neither interval nor E-Factor of SM-2 depends on which."""
    at = datetime(2000, 1, 1, tzinfo=UTC)
    return Event(UUID(int=0), 1, Kind.GRADED, at, at.date(), Mode.SCHEDULED, grade)


def grouped(days: dict[date, Retention], first_of: Callable[[date], date]) -> dict[date, Retention]:
    """The same by week or month, named by the day that `first_of` gives for each of its days."""
    groups: dict[date, Retention] = {}
    for day, each in days.items():
        group = first_of(day)
        groups[group] = groups.get(group, Retention()) + each
    return groups
