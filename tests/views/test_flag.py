"""Flagging a card in one key, and saying more, or taking it back."""

import pytest
from django.urls import reverse

from cards.models import Card, Flag, Learner

HTMX = {"HX-Request": "true"}


@pytest.fixture
def card(deck, clock) -> Card:
    return deck.cards.get(key="c1")


def url(card: Card, view: str = "flag") -> str:
    return reverse(f"cards:{view}", args=[card.pk])


def test_one_key_flags_it_as_wrong_in_the_buttons_place(client_of, bob, staff, card) -> None:
    response = client_of(bob).post(url(card), headers=HTMX)
    html = response.content.decode()
    flag = Flag.objects.decidable_by(staff).open().get()
    assert (flag.learner, flag.kind, flag.revision_number) == (bob, "wrong", 1)
    assert "Flagged as wrong." in html
    assert "<html" not in html
    assert 'value="unclear"' in html
    assert 'value="typo"' in html
    assert url(card, "flag_withdraw") in html


def test_the_focus_stays_on_the_grades_when_the_key_is_pressed(client_of, bob, card) -> None:
    client = client_of(bob)
    assert "data-focus" not in client.post(url(card), headers=HTMX).content.decode()
    assert "data-focus" in client.post(url(card), {"kind": "typo"}, headers=HTMX).content.decode()
    assert "data-focus" in client.post(url(card, "flag_withdraw"), headers=HTMX).content.decode()


def test_without_htmx_it_goes_to_the_page_that_says_so(client_of, bob, card) -> None:
    page = client_of(bob).post(url(card), follow=True)
    assert page.redirect_chain == [(url(card), 302)]
    assert "Flagged as wrong." in page.content.decode()


def test_a_double_click_flags_once(client_of, bob, card) -> None:
    for _ in range(2):
        client_of(bob).post(url(card), headers=HTMX)
    assert Flag.objects.count() == 1


def test_it_takes_another_kind_and_a_note_instead(client_of, bob, card) -> None:
    client = client_of(bob)
    client.post(url(card), headers=HTMX)
    html = client.post(url(card), {"kind": "typo", "note": "<b>teh</b>"}, headers=HTMX).content.decode()
    flag = Flag.objects.open().get()
    assert (flag.kind, flag.note) == ("typo", "<b>teh</b>")
    assert "Flagged as typo: &lt;b&gt;teh&lt;/b&gt;" in html


def test_the_page_offers_the_three_kinds_and_a_note(client, card) -> None:
    html = client.get(url(card)).content.decode()
    assert html.count('type="radio"') == 3
    assert 'name="note"' in html
    assert not Learner.objects.exists()


def test_a_guest_is_made_at_the_flag(client, card) -> None:
    client.post(url(card), {"kind": "unclear"}, headers=HTMX)
    assert Flag.objects.get().learner.is_guest


@pytest.mark.parametrize("data", [{"kind": "nonsense"}, {"note": "x" * 501}])
def test_it_refuses_what_it_does_not_know(data, client, card) -> None:
    assert client.post(url(card), data).status_code == 422
    assert not Flag.objects.exists()
    assert not Learner.objects.exists()


def test_it_is_withdrawn_and_the_button_is_back(client_of, bob, card) -> None:
    client = client_of(bob)
    client.post(url(card), headers=HTMX)
    html = client.post(url(card, "flag_withdraw"), headers=HTMX).content.decode()
    assert 'data-key="f"' in html
    assert "<html" not in html
    assert not Flag.objects.open().exists()
    assert client.post(url(card, "flag_withdraw")).url == card.get_absolute_url()


def test_one_withdraws_ones_own_flag_alone(client_of, client, ada, bob, card) -> None:
    client_of(ada).post(url(card))
    client_of(bob).post(url(card, "flag_withdraw"))
    assert client.post(url(card, "flag_withdraw")).status_code == 404
    assert Flag.objects.open().get().learner == ada


def test_the_review_screen_carries_the_key(client, card) -> None:
    html = client.get(reverse("cards:review_answer", args=[card.pk]), {"n": 0}).content.decode()
    assert f'hx-post="{url(card)}"' in html
    assert 'data-key="f"' in html
