"""A deck's own limits."""

import pytest
from django.urls import reverse

from cards.actions.decks import leave_deck
from cards.models import Learner

NONE = {"new_per_day": "", "reviews_per_day": "", "new": "", "reviews": ""}


@pytest.fixture(autouse=True)
def _world(clock) -> None:
    pass


def url(deck) -> str:
    return reverse("cards:deck_limits", args=[deck.pk])


def test_a_deck_that_is_not_studied_has_none(client, client_of, ada, deck) -> None:
    leave_deck(learner=ada, deck=deck)
    for browser in (client, client_of(ada)):
        assert browser.get(url(deck)).status_code == 404
        assert browser.post(url(deck), NONE).status_code == 404


def test_they_are_set_shown_and_taken_away(client_of, ada, deck) -> None:
    client = client_of(ada)
    html = client.post(url(deck), NONE | {"new_per_day": "2", "reviews_per_day": "30"}, follow=True).content
    assert b"At most 2 new cards and 30 reviews a day." in html
    assert b"Two cards today" in client.get("/").content
    assert b'name="reviews_per_day" value="30"' in client.get(url(deck)).content
    html = client.post(url(deck), NONE, follow=True).content
    assert b"At most" not in html
    assert b"Three cards today" in client.get("/").content


def test_today_only_they_make_room(client_of, ada, deck) -> None:
    Learner.objects.update(new_per_day=0)
    client = client_of(ada)
    client.post(url(deck), NONE | {"new": "2"})
    html = client.get("/").content.decode()
    assert "Two cards today" in html
    assert "Only today: 2 new cards." in html
    assert "Only today: 2 new cards." in client.get(deck.get_absolute_url()).content.decode()
    assert 'name="new" value="2"' in client.get(url(deck)).content.decode()


@pytest.mark.parametrize("field", NONE)
def test_it_refuses_what_is_no_limit_and_keeps_what_was_typed(client_of, ada, deck, field) -> None:
    response = client_of(ada).post(url(deck), NONE | {field: "-3"})
    assert response.status_code == 422
    assert f'name="{field}" value="-3"' in response.content.decode()
    assert not Learner.objects.filter(has_deck_limits=True).exists()
    assert not deck.enrolments.exclude(new_per_day=None, reviews_per_day=None).exists()


def test_ones_limits_are_ones_own(client_of, ada, bob, deck) -> None:
    client_of(bob).post(url(deck), NONE | {"new_per_day": "0"})
    limits = dict(deck.enrolments.values_list("learner__username", "new_per_day"))
    assert limits == {"ada": None, "bob": 0}
