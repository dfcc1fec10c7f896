"""An axis holds its numbers, its ticks are round, and what stands at a tick is that tick."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.demos.axis import MOST, axis, is_drawable

NUMBERS = st.floats(-MOST / 2, MOST / 2, allow_subnormal=False)
POSITIVE = st.floats(2 / MOST, MOST / 2, allow_subnormal=False)
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def value_of(label: str) -> float:
    if label.startswith("10") and label[2:].translate(SUPERSCRIPT) != label[2:]:
        return 10.0 ** int(label[2:].translate(SUPERSCRIPT))
    return float(label.replace("−", "-"))


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 0.76, ["0.0", "0.2", "0.4", "0.6", "0.8"]),
        (1.36, 3.94, ["1", "2", "3", "4"]),
        (-0.4, 0.7, ["−0.5", "0.0", "0.5", "1.0"]),
        (0, 25_557_032, ["0", "1e7", "2e7", "3e7"]),
        (0.85, 0.95, ["0.84", "0.86", "0.88", "0.90", "0.92", "0.94", "0.96"]),
    ],
)
def test_linear_ticks_are_round(low, high, labels) -> None:
    assert [label for _, label in axis([low, high], "linear", 5, is_loose=True).ticks] == labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1e-7, 8.3, ["10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]),
        (0.01, 100, ["0.01", "0.1", "1", "10", "100"]),
        (0.15, 3, ["0.2", "0.5", "1", "2"]),
    ],
)
def test_log_ticks_are_powers_of_ten_where_there_are_enough(low, high, labels) -> None:
    assert [label for _, label in axis([low, high], "log", 7, is_loose=False).ticks] == labels


@given(st.lists(NUMBERS, min_size=1), st.booleans())
def test_numbers_lie_within_a_linear_axis(numbers, is_loose) -> None:
    made = axis(numbers, "linear", 5, is_loose=is_loose)
    assert all(-1e-6 <= made.share(number) <= 1 + 1e-6 for number in numbers)
    assert len(made.ticks) <= 20
    assert all(math.isfinite(tick) for tick, _ in made.ticks)


@given(st.lists(POSITIVE, min_size=1), st.booleans())
def test_numbers_lie_within_a_log_axis(numbers, is_loose) -> None:
    made = axis(numbers, "log", 5, is_loose=is_loose)
    assert all(-1e-6 <= made.share(number) <= 1 + 1e-6 for number in numbers)
    assert 1 <= len(made.ticks) <= 20


def test_a_log_axis_of_less_than_a_decade_has_ticks_too() -> None:
    assert len(axis([2.1, 4.9], "log", 5, is_loose=False).ticks) >= 2


def test_a_loose_axis_holds_all_its_numbers() -> None:
    made = axis([0.3, 9.7], "linear", 5, is_loose=True)
    assert (made.low, made.high) == (0, 10)
    assert (made.share(0), made.share(5), made.share(10)) == (0, 0.5, 1)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_what_stands_at_a_tick_is_that_tick(low, span) -> None:
    made = axis([low, low + span], "linear", 5, is_loose=True)
    step = made.ticks[1][0] - made.ticks[0][0]
    if max(abs(low), abs(low + span)) < 1e5:  # beyond, three digits have to do
        assert all(math.isclose(value_of(label), tick, abs_tol=step / 100) for tick, label in made.ticks)
    ticks = [tick for tick, _ in made.ticks]
    assert ticks == sorted(set(ticks))


@given(st.floats(-249, 229), st.floats(0.2, 20))
def test_what_stands_at_a_log_tick_is_that_tick(start, decades) -> None:
    made = axis([10**start, 10 ** (start + decades)], "log", 5, is_loose=True)
    assert all(math.isclose(value_of(label), tick, rel_tol=1e-6) for tick, label in made.ticks)


@pytest.mark.parametrize(
    ("value", "scale", "is_there"),
    [
        (1.0, "log", True),
        (0.0, "log", False),
        (-1.0, "log", False),
        (-1.0, "linear", True),
        (math.nan, "linear", False),
        (math.inf, "linear", False),
        (10 * MOST, "linear", False),
        (0.1 / MOST, "log", False),
    ],
)
def test_what_has_a_place_on_an_axis(value, scale, is_there) -> None:
    assert is_drawable(value, scale) is is_there
