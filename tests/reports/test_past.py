"""What was done in a year, by day, by hour, by seconds: known answers, and a recount of every event."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings

from cards.actions.cards import archive_card
from cards.actions.decks import leave_deck
from cards.models import Card, Deck, Learner, StudyEvent
from cards.reports import DayStudied, Scope, days_studied, habits
from cards.scheduling import Kind, Mode
from tests.conftest import START
from tests.reports.logs import DAY, Log, acts, written

TODAY = START.date()
BERLIN, KATHMANDU, HONOLULU = "Europe/Berlin", "Asia/Kathmandu", "Pacific/Honolulu"


@pytest.fixture
def log(ada: Learner, own: Deck) -> Log:
    return Log(ada, own.cards.all()[0])


def fly(learner: Learner, zone: str) -> None:
    learner.time_zone = zone
    learner.save()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- days -----------------------------------------------------------------------------------------------------------


def test_a_year_without_answers_has_no_days(ada) -> None:
    assert days_studied(Scope(ada, TODAY)) == {}


def test_a_day_tells_reviews_from_repeats_and_practice(ada, log) -> None:
    log.grade(0, "A", answer_seconds=9).grade(0, "G", Mode.REPEAT, answer_seconds=4)
    log.grade(0, "G", Mode.PRACTICE).grade(1, "G", answer_seconds=0)
    found = days_studied(Scope(ada, TODAY + DAY))
    assert found == {TODAY: DayStudied(1, 1, 1, seconds=13), TODAY + DAY: DayStudied(reviews=1)}
    assert found[TODAY].answers == 3


def test_what_is_no_answer_or_was_taken_back_is_not_there(ada, log) -> None:
    log.grade(0).void(1).add(0, Kind.SKIPPED).add(0, Kind.SUSPENDED).add(0, Kind.RESTARTED)
    assert days_studied(Scope(ada, TODAY)) == {}
    log.grade(0)
    assert days_studied(Scope(ada, TODAY)) == {TODAY: DayStudied(reviews=1)}


def test_a_year_is_365_study_days_and_today_is_the_last(ada, log) -> None:
    for day in (0, 1, 365, 366):
        log.grade(day)
    assert [(day - TODAY).days for day in days_studied(Scope(ada, TODAY + 365 * DAY))] == [1, 365]


def test_the_day_is_the_study_day_whatever_the_clock_says(ada, log) -> None:
    """At two in the night of the third it is still the study day of the second; and the event says so."""
    log.grade(0, at=utc("2026-03-03 02:00"))
    assert list(days_studied(Scope(ada, TODAY))) == [TODAY]


def test_it_is_ones_own_of_any_deck_and_card_or_of_the_deck_alone(ada, bob, log) -> None:
    shared = Card.objects.get(key="c1")
    log.grade(0)
    Log(ada, shared).grade(0)
    Log(bob, shared).grade(0).grade(0, "G", Mode.PRACTICE)
    leave_deck(learner=ada, deck=shared.deck)
    archive_card(card=log.card, now=START)
    assert days_studied(Scope(ada, TODAY))[TODAY].answers == 2
    assert days_studied(Scope(ada, TODAY, log.card.deck))[TODAY].answers == 1
    assert days_studied(Scope(bob, TODAY))[TODAY].answers == 2


# --- hours ----------------------------------------------------------------------------------------------------------


def hours(learner: Learner, today: date = TODAY) -> dict[int, int]:
    return {hour: count for hour, count in enumerate(habits(Scope(learner, today)).hours) if count}


def test_the_hours_of_nobody_are_24_noughts(ada) -> None:
    assert habits(Scope(ada, TODAY)).hours == [0] * 24


def test_an_hour_is_that_of_the_learners_clock_at_that_time(ada, log) -> None:
    """Each event keeps its own offset: no later flight moves it."""
    log.grade(0, at=utc("2026-03-02 10:59"))
    fly(ada, KATHMANDU)  # 5:45 ahead
    log.grade(1, at=utc("2026-03-03 10:14")).grade(2, at=utc("2026-03-04 10:15"))
    fly(ada, HONOLULU)  # 10 hours behind
    log.grade(3, at=utc("2026-03-05 09:59"))
    assert hours(ada, TODAY + 9 * DAY) == {10: 1, 15: 1, 16: 1, 23: 1}


def test_the_hour_that_a_clock_leaves_out_or_shows_twice_is_told_right(ada, log) -> None:
    """Berlin in 2026: on 29 March three o'clock follows on two; on 25 October it is half past two twice."""
    fly(ada, BERLIN)
    log.grade(26, at=utc("2026-03-29 00:59")).grade(26, "G", Mode.PRACTICE, at=utc("2026-03-29 01:00"))
    assert hours(ada, TODAY + 26 * DAY) == {1: 1, 3: 1}
    log.grade(236, at=utc("2026-10-25 00:30")).grade(237, at=utc("2026-10-25 01:30"))
    assert hours(ada, TODAY + 237 * DAY) == {1: 1, 2: 2, 3: 1}


# --- seconds --------------------------------------------------------------------------------------------------------


def test_seconds_are_those_that_were_measured_fewest_first(ada, log) -> None:
    for day, seconds in enumerate([600, None, 7, 7, 0]):
        log.grade(day, at=START + day * DAY + timedelta(hours=day), answer_seconds=seconds)
    log.grade(4, "A", Mode.PRACTICE, answer_seconds=2).void(6)
    assert list(habits(Scope(ada, TODAY + 4 * DAY)).seconds.items()) == [(0, 1), (7, 2), (600, 1)]


# --- all of it ------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(acts=acts)
def test_it_is_what_a_recount_gives(ada, own, acts) -> None:
    fly(ada, KATHMANDU)
    with written(ada, own, acts) as events:
        today = max((event.study_on for event in events), default=TODAY)
        voided = {event.voids for event in events}
        first = today - timedelta(days=364)
        answers = [e for e in events if e.kind == Kind.GRADED and e.pk not in voided and e.study_on >= first]
        found, of_hours = days_studied(Scope(ada, today)), habits(Scope(ada, today))
        assert found == {day: _day(answers, day) for day in sorted({e.study_on for e in answers})}
        local = Counter((e.at + timedelta(minutes=345)).hour for e in answers)
        assert of_hours.hours == [local[hour] for hour in range(24)]
        seconds = Counter(e.answer_seconds for e in answers if e.answer_seconds is not None)
        assert of_hours.seconds == seconds


def _day(answers: list[StudyEvent], day: date) -> DayStudied:
    modes = Counter(event.mode for event in answers if event.study_on == day)
    seconds = sum(event.answer_seconds or 0 for event in answers if event.study_on == day)
    return DayStudied(modes["scheduled"], modes["repeat"], modes["practice"], seconds)


def test_each_is_one_query(ada, log, django_assert_num_queries) -> None:
    log.grade(0)
    with django_assert_num_queries(1):
        days_studied(Scope(ada, TODAY))
    with django_assert_num_queries(1):
        habits(Scope(ada, TODAY))
