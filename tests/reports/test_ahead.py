"""What comes, and how far a deck is: known answers, and days that were really played with Good."""

from datetime import timedelta

import pytest
from django.db.models import Q

from cards.actions.cards import archive_card
from cards.actions.decks import leave_deck
from cards.actions.learners import change_settings
from cards.models import Card, Deck, Learner, Schedule
from cards.models.lists import due_schedules
from cards.reports import (
    Scope,
    ahead,
    eases,
    forecast,
    intervals,
    learnt_by_day,
    progress,
)
from cards.scheduling import Kind
from tests.conftest import START
from tests.reports.logs import DAY, Log

TODAY = START.date()
LETTERS = ["A", "G", "GG", "GE", "GGG", "HHE", "GAG", "EEEE"]


@pytest.fixture
def logs(ada: Learner, own: Deck) -> list[Log]:
    """Eight cards with different histories; the first day of each is its number, twenty others are new."""
    found = []
    for day, (card, letters) in enumerate(zip(own.cards.all(), LETTERS, strict=False)):
        log = Log(ada, card)
        log.add(day, Kind.RESUMED)
        for letter in letters:
            state = log.replay()
            log.grade((state.due_on - TODAY).days if state.due_on else day, letter)
        log.replay()
        found.append(log)
    return found


def test_a_learner_who_has_learnt_nothing_has_nothing_ahead(ada) -> None:
    found = ahead(Scope(ada, TODAY), 90)
    assert (len(found.days), found.cards, found.overdue) == (90, 0, 0)
    assert (found.days[0].day, found.days[-1].day) == (TODAY, TODAY + 89 * DAY)


def test_a_card_comes_when_it_is_due_and_back_by_the_intervals_of_good(ada, own) -> None:
    """First learnt today: 1, 6, 15 and 38 days."""
    Log(ada, own.cards.all()[0]).grades("G")
    days = ahead(Scope(ada, TODAY), 90).days
    assert [(n, day.due, day.again) for n, day in enumerate(days) if day.cards] == [
        (1, 1, 0),
        (7, 0, 1),
        (22, 0, 1),
        (60, 0, 1),
    ]


def test_what_is_overdue_comes_today_and_goes_on_from_there(ada, own) -> None:
    Log(ada, own.cards.all()[0]).grades("GG")  # due on day 7
    Log(ada, own.cards.all()[1]).grades("G")
    found = ahead(Scope(ada, TODAY + 7 * DAY), 30)
    assert (found.days[0].due, found.overdue) == (2, 1)
    assert [(n, day.again) for n, day in enumerate(found.days) if day.again] == [(6, 1), (15, 1), (21, 1)]


def test_what_is_due_is_what_the_home_page_says(ada, logs) -> None:
    for today in (TODAY, TODAY + 9 * DAY, TODAY + 40 * DAY):
        days = ahead(Scope(ada, today), 90).days
        assert [(day.day, day.due) for day in days] == [
            (load.day, load.count) for load in forecast(ada, today, 90)
        ]
        assert sum(day.due for day in days) > 0


@pytest.mark.parametrize("wish", [{}, {"has_spreading": True, "easy_days": "uufuunn"}])
def test_it_is_what_comes_when_every_card_is_answered_with_good(ada, logs, wish) -> None:
    """Thirty days, played; the first of them with all that is overdue."""
    change_settings(learner=ada, **wish)
    for log in logs:
        log.learner = ada
    today = TODAY + 12 * DAY
    expected = [day.cards for day in ahead(Scope(ada, today), 30).days]
    by_card = {log.card.pk: log for log in logs}
    came = []
    for n in range(30):
        due = due_schedules(ada, today + n * DAY)
        cards = list(due.values_list("card", flat=True))
        for card in cards:
            by_card[card].grade(12 + n, "G").replay()
        came.append(len(cards))
    assert came == expected
    assert came[0] > 1
    assert sum(came) > len(logs)


def test_a_deck_has_its_own_and_a_deck_that_was_left_none(ada, own, logs) -> None:
    shared = Card.objects.get(key="c1")
    Log(ada, shared).grades("G")
    assert ahead(Scope(ada, TODAY, shared.deck), 9).cards == 2  # tomorrow, and six days later
    both = ahead(Scope(ada, TODAY), 9).cards
    assert both == 2 + ahead(Scope(ada, TODAY, own), 9).cards
    leave_deck(learner=ada, deck=own)
    assert ahead(Scope(ada, TODAY), 9).cards == 2
    assert ahead(Scope(ada, TODAY, own), 9).cards == 0


# --- how far a deck is ------------------------------------------------------------------------------------------------


def test_a_deck_is_learnt_after_as_many_days_as_its_new_cards_take(ada, own) -> None:
    """Three cards a day on each of the last three days; 21 of thirty are left."""
    for n, card in enumerate(own.cards.all()[:9]):
        Log(ada, card).grade(n // 3).replay()
    found = progress(Scope(ada, TODAY + 2 * DAY, own))
    assert [(each.deck, each.cards, each.learnt, each.left, each.pace, each.days) for each in found] == [
        (own, 30, 9, 21, 3.0, 7)
    ]


@pytest.mark.parametrize(("today", "pace", "days"), [(27, 2 / 28, 392), (28, 1 / 28, 784), (29, 0, None)])
def test_the_pace_is_that_of_the_last_28_days(ada, own, today, pace, days) -> None:
    first, second = own.cards.all()[:2]
    Log(ada, first).grade(0).replay()
    Log(ada, second).grade(1).replay()
    (found,) = progress(Scope(ada, TODAY + today * DAY, own))
    assert (found.pace, found.days) == (pytest.approx(pace), days)


def test_days_are_whole_ones_and_none_are_left_when_all_is_learnt(ada, own) -> None:
    cards = own.cards.all()
    Card.objects.filter(pk__in=[card.pk for card in cards[5:]]).delete()
    for card in cards[:2]:
        Log(ada, card).grade(0).replay()
    assert progress(Scope(ada, TODAY, own))[0].days == 2  # three are left, two came a day
    for card in cards[2:5]:
        Log(ada, card).grade(0).replay()
    assert progress(Scope(ada, TODAY, own))[0].days == 0


def test_each_deck_that_is_studied_and_has_cards_is_told_by_name(ada, bob, own) -> None:
    shared = Deck.objects.get(name="Shared deck")
    Log(bob, shared.cards.first()).grade(0).replay()
    archive_card(card=shared.cards.last(), now=START)
    found = progress(Scope(ada, TODAY))
    assert [(each.deck, each.cards, each.learnt, each.days) for each in found] == [
        (own, 30, 0, None),
        (shared, 2, 0, None),
    ]
    leave_deck(learner=ada, deck=own)
    assert [each.deck for each in progress(Scope(ada, TODAY))] == [shared]
    assert [each.deck for each in progress(Scope(ada, TODAY, own))] == [own]


def test_first_reviews_are_counted_by_their_day(ada, own, logs) -> None:
    Log(ada, own.cards.all()[9]).grade(0).replay()
    logs[3].add(30, Kind.RESTARTED).grade(31).replay()
    found = learnt_by_day(Scope(ada, TODAY + 40 * DAY))
    days = [TODAY + n * DAY for n in (0, 1, 2, 4, 5, 6, 7, 31)]
    assert list(found) == days
    assert found[TODAY] == 2
    assert sum(found.values()) == 9


# --- where the cards are ----------------------------------------------------------------------------------------------


def learnt(learner: Learner) -> list[Schedule]:
    rows = Schedule.objects.filter(learner=learner, due_on__isnull=False, card__archived_at=None)
    return list(rows.filter(Q(card__deck__enrolments__learner=learner)))


def test_intervals_and_e_factors_are_those_of_the_learnt_cards(ada, bob, own, logs) -> None:
    Log(bob, Card.objects.get(key="c1")).grades("EEE")
    logs[0].add(20, Kind.SUSPENDED).replay()
    archive_card(card=logs[1].card, now=START)
    scope = Scope(ada, TODAY)
    rows = learnt(ada)
    assert len(rows) == 7
    for report, column in ((intervals, "interval_days"), (eases, "ease_hundredths")):
        values = sorted(getattr(row, column) for row in rows)
        assert report(scope) == {value: values.count(value) for value in values}
        assert list(report(scope)) == sorted(set(values))
        assert len(report(scope)) > 2
        assert report(Scope(ada, TODAY, Deck.objects.get(name="Shared deck"))) == {}
    leave_deck(learner=ada, deck=own)
    assert intervals(scope) == {}
    assert sum(intervals(Scope(ada, TODAY, own)).values()) == 7


@pytest.mark.parametrize(
    ("report", "queries"),
    [
        (lambda scope: ahead(scope, 90), 1), (progress, 3), (learnt_by_day, 1), (intervals, 1), (eases, 1)
    ],
)  # fmt: skip
def test_it_takes_as_many_queries_as_it_says(
    ada, own, logs, django_assert_num_queries, report, queries
) -> None:
    with django_assert_num_queries(queries):
        report(Scope(ada, TODAY + timedelta(days=8)))
