"""Making a deck."""

import pytest
from django.urls import reverse

from cards.models import Deck, Enrolment, Learner

URL = "/decks/new/"


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def test_it_makes_a_deck_that_its_owner_studies(client_of, ada) -> None:
    response = client_of(ada).post(URL, {"name": "  My \n losses ", "description": "About *them*.\r\nAll."})
    made = Deck.objects.get(owner=ada)
    assert response.url == reverse("cards:deck_detail", args=[made.pk])
    assert (made.name, made.description, made.is_public) == ("My losses", "About *them*.\nAll.", False)
    assert Enrolment.objects.filter(learner=ada, deck=made).exists()


def test_it_makes_a_guest_at_the_post_and_not_before(client) -> None:
    assert b"Sign up" in client.get(URL).content
    assert not Learner.objects.exists()
    page = client.post(URL, {"name": "Mine"}, follow=True)
    assert Deck.objects.get(name="Mine").owner.is_guest
    assert b"Write a card" in page.content


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_it_refuses_a_name_and_keeps_what_was_typed(name, client) -> None:
    response = client.post(URL, {"name": name, "description": "Kept as typed"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in html
    assert "Kept as typed" in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert not Deck.objects.exclude(name="Shared deck").exists()
    assert not Learner.objects.exists()
