"""POST /cards/act/: what is done with one card in a session, or with several of a list; and its undo."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cards.models import Card, Deck, Learner, Schedule, StudyEvent
from tests.views.test_review import HTMX, answer, ask, card, fields, key

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def act(client, *names: str, act: str = "suspend", htmx: bool = False, **more: object):
    data = {"act": act, "cards": [card(name).pk for name in names], **more}
    return client.post(reverse("cards:card_act"), data, **(HTMX if htmx else {"follow": True}))


def undo(client, html: str, **more: object) -> str:
    data = {"act": fields(html)["act"], **more}
    return client.post(reverse("cards:undo"), data, follow=True).content.decode()


@pytest.mark.parametrize("what", ["suspend", "skip"])
def test_in_a_session_the_next_card_comes_and_undo_brings_it_back(client, what) -> None:
    html = act(client, "c1", act=what).content.decode()
    assert key(html) == "c2"
    assert f'Undo<span class="what"> {what}' in html
    assert key(undo(client, html)) == "c1"


def test_htmx_gets_the_next_prompt(client) -> None:
    html = act(client, "c1", act="skip", htmx=True).content.decode()
    assert "<html" not in html
    assert key(html) == "c2"


def test_a_guest_is_made_at_the_act(client) -> None:
    act(client, "c1")
    assert Learner.objects.get().is_guest


@pytest.mark.parametrize(
    "show", [lambda client: ask(client), lambda client: answer(client, card("c1")).content.decode()]
)
def test_prompt_and_answer_offer_it(client, show) -> None:
    html = show(client)
    for value, pressed in (("skip", "s"), ("suspend", "x")):
        assert f'name="act" value="{value}" data-key="{pressed}"' in html
    assert 'name="act" value="due"' in html


def test_several_cards_of_a_list_at_once_and_back_to_it(ada, client_of) -> None:
    client = client_of(ada)
    here = card("c1").deck.get_absolute_url()
    page = client.get(here).content.decode()
    assert page.count('form="chosen"') == Card.objects.count()
    response = act(client, "c1", "c2", next=here)
    html = response.content.decode()
    assert response.redirect_chain == [(here, 302)]
    assert "2 cards are suspended." in html
    assert Schedule.objects.filter(is_suspended=True).count() == 2
    assert "Taken back for 2 cards." in undo(client, html, next=here)
    assert not Schedule.objects.filter(is_suspended=True).exists()


def test_a_suspended_card_is_resumed_on_its_page(ada, client_of) -> None:
    client, page = client_of(ada), card("c1").get_absolute_url()
    act(client, "c1", next=page)
    assert 'value="resume"' in client.get(page).content.decode()
    html = act(client, "c1", act="resume", next=page).content.decode()
    assert "1 card is resumed." in html
    assert 'value="suspend"' in html


def test_a_due_day_is_set(ada, client_of) -> None:
    day = TODAY + timedelta(days=9)
    act(client_of(ada), "c1", act="due", due_on=day.isoformat())
    assert Schedule.objects.get().due_on == day


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"act": "due"}, "Choose a day."),
        ({"act": "due", "due_on": "soon"}, "Write the day as 2026-05-31."),
        ({"act": "due", "due_on": "2026-03-01"}, "Choose today or a later day"),
        ({"act": "due", "due_on": "9999-12-31"}, "within a hundred years"),
        ({"cards": []}, "Choose a card first."),
        ({"cards": ["x"]}, "A card could not be read."),
        ({"cards": [str(2**70)]}, "A card could not be read."),
        ({"act": "burn"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(ada, client_of, more, sentence) -> None:
    data = {"act": "suspend", "cards": [card("c1").pk], "next": "/decks/", **more}
    html = client_of(ada).post(reverse("cards:card_act"), data, follow=True).content.decode()
    assert sentence in html
    assert not StudyEvent.objects.exists()


def test_it_never_leads_elsewhere(ada, client_of) -> None:
    response = client_of(ada).post(
        reverse("cards:card_act"), {"act": "skip", "cards": [card("c1").pk], "next": "https://example.org/"}
    )
    assert response["Location"] == reverse("cards:review")


def test_a_card_of_a_strangers_deck_is_not_there(ada, bob, client_of) -> None:
    Deck.objects.update(is_public=False, owner=ada)
    assert act(client_of(bob), "c1").status_code == 404


def test_the_second_half_of_a_double_click_changes_nothing(ada, client_of) -> None:
    client = client_of(ada)
    act(client, "c1")
    assert "Nothing had to be changed." in act(client, "c1").content.decode()
    assert StudyEvent.objects.count() == 1


def test_in_practice_it_goes_on_with_the_next_card(ada, client_of) -> None:
    html = act(client_of(ada), "c1", act="skip", practise="prompt").content.decode()
    assert key(html) == "c2"
    assert "<b>1</b> of <b>3</b> practised" in html


def test_only_a_post_acts(client) -> None:
    assert client.get(reverse("cards:card_act")).status_code == 405


def test_what_a_search_finds_can_be_chosen(ada, client_of) -> None:
    client, here = client_of(ada), reverse("cards:search") + "?q=prompt"
    assert client.get(here).content.decode().count('form="chosen"') == Card.objects.count()
    assert (
        "3 cards are skipped for today."
        in act(client, "c1", "c2", "c3", act="skip", next=here).content.decode()
    )
