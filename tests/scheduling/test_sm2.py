"""A golden history for each rule. [1990] is P. A. Wozniak, "Optimization of learning",
1990, section 3.2, algorithm SM-2.

[ours] is our reading where that text is silent; docs/scheduling.md says why.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.scheduling import NEW, NOT_MOVED, Grade, Kind, Mode, futures, mode_at, outcome_text, replay, step
from cards.scheduling.sm2 import ease_after, interval_after
from tests.scheduling.histories import START, event, graded, graded_when_due

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4


def intervals(grades: list[int], late_days: int = 0) -> list[int]:
    return [state.interval_days for state in graded_when_due(grades, late_days)]


def eases(grades: list[int]) -> list[int]:
    return [state.ease_hundredths for state in graded_when_due(grades)]


# --- [1990] -----------------------------------------------------------------------------------------------------------


def test_the_first_intervals_are_one_and_six_days() -> None:
    """[1990] I(1) := 1, I(2) := 6"""
    assert intervals([GOOD, GOOD]) == [1, 6]


def test_each_later_interval_is_the_last_one_times_the_ease() -> None:
    """[1990] for n > 2: I(n) := I(n-1) * EF"""
    assert intervals([GOOD] * 6) == [1, 6, 15, 38, 95, 238]


def test_a_fraction_is_rounded_up() -> None:
    """[1990] "If interval is a fraction, round it up to the nearest integer." 15 * 2.5 = 37.5"""
    assert interval_after(15, 3, 250) == 38
    assert interval_after(10, 3, 131) == 14  # 13.1


def test_a_new_item_has_an_ease_of_two_and_a_half() -> None:
    """[1990] "With all items associate an E-Factor equal to 2.5." """
    assert NEW.ease_factor == Decimal("2.5")
    assert NEW.is_new


@pytest.mark.parametrize(("quality", "change"), [(5, 10), (4, 0), (3, -14)])
def test_the_ease_follows_the_quality(quality: int, change: int) -> None:
    """[1990] EF' := EF + (0.1 - (5-q) * (0.08 + (5-q) * 0.02))"""
    assert ease_after(250, quality) == 250 + change
    exact = Decimal("2.5") + (
        Decimal("0.1") - (5 - quality) * (Decimal("0.08") + (5 - quality) * Decimal("0.02"))
    )
    assert exact * 100 == 250 + change


def test_the_ease_never_falls_below_one_point_three() -> None:
    """[1990] "If EF is less than 1.3 then let EF be 1.3." """
    assert eases([HARD] * 12)[-1] == 130
    assert ease_after(135, 3) == 130


def test_a_failure_starts_again_without_changing_the_ease() -> None:
    """[1990] "If the quality response was lower than 3 then start repetitions … from the beginning without
    changing the E-Factor." """
    assert intervals([GOOD, GOOD, GOOD, AGAIN, GOOD, GOOD, GOOD]) == [1, 6, 15, 1, 1, 6, 15]
    assert eases([EASY, EASY, AGAIN]) == [260, 270, 270]


@pytest.mark.parametrize(("grade", "repeats"), [(AGAIN, True), (HARD, True), (GOOD, False), (EASY, False)])
def test_what_scored_below_four_is_repeated_on_its_day(grade: int, repeats: bool) -> None:
    """[1990] "After each repetition session of a given day repeat again all items that scored below four." """
    assert (graded((0, grade)).repeat_on == START) is repeats


def test_it_is_repeated_until_it_scores_four() -> None:
    """[1990] "Continue the repetitions until all of these items score at least four." """
    state = graded((0, AGAIN))
    for number, (grade, still) in enumerate([(AGAIN, True), (HARD, True), (GOOD, False)], start=2):
        assert mode_at(state, START) is Mode.REPEAT
        state = step(state, event(number, grade=Grade(grade), mode=Mode.REPEAT))
        assert (state.repeat_on == START) is still
    assert mode_at(state, START) is Mode.PRACTICE


# --- [ours] -----------------------------------------------------------------------------------------------------------


def test_the_ease_is_updated_first_and_the_new_one_gives_the_interval() -> None:
    """[ours] 6 days, then Hard: 250 - 14 = 236, and 6 * 2.36 = 14.16; or Easy: 260, and 15.6, where 2.5 gave 15"""
    state = graded_when_due([GOOD, GOOD, HARD])[-1]
    assert (state.ease_hundredths, state.interval_days) == (236, 15)
    state = graded_when_due([GOOD, GOOD, EASY])[-1]
    assert (state.ease_hundredths, state.interval_days) == (260, 16)


def test_an_interval_is_exact() -> None:
    """[ours] 25 days at 2.2 are 55; with floats it is 55.00000000000001, rounded up to 56"""
    assert interval_after(25, 5, 220) == 55
    assert interval_after(100, 5, 256) == 256


@pytest.mark.parametrize("grade", [AGAIN, HARD])
def test_a_repeat_changes_neither_ease_nor_interval(grade: int) -> None:
    """[ours]"""
    before = graded((0, GOOD), (1, grade))
    after = step(before, event(3, on=START + timedelta(days=1), grade=Grade.EASY, mode=Mode.REPEAT))
    assert (after.ease_hundredths, after.interval_days, after.due_on, after.repetitions) == (
        before.ease_hundredths, before.interval_days, before.due_on, before.repetitions,
    )  # fmt: skip


def test_an_interval_counts_from_the_day_of_the_review() -> None:
    """[ours] due on day 7, reviewed on day 10: 15 days from there"""
    assert graded((0, GOOD), (1, GOOD), (10, GOOD)).due_on == START + timedelta(days=25)


def test_a_late_review_uses_the_scheduled_interval() -> None:
    """[ours]"""
    assert intervals([GOOD] * 4, late_days=30) == [1, 6, 15, 38]


def test_no_interval_is_longer_than_a_hundred_years() -> None:
    """[ours] 36,500 days"""
    assert intervals([EASY] * 14)[-1] == 36_500


def test_hard_comes_back_today_and_its_button_says_so() -> None:
    """[ours] q = 3 scores below four, and passes"""
    state, today = graded((0, GOOD)), START + timedelta(days=1)
    outcome = futures(state, today, Mode.SCHEDULED, NOT_MOVED)[Grade.HARD]
    assert outcome_text(outcome, today) == "today, then 6 d"


def test_repeats_not_done_lapse_at_rollover() -> None:
    """[ours] the next day the card is due, and no repeat"""
    state = graded((0, AGAIN))
    assert mode_at(state, START + timedelta(days=1)) is Mode.SCHEDULED


def test_the_grades_are_qualities_one_three_four_five() -> None:
    """[ours]"""
    assert [grade.quality for grade in Grade] == [1, 3, 4, 5]


@pytest.mark.parametrize("quality", [0, 1, 2])
def test_all_failures_are_the_same(quality: int) -> None:
    """[1990] "lower than 3" """
    assert ease_after(213, quality) == 213


def test_a_lapse_is_a_failure_after_a_pass() -> None:
    """[ours] a new card failed at first sight has not lapsed; nor does one failed twice in a row lapse twice"""
    assert graded((0, AGAIN)).lapses == 0
    assert graded((0, GOOD), (1, AGAIN), (2, AGAIN)).lapses == 1


@given(st.lists(st.sampled_from(list(Grade)), min_size=1, max_size=40))
def test_it_agrees_with_exact_fractions(grades: list[Grade]) -> None:
    """The same rules, written once more with decimals."""
    ease, interval, repetitions = Decimal("2.5"), 0, 0
    for grade, state in zip(grades, graded_when_due(grades), strict=True):
        q = grade.quality
        if q < 3:
            repetitions, interval = 0, 1
        else:
            ease = max(
                Decimal("1.3"),
                ease + Decimal("0.1") - (5 - q) * (Decimal("0.08") + (5 - q) * Decimal("0.02")),
            )
            repetitions += 1
            exact = interval * ease
            rounded = int(exact) if exact == int(exact) else int(exact) + 1
            interval = min(36_500, {1: 1, 2: 6}.get(repetitions, rounded))
        assert (state.ease_factor, state.interval_days, state.repetitions) == (ease, interval, repetitions)


def test_a_voided_step_is_refused() -> None:
    with pytest.raises(ValueError, match="replay"):
        step(NEW, event(1, Kind.VOIDED, voids=event(1, grade=Grade.GOOD).id))


def test_replay_wants_its_events_in_order() -> None:
    with pytest.raises(ValueError, match="does not follow"):
        replay([event(2, grade=Grade.GOOD)])
