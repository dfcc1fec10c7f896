"""One's own deck becomes a group's; and a new one is made there."""

import pytest
from django.urls import reverse

from cards.actions.decks import make_deck
from cards.actions.groups import make_group
from cards.cardtext import Wording
from cards.models import Deck, StudyGroup
from tests.conftest import START
from tests.groups import let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


@pytest.fixture
def own(bob) -> Deck:
    return make_deck(owner=bob, name="Bob's", wordings=(Wording("Q?", "A."),), now=START)


def test_it_becomes_the_groups(client_of, bob, group, own) -> None:
    let_join(group, bob, "editor")
    client = client_of(bob)
    assert "Give it to a group" in client.get(own.get_absolute_url()).content.decode()
    page = client.get(reverse("cards:deck_give", args=[own.pk]))
    assert press(client, page, "Give it to the group", group=str(group.pk)).url == own.get_absolute_url()
    own.refresh_from_db()
    assert (own.owner, own.group) == (None, group)
    assert client.get(reverse("cards:deck_give", args=[own.pk])).status_code == 404
    assert "Give it to a group" not in client.get(own.get_absolute_url()).content.decode()


def test_whoever_edits_no_group_is_led_to_making_one(client_of, bob, group, own) -> None:
    let_join(group, bob, "member")
    client, url = client_of(bob), reverse("cards:deck_give", args=[own.pk])
    assert "New group" in client.get(url).content.decode()
    assert client.post(url, {"group": group.pk}).status_code == 422
    own.refresh_from_db()
    assert own.owner == bob


def test_somebody_elses_deck_and_a_public_one_are_not_given(client_of, ada, group, own, deck) -> None:
    for each in (own, deck):
        url = reverse("cards:deck_give", args=[each.pk])
        assert client_of(ada).get(url).status_code == 404
        assert client_of(ada).post(url, {"group": group.pk}).status_code == 404


def test_a_new_deck_is_made_in_a_group_that_one_edits(client_of, ada, bob, group) -> None:
    let_join(group, bob, "member")
    other = make_group(owner=bob, name="Bob's group", now=START)
    client = client_of(ada)
    page = client.get(f"/decks/new/?group={group.pk}")
    assert f'<option value="{group.pk}" selected>' in page.content.decode()
    assert press(client, page, "Make the deck", name="Together").status_code == 302
    made = Deck.objects.get(name="Together")
    assert (made.owner, made.group) == (None, group)
    assert made in Deck.objects.studied_by(ada)
    assert made not in Deck.objects.studied_by(bob)

    refused = client.post("/decks/new/", {"name": "Into Bob's", "group": other.pk})
    assert refused.status_code == 422
    assert client_of(bob).post("/decks/new/", {"name": "As a member", "group": group.pk}).status_code == 422
    client.post("/decks/new/", {"name": "Mine", "group": ""})
    assert Deck.objects.get(name="Mine").owner == ada
