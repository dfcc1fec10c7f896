"""POST /undo/: the last act, of whatever kind."""

import pytest
from django.urls import reverse

from cards.actions.cards import edit_card
from cards.cardtext import Wording
from cards.models import Deck, Flag
from tests.conftest import START
from tests.views.test_review import ask, card, fields, key, send


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def test_the_button_says_what_it_takes_back(client) -> None:
    assert "Undo" not in ask(client)
    send(client, card("c1"), 0, 4)
    assert 'Undo<span class="what"> grade</span>' in ask(client)


def test_an_act_of_yesterday_can_be_taken_back(client, clock) -> None:
    html = send(client, card("c1"), 0).content.decode()
    clock.tick(days=1)
    assert fields(ask(client))["act"] == fields(html)["act"]
    again = client.post(reverse("cards:undo"), {"act": fields(html)["act"]}, follow=True)
    assert key(again.content.decode()) == "c1"


def test_a_flag_is_withdrawn(ada, client_of) -> None:
    client = client_of(ada)
    client.post(reverse("cards:flag", args=[card("c1").pk]), {"kind": "typo"})
    html = client.get(card("c1").get_absolute_url()).content.decode()
    assert 'Undo<span class="what"> flag' in html
    data = {"act": fields(html)["act"], "next": card("c1").get_absolute_url()}
    assert "The flag is withdrawn." in client.post(reverse("cards:undo"), data, follow=True).content.decode()
    assert not Flag.objects.open().exists()


def test_an_edit_is_taken_back(ada, client_of) -> None:
    Deck.objects.update(owner=ada)
    edit_card(card=card("c1"), wording=Wording("Prompt 9?", "So.", ""), base_number=1, author=ada, now=START)
    client, page = client_of(ada), card("c1").get_absolute_url()
    data = {"act": fields(client.get(page).content.decode())["act"], "next": page}
    html = client.post(reverse("cards:undo"), data, follow=True).content.decode()
    assert "Your edit is taken back." in html
    assert "Revision 2 taken back." in html
    assert card("c1").prompt == "Prompt 1?"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "event",
        "event:x",
        "flag:x",
        "flag:-1",
        "revision:99999999999999999999",
        "grade:1",
        "event:00000000-0000-4000-8000-000000000000",
        "flag:7",
    ],
)
def test_what_is_no_act_of_mine_is_not_there(ada, client_of, name) -> None:
    assert client_of(ada).post(reverse("cards:undo"), {"act": name}).status_code == 404


def test_somebody_unknown_has_nothing_to_take_back(client) -> None:
    assert (
        client.post(reverse("cards:undo"), {"act": "event:00000000-0000-4000-8000-000000000000"}).status_code
        == 404
    )


def test_only_a_post_undoes(client) -> None:
    assert client.get(reverse("cards:undo")).status_code == 405
