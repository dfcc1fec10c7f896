"""The rule of a streak: against its definition, day by day; and what it asks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.scheduling.streak import FORGIVEN_IN_DAYS, streak

TODAY = date(2026, 3, 30)
DAY = timedelta(days=1)


def days_of(life: str) -> dict[date, str]:
    """Days in their order, the last one today: S was studied, m missed, - asked for nothing."""
    return {TODAY - n * DAY: what for n, what in enumerate(reversed(life))}


def streak_of(life: str) -> int:
    days = days_of(life)
    studied = {day for day, what in days.items() if what == "S"}
    return streak(studied, TODAY, lambda day: days[day] == "m")


def by_definition(life: str) -> int:
    """The longest run up to today that begins with a study day and has no seven days with two missed ones in them."""
    life = life[:-1] + life[-1].replace("m", "-")  # today goes on
    runs = [life[start:] for start, what in enumerate(life) if what == "S"]
    weeks = {run: [run[n : n + FORGIVEN_IN_DAYS] for n in range(len(run))] for run in runs}
    lasting = [run for run in runs if all(week.count("m") <= 1 for week in weeks[run])]
    return max((run.count("S") for run in lasting), default=0)


@pytest.mark.parametrize(
    ("life", "days"),
    [
        ("m", 0),
        ("S", 1),
        ("SSS", 3),
        ("SSSm", 3),  # today is not over
        ("SSSmm", 3),  # yesterday is forgiven
        ("SSSmmm", 0),
        ("SSmSS", 4),
        ("SSmSmSS", 3),  # the later of the two can be forgiven, or the earlier: not both
        ("SSmSSSSSSmSS", 10),  # a week lies between them
        ("SSmSSSSSmSS", 7),  # and here a day less
        ("SS-----------S", 3),
        ("S-m-m-S", 1),
        ("-----", 0),
        ("S--m--S-m-S", 2),
        ("SmmS", 1),
        ("mmS", 1),
    ],
)
def test_a_missed_day_in_seven_is_forgiven_and_one_that_asked_for_nothing_is_none(life, days) -> None:
    assert streak_of(life) == by_definition(life) == days


@given(st.text("SSSm-", min_size=1, max_size=45))
def test_it_is_what_the_definition_says(life) -> None:
    assert streak_of(life) == by_definition(life)


@given(st.text("SSm-", min_size=1, max_size=30), st.integers(0, 29))
def test_who_studies_more_has_no_shorter_streak(life, place) -> None:
    place %= len(life)
    more = life[:place] + "S" + life[place + 1 :]
    assert streak_of(more) >= streak_of(life)


@given(st.text("SSSSSm-", min_size=1, max_size=45))
def test_it_asks_only_of_days_without_study_and_never_of_today(life) -> None:
    days, asked = days_of(life), []

    def is_missed(day: date) -> bool:
        asked.append(day)
        return days[day] == "m"

    streak({day for day, what in days.items() if what == "S"}, TODAY, is_missed)
    assert all(days[day] != "S" and day != TODAY for day in asked)


def test_of_days_a_week_apart_it_asks_nothing() -> None:
    days = days_of("SSSSSSm" * 5 + "SS")
    assert streak({day for day, what in days.items() if what == "S"}, TODAY, lambda day: 1 / 0) == 32
