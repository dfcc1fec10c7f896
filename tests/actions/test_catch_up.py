"""A backlog is moved to later days by a plan that was shown; and back."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.actions.acts import set_due, skip_cards, suspend_cards, undo_event
from cards.actions.catch_up import catch_up
from cards.actions.decks import make_deck
from cards.actions.learners import change_settings
from cards.actions.study import Result, grade_card
from cards.cardtext import Wording
from cards.models import Learner, Schedule, StudyEvent
from cards.models.acts import last_act
from cards.models.catch_up import Plan, last_catch_up, plan_of
from cards.models.queue import queue_counts
from cards.scheduling import Grade, Kind
from tests.conftest import START

BACK = START + timedelta(days=30)
TODAY = BACK.date()
CARDS = 12


def grade(learner: Learner, card_id: int, number: int, now: datetime, grade: Grade = Grade.GOOD) -> None:
    grade_card(learner=learner, card_id=card_id, part=0, shown_number=number, grade=grade, now=now)


@pytest.fixture
def ids(ada) -> list[int]:
    """Twelve cards that were reviewed on two days, a month ago: their intervals are six days, or one."""
    deck = make_deck(
        owner=ada, name="A dozen", now=START, wordings=tuple(Wording(f"{n}?", "", "") for n in range(CARDS))
    )
    ids = list(deck.cards.order_by("position").values_list("pk", flat=True))
    for card_id in ids:
        grade(ada, card_id, 0, START)
    for place, card_id in enumerate(ids):
        grade(ada, card_id, 1, START + timedelta(days=1), Grade.GOOD if place % 2 else Grade.AGAIN)
    return ids


def plan(learner: Learner, days: int = 4) -> Plan:
    return plan_of(learner, TODAY, days)


def carry_out(learner: Learner, shown: Plan, now: datetime = BACK) -> Result:
    return catch_up(learner=learner, days=shown.days, plan=shown.name, now=now)


def due_days(learner: Learner) -> dict[date, int]:
    return Counter(Schedule.objects.filter(learner=learner).values_list("due_on", flat=True))


def test_it_does_what_the_plan_said(ada, ids) -> None:
    shown = plan(ada)
    assert [(before, after) for _, before, after in shown.shares] == [(12, 3), (0, 3), (0, 3), (0, 3)]
    assert carry_out(ada, shown) is Result.WRITTEN
    assert queue_counts(ada, TODAY).due == 3
    assert [(before, after) for _, before, after in plan(ada).shares] == [(3, 3)] * 4
    moved = StudyEvent.objects.filter(kind=Kind.MOVED)
    assert set(moved.values_list("at", "study_on", "learner")) == {(BACK, TODAY, ada.pk)}
    assert dict(moved.values_list("card", "due_on")) == {row.card_id: day for row, day in shown.moves}
    call_command("replay", "--check")


def test_the_most_endangered_come_first(ada, ids) -> None:
    set_due(learner=ada, card_ids=ids[::2], due_on=TODAY, now=BACK)  # not since the longest time
    carry_out(ada, plan(ada, days=2))
    due = Schedule.objects.filter(learner=ada, due_on__lte=TODAY)
    assert set(due.values_list("card_id", flat=True)) == set(
        ids[::2]
    )  # the interval of a day is over thirty times


def test_days_that_have_cards_already_get_fewer(ada, ids) -> None:
    for card_id in ids[:5]:
        grade(ada, card_id, 2, BACK, Grade.GOOD)
    shown = plan(ada)
    assert shown.shares[1][1] == 3  # those graded Again a month ago are due tomorrow
    assert [after for _, _, after in shown.shares] == [3, 3, 2, 2]
    assert carry_out(ada, shown) is Result.WRITTEN


@pytest.mark.parametrize(
    ("week", "days", "after"),
    [("uunfuuu", 4, [0, 4, 4, 4]), ("uuunnuu", 4, [6, 0, 0, 6]), ("uunnuuu", 2, [6, 6])],
)
def test_easy_days_without_cards_get_none_unless_there_is_no_other(ada, ids, week, days, after) -> None:
    """Today is a Wednesday."""
    change_settings(learner=ada, easy_days=week)
    shown = plan(ada, days)
    assert [each for _, _, each in shown.shares] == after
    carry_out(ada, shown)
    dozen = Schedule.objects.filter(card__in=ids)
    counts = Counter(max(TODAY, due_on) for due_on in dozen.values_list("due_on", flat=True))
    assert [counts[TODAY + timedelta(days=n)] for n in range(days)] == after


def test_intervals_and_eases_stay(ada, ids) -> None:
    columns = ("card_id", "interval_days", "ease_hundredths", "repetitions", "lapses", "counted_on")
    before = set(Schedule.objects.values_list(*columns))
    carry_out(ada, plan(ada))
    assert set(Schedule.objects.values_list(*columns)) == before


def test_a_second_time_nothing_is_written(ada, ids) -> None:
    shown = plan(ada)
    assert carry_out(ada, shown) is Result.WRITTEN
    count = StudyEvent.objects.count()
    assert carry_out(ada, shown, BACK + timedelta(seconds=1)) is Result.REPEATED
    assert StudyEvent.objects.count() == count


@pytest.mark.parametrize("change", ["graded", "next day", "other days", "no plan at all", "another's"])
def test_another_plan_than_the_one_that_was_shown_is_not_carried_out(ada, bob, ids, change) -> None:
    shown, now, learner = plan(ada), BACK, ada
    days, name = shown.days, shown.name
    match change:
        case "graded":
            grade(ada, ids[3], 2, BACK)
        case "next day":
            now += timedelta(days=1)
        case "other days":
            days = 5
        case "no plan at all":
            name = uuid4()
        case _:
            learner = bob
    assert catch_up(learner=learner, days=days, plan=name, now=now) is Result.OUTDATED
    assert not StudyEvent.objects.filter(kind=Kind.MOVED).exists()


def test_undo_takes_all_of_it_back_and_it_can_be_done_again(ada, ids) -> None:
    before = due_days(ada)
    carry_out(ada, plan(ada))
    last = last_catch_up(ada, TODAY)
    assert (last.on, last.cards) == (TODAY, 9)
    assert last.act.word == last_act(ada).word == "catch-up"
    event = StudyEvent.objects.filter(kind=Kind.MOVED).first()
    undo_event(learner=ada, event_id=event.pk, now=BACK + timedelta(minutes=1))
    assert due_days(ada) == before
    assert last_catch_up(ada, TODAY) is None
    call_command("replay", "--check")
    assert carry_out(ada, plan(ada), BACK + timedelta(minutes=2)) is Result.WRITTEN
    call_command("replay", "--check")


def test_what_is_suspended_or_skipped_is_no_backlog(ada, ids) -> None:
    suspend_cards(learner=ada, card_ids=ids[:2], now=BACK)
    skip_cards(learner=ada, card_ids=ids[2:4], now=BACK)
    assert len(plan(ada).backlog) == CARDS - 4


def test_limits_hold_no_card_back_from_the_plan_and_are_said(ada, ids) -> None:
    ada.reviews_per_day = 2
    shown = plan(ada)
    assert len(shown.backlog) == CARDS
    assert shown.is_over_limit
    assert not plan(ada, days=6).is_over_limit


def test_without_a_backlog_there_is_nothing_to_do(ada) -> None:
    shown = plan(ada)
    assert (shown.moves, shown.fullest) == ([], 0)
    assert carry_out(ada, shown) is Result.WRITTEN
    assert not StudyEvent.objects.exists()


def test_its_queries_do_not_grow_with_the_backlog(ada, ids) -> None:
    def queries(days: int) -> int:
        shown = plan(ada, days)
        with CaptureQueriesContext(connection) as captured:
            carry_out(ada, shown)
        undo_event(learner=ada, event_id=StudyEvent.objects.filter(kind=Kind.MOVED).latest("at").pk, now=BACK)
        return len(captured)

    ada.latest_study_on = TODAY
    assert queries(2) == queries(10)
