"""The log and its replay: what counts, what is taken back, what the other kinds do."""

import ast
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cards.scheduling
from cards.scheduling import (
    NEW,
    NOT_MOVED,
    Event,
    Grade,
    Kind,
    Mode,
    State,
    futures,
    mode_at,
    outcome_text,
    replay,
    step,
)
from tests.scheduling.histories import START, event, graded

LATER = START + timedelta(days=40)
ALLOWED = {
    "collections.abc", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq",
    "uuid", "zoneinfo",
    "cards.messages",  # how its sentences are made, so that they can be said in another language
}  # fmt: skip


@st.composite
def logs(draw: st.DrawFn, most: int = 12) -> list[Event]:
    """Any log that could have been written: study days never go back, and each grade has the mode of its moment."""
    log: list[Event] = []
    state, on = NEW, START
    for number in range(1, draw(st.integers(0, most)) + 1):
        on += timedelta(days=draw(st.integers(0, 20)))
        kind = draw(st.sampled_from([Kind.GRADED] * 6 + [kind for kind in Kind if kind is not Kind.VOIDED]))
        fields: dict[str, object] = {}
        if kind is Kind.GRADED:
            mode = draw(st.sampled_from([mode_at(state, on), Mode.PRACTICE]))
            fields = {"grade": draw(st.sampled_from(list(Grade))), "mode": mode}
        elif kind in {Kind.DUE_SET, Kind.MOVED}:
            fields = {"due_on": on + timedelta(days=draw(st.integers(0, 50)))}
        log.append(event(number, kind, on, **fields))
        state = step(state, log[-1])
    return log


@given(logs())
def test_a_replay_is_the_fold_of_its_steps(log: list[Event]) -> None:
    state = NEW
    for one in log:
        state = step(state, one)
    assert replay(log) == state


@given(logs(), st.data())
def test_voiding_the_last_event_gives_the_state_before_it(log: list[Event], data: st.DataObject) -> None:
    if not log:
        return
    undo = event(len(log) + 1, Kind.VOIDED, log[-1].study_on, voids=log[-1].id)
    assert replay([*log, undo]) == replace(replay(log[:-1]), number=len(log) + 1)


@given(logs(most=8))
def test_voiding_all_gives_a_new_part(log: list[Event]) -> None:
    voids = [
        event(len(log) + n, Kind.VOIDED, LATER, voids=one.id) for n, one in enumerate(reversed(log), start=1)
    ]
    assert replay([*log, *voids]) == State(number=2 * len(log))


@given(logs())
def test_what_always_holds(log: list[Event]) -> None:
    state = replay(log)
    assert state.ease_hundredths >= 130
    assert 0 <= state.interval_days <= 36_500
    assert state.number == len(log)
    if state.counted_on is not None:
        assert state.interval_days >= 1
        assert state.first_graded_on is not None
        assert state.first_graded_on <= state.counted_on
    if state.is_new:
        assert state.counted_on is None


@settings(max_examples=60)
@given(logs(), st.integers(0, 60), st.booleans())
def test_a_button_says_what_will_be_stored(log: list[Event], wait: int, practise: bool) -> None:
    state = replay(log)
    today = (log[-1].study_on if log else START) + timedelta(days=wait)
    mode = Mode.PRACTICE if practise else mode_at(state, today)
    for grade, outcome in futures(state, today, mode, NOT_MOVED).items():
        stored = step(state, event(state.number + 1, on=today, grade=grade, mode=mode))
        assert replace(outcome.state, number=stored.number, graded_at=stored.graded_at) == stored
        assert outcome.repeats_today == (mode is not Mode.PRACTICE and stored.repeat_on == today)


@given(logs())
def test_practice_changes_nothing_but_the_number(log: list[Event]) -> None:
    state = replay(log)
    after = step(state, event(state.number + 1, on=LATER, grade=Grade.AGAIN, mode=Mode.PRACTICE))
    assert after == replace(state, number=state.number + 1)


def test_only_the_first_scheduled_grade_of_a_day_counts() -> None:
    first = graded((0, 3))
    assert replace(graded((0, 3), (0, 1)), number=1, graded_at=first.graded_at) == first


def test_a_grade_after_the_first_was_voided_counts() -> None:
    log = [event(1, grade=Grade.AGAIN), event(2, Kind.VOIDED, voids=UUID(int=1)), event(3, grade=Grade.EASY)]
    assert replay(log).ease_hundredths == 260
    assert replay(log).repeat_on is None


def test_voiding_in_the_middle_recounts_what_follows() -> None:
    log = [
        event(1, grade=Grade.GOOD),
        event(2, on=START + timedelta(days=1), grade=Grade.AGAIN),
        event(3, on=START + timedelta(days=2), grade=Grade.GOOD),
    ]
    assert replay(log).interval_days == 1
    undo = event(4, Kind.VOIDED, START + timedelta(days=2), voids=UUID(int=2))
    assert replay([*log, undo]).interval_days == 6


def test_a_day_that_a_merge_brought_in_behind_is_kept_and_does_not_count() -> None:
    """Two accounts in two zones: by instant the second grade comes later, on an earlier study day."""
    one = event(1, on=START, grade=Grade.GOOD)
    two = event(2, on=START - timedelta(days=1), grade=Grade.AGAIN)
    assert replay([one, two]).interval_days == replay([one]).interval_days == 1
    assert replay([one, two]).counted_on == START


def test_a_restart_begins_anew_and_counts_again_on_the_same_day() -> None:
    log = [event(1, grade=Grade.EASY), event(2, Kind.RESTARTED), event(3, grade=Grade.GOOD)]
    assert replay(log[:2]) == State(number=2)
    assert (replay(log).ease_hundredths, replay(log).repetitions) == (250, 1)


def test_a_restart_leaves_a_suspended_part_suspended() -> None:
    assert replay([event(1, Kind.SUSPENDED), event(2, Kind.RESTARTED)]).is_suspended


@pytest.mark.parametrize("kind", [Kind.DUE_SET, Kind.MOVED])
def test_a_due_day_can_be_set(kind: Kind) -> None:
    state = step(graded((0, 3), (1, 3)), event(3, kind, due_on=LATER))
    assert (state.due_on, state.interval_days) == (LATER, 6)
    assert mode_at(state, LATER) is Mode.SCHEDULED
    assert mode_at(state, START + timedelta(days=7)) is Mode.PRACTICE


def test_what_is_skipped_comes_tomorrow() -> None:
    state = step(NEW, event(1, Kind.SKIPPED))
    assert mode_at(state, START) is Mode.PRACTICE
    assert mode_at(state, START + timedelta(days=1)) is Mode.SCHEDULED


def test_what_is_suspended_comes_when_it_is_resumed() -> None:
    state = step(NEW, event(1, Kind.SUSPENDED))
    assert mode_at(state, LATER) is Mode.PRACTICE
    assert mode_at(step(state, event(2, Kind.RESUMED)), LATER) is Mode.SCHEDULED


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (1, "1 day"),
        (6, "6 days"),
        (60, "60 days"),
        (61, "2.0 months"),
        (365, "12.0 months"),
        (438, "1.2 years"),
    ],
)
def test_a_button_names_the_distance(days: int, text: str) -> None:
    state = State(number=1, due_on=START + timedelta(days=days), interval_days=days, counted_on=START)
    outcome = cards.scheduling.Outcome(state, repeats_today=False)
    assert outcome_text(outcome, START) == text


@pytest.mark.parametrize(
    "fields",
    [
        {"number": 0, "grade": Grade.GOOD},
        {"grade": None},
        {"kind": Kind.VOIDED},
        {"kind": Kind.DUE_SET},
        {"kind": Kind.MOVED},
        {"grade": Grade.GOOD, "at": datetime(2026, 3, 2)},
    ],
)
def test_an_event_that_cannot_be_is_refused(fields: dict[str, object]) -> None:
    base = {"id": UUID(int=1), "number": 1, "kind": Kind.GRADED, "at": datetime(2026, 3, 2, tzinfo=UTC),
            "study_on": date(2026, 3, 2), "mode": Mode.SCHEDULED}  # fmt: skip
    with pytest.raises(ValueError):
        Event(**(base | fields))  # type: ignore[arg-type]


def test_the_package_is_pure() -> None:
    """It imports the standard library and itself, and calls no clock and no chance."""
    for path in Path(cards.scheduling.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                if isinstance(node, ast.Attribute):
                    assert node.attr not in {"now", "utcnow", "today"}, path
                continue
            for name in names:
                assert name.startswith("cards.scheduling") or name in ALLOWED, name
