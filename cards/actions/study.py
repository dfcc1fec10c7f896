"""What a learner does with a card in a review: grade it. And how events and schedules are written."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from cards.models import Card, Learner, Schedule, StudyEvent
from cards.models.parts import Asked
from cards.models.queue import is_asked_today
from cards.models.readable import readable_card
from cards.models.revisions import was_reworded
from cards.models.written import write_at_once
from cards.scheduling import (
    NEW,
    Grade,
    Kind,
    Mode,
    Origin,
    State,
    mode_at,
    replay,
    step,
    zone_offset_minutes,
)


class NotYours(LookupError):
    """There is no such card, or event, for this learner."""


class Result(StrEnum):
    WRITTEN = "written"
    REPEATED = "repeated"  # the very same grade stands there already: nothing was written
    OUTDATED = "outdated"  # something else happened to the card since it was shown: nothing was written
    REWORDED = "reworded"  # it asks or answers otherwise than was shown: nothing was written


@dataclass(frozen=True, slots=True)
class Graded:
    """What became of a grade of the card, its state after it, and the event that holds it (None where none does).

    `is_lapse` says that the grade was written and is one.
    """

    result: Result
    card: Card
    state: State
    event_id: UUID | None
    is_lapse: bool = False


class _LostRace(Exception):
    """Another transaction wrote the same number first."""


def grade_card(
    *,
    learner: Learner,
    card_id: int,
    part: int,
    shown_number: int,
    grade: Grade,
    now: datetime,
    is_practice: bool = False,
    answer_seconds: int | None = None,
    origin: Origin = Origin.WEB,
    shown_revision: int | None = None,
) -> Graded:
    """Writes a grade as event `shown_number + 1` of its log, and the schedule that follows from it.

    The log's unique number is the lock: who inserts event n+1 knows that nothing happened since event n, so the state
    read before is still the state. A double click, a second tab and a retry thus give one review.
    What the learner graded is what they knew of the wording `shown_revision`; where the card asks or answers otherwise
    by now, they see that first. None is not looked at.
    The mode is decided here: scheduled when due, repeat when it comes again today, else practice.
    A part that does not come today, since another one of its card does, is outdated, and so is one that the card has
    no more.

    Raises NotYours when the learner cannot see the card.
    """
    for _ in range(3):
        card = readable_card(learner, learner.study_day(now), Asked(card_id, part))
        if card is None:
            raise NotYours(card_id)
        state = card.own.state if card.own else NEW
        if state.number != shown_number:
            return _already_there(learner, card, part, shown_number, grade, state)
        if shown_revision is not None and was_reworded(card, shown_revision):
            return Graded(Result.REWORDED, card, state, None)
        today = learner.study_day(now)
        mode = Mode.PRACTICE if is_practice else mode_at(state, today)
        is_over = mode is Mode.PRACTICE or not is_asked_today(card, part, learner, today)
        if part not in card.part_numbers or (is_over and not is_practice):
            return Graded(Result.OUTDATED, card, state, None)
        event = new_event(
            learner, card_id, part, state.number + 1, Kind.GRADED, now, today,
            mode=mode, grade=grade, answer_seconds=answer_seconds, origin=origin,
        )  # fmt: skip
        after = step(state, event.as_event())
        try:
            _write(learner, event, card.own, after)
            return Graded(Result.WRITTEN, card, after, event.pk, is_lapse=after.lapses > state.lapses)
        except (IntegrityError, _LostRace):
            continue  # read again: now the winner's event is there
    raise RuntimeError("Three writers in a row were faster.")


def _write(learner: Learner, event: StudyEvent, row: Schedule | None, state: State) -> None:
    """Stores both, by one statement where that can be; which of the two ways it is, nobody can tell from the rows."""
    if connection.vendor == "postgresql" and learner.latest_study_on == event.study_on:
        if not write_at_once(event, row, state):
            raise _LostRace
        return
    with transaction.atomic():
        note_day(learner, event.study_on)
        event.save(force_insert=True)
        write_state(learner, event.card_id, event.part, row, state)


def _already_there(
    learner: Learner, card: Card, part: int, shown_number: int, grade: Grade, state: State
) -> Graded:
    rival = (
        StudyEvent.objects.of(learner, card.pk, part)
        .graded_and_standing()
        .filter(number=shown_number + 1)
        .first()
    )
    if rival is not None and rival.grade == grade:
        return Graded(Result.REPEATED, card, state, rival.pk)
    return Graded(Result.OUTDATED, card, state, None)


def append_event(
    learner: Learner,
    card_id: int,
    part: int,
    number: int,
    kind: Kind,
    now: datetime,
    today: date,
    **more: Any,
) -> StudyEvent:
    """Inserts one event at the end of a log; the caller is inside a transaction.

    Raises IntegrityError when that number is taken, or the voided event is voided already.
    """
    note_day(learner, today)
    event = new_event(learner, card_id, part, number, kind, now, today, **more)
    event.save(force_insert=True)
    return event


def new_event(
    learner: Learner,
    card_id: int,
    part: int,
    number: int,
    kind: Kind,
    now: datetime,
    today: date,
    *,
    mode: Mode | None = None,
    grade: Grade | None = None,
    answer_seconds: int | None = None,
    due_on: date | None = None,
    voids: UUID | None = None,
    origin: Origin = Origin.WEB,
) -> StudyEvent:
    """An event that is not written yet."""
    return StudyEvent(
        learner_id=learner.pk, card_id=card_id, part=part, number=number, kind=kind.value, at=now, study_on=today,
        zone_offset_minutes=zone_offset_minutes(now, learner.zone), mode=mode.value if mode else "",
        origin=origin.value, grade=grade, answer_seconds=answer_seconds, due_on=due_on, voids=voids,
        settings=learner.study_settings,
    )  # fmt: skip


def note_day(learner: Learner, today: date) -> None:
    """Keeps the latest study day on which the learner did something."""
    if learner.latest_study_on != today:
        learner.latest_study_on = today
        learner.save(update_fields=["latest_study_on"])


def write_state(learner: Learner, card_id: int, part: int, row: Schedule | None, state: State) -> None:
    """Stores a state in its schedule row, which must still be the one that was read."""
    columns = Schedule.columns(state)
    if row is None:
        Schedule(learner=learner, card_id=card_id, part=part, **columns).save(force_insert=True)
    elif not Schedule.objects.filter(pk=row.pk, number=row.number).update(**columns):
        raise _LostRace


def write_replay(*, learner: Learner, card_id: int, part: int) -> State:
    """Stores what a full replay of the log gives. The caller holds the learner's lock, inside a transaction."""
    state = replay(
        event.as_event() for event in StudyEvent.objects.of(learner, card_id, part).with_settings()
    )
    Schedule.objects.update_or_create(
        learner=learner, card_id=card_id, part=part, defaults=Schedule.columns(state)
    )
    return state
