"""What numbers and days are called, and where days stand on an axis."""

from datetime import date, timedelta

import pytest

from cards.figures.words import (
    about,
    cards,
    day_axis,
    day_name,
    middle,
    monday_of,
    months_from,
    percent,
    time_taken,
)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 cards"), (1, "1 card"), (2, "2 cards"), (1200, "1,200 cards")]
)
def test_a_count_has_its_noun(count, said) -> None:
    assert cards(count) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 seconds"), (1, "1 second"), (89, "89 seconds"), (90, "2 minutes"), (5_900, "98 minutes"),
        (7_200, "2 hours"), (36_000, "10 hours"),
    ],
)  # fmt: skip
def test_a_time_is_told_in_what_one_counts_it_in(seconds, said) -> None:
    assert time_taken(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "about one minute"), (89, "about one minute"), (91, "about two minutes"), (60 * 21, "about 21 minutes"),
        (5_940, "about 99 minutes"), (6_000, "about two hours"), (3_600 * 1_200, "about 1,200 hours"),
    ],
)  # fmt: skip
def test_a_time_that_is_promised_is_in_words(seconds, said) -> None:
    assert about(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (0, "0 %"), (90.6, "91 %"), (99.7, "99 %"), (100, "100 %")]
)
def test_only_all_is_100_percent(value, said) -> None:
    assert percent(value) == said


@pytest.mark.parametrize(
    ("counts", "value"), [({}, 0), ({3: 1}, 3), ({1: 1, 5: 1}, 1), ({1: 1, 5: 2}, 5), ({9: 1, 2: 5, 7: 1}, 2)]
)
def test_half_of_them_are_not_above_the_middle(counts, value) -> None:
    assert middle(counts) == value


def test_weeks_begin_on_monday_and_months_go_over_the_year() -> None:
    assert monday_of(date(2026, 3, 8)) == monday_of(date(2026, 3, 2)) == date(2026, 3, 2)
    months = months_from(date(2025, 11, 30), date(2026, 2, 1))
    assert months == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert day_name(date(2026, 3, 2)) == "2 March 2026"


@pytest.mark.parametrize(
    ("first", "days", "names"),
    [
        (date(2026, 3, 4), 0, ["9 Mar"]),
        (date(2026, 3, 2), 20, ["2 Mar", "9 Mar", "16 Mar"]),
        (date(2025, 11, 15), 90, ["Dec", "2026", "Feb"]),
        (date(2023, 5, 1), 1800, ["2024", "2025", "2026", "2027", "2028"]),
    ],
)
def test_an_axis_of_days_has_mondays_months_or_years(first, days, names) -> None:
    last = first + timedelta(days=days)
    axis = day_axis(first, last)
    assert [name for _, name in axis.ticks] == names
    assert all(axis.spans[0] <= place <= axis.spans[1] for place, _ in axis.ticks)
    assert axis.spans == (first.toordinal(), max(last, first + timedelta(days=7)).toordinal())
