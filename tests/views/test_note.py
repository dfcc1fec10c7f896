"""My own note on a card: under its answer, on its page, on a page of its own; and never where others look."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from cards.actions.acts import skip_cards
from cards.actions.notes import write_note
from cards.models import Card, Deck, Learner, Membership, Note, StudyGroup
from tests.conftest import START
from tests.views.hostile import HOSTILE, Faults
from tests.views.plain_browser import Forms, press

HTMX = {"HX-Request": "true"}
TEXT = "Mind the **sign**."


@pytest.fixture
def card(deck, clock) -> Card:
    return deck.cards.get(key="c1")


@pytest.fixture
def note(ada, card) -> Note:
    note = write_note(learner=ada, card=card, text=TEXT, was="", now=START)
    assert note is not None
    return note


def url(card: Card) -> str:
    return reverse("cards:note", args=[card.pk])


def answer_of(client: Client, card: Card):
    return client.get(reverse("cards:review_answer", args=[card.pk]), {"n": 0})


def test_it_is_written_under_the_answer_and_one_is_back_there(client_of, ada, card) -> None:
    client = client_of(ada)
    page = press(client, answer_of(client, card), "Save the note", follow=True, text=TEXT)
    html = page.content.decode()
    assert page.redirect_chain == [(answer_of(client, card).request["PATH_INFO"] + "?n=0", 302)]
    assert "Your note is saved." in html
    assert "Mind the <strong>sign</strong>." in html
    assert Note.objects.get().text == TEXT


def test_it_stands_on_the_cards_page_and_is_changed_and_deleted_there(
    client_of, ada, card, note, clock
) -> None:
    client = client_of(ada)
    page = client.get(card.get_absolute_url())
    assert "Mind the <strong>sign</strong>." in page.content.decode()
    clock.tick(hours=1)
    page = press(client, page, "Save the note", follow=True, text="Mind the minus.")
    assert page.redirect_chain == [(card.get_absolute_url(), 302)]
    assert Note.objects.get().text == "Mind the minus."
    page = press(client, page, "Delete it", follow=True)
    assert "Your note is deleted." in page.content.decode()
    assert not Note.objects.exists()


def test_htmx_gets_what_stands_in_its_place(client_of, ada, card) -> None:
    data = {"act": "save", "text": TEXT, "was": "", "next": "/review/"}
    html = client_of(ada).post(url(card), data, headers=HTMX).content.decode()
    assert "<html" not in html
    assert 'id="note"' in html
    assert "Mind the <strong>sign</strong>." in html
    assert "data-focus" in html
    assert 'value="/review/"' in html


def test_it_is_never_shown_before_the_answer(client_of, ada, card, note) -> None:
    html = client_of(ada).get(reverse("cards:review"), {"card": card.pk}).content.decode()
    assert "Prompt 1?" in html
    assert "Mind the" not in html
    assert url(card) not in html


@pytest.mark.parametrize("who", ["bob", "staff"])
def test_nobody_else_sees_it(who, request, client_of, card, note) -> None:
    client = client_of(request.getfixturevalue(who))
    pages = [card.get_absolute_url(), url(card), "/search/?q=Mind", reverse("cards:search") + "?q=sign"]
    if who == "staff":
        pages += [f"/admin/cards/card/{card.pk}/change/", f"/admin/cards/learner/{note.learner_id}/change/"]
        pages += [f"/admin/cards/learner/{note.learner_id}/delete/"]
    for address in pages:
        page = client.get(address)
        assert page.status_code == 200, address
        assert "Mind the" not in page.content.decode()
    assert "Mind the" not in answer_of(client, card).content.decode()
    assert not admin.site.is_registered(Note)


def test_a_guest_is_made_by_the_first_note(client, card) -> None:
    assert client.get(url(card)).status_code == 200
    assert not Learner.objects.exists()
    press(client, client.get(url(card)), "Save the note", text=TEXT)
    assert Note.objects.get().learner.is_guest
    assert "Mind the <strong>sign</strong>." in client.get(url(card)).content.decode()


def test_whoever_left_the_group_does_not_reach_it_and_finds_it_again(
    client_of, ada, deck, card, note
) -> None:
    group = StudyGroup.objects.create(name="Readers", created_at=START)
    Deck.objects.update(group=group, is_public=False)
    client = client_of(ada)
    assert client.get(url(card)).status_code == 404
    assert client.post(url(card), {"act": "delete"}).status_code == 404
    own = Membership.objects.create(group=group, learner=ada, role="viewer", created_at=START)
    assert "Mind the <strong>sign</strong>." in client.get(url(card)).content.decode()
    Membership.objects.filter(pk=own.pk).update(status="left", ended_at=START)
    assert client.get(url(card)).status_code == 404
    assert Note.objects.get().text == TEXT


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_another_tab_wrote_is_shown_first(client_of, ada, card, note, headers) -> None:
    data = {"act": "save", "text": "From here.", "was": "", "next": ""}
    response = client_of(ada).post(url(card), data, headers=headers)
    html = response.content.decode()
    assert response.status_code == 422
    assert "changed elsewhere" in html
    assert "Mind the <strong>sign</strong>." in html
    assert "From here.</textarea>" in html
    assert f'name="was" value="{TEXT}"' in html
    assert Note.objects.get().text == TEXT


def test_one_that_is_too_long_is_not_saved_and_not_lost(client_of, ada, card) -> None:
    data = {"act": "save", "text": "x" * 5001, "was": "", "next": ""}
    response = client_of(ada).post(url(card), data, headers=HTMX)
    assert response.status_code == 422
    assert "x" * 5001 in response.content.decode()
    assert not Note.objects.exists()


@pytest.mark.parametrize("wrong", [{"act": "burn"}, {"was": "a\x00b"}, {"text": "a\x00b"}])
def test_it_refuses_what_it_cannot_read(client_of, ada, card, wrong) -> None:
    data = {"act": "save", "text": "Mind.", "was": "", "next": ""} | wrong
    assert client_of(ada).post(url(card), data).status_code == 422
    assert not Note.objects.exists()


def test_a_card_that_is_not_there_is_404(client, client_of, bob, ada, card) -> None:
    assert client.get(reverse("cards:note", args=[999_999])).status_code == 404
    Deck.objects.update(owner=ada, is_public=False)
    for browser in (client, client_of(bob)):
        assert browser.get(url(card)).status_code == 404
        assert browser.post(url(card), {"act": "save", "text": "x"}).status_code == 404
    assert not Note.objects.exists()


def test_hostile_text_does_nothing(client_of, ada, card) -> None:
    client = client_of(ada)
    Note.objects.create(learner=ada, card=card, text=HOSTILE, created_at=START, changed_at=START)
    for page in (client.get(url(card)), client.get(card.get_absolute_url()), answer_of(client, card)):
        assert page.status_code == 200
        assert Faults(page.content.decode()).faults == []


def test_the_next_address_is_one_of_the_site(client_of, ada, card) -> None:
    data = {"act": "save", "text": TEXT, "was": "", "next": "https://evil.example/"}
    assert client_of(ada).post(url(card), data)["Location"] == card.get_absolute_url()


def grade(client: Client, page, **typed: str):
    """Presses Good, with what was typed in the note that was not saved."""
    [good] = [name for form in Forms(page.content.decode()).forms for name in form.buttons if "Good" in name]
    return press(client, page, good, **typed)


def test_what_was_typed_is_saved_by_the_grade(client_of, ada, card) -> None:
    client = client_of(ada)
    assert grade(client, answer_of(client, card), text=TEXT).status_code == 302
    assert Note.objects.get().text == TEXT
    assert ada.study_events.count() == 1


def test_a_note_that_was_not_touched_is_left_as_another_tab_made_it(client_of, ada, card, note) -> None:
    client = client_of(ada)
    page = answer_of(client, card)
    write_note(learner=ada, card=card, text="From elsewhere.", was=TEXT, now=START)
    assert grade(client, page).status_code == 302
    assert Note.objects.get().text == "From elsewhere."
    assert ada.study_events.count() == 1


@pytest.mark.parametrize(("typed", "elsewhere"), [("Typed here.", "From elsewhere."), ("x" * 5001, TEXT)])
def test_a_note_that_cannot_be_saved_waits_with_the_grade_and_nothing_is_lost(
    client_of, ada, card, note, typed, elsewhere
) -> None:
    client = client_of(ada)
    page = answer_of(client, card)
    write_note(learner=ada, card=card, text=elsewhere, was=TEXT, now=START)
    page = grade(client, page, text=typed)
    html = page.content.decode()
    assert page.status_code == 422
    assert ("From elsewhere." in html) == (elsewhere != TEXT)
    assert f"{typed}</textarea>" in html
    assert Note.objects.get().text == elsewhere
    assert not ada.study_events.exists()
    assert f'name="next" value="{reverse("cards:review_answer", args=[card.pk])}?n=0"' in html
    assert grade(client, page, text="Shorter.").status_code == 302
    assert Note.objects.get().text == "Shorter."
    assert ada.study_events.count() == 1


def test_a_note_beside_the_grades_stays_theirs_after_it_was_saved(client_of, ada, card) -> None:
    client = client_of(ada)
    data = {"act": "save", "text": TEXT, "was": "", "next": "", "with_grade": "1"}
    html = client.post(url(card), data, headers=HTMX).content.decode()
    assert 'form="grade"' in html
    assert "note-form" not in html


def test_a_grade_of_a_card_that_is_not_there_writes_no_note(client_of, ada, card) -> None:
    client = client_of(ada)
    page = answer_of(client, card)
    Deck.objects.update(is_public=False)
    assert grade(client, page, text=TEXT).status_code == 404
    assert not Note.objects.exists()


def leave(client: Client, card: Card, path: str, act: str, **typed: str):
    """Skips the card, or takes an act back, as a browser with JavaScript does beside an answer."""
    form = {"card": card.pk, "cards": card.pk, "n": 0, "part": 0, "act": act, "with_grade": "1", "was": ""}
    return client.post(reverse(path), form | typed, headers=HTMX)


def test_what_was_typed_is_saved_by_whatever_leaves_the_answer(client_of, ada, card) -> None:
    client = client_of(ada)
    other = card.deck.cards.get(key="c2")
    assert "Prompt 2?" in leave(client, card, "cards:card_act", "skip", text=TEXT).content.decode()
    assert Note.objects.get().text == TEXT
    event = ada.study_events.get()
    assert (
        "Prompt 1?"
        in leave(client, other, "cards:undo", f"event:{event.pk}", text="Of two.").content.decode()
    )
    assert Note.objects.get(card=other).text == "Of two."


@pytest.mark.parametrize(("typed", "elsewhere"), [("Typed here.", "From elsewhere."), ("x" * 5001, TEXT)])
def test_one_that_cannot_be_saved_keeps_the_answer_and_nothing_else_is_done(
    client_of, ada, card, note, typed, elsewhere
) -> None:
    client = client_of(ada)
    write_note(learner=ada, card=card, text=elsewhere, was=TEXT, now=START)
    reply = leave(client, card, "cards:card_act", "skip", text=typed, was=TEXT)
    assert reply.status_code == 422
    assert f"{typed}</textarea>" in reply.content.decode()
    assert not ada.study_events.exists()
    assert Note.objects.get().text == elsewhere


def test_the_acts_beside_an_answer_send_the_note_along(client_of, ada, card) -> None:
    skip_cards(learner=ada, card_ids=[card.deck.cards.get(key="c3").pk], now=START)
    html = answer_of(client_of(ada), card).content.decode()
    assert html.count('hx-include="#grade"') == 3
    assert "hx-include" not in client_of(ada).get("/review/").content.decode()
    for number in (1, 2):
        card = card.deck.cards.get(key=f"c{number}")
        client_of(ada).post(reverse("cards:grade"), {"card": card.pk, "n": 0, "grade": 4})
    done = client_of(ada).get("/review/").content.decode()
    assert "Done for today" in done
    assert "hx-include" not in done
