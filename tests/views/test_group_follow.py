"""A group follows public decks."""

import pytest
from django.urls import reverse

from cards.actions.decks import make_deck
from cards.models import Deck, Following, StudyGroup
from tests.conftest import START
from tests.groups import let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


def test_an_editor_follows_a_public_deck_and_stops(client_of, bob, group, deck) -> None:
    let_join(group, bob, "editor")
    client, url = client_of(bob), reverse("cards:group_follow", args=[group.pk])
    page = press(client, client.get(url), "Follow Shared deck", follow=True)
    assert Following.objects.get().created_by == bob
    assert "Shared deck" in client.get(group.get_absolute_url()).content.decode()
    press(client, page, "Stop following Shared deck")
    assert not Following.objects.exists()


def test_a_deck_that_is_no_longer_public_can_be_let_go_and_is_not_shown(
    client_of, ada, bob, group, deck
) -> None:
    let_join(group, bob)
    client, url = client_of(ada), reverse("cards:group_follow", args=[group.pk])
    client.post(url, {"deck": deck.pk, "to": "follow"})
    Deck.objects.filter(pk=deck.pk).update(is_public=False)
    assert "Shared deck" not in client_of(bob).get(group.get_absolute_url()).content.decode()
    assert client.post(url, {"deck": deck.pk, "to": "stop"}).status_code == 302
    assert not Following.objects.exists()


def test_nobody_elses_private_deck_is_followed(client_of, ada, bob, group) -> None:
    secret = make_deck(owner=bob, name="Bob's", now=START)
    for data in ({"deck": secret.pk, "to": "follow"}, {"deck": "x", "to": "follow"}, {"deck": 999}, {}):
        response = client_of(ada).post(reverse("cards:group_follow", args=[group.pk]), data)
        assert response.status_code == 404
    assert not Following.objects.exists()


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_it_is_not_there_for_others(client_of, bob, group, deck, role) -> None:
    let_join(group, bob, role)
    url = reverse("cards:group_follow", args=[group.pk])
    assert client_of(bob).get(url).status_code == 404
    assert client_of(bob).post(url, {"deck": deck.pk, "to": "follow"}).status_code == 404
