"""Logs written down event by event, by hand or by chance, as no learner could play them so quickly."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from cards.actions.study import write_replay
from cards.models import Card, Deck, Learner, StudyEvent
from cards.scheduling import Grade, Kind, Mode, zone_offset_minutes
from tests.conftest import START

DAY = timedelta(days=1)
GRADES = dict(zip("AHGE", Grade, strict=True))


@dataclass
class Log:
    """One log. Its days are counted from START's, a Monday; an event is at START's time of the day unless said."""

    learner: Learner
    card: Card
    part: int = 0
    events: list[StudyEvent] = field(default_factory=list)

    @property
    def day(self) -> int:
        """That of the last event."""
        return (self.events[-1].study_on - START.date()).days if self.events else 0

    def add(self, day: int, kind: Kind, at: datetime | None = None, **columns: Any) -> "Log":
        at = at or START + day * DAY
        event = StudyEvent(
            learner=self.learner, card=self.card, part=self.part, number=len(self.events) + 1, kind=kind.value,
            at=at, study_on=START.date() + day * DAY, origin="web", settings=self.learner.study_settings,
            zone_offset_minutes=zone_offset_minutes(at, self.learner.zone), **columns,
        )  # fmt: skip
        event.save(force_insert=True)
        self.events.append(event)
        return self

    def grade(self, day: int, letter: str = "G", mode: Mode = Mode.SCHEDULED, **columns: Any) -> "Log":
        """By a letter of AHGE."""
        return self.add(day, Kind.GRADED, grade=GRADES[letter].value, mode=mode.value, **columns)

    def grades(self, letters: str) -> "Log":
        """One scheduled grade after the other, each on the day on which it is due."""
        for letter in letters:
            due_on = self.replay().due_on if self.events else None
            self.grade((due_on - START.date()).days if due_on else 0, letter)
        self.replay()
        return self

    def void(self, number: int) -> "Log":
        """Takes event `number` back, on the day of the last event."""
        return self.add(self.day, Kind.VOIDED, voids=self.events[number - 1].pk)

    def replay(self) -> Any:
        """Writes the schedule, and gives its state."""
        return write_replay(learner=self.learner, card_id=self.card.pk, part=self.part)


# --- by chance --------------------------------------------------------------------------------------------------------

Act = tuple[int, int, str, int, int, int]  # card, part, what, on which later day, minute of the day, seconds
WHAT = [*"AHGGGGGGGGGEE", "repeat", "practice", "void", "restart", "due", "suspend"]
LATER = [0, 0, 1, 1, 2, 6, 15, 40]

acts = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([0, 0, 0, 1]),
        st.sampled_from(WHAT),
        st.sampled_from(LATER),
        st.integers(0, 1439),
        st.none() | st.integers(0, 3),
    ),
    max_size=50,
)


@contextmanager
def written(learner: Learner, deck: Deck, acts: list[Act]) -> Iterator[list[StudyEvent]]:
    """The acts as events of logs in which anything may follow on anything, and their schedules; gone at the end."""
    with transaction.atomic():
        logs: dict[tuple[int, int], Log] = {}
        cards, day = list(deck.cards.all()[:3]), 0
        for card, part, what, later, minute, seconds in acts:
            day += later
            log = logs.setdefault((card, part), Log(learner, cards[card], part))
            at = START.replace(hour=0) + day * DAY + timedelta(minutes=minute)
            _act(log, day, what, at, seconds)
        for log in logs.values():
            log.replay()
        yield [event for log in logs.values() for event in log.events]
        transaction.set_rollback(True)


def _act(log: Log, day: int, what: str, at: datetime, seconds: int | None) -> None:
    taken_back = {event.voids for event in log.events}
    standing = [event for event in log.events if event.kind != Kind.VOIDED and event.pk not in taken_back]
    match what:
        case "repeat" | "practice":
            log.grade(day, "A", Mode(what), at=at, answer_seconds=seconds)
        case "void" if standing:
            log.add(day, Kind.VOIDED, at, voids=standing[-1].pk)
        case "restart":
            log.add(day, Kind.RESTARTED, at)
        case "due":
            log.add(day, Kind.DUE_SET, at, due_on=START.date() + (day + 3) * DAY)
        case "suspend":
            log.add(day, Kind.SUSPENDED if day % 2 else Kind.RESUMED, at)
        case "A" | "H" | "G" | "E":
            log.grade(day, what, at=at, answer_seconds=seconds)
