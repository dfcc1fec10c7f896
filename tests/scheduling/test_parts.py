"""Which part of a card comes on a day."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.scheduling import NEW, State, Turn, days_apart, parts_today

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
AT = datetime(2026, 3, 2, 9)
DAYS = st.integers(-3, 3).map(lambda n: TODAY + n * DAY)
STATES = st.builds(
    State,
    due_on=st.none() | DAYS,
    counted_on=st.none() | st.integers(-3, 0).map(lambda n: TODAY + n * DAY),
    repeat_on=st.none() | st.just(TODAY),
    graded_at=st.just(AT),
    is_suspended=st.booleans(),
    skipped_on=st.none() | st.just(TODAY) | st.just(TODAY - DAY),
)


def due(days: int, **more) -> State:
    return State(due_on=TODAY - days * DAY, interval_days=1, **more)


@pytest.mark.parametrize(
    ("states", "asked"),
    [
        ({}, {Turn.NEW: 1}),
        ({1: due(1)}, {Turn.DUE: 1}),
        ({1: due(1), 2: due(2)}, {Turn.DUE: 2}),
        ({1: due(-1)}, {Turn.NEW: 2}),
        ({1: due(-1), 2: due(-2), 3: due(0)}, {Turn.DUE: 3}),
        ({1: due(-1, counted_on=TODAY), 2: due(2)}, {}),
        ({2: due(-1, counted_on=TODAY, repeat_on=TODAY, graded_at=AT)}, {Turn.REPEAT: 2}),
        ({1: State(skipped_on=TODAY)}, {}),
        ({1: State(is_suspended=True)}, {}),
        ({1: due(1, is_suspended=True), 2: due(0)}, {Turn.DUE: 2}),
        ({0: due(1)}, {Turn.NEW: 1}),  # of the whole card, that it was
        ({0: due(-1, counted_on=TODAY)}, {}),
        ({4: State(is_suspended=True)}, {}),
    ],
)
def test_one_part_comes(states, asked) -> None:
    assert parts_today((1, 2, 3), states, TODAY) == asked


def test_together_each_list_has_its_first() -> None:
    states = {1: due(-1, counted_on=TODAY, repeat_on=TODAY, graded_at=AT), 2: due(2), 4: due(0)}
    assert parts_today((1, 2, 3, 4, 5), states, TODAY, together=True) == {
        Turn.REPEAT: 1, Turn.DUE: 2, Turn.NEW: 3,
    }  # fmt: skip


@given(st.sets(st.integers(0, 5)), st.dictionaries(st.integers(0, 5), STATES))
def test_never_two_and_what_comes_is_the_cards_own(parts, states) -> None:
    asked = parts_today(parts, states, TODAY)
    assert len(asked) <= 1
    assert set(asked.values()) <= parts
    together = parts_today(parts, states, TODAY, together=True)
    assert asked.items() <= together.items() or Turn.NEW in asked
    for part in together.values():
        state = states.get(part, NEW)
        assert not state.is_suspended
        assert state.skipped_on != TODAY


@given(st.lists(DAYS), st.booleans())
def test_due_parts_come_on_days_of_their_own_none_too_early(days, is_done) -> None:
    first = TODAY + is_done * DAY
    apart = days_apart(days, first)
    assert len(set(apart)) == len(days)
    assert all(on >= max(day, first) for on, day in zip(apart, sorted(days), strict=True))
    if len(days) == 1:
        assert apart == [max(days[0], first)]
