"""Suggesting a better wording."""

import re
from html import unescape

import pytest
from django.urls import reverse

from cards.actions.cards import edit_card
from cards.actions.decks import make_deck
from cards.cardtext import Wording
from cards.models import Card, Learner, Suggestion
from tests.conftest import START


@pytest.fixture
def card(deck, clock) -> Card:
    return deck.cards.get(key="c1")


def url(card: Card) -> str:
    return reverse("cards:suggest", args=[card.pk])


def data(card: Card, **more: object) -> dict[str, object]:
    wording = {"prompt": card.prompt, "answer": "A better answer.", "details": card.details}
    return wording | {"reason": "clearer", "base_number": card.revision_number} | more


def typed(html: str, name: str) -> str:
    found = re.search(rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_it_opens_with_the_wording_as_it_is(client, card) -> None:
    html = client.get(url(card)).content.decode()
    assert typed(html, "answer") == "Answer 1."
    assert "<p>Answer 1.</p>" in html
    assert not Learner.objects.exists()


def test_it_lands_in_the_queue_of_those_who_edit_the_deck(client_of, bob, staff, card) -> None:
    page = client_of(bob).post(url(card), data(card), follow=True)
    suggestion = Suggestion.objects.decidable_by(staff).open().get()
    assert (suggestion.proposer, suggestion.answer, suggestion.base_number) == (bob, "A better answer.", 1)
    assert suggestion.reason == "clearer"
    assert page.redirect_chain[-1][0] == card.get_absolute_url()
    assert "Thank you." in page.content.decode()
    assert "Not decided yet" in page.content.decode()
    card.refresh_from_db()
    assert card.answer == "Answer 1."


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "Asked otherwise?"},
        {"answer": "A better answer."},
        {"details": "tags: test, loss\nreference: a book"},
        {"details": "tags: test\nreference: a book\ndemo: softmax_table activations=1,2"},
    ],
)
def test_prompt_answer_tags_or_a_demo_can_be_proposed(change, client_of, bob, staff, card) -> None:
    as_it_is = {"prompt": card.prompt, "answer": card.answer, "details": card.details}
    client_of(bob).post(url(card), data(card) | as_it_is | change)
    client_of(staff).post(
        reverse("cards:suggestion_list_decide"),
        {"act": "accept", "suggestions": Suggestion.objects.get().pk},
    )
    card.refresh_from_db()
    assert {"prompt": card.prompt, "answer": card.answer, "details": card.details} == as_it_is | change


def test_a_guest_is_made_at_the_post(client, card) -> None:
    client.post(url(card), data(card))
    assert Suggestion.objects.get().proposer.is_guest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": " "}, "This field is required."),
        ({"reason": "x" * 501}, "at most 500 characters"),
        ({"prompt": ""}, "A card needs a prompt."),
        ({"details": "nonsense"}, "Line 1:"),
        ({"answer": "Answer 1.\r\n"}, "This is how the card reads already."),
    ],
)
def test_it_says_what_is_missing_and_keeps_what_was_typed(change, said, client, card) -> None:
    response = client.post(url(card), data(card, next="/review/") | change)
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html
    assert typed(html, "answer").startswith(("A better answer.", "Answer 1."))
    assert 'name="next" value="/review/"' in html
    assert not Suggestion.objects.exists()
    assert not Learner.objects.exists()


def test_what_was_left_alone_while_the_card_changed_is_no_proposal(client_of, bob, staff, card) -> None:
    before = data(card, answer=card.answer)
    edit_card(card=card, wording=Wording("Prompt 1?", "Changed."), base_number=1, author=staff, now=START)
    response = client_of(bob).post(url(card), before)
    assert response.status_code == 422
    assert not Suggestion.objects.exists()


def test_a_revert_to_an_older_wording_can_be_proposed(client_of, bob, staff, card) -> None:
    edit_card(card=card, wording=Wording("Prompt 1?", "Worse."), base_number=1, author=staff, now=START)
    client_of(bob).post(url(card), data(card, answer="Answer 1."))
    assert Suggestion.objects.get().base_number == 2


def test_a_base_that_is_yet_to_come_is_the_newest(client_of, bob, card) -> None:
    client_of(bob).post(url(card), data(card, base_number=99))
    assert Suggestion.objects.get().base_number == 1


def test_a_double_click_suggests_once(client_of, bob, card) -> None:
    for _ in range(2):
        client_of(bob).post(url(card), data(card))
    assert Suggestion.objects.count() == 1


def test_it_goes_back_to_where_one_came_from(client_of, bob, card) -> None:
    client = client_of(bob)
    back = f"/review/{card.pk}/?n=0"
    html = client.get(url(card), {"next": back}).content.decode()
    assert f'name="next" value="{back}"' in html
    assert client.post(url(card), data(card, next=back)).url == back


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\n//evil.example",
    ],
)
def test_it_never_sends_anybody_elsewhere(address, client_of, bob, card) -> None:
    assert client_of(bob).post(url(card), data(card, next=address)).url == card.get_absolute_url()


def test_an_editor_is_told_of_the_shorter_way(client_of, ada, bob, card) -> None:
    own = make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("P?", "A."),)).cards.get()
    html = client_of(ada).get(url(own)).content.decode()
    assert "you can edit the card directly" in html
    assert reverse("cards:card_edit", args=[own.pk]) in html
    assert "directly" not in client_of(bob).get(url(card)).content.decode()


def test_without_javascript_a_button_shows_the_preview(client, card) -> None:
    assert (
        'value="preview" formnovalidate' in client.get(url(card)).content.decode()
    )  # the reason may be missing
    response = client.post(url(card), data(card, answer="**Better**", reason="", act="preview"))
    assert response.status_code == 200
    assert "<strong>Better</strong>" in response.content.decode()
    assert not Learner.objects.exists()
