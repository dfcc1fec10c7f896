"""Logs for tests, written as grades by day."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from cards.scheduling import Event, Grade, Kind, Mode, State, replay, step

START = date(2026, 3, 2)


def event(number: int, kind: Kind = Kind.GRADED, on: date = START, **fields: object) -> Event:
    """The event of that number, at noon of its study day."""
    at = datetime.combine(on, time(12), UTC) + timedelta(seconds=number)
    if kind is Kind.GRADED:
        fields.setdefault("mode", Mode.SCHEDULED)
    return Event(id=UUID(int=number), number=number, kind=kind, at=at, study_on=on, **fields)  # type: ignore[arg-type]


def graded_when_due(grades: Iterable[int], late_days: int = 0) -> list[State]:
    """The state after each grade, each given on the day the card is due, or so many days late."""
    states, state, on = [], State(), START
    for number, grade in enumerate(grades, start=1):
        state = step(state, event(number, on=on, grade=Grade(grade)))
        states.append(state)
        assert state.due_on is not None
        on = state.due_on + timedelta(days=late_days)
    return states


def graded(*days: tuple[int, int]) -> State:
    """The replay of scheduled grades given as (day after START, grade)."""
    return replay(
        event(number, on=START + timedelta(days=day), grade=Grade(grade))
        for number, (day, grade) in enumerate(days, start=1)
    )
