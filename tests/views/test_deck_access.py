"""What is somebody else's looks like what is not there, whatever one tries."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.decks import make_deck
from cards.cardtext import Wording
from cards.models import Card, Deck, Enrolment, Flag, Learner, Picture, Suggestion
from tests.conftest import START

WORDING = {"prompt": "Mine now?", "answer": "Yes.", "details": "", "base_number": 1, "reason": "because"}
OF_A_DECK = {
    "deck_detail": {},
    "deck_edit": {"name": "Mine now"},
    "deck_archive": {"to": "archive"},
    "deck_study": {"to": "study"},
    "card_new": WORDING,
}
OF_A_CARD = {
    "card_detail": {},
    "card_edit": WORDING,
    "card_move": {"deck": 1},
    "card_archive": {"to": "archive"},
    "suggest": WORDING,
    "flag": {},
    "flag_withdraw": {},
}
ONLY_FOR_EDITORS = {"deck_edit", "deck_archive", "card_new", "card_edit", "card_move", "card_archive"}


@pytest.fixture
def own(ada: Learner, clock) -> Deck:
    """A private deck of ada's, with one card."""
    return make_deck(owner=ada, name="Ada's secret", now=START, wordings=(Wording("Secret?", "Yes."),))


@pytest.fixture(params=["bob", "staff", "nobody"])
def stranger(request, client_of: Callable[[Learner], Client]) -> Client:
    return Client() if request.param == "nobody" else client_of(request.getfixturevalue(request.param))


def statuses(client: Client, view: str, pk: int, data: dict[str, object]) -> set[int]:
    url = reverse(f"cards:{view}", args=[pk])
    answers = [
        client.get(url),
        client.post(url, data),
        client.post(url, data, headers={"HX-Request": "true"}),
    ]
    assert not any(b"Secret?" in answer.content for answer in answers)
    return {answer.status_code for answer in answers}


def assert_nothing_happened(own: Deck) -> None:
    assert list(Deck.objects.filter(pk=own.pk).values()) == list(
        Deck.objects.filter(owner=own.owner).values()
    )
    assert (
        Card.objects.filter(deck=own, prompt="Secret?", archived_at=None).count()
        == Card.objects.filter(deck=own).count()
    )
    assert not Suggestion.objects.exists()
    assert not Flag.objects.exists()
    assert not Enrolment.objects.filter(deck=own).exclude(learner=own.owner).exists()
    assert not Learner.objects.filter(is_guest=True).exists()


@pytest.mark.parametrize("view", OF_A_DECK)
def test_a_strangers_deck_is_not_there(view, own, stranger) -> None:
    assert statuses(stranger, view, own.pk, OF_A_DECK[view]) <= {404, 405}
    assert_nothing_happened(own)


@pytest.mark.parametrize("view", OF_A_CARD)
def test_a_strangers_card_is_not_there(view, own, stranger) -> None:
    assert statuses(stranger, view, own.cards.get().pk, OF_A_CARD[view]) <= {404, 405}
    assert_nothing_happened(own)


@pytest.mark.parametrize("view", sorted(ONLY_FOR_EDITORS))
@pytest.mark.parametrize("name", ["bob", "nobody"])
def test_a_public_deck_is_written_by_its_editors_alone(view, name, deck, client_of, request) -> None:
    client = Client() if name == "nobody" else client_of(request.getfixturevalue(name))
    pk, data = (deck.pk, OF_A_DECK[view]) if view in OF_A_DECK else (deck.cards.first().pk, OF_A_CARD[view])
    url = reverse(f"cards:{view}", args=[pk])
    assert {client.get(url).status_code, client.post(url, data).status_code} <= {404, 405}
    deck.refresh_from_db()
    assert (deck.name, deck.archived_at, deck.cards.filter(archived_at=None).count()) == (
        "Shared deck",
        None,
        3,
    )
    assert not deck.cards.filter(prompt="Mine now?").exists()


def test_nothing_answers_to_ids_that_do_not_exist(client_of, ada) -> None:
    client = client_of(ada)
    for view in OF_A_DECK | OF_A_CARD:
        assert client.get(reverse(f"cards:{view}", args=[10**6])).status_code in {404, 405}


def test_a_picture_of_a_private_card_is_not_there(own, stranger) -> None:
    picture = Picture.objects.create(owner=own.owner, width=1, height=1, created_at=START)
    own.cards.get().pictures.add(picture)
    assert stranger.get(picture.get_absolute_url()).status_code == 404


def test_the_lists_of_others_do_not_name_a_private_deck(own, stranger) -> None:
    assert b"secret" not in stranger.get(reverse("cards:deck_list")).content
