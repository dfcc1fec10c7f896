"""Editing a card: who may, what it leaves alone, and what happens when two do."""

import re
from html import unescape

import pytest
from django.urls import reverse

from cards.actions.cards import edit_card
from cards.actions.decks import make_deck
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Learner, Schedule
from cards.scheduling import Grade
from tests.conftest import START

LINES = "First line.\n\nSecond line.\n\nThird line."


@pytest.fixture
def card(ada: Learner, clock) -> Card:
    """A card of ada's own."""
    return make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("Prompt?", LINES),)).cards.get()


@pytest.fixture
def client(client_of, ada):
    return client_of(ada)


def url(card: Card) -> str:
    return reverse("cards:card_edit", args=[card.pk])


def data(answer: str, base_number: int = 1, **more: object) -> dict[str, object]:
    return {"prompt": "Prompt?", "answer": answer, "details": "", "base_number": base_number, **more}


def typed(html: str, name: str) -> str:
    found = re.search(rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_it_opens_with_the_wording_and_its_preview(client, card) -> None:
    html = client.get(url(card)).content.decode()
    assert typed(html, "answer") == LINES
    assert "<p>Second line.</p>" in html
    assert 'name="base_number" value="1"' in html


def test_it_saves_a_revision_with_its_reason(client, ada, card) -> None:
    page = client.post(url(card), data("Better.", reason="clearer"), follow=True)
    revision = card.revisions.get(number=2)
    assert page.redirect_chain[-1][0] == card.get_absolute_url()
    assert (revision.answer, revision.author, revision.reason) == ("Better.", ada, "clearer")


def test_it_never_resets_a_schedule(client, ada, card) -> None:
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.EASY, now=START)
    before = Schedule.objects.values().get()
    client.post(url(card), data("Quite another answer."))
    assert Schedule.objects.values().get() == before


def test_one_gives_no_reason_in_ones_own_deck_but_must_in_a_public_one(
    client, client_of, staff, deck, card
) -> None:
    assert client.post(url(card), data("Better.")).status_code == 302
    public = deck.cards.get(key="c1")
    editor = client_of(staff)
    response = editor.post(url(public), data("Better."))
    assert response.status_code == 422
    assert "Say why" in response.content.decode()
    assert typed(response.content.decode(), "answer") == "Better."
    assert editor.post(url(public), data("Better.", reason="clearer")).status_code == 302


def test_a_preview_does_not_ask_for_the_reason(client_of, staff, deck) -> None:
    response = client_of(staff).post(url(deck.cards.get(key="c1")), data("**Better.**", act="preview"))
    assert response.status_code == 200
    assert "<strong>Better.</strong>" in response.content.decode()


def test_a_double_click_saves_once_and_shows_no_conflict(client, card) -> None:
    client.post(url(card), data("Better."))
    page = client.post(url(card), data("Better."), follow=True)
    assert "says that already" in page.content.decode()
    assert card.revisions.count() == 2


def test_a_stale_edit_shows_both_and_writes_nothing(client, bob, card) -> None:
    theirs = Wording("Prompt?", LINES.replace("First", "Their"))
    edit_card(card=card, wording=theirs, base_number=1, author=bob, reason="a typo", now=START)
    response = client.post(url(card), data(LINES.replace("Third", "My"), reason="clearer"))
    html = response.content.decode()
    assert response.status_code == 409
    assert card.revisions.count() == 2
    assert "by bob: " in html
    assert "a typo" in html
    assert "<del>First</del><ins>Their</ins>" in html
    assert "<del>Third</del><ins>My</ins>" in html
    assert typed(html, "answer") == LINES.replace("Third", "My")
    assert 'name="base_number" value="2" id=' in html
    assert 'value="clearer"' in html


def test_what_both_did_can_be_put_together(client, bob, card) -> None:
    theirs = Wording("Prompt?", f"{LINES}\n\nTheir line.".replace("First", "Their"), "tags: theirs")
    edit_card(card=card, wording=theirs, base_number=1, author=bob, now=START)
    html = client.post(url(card), data(LINES.replace("Second", "My"))).content.decode()
    hidden = html[html.index("data-conflict") : html.index('id="editor"')]
    fields = {
        name: unescape(text)
        for name, text in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', hidden)
    }
    both = f"{LINES}\n\nTheir line.".replace("First", "Their").replace("Second", "My")
    assert (fields["answer"], fields["details"], fields["base_number"]) == (both, "tags: theirs", "2")
    response = client.post(url(card), fields | {"act": "preview"})
    assert typed(response.content.decode(), "answer") == both
    assert client.post(url(card), fields).status_code == 302
    card.refresh_from_db()
    assert card.wording == Wording("Prompt?", both, "tags: theirs")


def test_changes_of_the_same_line_are_not_put_together(client, bob, card) -> None:
    theirs = Wording("Prompt?", LINES.replace("First", "Their"))
    edit_card(card=card, wording=theirs, base_number=1, author=bob, now=START)
    html = client.post(url(card), data(LINES.replace("First", "My"))).content.decode()
    assert "cannot be put together" in html
    assert "<del>First</del><ins>My</ins>" in html


def test_saving_after_having_seen_the_conflict_writes(client, bob, card) -> None:
    edit_card(card=card, wording=Wording("Prompt?", "Theirs."), base_number=1, author=bob, now=START)
    client.post(url(card), data("Mine."))
    client.post(url(card), data("Mine.", base_number=2))
    assert [revision.answer for revision in card.revisions.all()] == ["Mine.", "Theirs.", LINES]


def test_a_base_that_never_was_is_not_found(client, card) -> None:
    assert client.post(url(card), data("Mine.", base_number=7)).status_code == 404
    assert client.post(url(card), data("Mine.", base_number="x")).status_code == 422


def test_a_past_wording_comes_back_as_a_revision(client, ada, card) -> None:
    client.post(url(card), data("Worse."))
    page = client.post(url(card), {"restore": 1, "base_number": 2}, follow=True)
    card.refresh_from_db()
    assert "Back to revision 1." in page.content.decode()
    assert (card.answer, card.revision_number, card.revisions.first().source) == (LINES, 3, "restored")


def test_a_stale_restore_writes_nothing_and_says_so(client, bob, card) -> None:
    client.post(url(card), data("Worse."))
    edit_card(card=card, wording=Wording("Prompt?", "Theirs."), base_number=2, author=bob, now=START)
    page = client.post(url(card), {"restore": 1, "base_number": 2}, follow=True)
    assert "Nothing was restored" in page.content.decode()
    assert card.revisions.count() == 3


@pytest.mark.parametrize("restore", ["9", "x", "", "0"])
def test_there_is_no_going_back_to_what_never_was(restore, client, card) -> None:
    assert client.post(url(card), {"restore": restore, "base_number": 1}).status_code == 404
