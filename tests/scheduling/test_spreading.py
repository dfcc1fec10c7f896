"""Spreading and easy days: where a due day may go, that nothing else changes, and that luck is the same each time."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.scheduling import (
    NEW,
    NOT_MOVED,
    USUAL_WEEK,
    Event,
    Grade,
    Kind,
    Mode,
    Spreading,
    due_day,
    futures,
    is_week,
    least_days,
    mode_at,
    replay,
    step,
)
from cards.scheduling.spreading import reach
from tests.scheduling.histories import START, event

MONDAY = START  # a Monday
DAYS = st.dates(date(2020, 1, 1), date(2060, 1, 1))
INTERVALS = st.integers(1, 60) | st.integers(1, 36_500)
WEEKS = st.text("ufn", min_size=7, max_size=7).filter(is_week)


def spreadings(seeds: st.SearchStrategy[int], weeks: st.SearchStrategy[str]) -> st.SearchStrategy[Spreading]:
    return st.builds(Spreading, seeds, weeks, st.integers(1, 10**6), st.integers(0, 3))


SPREAD = spreadings(st.integers(1, 10**6), st.just(USUAL_WEEK))
ANY = spreadings(st.integers(0, 10**6), WEEKS)


def ahead(interval: int, on: date, spreading: Spreading) -> int:
    return (due_day(interval, on, spreading) - on).days


def share(count: int, interval: int, on: date, **fields: object) -> Counter[date]:
    """Where so many cards come that were all graded on one day."""
    spreadings = (Spreading(card=card, **fields) for card in range(1, count + 1))  # type: ignore[arg-type]
    return Counter(due_day(interval, on, each) for each in spreadings)


# --- where a due day may go -------------------------------------------------------------------------------------------


@given(INTERVALS, DAYS, ANY)
def test_no_card_comes_back_sooner_than_its_interval_lets_any(
    interval: int, on: date, spreading: Spreading
) -> None:
    assert ahead(interval, on, spreading) >= least_days(interval)


@given(INTERVALS, DAYS)
def test_unless_one_wishes_it_nothing_moves(interval: int, on: date) -> None:
    assert ahead(interval, on, NOT_MOVED) == ahead(interval, on, Spreading(card=7, part=1)) == interval


@given(INTERVALS, DAYS, ANY)
def test_nothing_comes_after_fewer_than_three_days_or_more_than_a_hundred_years(
    interval: int, on: date, spreading: Spreading
) -> None:
    days = ahead(interval, on, spreading)
    assert days == interval if interval < 3 else 3 <= days <= 36_500


@pytest.mark.parametrize("week", [USUAL_WEEK, "nnnnunn"])
def test_nothing_comes_after_more_than_a_hundred_years(week: str) -> None:
    counts = share(100, 36_500, MONDAY, seed=5, week=week)
    assert max(counts) <= MONDAY + timedelta(36_500)


@given(INTERVALS, DAYS, SPREAD)
def test_spreading_stays_within_its_reach(interval: int, on: date, spreading: Spreading) -> None:
    assert abs(ahead(interval, on, spreading) - interval) <= (reach(interval) if interval >= 3 else 0)


@pytest.mark.parametrize(
    ("interval", "days"), [(3, 1), (6, 1), (10, 1), (15, 2), (38, 4), (95, 10), (140, 14), (5_000, 14)]
)
def test_the_reach_is_a_tenth_rounded_up_and_two_weeks_at_most(interval: int, days: int) -> None:
    assert reach(interval) == days


def test_the_documents_say_so() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "scheduling.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (\d+)(?: to (\d+))? \|$", text, re.M)
    assert len(rows) == 8
    for interval, first, last in rows:
        counts = share(2_000, int(interval), MONDAY, seed=5)
        days = range(int(first), int(last or first) + 1)
        assert sorted(counts) == [MONDAY + timedelta(day) for day in days]


@pytest.mark.parametrize(
    ("interval", "days"), [(2, [2]), (3, [3, 4]), (6, [5, 6, 7]), (15, [13, 14, 15, 16, 17])]
)
def test_spreading_really_spreads_and_each_day_gets_its_share(interval: int, days: list[int]) -> None:
    counts = share(2_000, interval, MONDAY, seed=5)
    assert sorted(counts) == [MONDAY + timedelta(day) for day in days]
    fair = 2_000 / len(days)
    assert all(abs(count - fair) < 5 * fair**0.5 for count in counts.values())


@given(INTERVALS, DAYS, ANY)
def test_a_day_without_cards_gets_none(interval: int, on: date, spreading: Spreading) -> None:
    due_on = due_day(interval, on, spreading)
    assert interval < 3 or spreading.week[due_on.weekday()] != "n"


@given(INTERVALS, DAYS, st.integers(0, 6))
def test_off_a_single_easy_day_it_is_one_day_and_on_others_none(interval: int, on: date, easy: int) -> None:
    week = USUAL_WEEK[:easy] + "n" + USUAL_WEEK[easy + 1 :]
    is_easy = interval >= 3 and (on + timedelta(interval)).weekday() == easy
    assert abs(ahead(interval, on, Spreading(week=week, card=1)) - interval) == is_easy


def test_both_neighbours_of_an_easy_day_get_their_share() -> None:
    counts = share(2_000, 12, MONDAY, week="uuuuunu")  # a Saturday
    assert set(counts) == {MONDAY + timedelta(11), MONDAY + timedelta(13)}
    assert all(abs(count - 1_000) < 160 for count in counts.values())


def test_a_weekend_goes_to_its_friday_and_its_monday() -> None:
    assert share(50, 12, MONDAY, week="uuuuunn") == {MONDAY + timedelta(11): 50}
    assert share(50, 13, MONDAY, week="uuuuunn") == {MONDAY + timedelta(14): 50}


def test_where_three_days_forbid_the_day_before_it_is_the_day_after() -> None:
    assert share(50, 3, MONDAY, week="uuunuuu") == {MONDAY + timedelta(4): 50}
    assert share(50, 3, MONDAY, week="unnnnnn") == {MONDAY + timedelta(7): 50}


def test_a_day_with_fewer_cards_gets_about_half() -> None:
    counts = share(2_000, 12, MONDAY, week="uuuuufu")
    assert abs(counts[MONDAY + timedelta(12)] - 1_000) < 160
    assert all(abs(counts[MONDAY + timedelta(day)] - 500) < 120 for day in (11, 13))


def test_easy_days_hold_for_what_is_spread_too() -> None:
    counts = share(2_000, 15, MONDAY, seed=5, week="unuuuuu")  # Tuesday is the day where 15 days end
    assert sorted(counts) == [MONDAY + timedelta(day) for day in (13, 14, 16, 17)]


@pytest.mark.parametrize("week", ["nnnnnnn", "fffffff", "nfnfnfn", "uuuuuu", "uuuuuuuu", "uuuuuux", ""])
def test_a_week_without_a_usual_day_or_with_more_than_its_days_is_refused(week: str) -> None:
    assert not is_week(week)
    with pytest.raises(ValueError, match="seven days"):
        Spreading(week=week)


# --- nothing else changes, and luck is the same each time -------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Grades, each for what it was on its day, each by the settings of its moment; other acts among them."""
    log: list[Event] = []
    state, on = NEW, START
    for number in range(1, draw(st.integers(1, 12)) + 1):
        wait = draw(st.sampled_from([0, 1, 3, None]))
        due_on = state.due_on or on
        on = max(on, due_on) if wait is None else on + timedelta(wait)
        kind = draw(st.sampled_from([Kind.GRADED] * 6 + [Kind.RESTARTED, Kind.MOVED, Kind.SKIPPED]))
        spreading = replace(draw(ANY), card=9, part=0)
        more: dict[str, object] = {"due_on": on + timedelta(2)} if kind is Kind.MOVED else {}
        if kind is Kind.GRADED:
            more = {"grade": draw(st.sampled_from(Grade)), "mode": mode_at(state, on)}
        log.append(event(number, kind, on, spreading=spreading, **more))
        state = step(state, log[-1])
    return log


@given(histories())
def test_the_due_day_is_all_that_it_moves(log: list[Event]) -> None:
    """The same grades without it: the same ease, interval, repetitions and lapses."""
    state, plain = replay(log), replay(replace(each, spreading=NOT_MOVED) for each in log)
    assert replace(state, due_on=plain.due_on) == plain


@given(histories())
def test_a_replay_is_what_was_stored_step_by_step(log: list[Event]) -> None:
    state = NEW
    for each in log:
        state = step(state, each)
    assert replay(log) == state


@given(histories(), ANY, st.integers(0, 60))
def test_a_button_says_what_will_be_stored(log: list[Event], spreading: Spreading, wait: int) -> None:
    state, today = replay(log), log[-1].study_on + timedelta(wait)
    mode = mode_at(state, today)
    for grade, outcome in futures(state, today, mode, spreading).items():
        stored = step(state, event(state.number + 1, on=today, grade=grade, mode=mode, spreading=spreading))
        assert (outcome.due_on, outcome.interval_days) == (stored.due_on, stored.interval_days)


@given(histories(), ANY)
def test_a_better_grade_never_brings_a_card_back_sooner(log: list[Event], spreading: Spreading) -> None:
    state, today = replay(log), log[-1].study_on + timedelta(40)
    due = [each.due_on for each in futures(state, today, Mode.SCHEDULED, spreading).values()]
    assert due == sorted(due)


@given(st.lists(INTERVALS, min_size=2, max_size=2), DAYS, ANY)
def test_a_longer_interval_never_ends_sooner(intervals: list[int], on: date, spreading: Spreading) -> None:
    shorter, longer = sorted(intervals)
    assert due_day(shorter, on, spreading) <= due_day(longer, on, spreading)


def test_a_grade_that_was_taken_back_and_given_again_has_the_same_due_day() -> None:
    for card in range(40):
        spreading = Spreading(3, "uufunnn", card)
        first = event(1, grade=Grade.GOOD)
        second = event(2, on=START + timedelta(1), grade=Grade.EASY, spreading=spreading)
        undo = event(3, Kind.VOIDED, START + timedelta(1), voids=second.id)
        again = replace(second, number=4, id=event(4, Kind.SKIPPED).id)
        assert replay([first, second, undo, again]).due_on == replay([first, second]).due_on


def test_seed_card_part_and_day_each_give_other_luck() -> None:
    base = Spreading(1, USUAL_WEEK, 1, 0)
    for other in (replace(base, seed=2), replace(base, card=2), replace(base, part=1)):
        days = [START + timedelta(n) for n in range(40)]
        assert [ahead(100, day, base) for day in days] != [ahead(100, day, other) for day in days]
    assert len({ahead(100, START + timedelta(n), base) for n in range(40)}) > 10


def test_luck_is_the_same_on_every_machine() -> None:
    """Stored schedules follow from it: who changes how it is drawn changes every replay."""
    spreading = Spreading(7, "uuuuufn", 1234, 1)
    found = [ahead(interval, START, spreading) for interval in (1, 3, 6, 15, 38, 95, 238)]
    assert found == [1, 3, 5, 14, 37, 93, 235]
