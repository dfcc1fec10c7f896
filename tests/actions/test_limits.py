"""Limits of a deck, and of today only."""

from datetime import timedelta

import pytest

from cards.actions.decks import leave_deck, make_deck
from cards.actions.learners import begin_account, change_settings, guest_for, merge_learners
from cards.actions.limits import NotStudied, set_deck_limits, set_today_limits
from cards.actions.study import grade_card
from cards.models import Deck, Learner
from cards.models.queue import queue_counts
from cards.scheduling import Grade
from tests.conftest import START

TODAY = START.date()
TOMORROW = START + timedelta(days=1)


def limit(learner: Learner, deck: Deck, new: int | None, reviews: int | None = None, now=START) -> None:
    set_deck_limits(learner=learner, deck=deck, new_per_day=new, reviews_per_day=reviews, now=now)


def test_only_a_deck_that_is_studied_has_limits(ada, deck) -> None:
    leave_deck(learner=ada, deck=deck)
    with pytest.raises(NotStudied):
        limit(ada, deck, 1)
    with pytest.raises(NotStudied):
        set_today_limits(learner=ada, deck=deck, new=1, reviews=None, now=START)
    ada.refresh_from_db()
    assert not ada.has_deck_limits


def test_the_learner_is_marked_while_a_deck_has_a_limit(ada, deck) -> None:
    for new, reviews in ((3, None), (None, 0), (None, None)):
        limit(ada, deck, new, reviews)
        ada.refresh_from_db()
        assert ada.has_deck_limits == (new is not None or reviews is not None)


def test_the_learner_is_marked_for_the_day_of_an_exception(ada, deck) -> None:
    set_today_limits(learner=ada, deck=deck, new=1, reviews=None, now=START)
    ada.refresh_from_db()
    assert ada.has_deck_limits
    assert queue_counts(ada, TODAY).new == 1
    limit(ada, deck, None, now=TOMORROW)
    ada.refresh_from_db()
    assert not ada.has_deck_limits


@pytest.mark.parametrize(
    ("limit", "wanted", "exception"), [(20, 5, None), (2, 2, None), (2, 3, 3), (0, 1, 1), (2, None, None)]
)
def test_the_overall_limit_makes_room_for_a_deck_and_no_more(ada, deck, limit, wanted, exception) -> None:
    ada.new_per_day = ada.reviews_per_day = limit
    set_today_limits(learner=ada, deck=deck, new=wanted, reviews=wanted, now=START)
    assert ada.exceptions(TODAY) == (exception, exception)


def test_room_is_made_beside_what_was_done_in_other_decks(ada, deck) -> None:
    other = make_deck(owner=ada, name="Another", now=START)
    ada.new_per_day = 1
    card = deck.cards.first()
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    set_today_limits(learner=ada, deck=other, new=2, reviews=None, now=START)
    assert ada.new_limit(TODAY) == 3
    set_today_limits(learner=ada, deck=deck, new=3, reviews=None, now=START)  # one of them is done
    assert ada.new_limit(TODAY) == 3


def test_an_overall_exception_stays_when_a_deck_needs_no_more(ada, deck) -> None:
    set_today_limits(learner=ada, new=30, reviews=7, now=START)
    set_today_limits(learner=ada, deck=deck, new=5, reviews=5, now=START)
    ada.refresh_from_db()
    assert ada.exceptions(TODAY) == (30, 7)
    assert ada.exceptions(TOMORROW.date()) == (None, None)


def test_limits_follow_a_guest_into_an_account(ada, deck) -> None:
    guest = guest_for(claim="claim", time_zone="UTC", now=START)
    change_settings(learner=guest, reviews_per_day=9, due_order="hardest", new_place="mixed")
    limit(guest, deck, 1)
    eve = Learner.objects.create_user("eve")
    begin_account(learner=eve, guest=guest, time_zone="UTC", now=START)
    merge_learners(guest=guest, into=eve)
    eve.refresh_from_db()
    assert (eve.reviews_per_day, eve.due_order, eve.new_place) == (9, "hardest", "mixed")
    assert eve.has_deck_limits
    assert queue_counts(eve, TODAY).new == 1


def test_settings_that_are_not_given_stay(ada) -> None:
    change_settings(learner=ada, reviews_per_day=3)
    change_settings(learner=ada, new_per_day=4)
    ada.refresh_from_db()
    assert (ada.new_per_day, ada.reviews_per_day, ada.time_zone) == (4, 3, "UTC")
