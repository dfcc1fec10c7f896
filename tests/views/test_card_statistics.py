"""The statistics of one card."""

import pytest

from cards.actions.decks import make_deck
from cards.cardtext import Wording
from cards.models import Card, Learner
from tests.conftest import SIGNED_IN, START
from tests.reports.logs import Log


@pytest.fixture
def card(ada: Learner) -> Card:
    """One that ada forgot on its second day."""
    card = Card.objects.get(key="c1")
    Log(ada, card).grade(-9, answer_seconds=30).grade(-8, "A", answer_seconds=90).void(2).grade(
        -8, "A"
    ).replay()
    return card


def main(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().split("<main")[1]


def test_it_tells_what_happened_and_where_the_card_stands(client_of, ada, card, clock) -> None:
    html = main(client_of(ada), f"/cards/{card.pk}/statistics/")
    assert "Prompt 1?" in html
    assert "Due for you since 23 February 2026." in html
    assert "<dt>Lapses</dt><dd>1</dd>" in html
    assert "<dt>Recalled</dt><dd>0 of 1</dd>" in html
    assert "<dt>In all</dt><dd>30 seconds</dd>" in html
    assert (
        "You first reviewed it on 21 February 2026. It came back once, and you recalled it 0 times." in html
    )
    assert html.count("<svg viewBox") == 2
    assert "<td>Again, undone</td>" in html


def test_it_is_ones_own(client, client_of, bob, card, clock) -> None:
    for each in (client, client_of(bob)):
        html = main(each, f"/cards/{card.pk}/statistics/")
        assert "New to you." in html
        assert "<svg viewBox" not in html
        assert "<table>" not in html
        assert each.get(f"/cards/{card.pk}/statistics/history.csv").status_code == 404


def test_it_takes_so_many_queries(client_of, ada, card, clock, django_assert_num_queries) -> None:
    client = client_of(ada)
    with django_assert_num_queries(
        SIGNED_IN + 1 + 2
    ):  # the session, the learner and what is unread; the card with its schedule, and its log
        main(client, f"/cards/{card.pk}/statistics/")


def test_a_card_that_one_may_not_see_is_not_there(client, client_of, ada, bob, clock) -> None:
    own = make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("1?", "So."),)).cards.get()
    for each in (client, client_of(bob)):
        assert each.get(f"/cards/{own.pk}/statistics/").status_code == 404
        assert each.get(f"/cards/{own.pk}/statistics/history.csv").status_code == 404


def test_the_card_leads_to_it_once_something_happened_and_back(client_of, ada, bob, card, clock) -> None:
    address = f"/cards/{card.pk}/statistics/"
    assert f'href="{address}"' in main(client_of(ada), f"/cards/{card.pk}/")
    assert f'href="{address}"' not in main(client_of(bob), f"/cards/{card.pk}/")
    html = main(client_of(ada), address)
    for back in ("/statistics/", f"/decks/{card.deck_id}/statistics/", f"/cards/{card.pk}/"):
        assert f'href="{back}"' in html


def test_its_file_is_its_log(client_of, ada, card, clock) -> None:
    response = client_of(ada).get(f"/cards/{card.pk}/statistics/history.csv")
    assert response["Content-Disposition"] == f'attachment; filename="card-{card.pk}-history.csv"'
    assert response.content.decode().splitlines() == [
        "Day,Time,What,Interval in days,E-Factor,Seconds",
        "2026-02-21,10:00,Good,1,2.5,30",
        '2026-02-22,10:00,"Again, undone",1,2.5,90',
        "2026-02-22,10:00,undo,1,2.5,",
        "2026-02-22,10:00,Again,1,2.5,",
    ]
