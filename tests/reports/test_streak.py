"""The streak, told by the log: known lives, and a recount by replays of every log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import example, given, settings

from cards.actions.acts import undo_event
from cards.actions.catch_up import catch_up
from cards.actions.decks import leave_deck
from cards.actions.learners import change_settings, guest_for, merge_learners
from cards.actions.study import grade_card, write_replay
from cards.models import Card, Deck, Learner, Schedule, StudyEvent
from cards.models.catch_up import plan_of
from cards.models.lists import due_schedules
from cards.models.study import study_days
from cards.reports import streak_of
from cards.scheduling import Event, Grade, Kind, Mode, replay, streak
from tests.conftest import START
from tests.reports.logs import DAY, Log, acts, written

TODAY = START.date()


@pytest.fixture
def logs(ada: Learner, own: Deck) -> list[Log]:
    return [Log(ada, card) for card in own.cards.all()]


def on(learner: Learner, day: int) -> int:
    """The streak on that day, counted from START's."""
    for card_id, part in learner.study_events.values_list("card_id", "part").distinct():
        write_replay(learner=learner, card_id=card_id, part=part)
    return streak_of(learner, TODAY + day * DAY)


def study(logs: list[Log], days: str, first: int = 0) -> None:
    """A card of its own is learnt on each day of an S, and answered no more: from the next day on it waits."""
    for day, what in enumerate(days, start=first):
        if what == "S":
            logs.pop().grade(day).replay()


# --- what is a study day ----------------------------------------------------------------------------------------------


def test_nobodys_log_has_no_streak(ada) -> None:
    assert on(ada, 0) == 0


@pytest.mark.parametrize("mode", Mode)
def test_an_answer_of_whatever_kind_makes_a_study_day(ada, logs, mode) -> None:
    logs[0].grade(0)
    logs[1].grade(1, "G", mode)
    assert on(ada, 1) == 2


@pytest.mark.parametrize("kind", set(Kind) - {Kind.GRADED, Kind.VOIDED})
def test_nothing_else_makes_one(ada, logs, kind) -> None:
    logs[0].grade(0)
    logs[1].add(1, kind, due_on=TODAY + 9 * DAY)
    assert on(ada, 1) == 1


def test_what_was_taken_back_was_not_studied(ada, logs) -> None:
    study(logs, "SSS")
    logs[0].grade(3).void(1)
    assert on(ada, 3) == 3
    logs[0].grade(3)
    assert on(ada, 3) == 4


def test_a_streak_is_ones_own(ada, bob, logs) -> None:
    study(logs, "SSSS")
    Log(bob, Card.objects.get(key="c1")).grade(3)
    assert (on(ada, 3), on(bob, 3)) == (4, 1)


def test_what_lies_ahead_is_not_there(ada, logs) -> None:
    study(logs, "SSSS")
    assert on(ada, 1) == 2
    assert study_days(ada, TODAY + DAY) == [TODAY + DAY, TODAY]


# --- what is a missed day ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "streak"),
    [("SSS", 3), ("SSS-", 3), ("SSS--", 3), ("SSS---", 0), ("SS-SS", 4), ("SS--S", 1), ("SS-S-SS", 3)],
)
def test_with_something_due_each_day_a_day_without_study_is_missed(ada, logs, life, streak) -> None:
    study(logs, life)
    assert on(ada, len(life) - 1) == streak


def test_days_on_which_nothing_was_due_do_not_count(ada, logs) -> None:
    """Good all the way: days 0, 1, 7, 22 and 60. In between nothing was due; after it, too, for a while."""
    logs[0].grades("GGGGG")
    assert [on(ada, day) for day in (0, 1, 6, 7, 22, 59, 60, 155, 156, 157)] == [
        1, 2, 2, 3, 4, 4, 5, 5, 5, 0,
    ]  # fmt: skip


def test_who_comes_late_has_missed_the_days_from_the_one_that_it_was_due_on(ada, logs) -> None:
    logs[0].grade(0).grade(1).grade(8)  # due on 7: one day late
    assert on(ada, 8) == 3
    logs[1].grade(0).grade(1).grade(9)
    logs[2].grade(9).add(9, Kind.SUSPENDED)
    assert on(ada, 9) == 4
    logs[3].grade(0).grade(1).grade(12)  # five days late: it waited on 10 and 11, too
    assert on(ada, 12) == 1


def test_a_card_that_an_easy_day_moved_waits_from_where_it_was_moved_to(ada, logs) -> None:
    """Day 7 is a Monday. Which of its cards come a day later, luck says; they are answered two days later."""
    change_settings(learner=ada, easy_days="nuuuuuu")
    for log in logs:
        log.learner = ada
        if log.grade(0).grade(1).replay().due_on == TODAY + 8 * DAY:
            log.grade(9)
        else:
            log.add(1, Kind.SUSPENDED)
    assert any(log.day == 9 for log in logs)
    assert on(ada, 9) == 3


def test_a_new_card_on_the_day_of_return_tells_of_no_missed_day(ada, logs) -> None:
    logs[0].grade(0).grade(1)
    logs[1].grade(5)
    assert on(ada, 5) == 3


def test_what_waits_still_tells_of_missed_days_too(ada, logs) -> None:
    logs[0].grade(0)
    logs[1].grade(0)
    logs[2].grade(3)  # while the two others wait since 1
    assert on(ada, 3) == 1


@pytest.mark.parametrize("what", [(Kind.SUSPENDED, Kind.RESUMED), (Kind.MOVED, None), (Kind.DUE_SET, None)])
def test_on_a_holiday_nothing_was_due(ada, logs, what) -> None:
    """All is suspended, or set to later, on the last day before; and answered on the first after."""
    for log in logs[:2]:
        log.grade(0).add(0, what[0], due_on=TODAY + 9 * DAY)
    assert on(ada, 5) == 1
    for log in logs[:2]:
        if what[1]:
            log.add(9, what[1])
        log.grade(9)
    assert on(ada, 9) == 2


def test_what_is_resumed_waits_from_the_day_after(ada, logs) -> None:
    logs[0].grade(0).add(0, Kind.SUSPENDED)
    logs[1].grade(6)
    logs[0].add(6, Kind.RESUMED)
    assert [on(ada, day) for day in (6, 7, 8, 9)] == [2, 2, 2, 0]


def test_a_card_that_was_started_anew_waits_no_more(ada, logs) -> None:
    logs[0].grade(0).add(1, Kind.RESTARTED)
    logs[1].grade(0).grade(1).grade(7)
    assert on(ada, 7) == 3


def test_a_deck_that_was_left_asks_for_nothing(ada, own, logs) -> None:
    logs[0].grade(0)
    assert on(ada, 4) == 0
    leave_deck(learner=ada, deck=own)
    assert on(ada, 4) == 1


def test_a_backlog_that_is_spread_waits_for_its_days(ada, own, logs) -> None:
    """Ten cards are due; five are moved to tomorrow, and five are answered. Then the learner is away."""
    for log in logs[:10]:
        log.grade(0).replay()
    plan = plan_of(ada, TODAY + DAY, 2)
    catch_up(learner=ada, days=2, plan=plan.name, now=START + DAY)
    waiting = set(due_schedules(ada, TODAY + DAY).values_list("card", flat=True))
    for log in logs[:10]:
        if log.card.pk in waiting:
            log.grade(1).replay()
    assert [streak_of(ada, TODAY + day * DAY) for day in (1, 2, 3, 4)] == [2, 2, 2, 0]


def test_a_part_of_a_card_waits_as_a_card_does(ada, own) -> None:
    whole, part = (Log(ada, own.cards.all()[0], part) for part in (0, 1))
    whole.grade(0).grade(1)
    part.grade(0).grade(4)
    assert on(ada, 4) == 1


# --- zones, clock changes, undo and merges, by the site's own actions ----------------------------------------------


@pytest.fixture
def grade(ada: Learner, own: Deck) -> Callable[..., StudyEvent]:
    cards = iter(own.cards.all())

    def grade(now: str, zone: str, learner: Learner = ada) -> StudyEvent:
        learner.time_zone = zone
        learner.save()
        at = START.fromisoformat(now)
        graded = grade_card(
            learner=learner, card_id=next(cards).pk, part=0, shown_number=0, grade=Grade.EASY, now=at
        )
        return StudyEvent.objects.get(pk=graded.event_id)

    return grade


def test_late_in_the_evening_and_early_in_the_morning_are_two_days_over_a_clock_change(ada, grade) -> None:
    """In Berlin: 03:59 belongs to the day before, in the night without two o'clock and in that with two of them."""
    for now in ("2026-03-28T22:30Z", "2026-03-29T01:59Z", "2026-03-29T02:01Z", "2026-03-30T01:59Z"):
        grade(now, "Europe/Berlin")
    assert streak_of(ada, date(2026, 3, 29)) == 2
    for now in ("2026-10-24T21:30Z", "2026-10-25T02:59Z", "2026-10-25T03:00Z", "2026-10-26T02:59Z"):
        grade(now, "Europe/Berlin")
    assert study_days(ada, date(2026, 10, 26))[:2] == [date(2026, 10, 25), date(2026, 10, 24)]
    assert streak_of(ada, date(2026, 10, 26)) == 2


def test_over_the_date_line_no_day_is_counted_twice_and_one_that_was_not_lived_is_forgiven(
    ada, grade
) -> None:
    grade("2026-03-02T22:00Z", "Asia/Tokyo")  # the third there, the second in Los Angeles
    grade("2026-03-03T18:00Z", "America/Los_Angeles")  # the third
    grade("2026-03-04T18:00Z", "America/Los_Angeles")  # the fourth
    assert streak_of(ada, date(2026, 3, 4)) == 2
    grade("2026-03-05T21:00Z", "Asia/Tokyo")  # the sixth there: it is the fifth only in the air
    assert streak_of(ada, date(2026, 3, 6)) == 3


def test_an_undone_answer_ends_what_it_began(ada, grade) -> None:
    grade("2026-03-02T10:00Z", "UTC")
    event = grade("2026-03-03T10:00Z", "UTC")
    assert streak_of(ada, date(2026, 3, 3)) == 2
    undo_event(learner=ada, event_id=event.pk, now=START + DAY)
    assert streak_of(ada, date(2026, 3, 3)) == 1


def test_a_guests_days_become_the_accounts(ada, own, grade) -> None:
    grade("2026-03-02T10:00Z", "UTC")
    guest = guest_for(claim="claim", time_zone="UTC", now=START)
    card = Card.objects.get(key="c1")
    grade_card(learner=guest, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START + DAY)
    merge_learners(guest=guest, into=ada)
    assert streak_of(ada, date(2026, 3, 3)) == 2


# --- a recount --------------------------------------------------------------------------------------------------------


def recounted(learner: Learner, today: date) -> int:
    """By a replay of each log up to each day."""
    events = [each.as_event() for each in StudyEvent.objects.filter(learner=learner).order_by("number")]
    keys = {each.pk: (each.card_id, each.part) for each in StudyEvent.objects.filter(learner=learner)}
    voided = {each.voids for each in events}
    ordered = sorted(events, key=lambda each: (keys[each.id], each.number))
    parts = [list(log) for _, log in groupby(ordered, lambda each: keys[each.id])]
    studied = {each.study_on for each in events if each.kind == Kind.GRADED and each.id not in voided}

    def before(log: list[Event], day: date) -> list[Event]:
        """What stands of the log from before that day, numbered anew."""
        standing = [each for each in log if each.id not in voided and each.kind != Kind.VOIDED]
        earlier = [each for each in standing if each.study_on < day]
        return [replace(each, number=number) for number, each in enumerate(earlier, start=1)]

    def waited(log: list[Event], missed: date, until: date) -> bool:
        """Untouched since before that day, due by then, and answered on the other."""
        state = replay(before(log, until))
        touched = [each.study_on for each in log if each.study_on < until and each.id not in voided]
        is_due = bool(state.due_on and state.due_on <= missed and not state.is_suspended)
        there = before(log, until + DAY)  # a restart after the answer leaves it one that was given
        answered_on = {replay(there[:many]).counted_on for many in range(1, len(there) + 1)}
        return is_due and max(touched) < missed and until in answered_on

    rows = Schedule.objects.filter(pk__in=due_schedules(learner, today).values("pk"))
    waiting = [
        max(row.due_on, max(each.study_on for each in parts[place]) + DAY)
        for row in rows
        for place, log in enumerate(parts)
        if keys[log[0].id] == (row.card_id, row.part)
    ]

    def is_missed(day: date) -> bool:
        following = min((each for each in studied if each > day), default=None)
        waited_then = following and any(waited(log, day, following) for log in parts)
        return bool(waited_then) or any(since <= day for since in waiting)

    return streak(studied, today, is_missed)


@pytest.mark.parametrize("wish", [{}, {"has_spreading": True, "easy_days": "ufuuunn"}])
@settings(max_examples=60)
@given(acts=acts)
@example(acts=[(0, 0, "A", 0, 0, None), (0, 0, "A", 6, 0, None), (0, 0, "restart", 0, 0, None)])
def test_it_is_what_a_replay_of_every_log_says(ada, own, wish, acts) -> None:
    change_settings(learner=ada, **wish)
    with written(ada, own, acts) as events:
        last = max((event.study_on for event in events), default=TODAY)
        for today in (last, last + DAY, last + 2 * DAY, last + timedelta(days=9)):
            assert streak_of(ada, today) == recounted(ada, today)


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_whoever_misses_no_day_or_one_a_week_is_told_by_one_query(
    ada, logs, django_assert_num_queries
) -> None:
    study(logs, "SSSSSS-SSSSSSS-SS-")
    with django_assert_num_queries(1):
        assert streak_of(ada, TODAY + 17 * DAY) == 15


def test_a_streak_that_ended_is_told_by_four_queries(ada, logs, django_assert_num_queries) -> None:
    study(logs, "SS--SS--SS--SS")
    logs[0].grade(0).grade(12).replay()
    Schedule.objects.filter(counted_on__lt=TODAY + 12 * DAY).update(is_suspended=True)
    with django_assert_num_queries(4):
        assert streak_of(ada, TODAY + 13 * DAY) == 2


def test_the_looks_at_many_days_without_anything_due_are_few(
    ada, logs, django_assert_max_num_queries
) -> None:
    """A card each day in three, not due in between: fifty days, 49 of them after a break."""
    log = logs[0]
    for number in range(50):
        log.grade(3 * number).add(3 * number, Kind.DUE_SET, due_on=TODAY + (3 * number + 3) * DAY)
    log.replay()
    with django_assert_max_num_queries(2 + 6 + 1):  # six looks, the first of which reads the card's log
        assert streak_of(ada, TODAY + 147 * DAY) == 50
