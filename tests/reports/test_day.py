"""The summaries: what comes and when, what was done, how long a card takes. Each is derived from the log's rows."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from statistics import mean, median

import pytest

from cards.actions.acts import undo_event
from cards.actions.cards import archive_card
from cards.actions.decks import archive_deck, leave_deck
from cards.actions.study import grade_card
from cards.models import Card, Learner, Schedule, StudyEvent
from cards.models.queue import next_card, queue_counts
from cards.reports import DayAsked, DayDone, DayLoad, day_done, forecast, next_asked, seconds_per_card
from cards.scheduling import Grade, Kind, Mode, QueueCounts
from tests.conftest import START
from tests.reports.logs import Log

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


def test_a_forecast_is_two_queries(ada, own, django_assert_num_queries) -> None:
    study(ada, 3, 1)
    with django_assert_num_queries(2):
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
    seconds = sum(e.answer_seconds or 0 for e in standing if e.mode != Mode.PRACTICE)
    return DayDone(
        {grade: grades[grade] for grade in Grade}, sum(e.mode == Mode.REPEAT for e in standing), seconds
    )


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


# --- the next day ---------------------------------------------------------------------------------------------------


def test_tomorrow_asks_for_what_is_due_and_for_what_is_new(ada, own) -> None:
    ada.new_per_day = 3
    ada.save()
    for card in own.cards.all()[:3]:
        grade(ada, card, Grade.HARD)
    assert next_asked(ada, TODAY) == DayAsked(TODAY + DAY, QueueCounts(due=3, new=3))


def test_days_that_ask_for_nothing_are_passed_over(ada, own) -> None:
    """Two passes make six days: from the second review of the first card to its third."""
    leave_deck(learner=ada, deck=Card.objects.get(key="c1").deck)
    ada.new_per_day = 0
    ada.save()
    for now in (START, START + DAY):
        grade(ada, own.cards.all()[0], now=now)
    assert next_asked(ada, TODAY + DAY) == DayAsked(TODAY + 7 * DAY, QueueCounts(due=1))
    assert next_asked(ada, TODAY + 6 * DAY) == DayAsked(TODAY + 7 * DAY, QueueCounts(due=1))
    undone = StudyEvent.objects.latest("at")
    undo_event(learner=ada, event_id=undone.pk, now=START + DAY)
    assert next_asked(ada, TODAY) == DayAsked(TODAY + DAY, QueueCounts(due=1))


def test_where_no_day_asks_for_anything_there_is_none(ada, own) -> None:
    ada.new_per_day = 0
    ada.save()
    assert next_asked(ada, TODAY) is None
    for now in (START, START + DAY):
        grade(ada, own.cards.all()[0], now=now)
    ada.reviews_per_day = 0
    ada.save()
    assert next_asked(ada, TODAY + DAY) is None


@pytest.mark.parametrize("seed", range(2))
def test_the_next_day_asks_for_what_then_comes(ada, own, seed) -> None:
    now = study(ada, 4, seed)
    asked = next_asked(ada, ada.study_day(now))
    assert asked is not None
    assert asked.counts == queue_counts(ada, asked.day)
    assert not any(
        queue_counts(ada, ada.study_day(now) + n * DAY).left
        for n in range(1, (asked.day - ada.study_day(now)).days)
    )


def test_it_takes_three_queries_at_most(ada, own, django_assert_max_num_queries) -> None:
    ada.new_per_day = 0
    ada.save()
    for now in (START, START + DAY):
        grade(ada, own.cards.all()[0], now=now)
    with django_assert_max_num_queries(3):
        assert next_asked(ada, TODAY + DAY)


# --- the pace -------------------------------------------------------------------------------------------------------


def answer(log: Log, day: int, *seconds: int | None) -> None:
    """A card is answered on that day, again and again until it is known."""
    log.grade(day, "G" if len(seconds) == 1 else "A", answer_seconds=seconds[0])
    for number, each in enumerate(seconds[1:], start=2):
        letter = "G" if number == len(seconds) else "A"
        log.grade(day, letter, Mode.REPEAT, at=log.events[-1].at + timedelta(minutes=1), answer_seconds=each)


@pytest.fixture
def logs(ada, own) -> list[Log]:
    return [Log(ada, card) for card in own.cards.all()]


def test_the_pace_is_not_known_before_twenty_cards_were_timed(ada, logs) -> None:
    assert seconds_per_card(ada) is None
    answer(logs[25], 0, None)  # the time was not measured
    for log in logs[:19]:
        answer(log, 0, 10)
        log.grade(0, "A", Mode.PRACTICE, answer_seconds=99)
    assert seconds_per_card(ada) is None
    answer(
        logs[18], 0, 10
    )  # a second answer of the day is one more card: whoever took back the first did so too
    assert seconds_per_card(ada) == 10
    answer(logs[19], 0, 31)
    assert seconds_per_card(ada) == 11


def test_nineteen_cards_are_not_enough_however_often_they_were_repeated(ada, logs) -> None:
    for log in logs[:19]:
        answer(log, 0, 10, 10, 10)
    assert seconds_per_card(ada) is None


def test_a_card_takes_its_repeats_too_and_no_practice(ada, logs) -> None:
    for log in logs[:20]:
        answer(log, 0, 10, 6)
        log.grade(0, "A", Mode.PRACTICE, answer_seconds=40)
    assert seconds_per_card(ada) == 16


def test_a_call_that_came_between_counts_for_five_answers(ada, logs) -> None:
    for log in logs[:29]:
        answer(log, 0, 10)
    answer(logs[29], 0, 590)
    assert seconds_per_card(ada) == (29 * 10 + 5 * 10) / 30


def test_answers_at_once_are_no_division_by_nothing(ada, logs) -> None:
    for log in logs[:20]:
        answer(log, 0, 0)
    assert seconds_per_card(ada) == 0


def test_the_pace_is_the_learners_own(ada, bob, own, logs) -> None:
    for log in logs[:20]:
        answer(log, 0, 9)
        answer(Log(bob, log.card), 0, 50)
    assert (seconds_per_card(ada), seconds_per_card(bob)) == (9.0, 50.0)


def test_the_pace_is_that_of_the_last_200_answers(ada, logs) -> None:
    """Two hundred and five of them: the first five, slower, no longer count; nor does a card that was put aside."""
    seconds = [40] * 5 + [8 + number % 7 for number in range(200)]
    for number, each in enumerate(seconds):
        at = START + number // 30 * DAY + timedelta(seconds=number)
        logs[number % 30].grade(number // 30, at=at, answer_seconds=each)
    logs[0].add(7, Kind.SUSPENDED)
    assert seconds_per_card(ada) == pytest.approx(mean(seconds[5:]))


def test_a_pace_is_one_query_of_200_rows(ada, logs, django_assert_num_queries) -> None:
    for log in logs[:20]:
        answer(log, 0, 9)
    with django_assert_num_queries(1) as queries:
        seconds_per_card(ada)
    assert queries[0]["sql"].endswith("LIMIT 200")


@pytest.mark.parametrize("seed", range(3))
def test_what_is_said_of_a_day_is_what_it_takes(ada, own, seed) -> None:
    """Three weeks of a learner whose answers are mostly short and sometimes long, and who takes a call now and then.

    Cards times the median answer would have promised three quarters of it at most.
    """
    chance, said, by_median, took = random.Random(seed), 0.0, 0.0, 0
    ada.new_per_day = 3
    ada.save()
    for number in range(21):
        now = START + number * DAY
        today = ada.study_day(now)
        left, pace = queue_counts(ada, today).left, seconds_per_card(ada)
        if pace is not None:
            said += left * pace
            known = StudyEvent.objects.filter(learner=ada).values_list("answer_seconds", flat=True)
            by_median += left * median(known)
        while (card := next_card(ada, today)[0]) is not None:
            seconds = min(599, round(chance.lognormvariate(2.3, 0.8)))
            letter = chance.choices(list(Grade), (8, 8, 74, 10))[0]
            now += timedelta(seconds=seconds)
            grade(ada, card, letter, now, answer_seconds=400 if chance.random() < 0.01 else seconds)
            if pace is not None:
                took += seconds
    assert said / took == pytest.approx(1, abs=0.2)
    assert by_median / took < 0.8
