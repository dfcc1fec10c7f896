"""The summaries: what comes, what was done, how long a card takes. Each figure is derived here from the log's rows."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from statistics import mean

import pytest

from cards.actions.acts import undo_event
from cards.actions.cards import archive_card
from cards.actions.decks import archive_deck, leave_deck
from cards.actions.study import grade_card
from cards.models import Card, Learner, Schedule, StudyEvent
from cards.models.queue import next_card
from cards.reports import DayDone, DayLoad, day_done, forecast, seconds_per_card
from cards.scheduling import Grade, Kind, Mode
from tests.conftest import START

TODAY = START.date()
DAY = timedelta(days=1)


def grade(
    learner: Learner, card: Card, grade: Grade = Grade.GOOD, now: datetime = START, **more: object
) -> StudyEvent:
    schedule = learner.schedules.filter(card=card).first()
    graded = grade_card(
        learner=learner, card_id=card.pk, part=0, shown_number=schedule.number if schedule else 0, grade=grade,
        now=now, **more,
    )  # fmt: skip
    return StudyEvent.objects.get(pk=graded.event_id)


def study(learner: Learner, days: int, seed: int) -> datetime:
    """Some days of reviewing as it comes, with a bit of practice and taking back. Gives the last instant."""
    chance = random.Random(seed)
    now = START
    learner.new_per_day = 4  # so that repeats come too
    learner.save()
    for number in range(days):
        now = START + number * DAY
        for _ in range(chance.randint(8, 14)):
            card, _ = next_card(learner, learner.study_day(now))
            if card is None:
                break
            now += timedelta(seconds=chance.randint(1, 60))
            event = grade(
                learner, card, chance.choice(list(Grade)), now, answer_seconds=chance.randint(0, 90)
            )
            if chance.random() < 0.15:
                undo_event(learner=learner, event_id=event.pk, now=now)
            if chance.random() < 0.2:
                grade(learner, card, Grade.AGAIN, now, is_practice=True)
    return now


def load(learner: Learner, today: date, days: int) -> list[DayLoad]:
    """The forecast by hand: every schedule of a live card in a studied deck, overdue ones today."""
    counts: Counter[date] = Counter()
    for row in Schedule.objects.filter(learner=learner).select_related("card__deck"):
        is_studied = learner.enrolments.filter(deck=row.card.deck, deck__archived_at=None).exists()
        if row.due_on and row.card.archived_at is None and is_studied and not row.is_suspended:
            counts[max(row.due_on, today)] += 1
    return [DayLoad(today + n * DAY, counts[today + n * DAY]) for n in range(days)]


# --- forecast -------------------------------------------------------------------------------------------------------


def test_a_learner_who_has_learnt_nothing_has_nothing_ahead(ada) -> None:
    assert forecast(ada, TODAY, 3) == [DayLoad(TODAY + n * DAY, 0) for n in range(3)]


def test_each_card_stands_on_its_day(ada, own) -> None:
    """After Good a new card comes in one day; after a second Good, in six."""
    first, second, third = own.cards.all()[:3]
    for card in (first, second, third):
        grade(ada, card)
    grade(ada, first, now=START + DAY)
    loads = forecast(ada, TODAY + DAY, 8)
    assert [(load.day, load.count) for load in loads if load.count] == [
        (TODAY + DAY, 2),
        (TODAY + 7 * DAY, 1),
    ]


def test_what_is_overdue_comes_today(ada, own) -> None:
    grade(ada, own.cards.all()[0])
    grade(ada, own.cards.all()[1], now=START + 3 * DAY)
    assert [load.count for load in forecast(ada, TODAY + 4 * DAY, 3)] == [2, 0, 0]


def test_the_last_of_the_days_is_in_it_and_the_next_is_not(ada, own) -> None:
    card = own.cards.all()[0]
    for now in (START, START + DAY):
        grade(ada, card, now=now)  # due six days after tomorrow
    assert [load.count for load in forecast(ada, TODAY + DAY, 7)] == [1 * (n == 6) for n in range(7)]
    assert [load.count for load in forecast(ada, TODAY + DAY, 6)] == [0] * 6


def test_it_leaves_out_what_does_not_come_up(ada, bob, own) -> None:
    cards = list(own.cards.all())
    shared = Card.objects.get(key="c1")
    for card in (*cards[:4], shared):
        grade(ada, card)
    grade(bob, shared)
    tomorrow = TODAY + DAY
    assert forecast(ada, tomorrow, 1) == [DayLoad(tomorrow, 5)]
    archive_card(card=cards[0], now=START)
    Schedule.objects.filter(card=cards[1]).update(is_suspended=True)
    undo_event(
        learner=ada, event_id=StudyEvent.objects.get(card=cards[2]).pk, now=START
    )  # new again: not learnt
    assert forecast(ada, tomorrow, 1) == [DayLoad(tomorrow, 2)]
    leave_deck(learner=ada, deck=shared.deck)
    assert forecast(ada, tomorrow, 1) == [DayLoad(tomorrow, 1)]
    archive_deck(deck=own, now=START)
    assert forecast(ada, tomorrow, 1) == [DayLoad(tomorrow, 0)]
    assert forecast(bob, tomorrow, 1) == [DayLoad(tomorrow, 1)]


@pytest.mark.parametrize("seed", range(2))
def test_it_is_what_the_schedules_say(ada, bob, own, seed) -> None:
    now = study(ada, 5, seed)
    study(bob, 3, seed)
    archive_card(card=own.cards.all()[seed], now=now)
    for today in (now.date(), now.date() + 5 * DAY):
        days = forecast(ada, today, 14)
        assert days == load(ada, today, 14)
        assert sum(day.count for day in days) > 0


def test_a_forecast_is_one_query(ada, own, django_assert_num_queries) -> None:
    study(ada, 3, 1)
    with django_assert_num_queries(1):
        forecast(ada, TODAY, 14)


# --- the day that was -----------------------------------------------------------------------------------------------


def done(learner: Learner, day: date) -> DayDone:
    """The day by hand, from every event of the learner."""
    events = list(StudyEvent.objects.filter(learner=learner))
    voided = {event.voids for event in events}
    standing = [
        event
        for event in events
        if event.kind == Kind.GRADED and event.pk not in voided and event.study_on == day
    ]
    grades = Counter(event.grade for event in standing if event.mode == Mode.SCHEDULED)
    return DayDone({grade: grades[grade] for grade in Grade}, sum(e.mode == Mode.REPEAT for e in standing))


def test_a_day_without_reviews_is_all_zero(ada) -> None:
    assert day_done(ada, TODAY) == DayDone(dict.fromkeys(Grade, 0), 0)
    assert day_done(ada, TODAY).reviews == 0


def test_repeats_are_told_from_reviews_and_practice_is_neither(ada, own) -> None:
    first, second, third = own.cards.all()[:3]
    grade(ada, first, Grade.AGAIN)
    grade(ada, first, Grade.HARD)
    grade(ada, first, Grade.GOOD)
    grade(ada, second, Grade.EASY)
    grade(ada, third, Grade.EASY)
    grade(ada, third, Grade.AGAIN, is_practice=True)
    assert day_done(ada, TODAY) == DayDone({Grade.AGAIN: 1, Grade.HARD: 0, Grade.GOOD: 0, Grade.EASY: 2}, 2)
    assert day_done(ada, TODAY).reviews == 3


def test_what_was_taken_back_was_not_done(ada, own) -> None:
    card = own.cards.all()[0]
    wrong = grade(ada, card, Grade.AGAIN)
    undo_event(learner=ada, event_id=wrong.pk, now=START)
    assert day_done(ada, TODAY).reviews == 0
    grade(ada, card, Grade.GOOD)
    assert day_done(ada, TODAY) == DayDone({**dict.fromkeys(Grade, 0), Grade.GOOD: 1}, 0)


def test_it_is_the_learners_study_day_and_nobody_elses(ada, bob, own) -> None:
    ada.rollover_hour = 4
    ada.save()
    late = datetime.fromisoformat("2026-03-03T03:59:00+00:00")
    cards = own.cards.all()
    grade(ada, cards[0], now=late)
    grade(ada, cards[1], now=late + timedelta(minutes=1))
    grade(bob, Card.objects.get(key="c1"), now=late)
    assert day_done(ada, TODAY).reviews == day_done(ada, TODAY + DAY).reviews == 1
    assert day_done(ada, TODAY + 2 * DAY).reviews == 0


@pytest.mark.parametrize("seed", range(2))
def test_it_is_what_the_events_say(ada, bob, own, seed) -> None:
    now = study(ada, 4, seed)
    study(bob, 2, seed)
    days = [TODAY + n * DAY for n in range((now.date() - TODAY).days + 1)]
    assert [day_done(ada, day) for day in days] == [done(ada, day) for day in days]
    assert all(day_done(ada, day).reviews for day in days)
    assert any(day_done(ada, day).repeats for day in days)


# --- the pace -------------------------------------------------------------------------------------------------------


def test_the_pace_is_twenty_seconds_until_it_is_known(ada, own) -> None:
    assert seconds_per_card(ada) == 20.0
    grade(ada, own.cards.all()[0])  # the time was not measured
    assert seconds_per_card(ada) == 20.0


@pytest.mark.parametrize("seconds", [[0], [7], [3, 4], [0, 0, 90]])
def test_the_pace_is_the_mean_of_what_was_measured(ada, own, seconds) -> None:
    for card, answer_seconds in zip(own.cards.all(), seconds, strict=False):
        grade(ada, card, answer_seconds=answer_seconds)
    grade(ada, own.cards.all()[29])
    assert seconds_per_card(ada) == pytest.approx(mean(seconds))


def test_the_pace_is_the_learners_own(ada, bob, own) -> None:
    grade(ada, own.cards.all()[0], answer_seconds=9)
    grade(bob, Card.objects.get(key="c1"), answer_seconds=50)
    assert (seconds_per_card(ada), seconds_per_card(bob)) == (9.0, 50.0)


def test_the_pace_is_that_of_the_last_200_cards(ada, own) -> None:
    """Two hundred and five measured ones: the first five, very slow, no longer count."""
    cards = list(own.cards.all())
    seconds = [500] * 5 + [1 + number % 7 for number in range(200)]
    for number, answer_seconds in enumerate(seconds):
        now = START + number * timedelta(seconds=30)
        grade(ada, cards[number % 30], now=now, answer_seconds=answer_seconds, is_practice=True)
    measured = StudyEvent.objects.filter(learner=ada).order_by("-at").values_list("answer_seconds", flat=True)
    assert len(measured) == 205
    assert seconds_per_card(ada) == pytest.approx(mean(measured[:200])) == pytest.approx(mean(seconds[5:]))
