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
AGAIN = Grade.AGAIN.value  # a member takes longer to look up than a review to count

Row = tuple[int, int, int, date, int | None]  # card, part, number, study day, grade: None for a restart


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
    counts: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    # Sorted here, card by card: the database, with all of them at once, takes longer than for the reading.
    for _, day, interval_days, grade in asked_again(map(sorted, cards.values())):
        counts[day][2 * (interval_days >= MATURE_FROM_DAYS) + (grade > AGAIN)] += 1
    return {day: _retention(*counts[day]) for day in sorted(counts)}


def _retention(young_wrong: int, young: int, mature_wrong: int, mature: int) -> Retention:
    return Retention(Recalled(young, young + young_wrong), Recalled(mature, mature + mature_wrong))


def asked_again(logs: Iterable[Iterable[Row]]) -> Iterator[tuple[int, date, int, int]]:
    """The reviews of something learnt: the card, the day, the interval before it, the grade.

    A log is one learner's of a card; its parts come one after the other.
    """
    unlearnt = _Stages()[UNLEARNT]
    for log in logs:
        stage, counted_on, part_before = unlearnt, None, 0
        for card, part, _, day, grade in log:
            if grade is None or part != part_before:
                stage, counted_on, part_before = unlearnt, None, part
            if grade is not None and (counted_on is None or day > counted_on):
                if counted_on is not None:
                    yield card, day, stage.interval_days, grade
                stage, counted_on = stage.after[grade] or stage.grown(grade), day


@dataclass(slots=True, eq=False)
class _Stage:
    """A memory, and by grade the stage that a review leads to.

    That is an index away: a look-up by all the numbers takes longer than all else that is done with a review.
    """

    memory: Memory
    stages: "_Stages"
    interval_days: int
    after: "list[_Stage | None]"

    def grown(self, grade: int) -> "_Stage":
        """The one after that grade, from now on in its place."""
        stage = self.after[grade] = self.stages[after(self.memory, grade)]
        return stage


class _Stages(dict[Memory, _Stage]):
    """Each is made when it is first met. Logs share most of them."""

    def __missing__(self, memory: Memory) -> _Stage:
        after: list[_Stage | None] = [None] * (1 + max(Grade))
        stage = self[memory] = _Stage(memory, self, memory.interval_days, after)
        return stage


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
