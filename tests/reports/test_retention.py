"""True retention: what is counted, against logs with known answers and against a recount by replays."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings

from cards.models import Card, Deck, Learner, StudyEvent
from cards.reports import Recalled, Retention, Scope, grouped, retention
from cards.scheduling import Grade, Kind, Mode, replay
from tests.conftest import START
from tests.reports.logs import DAY, Log, acts, written

TODAY = START.date()


def of(learner: Learner, deck: Deck | None = None) -> dict[int, tuple[int, int, int, int]]:
    """By the day from START's on: young recalled, young asked, mature recalled, mature asked."""
    found = retention(Scope(learner, TODAY, deck))
    return {(day - TODAY).days: _numbers(each) for day, each in found.items()}


def _numbers(each: Retention) -> tuple[int, int, int, int]:
    return each.young.recalled, each.young.reviews, each.mature.recalled, each.mature.reviews


@pytest.fixture
def log(ada: Learner, own: Deck) -> Log:
    return Log(ada, own.cards.all()[0])


def test_nobodys_log_gives_nothing(ada) -> None:
    assert retention(Scope(ada, TODAY)) == {}


def test_a_first_review_asks_for_nothing_that_was_learnt(ada, log) -> None:
    log.grade(0, "A")
    assert of(ada) == {}


def test_each_later_one_is_young_until_the_interval_before_it_was_21_days(ada, log) -> None:
    """Good all the way: the intervals are 1, 6, 15 and 38 days."""
    log.grades("GGGGGA")
    assert list(of(ada)) == [1, 7, 22, 60, 155]
    assert of(ada) == {
        1: (1, 1, 0, 0),
        7: (1, 1, 0, 0),
        22: (1, 1, 0, 0),
        60: (0, 0, 1, 1),
        155: (0, 0, 0, 1),
    }


@pytest.mark.parametrize(
    ("letters", "interval", "is_mature"), [("HHAHHHG", 20, False), ("HHAHHHE", 21, True)]
)
def test_21_days_is_mature_and_20_is_young(ada, log, letters, interval, is_mature) -> None:
    log.grades(letters)
    assert ada.schedules.get().interval_days == interval
    log.grades("G")
    assert of(ada)[log.day] == ((0, 0, 1, 1) if is_mature else (1, 1, 0, 0))


def test_it_is_the_interval_before_the_review_and_not_the_days_that_passed(ada, log) -> None:
    log.grade(0).grade(1).grade(50)
    assert of(ada)[50] == (1, 1, 0, 0)


def test_after_a_lapse_a_card_is_young_again(ada, log) -> None:
    log.grades("GGGGAG")
    assert of(ada)[log.day] == (1, 1, 0, 0)


@pytest.mark.parametrize(("letter", "recalled"), [("A", 0), ("H", 1), ("G", 1), ("E", 1)])
def test_all_but_again_is_recalled(ada, log, letter, recalled) -> None:
    log.grade(0).grade(1, letter)
    assert of(ada) == {1: (recalled, 1, 0, 0)}


def test_repeats_and_practice_are_none(ada, log) -> None:
    log.grade(0).grade(1, "A").grade(1, "H", Mode.REPEAT).grade(1, "G", Mode.REPEAT).grade(
        1, "A", Mode.PRACTICE
    )
    log.grade(2, "A", Mode.PRACTICE)
    assert of(ada) == {1: (0, 1, 0, 0)}


def test_of_two_scheduled_grades_of_a_day_the_first_counts(ada, log) -> None:
    """As a merge of two accounts may leave them; and one of a day that lies before."""
    log.grade(0).grade(3, "A").grade(3, "G").grade(2, "G")
    assert of(ada) == {3: (0, 1, 0, 0)}


def test_what_was_taken_back_was_not(ada, log) -> None:
    log.grade(0).grade(1, "A").void(2)
    assert of(ada) == {}
    log.grade(1, "G")
    assert of(ada) == {1: (1, 1, 0, 0)}


def test_after_a_restart_the_next_review_is_a_first_one(ada, log) -> None:
    log.grades("GGGG").add(30, Kind.RESTARTED).grade(30, "A").grade(31, "G")
    assert list(of(ada)) == [1, 7, 22, 31]
    assert of(ada)[31] == (1, 1, 0, 0)


def test_a_restart_that_was_taken_back_changes_nothing(ada, log) -> None:
    log.grades("GGGG").add(30, Kind.RESTARTED).void(5).grade(60, "A")
    assert of(ada)[60] == (0, 0, 0, 1)


def test_a_day_that_was_set_changes_when_and_not_which_interval(ada, log) -> None:
    log.grades("GGGG").add(23, Kind.DUE_SET, due_on=TODAY + 24 * DAY).grade(24, "A")
    assert of(ada)[24] == (0, 0, 0, 1)


def test_a_day_set_before_the_first_review_leaves_that_a_first_one(ada, log) -> None:
    log.add(0, Kind.DUE_SET, due_on=TODAY + 3 * DAY).grade(3, "A")
    assert of(ada) == {}


def test_each_part_has_its_own_interval(ada, log) -> None:
    log.grades("GGGG")
    Log(ada, log.card, part=1).grade(59).grade(60, "A")
    log.grade(60, "G")
    assert of(ada)[60] == (0, 1, 1, 1)


def test_it_is_the_learners_own_and_of_the_deck_alone_where_one_is_named(ada, bob, log) -> None:
    shared = Card.objects.get(key="c1")
    log.grade(0).grade(1, "A")
    Log(ada, shared).grade(0).grade(1, "G")
    Log(bob, shared).grade(0).grade(1, "A")
    assert of(ada) == {1: (1, 2, 0, 0)}
    assert of(ada, log.card.deck) == {1: (0, 1, 0, 0)}
    assert of(ada, shared.deck) == {1: (1, 1, 0, 0)}


def test_days_are_put_together_into_weeks_and_months() -> None:
    right, wrong = Retention(Recalled(1, 1)), Retention(mature=Recalled(0, 2))
    sunday, monday = date(2026, 3, 1), date(2026, 3, 2)
    days = {sunday: right, monday: right, monday + 6 * DAY: wrong}
    weeks = grouped(days, lambda day: day - timedelta(days=day.weekday()))
    assert weeks == {date(2026, 2, 23): right, monday: Retention(Recalled(1, 1), Recalled(0, 2))}
    assert grouped(days, lambda day: day.replace(day=1))[sunday].all == Recalled(2, 4)
    assert weeks[monday].all.percent == pytest.approx(100 / 3)
    assert Recalled().percent is None


def recount(learner: Learner) -> dict[date, tuple[int, int, int, int]]:
    """The same by replays: of each beginning of each log, from which what was taken back is left out beforehand."""
    events = list(StudyEvent.objects.filter(learner=learner).order_by("card", "part", "number"))
    voided = {event.voids for event in events}
    counts: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for _, log in groupby(events, key=lambda event: (event.card_id, event.part)):
        standing = [event for event in log if event.kind != Kind.VOIDED and event.pk not in voided]
        renumbered = [replace(event.as_event(), number=n) for n, event in enumerate(standing, start=1)]
        for n, event in enumerate(standing):
            before, after = replay(renumbered[:n]), replay(renumbered[: n + 1])
            if event.kind == Kind.GRADED and before.counted_on not in (None, after.counted_on):
                place = 2 * (before.interval_days >= 21)
                counts[event.study_on][place] += event.grade != Grade.AGAIN
                counts[event.study_on][place + 1] += 1
    return {day: tuple(numbers) for day, numbers in counts.items()}


@settings(max_examples=40)
@given(acts=acts)
def test_it_is_what_a_recount_by_replays_gives(ada, own, acts) -> None:
    with written(ada, own, acts):
        found = retention(Scope(ada, TODAY))
        assert {day: _numbers(each) for day, each in found.items()} == recount(ada)


def test_it_is_one_query(ada, log, django_assert_num_queries) -> None:
    log.grades("GGG")
    with django_assert_num_queries(1):
        retention(Scope(ada, TODAY))
