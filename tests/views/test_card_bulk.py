"""An editor's tools on a deck's page, for the cards that are chosen there, without JavaScript."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.bulk import archive_cards
from cards.actions.decks import make_deck
from cards.actions.groups import make_group_deck
from cards.models import Card, Deck, StudyGroup
from tests.conftest import START
from tests.groups import deck_of, let_join, make_readers

URL = reverse("cards:card_bulk")


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada, cards=4)


@pytest.fixture
def ours(group) -> Deck:
    return deck_of(group)


def ids(deck: Deck) -> list[int]:
    return list(deck.cards.order_by("position").values_list("pk", flat=True))


def send(client: Client, ours: Deck, cards: list[int], **data: object) -> tuple[Any, str]:
    """Presses a button there. Returns the answer, and the page to which it leads."""
    response = client.post(URL, {"cards": cards, "next": ours.get_absolute_url(), **data})
    assert response.status_code == 302
    return response, " ".join(client.get(response.url).content.decode().split())


@pytest.mark.parametrize("role", ["editor", "member", "viewer"])
def test_the_tools_are_there_for_editors_alone(client_of, bob, group, ours, role) -> None:
    let_join(group, bob, role)
    html = client_of(bob).get(ours.get_absolute_url()).content.decode()
    assert ("For everybody who learns this deck" in html) == (role == "editor")
    status = client_of(bob).post(URL, {"act": "archive", "cards": ids(ours)[:1]}).status_code
    assert status == (302 if role == "editor" else 404)


@pytest.mark.parametrize("who", ["nobody", "stranger", "staff"])
def test_for_others_there_is_nothing(client_of, bob, staff, ours, who) -> None:
    client = {"nobody": Client(), "stranger": client_of(bob), "staff": client_of(staff)}[who]
    for data in ({"act": "tag", "tag": "x"}, {"act": "archive"}, {"act": "tag"}):
        assert client.post(URL, {"cards": ids(ours)[:1], **data}).status_code == 404
    assert Client().post(URL).status_code == 404
    assert client.get(URL).status_code == 405


def test_tags_are_added_and_removed_and_said(client_of, ada, ours) -> None:
    client = client_of(ada)
    _, html = send(client, ours, ids(ours)[:2], act="tag", tag="  Loss  Functions ")
    assert "2 cards have the tag loss functions now." in html
    assert [card.details for card in ours.cards.order_by("position")[:3]] == ["tags: loss functions"] * 2 + [
        ""
    ]
    assert "Undo" in html
    _, html = send(client, ours, ids(ours)[:2], act="tag", tag="loss functions")
    assert "Nothing had to be changed." in html
    _, html = send(client, ours, ids(ours)[1:2], act="untag", tag="LOSS functions")
    assert "The tag loss functions is gone from 1 card." in html


def test_an_undo_takes_all_of_it_back(client_of, ada, ours) -> None:
    client = client_of(ada)
    _, html = send(client, ours, ids(ours)[:3], act="tag", tag="x")
    act = re.search(r'name="act" value="(revision:\d+)"', html)
    assert act is not None
    response = client.post(
        reverse("cards:undo"), {"act": act[1], "next": ours.get_absolute_url()}, follow=True
    )
    assert "Your edit of 3 cards is taken back." in response.content.decode()
    assert not ours.cards.exclude(details="").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"act": "tag"}, "Write a tag."),
        ({"act": "tag", "tag": "a, b"}, "One tag at a time"),
        ({"act": "tag", "tag": "x" * 101}, "at most 100 characters"),
        ({"act": "move"}, "Choose a deck."),
        ({"act": "move", "deck": "0"}, "The cards cannot be moved there."),
        ({"act": "place"}, "Write which place."),
        ({"act": "place", "place": "-1"}, "greater than or equal to 1"),
        ({"act": "explode"}, "explode is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(client_of, ada, ours, data, said) -> None:
    _, html = send(client_of(ada), ours, ids(ours)[:2], **data)
    assert "Nothing was changed." in html
    assert said in html
    assert not Card.objects.filter(revision_number__gt=1).exists()


def test_without_a_card_and_with_too_many_it_says_so(client_of, ada, ours) -> None:
    _, html = send(client_of(ada), ours, [], act="archive")
    assert "Choose a card first." in html
    _, html = send(client_of(ada), ours, [1] * 501, act="archive")
    assert "At most 500 cards can be changed at once." in html


def test_cards_move_between_a_groups_decks_and_not_out_of_it(client_of, ada, group, ours) -> None:
    second = make_group_deck(group=group, maker=ada, name="Second", description="", now=START)
    private = make_deck(owner=ada, name="Ada's own", now=START)
    client = client_of(ada)
    html = client.get(ours.get_absolute_url()).content.decode()
    assert f'<option value="{second.pk}">' in html
    assert f'<option value="{private.pk}">' not in html
    _, html = send(client, ours, ids(ours)[:1], act="move", deck=private.pk)
    assert "between its own decks only" in html
    cards = ids(ours)[:2]
    for said in ("2 cards are in Second now.", "Nothing had to be changed."):  # a double click
        _, html = send(client, ours, cards, act="move", deck=second.pk)
        assert said in html
    assert second.cards.count() == 2
    card = second.cards.first()
    response = client.post(reverse("cards:card_move", args=[card.pk]), {"deck": private.pk}, follow=True)
    assert "The card was not moved" in response.content.decode()


def test_a_card_that_changed_its_place_stays_chosen_and_the_button_keeps_the_focus(
    client_of, ada, ours
) -> None:
    client, card = client_of(ada), ids(ours)[2]
    response, html = send(client, ours, [card], act="up")
    assert ids(ours)[1] == card
    assert f"chosen={card}&did=up" in response.url
    assert f'value="{card}" form="chosen" checked' in html
    assert re.search(r'value="up" formaction="[^"]+" autofocus', html)
    again = client.post(URL, {"cards": [card], "act": "up", "next": response.url})
    assert again.url.count("chosen=") == 1
    assert ids(ours)[0] == card
    _, html = send(client, ours, [card], act="place", place=3)
    assert ids(ours)[2] == card
    assert "1 card has another place." in html


def test_archived_cards_are_brought_back_together(client_of, ada, ours) -> None:
    client = client_of(ada)
    cards = ids(ours)[:2]
    _, html = send(client, ours, cards, act="archive")
    assert "2 cards are in the archive." in html
    archive_cards(learner=ada, card_ids=ids(ours)[2:3], now=START)
    _, html = send(client, ours, cards, act="back")
    assert "2 cards are back, their schedules as they were." in html
    assert ours.cards.filter(archived_at=None).count() == 3


def test_enter_in_a_field_presses_no_button(client_of, ada, ours) -> None:
    """The form's first button is what Enter presses; it is disabled, so nothing is sent."""
    html = client_of(ada).get(ours.get_absolute_url()).content.decode()
    form = html[html.index('<form id="chosen"') :]
    assert form[form.index("<button") :].startswith("<button hidden disabled></button>")


def test_the_page_takes_any_choice(client_of, ada, ours) -> None:
    for choice in ("x", "1,", "9" * 40, "-1", ""):
        response = client_of(ada).get(ours.get_absolute_url(), {"chosen": choice, "did": "all"})
        assert response.status_code == 200


def test_it_goes_to_no_other_site(client_of, ada, ours) -> None:
    data = {"cards": ids(ours)[:1], "act": "up", "next": "https://evil.example/"}
    assert client_of(ada).post(URL, data).url == ours.get_absolute_url()
