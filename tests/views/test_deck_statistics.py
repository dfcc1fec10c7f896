"""The statistics of one deck."""

import re

import pytest

from cards.actions.decks import leave_deck, make_deck
from cards.cardtext import Wording
from cards.figures import FIGURES
from cards.models import Card, Deck, Learner
from tests.conftest import SIGNED_IN, START
from tests.reports.logs import Log

QUERIES = (
    SIGNED_IN + 1 + 1 + 1 + 11
)  # the session, the learner and what is unread; the deck; whether there is anything; the figures


@pytest.fixture
def own(ada: Learner) -> Deck:
    """A deck of ada's of two cards, both reviewed; and she reviewed one of the shared deck."""
    deck = make_deck(
        owner=ada, name="Ada's", now=START, wordings=(Wording("1?", "So."), Wording("2?", "So."))
    )
    for card in (*deck.cards.all(), Card.objects.get(key="c1")):
        Log(ada, card).grade(-2).grade(-1).replay()
    return deck


def main(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().split("<main")[1]


def test_it_tells_of_the_deck_alone(client_of, ada, own, clock) -> None:
    html = main(client_of(ada), f"/decks/{own.pk}/statistics/")
    assert re.findall(r'<h2 id="(\w+)"', html) == list(FIGURES)
    assert "You answered 4 cards on 2 days" in html
    assert "All of the 2 cards of Ada&#x27;s are learnt." in html
    shared = main(client_of(ada), f"/decks/{Card.objects.get(key='c1').deck_id}/statistics/")
    assert "You answered 2 cards on 2 days" in shared


def test_it_takes_so_many_queries(client_of, ada, own, clock, django_assert_num_queries) -> None:
    client = client_of(ada)
    with django_assert_num_queries(QUERIES):
        main(client, f"/decks/{own.pk}/statistics/")


def test_a_deck_that_was_left_keeps_its_past_and_has_nothing_ahead(client_of, ada, own, clock) -> None:
    leave_deck(learner=ada, deck=own)
    html = main(client_of(ada), f"/decks/{own.pk}/statistics/")
    assert "You answered 4 cards on 2 days" in html
    assert "No card that you have learnt is due in the next 90 days." in html


def test_who_never_studied_it_is_told_what_will_be_here(client, client_of, bob, own, clock) -> None:
    address = f"/decks/{Card.objects.get(key='c1').deck_id}/statistics/"
    for each in (client, client_of(bob)):
        assert "Nothing yet" in main(each, address)


def test_a_deck_that_one_may_not_see_is_not_there(client, client_of, bob, own, clock) -> None:
    for each in (client, client_of(bob)):
        assert each.get(f"/decks/{own.pk}/statistics/").status_code == 404
        assert each.get(f"/decks/{own.pk}/statistics/days.csv").status_code == 404


def test_the_deck_leads_to_it_and_back(client, client_of, ada, own, clock) -> None:
    address = f"/decks/{own.pk}/statistics/"
    assert f'href="{address}"' in main(client_of(ada), f"/decks/{own.pk}/")
    html = main(client_of(ada), address)
    assert f'href="/decks/{own.pk}/"' in html
    assert 'href="/statistics/"' in html
    shared = Card.objects.get(key="c1").deck_id
    assert "statistics" not in main(client, f"/decks/{shared}/")


def test_its_files_are_of_the_deck(client_of, ada, own, clock) -> None:
    client = client_of(ada)
    response = client.get(f"/decks/{own.pk}/statistics/days.csv")
    assert response["Content-Disposition"] == f'attachment; filename="deck-{own.pk}-days.csv"'
    assert response.content.decode().splitlines()[1] == "2026-02-28,2,0,0,0.0"
    learning = client.get(f"/decks/{own.pk}/statistics/learning.csv").content.decode()
    assert learning.splitlines() == ["Day,First reviews,Learnt by then", "2026-02-28,2,2"]
    assert client.get(f"/decks/{own.pk}/statistics/seconds.csv").status_code == 404
