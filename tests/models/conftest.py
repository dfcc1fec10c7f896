"""A deck of ada's alone: a card with three parts, and one that is asked as a whole."""

import pytest

from cards.actions.cards import make_card
from cards.actions.decks import make_deck
from cards.cardtext import clean
from cards.models import Card, Deck
from tests.conftest import START
from tests.models.clozes import THREE


@pytest.fixture
def own(ada) -> Deck:
    ada.enrolments.all().delete()
    deck = make_deck(owner=ada, name="Clozes", now=START)
    make_card(deck=deck, wording=clean(THREE, ""), author=ada, now=START, key="three")
    make_card(deck=deck, wording=clean("Whole?", "Yes."), author=ada, now=START, key="whole")
    return deck


@pytest.fixture
def three(own) -> Card:
    return own.cards.get(key="three")
