"""The backlog after a break, spread over days."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.scheduling.catch_up import DueCard, fill_up, spread

TODAY = date(2026, 3, 2)
LOADS = st.lists(st.integers(0, 20), min_size=1, max_size=12)


def due(key: int, *, days: int = 10, interval: int = 10, since: int = 0) -> DueCard:
    """Last reviewed so many days ago, with that interval; due since so many days."""
    return DueCard(key, TODAY - timedelta(days=since), interval, TODAY - timedelta(days=days))


@given(st.integers(0, 60), LOADS, st.data())
def test_closed_days_get_none_and_the_others_what_they_would_without_them(
    count: int, loads: list[int], data: st.DataObject
) -> None:
    closed = data.draw(st.sets(st.integers(0, len(loads) - 1), max_size=len(loads) - 1))
    shares = fill_up(count, loads, closed)
    assert not any(shares[n] for n in closed)
    is_open = [n for n in range(len(loads)) if n not in closed]
    assert [shares[n] for n in is_open] == fill_up(count, [loads[n] for n in is_open])


@given(st.integers(0, 60), LOADS)
def test_days_are_filled_up_as_evenly_as_they_can_be(count: int, loads: list[int]) -> None:
    shares = fill_up(count, loads)
    after = [load + share for load, share in zip(loads, shares, strict=True)]
    assert sum(shares) == count
    assert min(shares) >= 0
    filled = [total for total, share in zip(after, shares, strict=True) if share]
    # A day that got a card is not fuller, by more than that card, than any other.
    assert not filled or max(filled) <= min(after) + 1
    if not any(loads):
        assert shares == sorted(shares, reverse=True)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), max_size=30), LOADS)
def test_every_card_has_a_day_and_the_endangered_come_no_later(
    cards: list[tuple[int, int]], loads: list[int]
) -> None:
    backlog = [due(key, days=days, interval=interval) for key, (days, interval) in enumerate(cards)]
    days = spread(backlog, TODAY, loads)
    assert days.keys() == set(range(len(cards)))
    counts = Counter((day - TODAY).days for day in days.values())
    assert [counts[n] for n in range(len(loads))] == fill_up(len(cards), loads)
    by_danger = sorted(backlog, key=lambda card: -card.danger(TODAY))
    for one, other in pairwise(by_danger):
        if one.danger(TODAY) > other.danger(TODAY):
            assert days[one.key] <= days[other.key]


def test_the_order_is_by_what_is_most_likely_forgotten_and_then_by_what_is_due_longest() -> None:
    """30 days after an interval of 3 more is forgotten than 60 days after one of 40."""
    backlog = [
        due(1, days=60, interval=40, since=20), due(2, days=30, interval=3, since=27), due(3, days=4, interval=2),
        due(4, days=2, interval=1, since=1),
    ]  # fmt: skip
    days = spread(backlog, TODAY, [0, 0, 0, 0])
    assert sorted(days, key=days.__getitem__) == [2, 4, 3, 1]


@pytest.mark.parametrize(
    "card", [DueCard(1, TODAY, 0, None), DueCard(1, TODAY, 0, TODAY), DueCard(1, TODAY, 5, None)]
)
def test_what_was_never_reviewed_is_in_no_danger(card: DueCard) -> None:
    assert card.danger(TODAY) == 0
    assert spread([card, due(2, days=1, interval=90)], TODAY, [0, 0]) == {
        2: TODAY,
        1: TODAY + timedelta(days=1),
    }


def test_danger_is_exact() -> None:
    assert due(1, days=10, interval=30).danger(TODAY) == Fraction(1, 3)
