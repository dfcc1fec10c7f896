"""From events to the state: one step, a whole replay, and what each grade would do."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from cards.messages import Number, _, ngettext
from cards.scheduling import sm2
from cards.scheduling.events import Event, Kind, Mode
from cards.scheduling.grade import Grade
from cards.scheduling.spreading import Spreading, due_day
from cards.scheduling.state import NEW, State


def replay(events: Iterable[Event]) -> State:
    """The state that a whole log gives. Events that a later one voids change nothing but the number.

    Raises ValueError when the events are not numbered 1, 2, 3 ….
    """
    log = list(events)
    voided: set[UUID | None] = {event.voids for event in log if event.kind is Kind.VOIDED}
    state = NEW
    for event in log:
        if event.kind is Kind.VOIDED or event.id in voided:
            state = replace(state, number=_number(state, event))
        else:
            state = step(state, event)
    return state


def step(state: State, event: Event) -> State:
    """The state after one more event. Raises ValueError for a voided one: only a replay can take a step back."""
    number = _number(state, event)
    match event.kind:
        case Kind.GRADED:
            assert event.grade is not None
            assert event.mode is not None
            return _graded(state, number, event.grade, event.mode, event.study_on, event.at, event.spreading)
        case Kind.RESTARTED:
            return State(number=number, is_suspended=state.is_suspended)
        case Kind.DUE_SET | Kind.MOVED:
            return replace(state, number=number, due_on=event.due_on)
        case Kind.SKIPPED:
            return replace(state, number=number, skipped_on=event.study_on)
        case Kind.SUSPENDED | Kind.RESUMED:
            return replace(state, number=number, is_suspended=event.kind is Kind.SUSPENDED)
        case _:
            raise ValueError("Only a replay can take an event back.")


def _number(state: State, event: Event) -> int:
    """The event's, which follows the state's."""
    if event.number != state.number + 1:
        raise ValueError(f"Event {event.number} does not follow event {state.number}.")
    return event.number


def _graded(
    state: State,
    number: int,
    grade: Grade,
    mode: Mode,
    study_on: date,
    at: datetime | None,
    spreading: Spreading,
) -> State:
    if mode is Mode.PRACTICE:
        return replace(state, number=number)
    quality = grade.quality
    if mode is Mode.REPEAT:
        is_done = state.repeat_on == study_on and quality >= sm2.REPEATED_BELOW_QUALITY
        repeat_on = None if is_done else state.repeat_on
        return replace(state, number=number, graded_at=at, repeat_on=repeat_on)
    if state.counted_on is not None and study_on <= state.counted_on:
        # not the first of its day, or of a day that a merge brought in behind it: kept, does not count
        return replace(state, number=number, graded_at=at)
    ease = sm2.ease_after(state.ease_hundredths, quality)
    if quality < sm2.PASSING_QUALITY:
        interval, repetitions, lapses = 1, 0, state.lapses + (state.repetitions > 0)
    else:
        interval = sm2.interval_after(state.interval_days, state.repetitions, ease)
        repetitions, lapses = state.repetitions + 1, state.lapses
    return replace(
        state,
        number=number,
        graded_at=at,
        due_on=due_day(interval, study_on, spreading),
        interval_days=interval,
        ease_hundredths=ease,
        repetitions=repetitions,
        lapses=lapses,
        first_graded_on=state.first_graded_on or study_on,
        introduced_on=study_on if state.is_new else state.introduced_on,
        counted_on=study_on,
        repeat_on=study_on if quality < sm2.REPEATED_BELOW_QUALITY else None,
    )


def mode_at(state: State, today: date) -> Mode:
    """What a grade given today is for: scheduled when due, repeat when it comes again today, else practice."""
    if state.is_suspended or state.skipped_on == today:
        return Mode.PRACTICE
    if state.repeat_on == today:
        return Mode.REPEAT
    is_due = state.due_on is None or state.due_on <= today
    is_counted = state.counted_on is not None and state.counted_on >= today
    return Mode.SCHEDULED if is_due and not is_counted else Mode.PRACTICE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a grade would do: the state after it, whether the card comes again today, and whether it is but practice."""

    state: State
    repeats_today: bool
    is_practice: bool = False

    @property
    def interval_days(self) -> int:
        return self.state.interval_days

    @property
    def due_on(self) -> date | None:
        return self.state.due_on


def futures(state: State, today: date, mode: Mode, spreading: Spreading) -> dict[Grade, Outcome]:
    """The outcome of each grade, by the very function that `step` stores with (the instant and the number aside)."""
    outcomes = {}
    for grade in Grade:
        after = _graded(state, state.number, grade, mode, today, state.graded_at, spreading)
        is_practice = mode is Mode.PRACTICE
        outcomes[grade] = Outcome(after, after.repeat_on == today and not is_practice, is_practice)
    return outcomes


def outcome_text(outcome: Outcome, today: date) -> str:
    """What stands on a grade's button: "6 days", or "today, then 1 d".

    Beyond 60 days in months of 30.4 days ("3.4 months"), beyond 365 in years of 365 ("1.2 years"); the schedule itself
    is in days. Where nothing is changed: "no change".
    """
    state = outcome.state
    if outcome.repeats_today:
        return _("today, then %(interval)s", interval=_short((state.due_on or today) - today))
    if outcome.is_practice or state.due_on is None:
        return _("no change")
    return _long(state.due_on - today)


def _long(distance: timedelta) -> str:
    days = distance.days
    if days > 365:
        return _("%(number)s years", number=Number(f"{days / 365:.1f}"))
    if days > 60:
        return _("%(number)s months", number=Number(f"{days / 30.4:.1f}"))
    return ngettext("%(number)s day", "%(number)s days", days, number=days)


def _short(distance: timedelta) -> str:
    days = distance.days
    if days > 365:
        return _("%(number)s y", number=Number(f"{days / 365:.1f}"))
    if days > 60:
        return _("%(number)s mo", number=Number(f"{days / 30.4:.1f}"))
    return _("%(number)s d", number=days)
