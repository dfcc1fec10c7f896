"""Every schedule, held against the replay of its events."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from cards.models import Schedule, StudyEvent
from cards.scheduling import replay


@dataclass(frozen=True, slots=True)
class Replayed:
    """One schedule, held against the replay of its events; `difference` is "" if there is none."""

    learner_id: int
    card_id: int
    part: int
    difference: str


def replayed(using: str = DEFAULT_DB_ALIAS, learner_ids: Collection[int] | None = None) -> Iterator[Replayed]:
    """Every schedule of these learners, or of all; one that is missing and one without events too. In two queries."""

    def ordered(rows: QuerySet) -> Iterator:
        rows = rows.using(using) if learner_ids is None else rows.using(using).filter(learner__in=learner_ids)
        return rows.iterator(chunk_size=5000)

    events = ordered(StudyEvent.objects.with_settings().order_by("learner_id", "card_id", "part", "number"))
    rows = ordered(Schedule.objects.order_by("learner_id", "card_id", "part"))
    row = next(rows, None)
    for key, log in groupby(events, key=_part_key):
        while row is not None and _part_key(row) < key:
            yield Replayed(*_part_key(row), "has no events")
            row = next(rows, None)
        own = row if row is not None and _part_key(row) == key else None
        yield Replayed(*key, _difference(log, own))
        row = row if own is None else next(rows, None)
    for orphan in [row, *rows] if row is not None else []:
        yield Replayed(*_part_key(orphan), "has no events")


def _part_key(row: StudyEvent | Schedule) -> tuple[int, int, int]:
    return row.learner_id, row.card_id, row.part


def _difference(log: Iterable[StudyEvent], row: Schedule | None) -> str:
    """What is wrong with the row; "" if nothing is."""
    try:
        state = replay(event.as_event() for event in log)
    except ValueError as error:
        return f"has a broken log: {error}"
    if row is None:
        return "has events but no schedule"
    values = {name: (getattr(row, name), value) for name, value in Schedule.columns(state).items()}
    return "; ".join(f"{name} is {has}, not {value}" for name, (has, value) in values.items() if has != value)
