"""Suggesting a card that a deck lacks."""

import pytest

from cards.models import Card, Learner, Membership, Role, Suggestion
from tests.groups import deck_of, let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada: Learner, bob: Learner, clock):
    group = make_readers(ada, cards=1)
    let_join(group, bob)
    return group


def test_a_member_proposes_one_which_waits_for_the_editors(client_of, bob, group) -> None:
    deck, client = deck_of(group), client_of(bob)
    assert f"/decks/{deck.pk}/suggest/" in client.get(deck.get_absolute_url()).content.decode()
    page = client.get(f"/decks/{deck.pk}/suggest/")
    for _ in range(2):  # a double click
        answer = press(
            client,
            page,
            "Send the suggestion",
            prompt="New?",
            answer="So.",
            reason="missing",
            source="page 3",
        )
    assert answer.url == deck.get_absolute_url()
    suggestion = Suggestion.objects.get()
    assert (suggestion.kind, suggestion.deck, suggestion.card, suggestion.base_number) == (
        "new",
        deck,
        None,
        0,
    )
    assert (suggestion.prompt, suggestion.reason, suggestion.source) == ("New?", "missing", "page 3")
    assert Card.objects.filter(deck=deck).count() == 1


def test_it_says_what_is_missing(client_of, bob, group) -> None:
    client = client_of(bob)
    page = client.get(f"/decks/{deck_of(group).pk}/suggest/")
    assert press(client, page, "Send the suggestion", prompt="New?").status_code == 422
    shown = press(client, page, "Preview", prompt="**New**?")
    assert "<strong>New</strong>" in shown.content.decode()
    assert not Suggestion.objects.exists()


def test_who_only_reads_proposes_nothing(client, client_of, bob, staff, group) -> None:
    Membership.objects.filter(learner=bob).update(role=Role.VIEWER)
    deck = deck_of(group)
    assert "Suggest a card" not in client_of(bob).get(deck.get_absolute_url()).content.decode()
    for browser in (client_of(bob), client_of(staff), client):
        assert browser.get(f"/decks/{deck.pk}/suggest/").status_code == 404


def test_an_editor_is_told_of_the_shorter_way(client_of, ada, group) -> None:
    html = client_of(ada).get(f"/decks/{deck_of(group).pk}/suggest/").content.decode()
    assert "you can write the card directly" in html


def test_somebody_unknown_becomes_a_guest_at_the_post(client, deck, clock) -> None:
    page = client.get(f"/decks/{deck.pk}/suggest/")
    assert not Learner.objects.exists()
    press(client, page, "Send the suggestion", prompt="New?", reason="missing")
    assert Suggestion.objects.get().proposer.is_guest
