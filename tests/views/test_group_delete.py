"""Deleting a group: said before, done once."""

import pytest
from django.urls import reverse

from cards.actions.groups import follow_deck
from cards.models import Comment, Deck, StudyGroup
from tests.conftest import START
from tests.groups import deck_of, let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada, cards=2)


def test_it_says_what_goes_and_what_stays_and_then_that_is_so(client_of, ada, bob, deck, group) -> None:
    let_join(group, bob)
    follow_deck(group=group, deck=deck, by=ada, now=START)
    Comment.objects.create(
        group=group, card=deck_of(group).cards.first(), author=bob, text="Why?", created_at=START
    )
    client = client_of(ada)
    page = client.get(reverse("cards:group_delete", args=[group.pk]))
    html = " ".join(page.content.decode().split())
    goes, stays = html.split("What stays")
    assert "1 other membership" in goes
    assert "1 comment in its discussions" in goes
    assert "follows 1 public deck" in goes
    assert "<b>Ours</b>, with its 2 cards, history and suggestions: it becomes your own private deck" in stays

    assert press(client, page, "Delete it, for good").url == "/groups/"
    assert not StudyGroup.objects.exists()
    assert Deck.objects.get(name="Ours").owner == ada
    assert client.post(reverse("cards:group_delete", args=[group.pk]), {"to": "delete"}).status_code == 404


def test_asking_alone_and_a_button_that_says_something_else_delete_nothing(client_of, ada, group) -> None:
    client, url = client_of(ada), reverse("cards:group_delete", args=[group.pk])
    client.get(url)
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"to": "leave"}).status_code == 422
    assert StudyGroup.objects.exists()
