"""One suggestion: seen, discussed, amended, decided, withdrawn."""

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.cards import edit_card
from cards.actions.suggestions import (
    accept_suggestion,
    suggest_new_card,
    suggest_to_remove,
    suggest_wording,
)
from cards.cardtext import Wording
from cards.models import Card, Learner, Membership, Notice, Revision, Role, StudyGroup, Suggestion
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada: Learner, bob: Learner, clock) -> StudyGroup:
    """Ada's, with bob as a member, and a deck of one card."""
    group = make_readers(ada, cards=1)
    let_join(group, bob)
    return group


@pytest.fixture
def card(group: StudyGroup) -> Card:
    return deck_of(group).cards.get()


@pytest.fixture
def change(card: Card, bob: Learner) -> Suggestion:
    return suggest_wording(
        card=card,
        proposer=bob,
        wording=Wording(card.prompt, "Yes, **indeed**."),
        base_number=1,
        reason="clearer",
        source="https://example.org/book",
        now=START,
    )


@pytest.fixture
def new(group: StudyGroup, bob: Learner) -> Suggestion:
    return suggest_new_card(
        deck=deck_of(group), proposer=bob, wording=Wording("New?", "So."), reason="missing", now=START
    )


@pytest.fixture
def removal(card: Card, bob: Learner) -> Suggestion:
    return suggest_to_remove(card=card, proposer=bob, reason="doubled", now=START)


def text(client: Client, suggestion: Suggestion) -> str:
    response = client.get(suggestion.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_an_editor_sees_the_words_that_change_and_both_rendered(client_of, ada, change) -> None:
    html = text(client_of(ada), change)
    assert "Yes<ins>, **indeed**</ins>." in html
    assert "<p>Yes.</p>" in html
    assert "<strong>indeed</strong>" in html
    assert "clearer" in html
    assert '<a href="https://example.org/book" rel="nofollow">' in html


def test_it_is_there_for_its_proposer_and_for_those_who_decide(
    client, client_of, ada, bob, staff, group, change
) -> None:
    viewer, member, editor = (make_learner(name) for name in ("viewer", "member", "editor"))
    for learner, role in ((viewer, Role.VIEWER), (member, Role.MEMBER), (editor, Role.EDITOR)):
        let_join(group, learner, role)
    address = change.get_absolute_url()
    for learner in (ada, bob, editor):
        assert client_of(learner).get(address).status_code == 200, learner
    for learner in (viewer, member, staff):
        assert client_of(learner).get(address).status_code == 404, learner
    assert client.get(address).status_code == 404
    Membership.objects.filter(learner=bob).update(status="left", ended_at=START)
    assert client_of(bob).get(address).status_code == 404


def test_the_proposer_decides_nothing(client_of, bob, change) -> None:
    html = text(client_of(bob), change)
    assert "Not decided yet." in html
    assert 'value="accept"' not in html
    data = {"act": "accept", "prompt": "P?", "answer": "", "details": "", "base_number": 1}
    assert client_of(bob).post(change.get_absolute_url(), data).status_code == 404
    assert Suggestion.objects.open().exists()


def test_it_is_amended_then_accepted_without_javascript(client_of, ada, bob, card, change) -> None:
    client = client_of(ada)
    shown = press(
        client, client.get(change.get_absolute_url()), "Show what changes now", answer="Yes, it is.\n"
    )
    assert "Yes<ins>, it is</ins>." in shown.content.decode()
    press(client, shown, "Accept", reply="Shorter.")
    card.refresh_from_db()
    change.refresh_from_db()
    assert card.answer == "Yes, it is."
    assert change.answer == "Yes, **indeed**."
    revision = Revision.objects.get(card=card, number=2)
    assert (revision.author, revision.co_author, revision.reason) == (ada, bob, "clearer")
    html = text(client_of(bob), change)
    assert "Shorter." in html
    assert "How it was amended" in html
    notice = Notice.objects.get(learner=bob)
    assert (notice.kind, notice.suggestion, notice.by) == ("accepted", change, ada)


def test_nothing_is_declined_without_a_word(client_of, ada, bob, change) -> None:
    client = client_of(ada)
    refused = press(client, client.get(change.get_absolute_url()), "Decline")
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    press(client, refused, "Decline", reply="It is right as it is.")
    assert Suggestion.objects.get().status == "declined"
    assert "It is right as it is." in text(client_of(bob), change)
    assert Notice.objects.get(learner=bob).kind == "declined"


def test_a_card_that_was_changed_meanwhile_is_shown_three_ways_and_not_overwritten(
    client_of, ada, card, change
) -> None:
    client = client_of(ada)
    page = client.get(change.get_absolute_url())
    edit_card(card=card, wording=Wording("Ours, all 0?", "Yes."), base_number=1, author=ada, now=START)
    stale = press(client, page, "Accept")
    assert stale.status_code == 409
    html = stale.content.decode()
    assert "changed since this was proposed" in html
    assert "Ours<ins>, all</ins> 0?" in html
    card.refresh_from_db()
    assert card.answer == "Yes."
    press(client, press(client, stale, "Put both changes into the form"), "Accept")
    card.refresh_from_db()
    assert card.wording == Wording("Ours, all 0?", "Yes, **indeed**.")


def test_a_new_card_comes_at_the_decks_end_by_both(client_of, ada, bob, group, new) -> None:
    client = client_of(ada)
    press(client, client.get(new.get_absolute_url()), "Accept", answer="So it is.")
    made = deck_of(group).cards.latest("position")
    assert made.wording == Wording("New?", "So it is.")
    first = made.revisions.get()
    assert (first.author, first.co_author, first.source) == (ada, bob, "suggested")
    new.refresh_from_db()
    assert (new.card, new.revision) == (made, first)
    assert made.get_absolute_url() in text(client_of(bob), new)


def test_a_removal_puts_the_card_into_the_archive(client_of, ada, card, removal) -> None:
    client = client_of(ada)
    press(client, client.get(removal.get_absolute_url()), "Accept: put the card in the archive")
    card.refresh_from_db()
    assert card.archived_at == START
    assert Suggestion.objects.get().status == "accepted"
    assert "by ada" in text(client, removal)


def test_a_card_that_reads_otherwise_by_now_is_not_removed_unseen(client_of, ada, card, removal) -> None:
    client = client_of(ada)
    page = client.get(removal.get_absolute_url())
    edit_card(card=card, wording=Wording("Better?", "Yes."), base_number=1, author=ada, now=START)
    stale = press(client, page, "Accept: put the card in the archive")
    assert stale.status_code == 409
    assert "What changed since it was proposed" in stale.content.decode()
    card.refresh_from_db()
    assert card.archived_at is None


def test_its_proposer_can_withdraw_it(client_of, ada, bob, change) -> None:
    client = client_of(bob)
    page = client.get(change.get_absolute_url())
    after = press(client, page, "Withdraw the suggestion", follow=True).content.decode()
    assert "<b>Withdrawn" in after
    again = press(client, page, "Withdraw the suggestion", follow=True).content.decode()
    assert "decided in the meantime" in again
    assert not Notice.objects.filter(learner=bob).exists()
    assert client_of(ada).post(reverse("cards:suggestion_withdraw", args=[change.pk])).status_code == 404


def test_an_editor_and_the_proposer_talk_about_it_and_are_told(client_of, ada, bob, change) -> None:
    editors, mine = client_of(ada), client_of(bob)
    address = change.get_absolute_url()
    for _ in range(2):  # a double click
        press(editors, editors.get(address), "Say it", text="Which *book*?")
    assert change.comments.count() == 1
    assert Notice.objects.get(learner=bob).kind == "answered"
    assert "Which <em>book</em>?" in text(mine, change)
    press(mine, mine.get(address), "Say it", text="Mine. <script>alert(1)</script>")
    assert Notice.objects.get(learner=ada).kind == "answered"
    assert "<script>alert" not in text(editors, change)
    refused = mine.post(reverse("cards:suggestion_comment", args=[change.pk]), {"text": " "})
    assert refused.status_code == 422


def test_who_only_reads_says_nothing_there(client_of, bob, group, change) -> None:
    Membership.objects.filter(learner=bob).update(role=Role.VIEWER)
    assert "Say it" not in text(client_of(bob), change)
    answer = client_of(bob).post(reverse("cards:suggestion_comment", args=[change.pk]), {"text": "But!"})
    assert answer.status_code == 404
    assert not change.comments.exists()


def test_an_editor_who_is_one_no_more_decides_nothing(client_of, ada, group, card, change) -> None:
    editor = make_learner("editor")
    let_join(group, editor, Role.EDITOR)
    client = client_of(editor)
    page = client.get(change.get_absolute_url())
    Membership.objects.filter(learner=editor).update(role=Role.MEMBER)
    assert press(client, page, "Accept").status_code == 404
    card.refresh_from_db()
    assert card.revision_number == 1


def test_what_was_typed_stays_when_somebody_was_faster(client_of, ada, card, change) -> None:
    client = client_of(ada)
    page = client.get(change.get_absolute_url())
    accept_suggestion(
        suggestion=change, wording=change.wording, base_number=1, editor=ada, reply="", now=START
    )
    late = press(client, page, "Accept", answer="Typed.")
    assert late.status_code == 409
    assert "Typed." in late.content.decode()
    card.refresh_from_db()
    assert card.answer == "Yes, **indeed**."


def test_too_many_words_within_an_hour_are_refused_and_kept_in_the_form(
    client_of, bob, change, settings
) -> None:
    settings.COMMENTS_PER_HOUR = 1
    client = client_of(bob)
    press(client, client.get(change.get_absolute_url()), "Say it", text="Look at page 3.")
    page = press(client, client.get(change.get_absolute_url()), "Say it", text="And at page 4.")
    assert page.status_code == 422
    assert "That was 1 within an hour. Wait a little." in page.content.decode()
    assert "And at page 4.</textarea>" in page.content.decode()
    assert change.comments.count() == 1
