"""Moving a card to another deck, and the archive."""

import pytest
from django.urls import reverse

from cards.actions.decks import archive_deck, make_deck
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner
from tests.conftest import START


@pytest.fixture
def card(ada: Learner, clock) -> Card:
    return make_deck(
        owner=ada, name="Ada's", now=START, wordings=(Wording("Prompt?", "Answer."),)
    ).cards.get()


@pytest.fixture
def other(ada: Learner) -> Deck:
    return make_deck(owner=ada, name="Other deck", now=START)


@pytest.fixture
def client(client_of, ada):
    return client_of(ada)


def url(card: Card, view: str = "card_move") -> str:
    return reverse(f"cards:{view}", args=[card.pk])


def test_it_moves_there_and_back(client, card, other) -> None:
    first = card.deck
    assert b"Other deck" in client.get(card.get_absolute_url()).content
    page = client.post(url(card), {"deck": other.pk}, follow=True)
    card.refresh_from_db()
    assert card.deck == other
    assert "Moved to Other deck." in page.content.decode()
    client.post(url(card), {"deck": first.pk})
    card.refresh_from_db()
    assert card.deck == first


def test_it_moves_into_ones_own_active_decks_alone(client, bob, deck, card, other) -> None:
    bobs = make_deck(owner=bob, name="Bob's deck", now=START)
    archive_deck(deck=other, now=START)
    html = client.get(card.get_absolute_url()).content.decode()
    assert "Move the card" not in html
    for target in (bobs.pk, deck.pk, other.pk, 10**9, "x", ""):
        page = client.post(url(card), {"deck": target}, follow=True)
        assert "was not moved" in page.content.decode()
    card.refresh_from_db()
    assert card.deck.name == "Ada's"


def test_a_card_of_a_deck_file_stays(client_of, staff, deck) -> None:
    client, card = client_of(staff), deck.cards.get(key="c1")
    own = make_deck(owner=staff, name="Staff's", now=START)
    assert b"stays in this deck" in client.get(card.get_absolute_url()).content
    page = client.post(url(card), {"deck": own.pk}, follow=True)
    card.refresh_from_db()
    assert card.deck == deck
    assert "The card stays" in page.content.decode()


def test_it_goes_into_the_archive_and_comes_back(client, card) -> None:
    page = client.post(url(card, "card_archive"), {"to": "archive"}, follow=True)
    assert "This card is in the archive." in page.content.decode()
    card.refresh_from_db()
    assert card.archived_at == START
    page = client.post(url(card, "card_archive"), {"to": "back"}, follow=True)
    assert "Put the card in the archive" in page.content.decode()
    card.refresh_from_db()
    assert card.archived_at is None
    assert client.post(url(card, "card_archive"), {"to": "x"}).status_code == 404
