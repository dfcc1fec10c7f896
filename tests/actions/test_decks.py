"""Making, archiving and studying decks."""

from datetime import timedelta

import pytest

from cards.actions.decks import (
    archive_deck,
    edit_deck,
    leave_deck,
    make_deck,
    study_deck,
    unarchive_deck,
)
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Deck, Enrolment, Learner, Revision, Schedule, StudyEvent
from cards.models.queue import next_card
from cards.scheduling import Grade
from tests.conftest import START

TODAY = START.date()


@pytest.fixture
def own(ada: Learner) -> Deck:
    return make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("One?", "1"), Wording("Two?", "")))


def test_it_makes_a_private_deck_that_its_owner_studies(ada, bob, own) -> None:
    assert [card.prompt for card in own.cards.all()] == ["One?", "Two?"]
    assert not own.is_public
    assert own in Deck.objects.studied_by(ada)
    assert own not in Deck.objects.visible_to(bob)
    assert own not in Deck.objects.visible_to(None)


def test_the_revisions_of_a_new_deck_say_where_its_cards_come_from(ada) -> None:
    make_deck(
        owner=ada, name="D", now=START, wordings=(Wording("One?", "1"),), source=Revision.Source.IMPORTED
    )
    assert Revision.objects.get(author=ada).source == "imported"


def test_it_renames(own) -> None:
    edit_deck(deck=own, name="New", description="Text")
    own.refresh_from_db()
    assert (own.name, own.description) == ("New", "Text")


def test_an_archived_deck_comes_up_no_more_and_comes_back_whole(ada, own) -> None:
    Enrolment.objects.exclude(deck=own).delete()
    grade_card(learner=ada, card_id=own.cards.first().pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    archive_deck(deck=own, now=START)
    archive_deck(deck=own, now=START + timedelta(days=1))
    assert Deck.objects.get(pk=own.pk).archived_at == START
    assert next_card(ada, TODAY)[0] is None
    unarchive_deck(deck=own)
    card, _ = next_card(ada, TODAY)
    assert card is not None
    assert card.prompt == "Two?"


def test_leaving_a_deck_keeps_its_log(ada, own) -> None:
    Enrolment.objects.exclude(deck=own).delete()
    grade_card(learner=ada, card_id=own.cards.first().pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    leave_deck(learner=ada, deck=own)
    assert next_card(ada, TODAY)[0] is None
    assert StudyEvent.objects.count() == Schedule.objects.count() == 1
    study_deck(learner=ada, deck=own, now=START)
    study_deck(learner=ada, deck=own, now=START)
    assert Enrolment.objects.filter(learner=ada, deck=own).count() == 1
    assert next_card(ada, TODAY)[1].new == 1
