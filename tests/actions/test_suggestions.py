"""Suggestions and flags: handing in, deciding, taking back."""

from datetime import timedelta

import pytest

from cards.actions.cards import StaleEdit, edit_card
from cards.actions.suggestions import (
    AlreadyDecided,
    accept_suggestion,
    close_flag,
    comment_on_suggestion,
    decline_suggestion,
    flag_card,
    suggest_new_card,
    suggest_to_remove,
    suggest_wording,
    withdraw_flag,
)
from cards.cardtext import Wording
from cards.models import Card, Flag, Learner, Notice, Suggestion
from tests.actions.test_groups import at_once
from tests.conftest import START

BETTER = Wording("Prompt 1?", "A better answer.")


@pytest.fixture
def card(deck) -> Card:
    return deck.cards.get(key="c1")


def suggest(card: Card, proposer: Learner, wording: Wording = BETTER) -> Suggestion:
    return suggest_wording(
        card=card, proposer=proposer, wording=wording, base_number=1, reason="clearer", now=START
    )


def accept(suggestion: Suggestion, editor: Learner, wording: Wording = BETTER, base_number: int = 1):
    return accept_suggestion(
        suggestion=suggestion,
        wording=wording,
        base_number=base_number,
        editor=editor,
        reply="Thanks.",
        now=START,
    )


def flag(card: Card, learner: Learner, kind: Flag.Kind = Flag.Kind.WRONG, note: str = "") -> Flag:
    return flag_card(card=card, learner=learner, kind=kind, note=note, now=START)


def test_a_suggestion_waits_for_those_who_may_edit_the_deck(ada, bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    assert (suggestion.status, suggestion.wording, suggestion.reason) == ("open", BETTER, "clearer")
    assert Suggestion.objects.decidable_by(staff).open().get() == suggestion
    assert not Suggestion.objects.decidable_by(ada).exists()
    assert not Suggestion.objects.decidable_by(None).exists()
    card.refresh_from_db()
    assert card.answer == "Answer 1."


def test_the_same_suggestion_twice_is_one(bob, card) -> None:
    assert suggest(card, bob) == suggest(card, bob)
    assert suggest(card, bob, Wording("Other?", "")) != suggest(card, bob)
    assert Suggestion.objects.count() == 2


def test_accepting_makes_a_revision_by_both(bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    revision = accept(suggestion, staff)
    card.refresh_from_db()
    suggestion.refresh_from_db()
    assert card.wording == BETTER
    assert revision.number == card.revision_number == 2
    assert (revision.author, revision.co_author, revision.source) == (staff, bob, "suggested")
    assert (revision.reason, suggestion.status, suggestion.reply) == ("clearer", "accepted", "Thanks.")
    assert suggestion.revision == revision
    assert suggestion.decided_by == staff


def test_an_amended_suggestion_keeps_what_was_proposed(bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    accept(suggestion, staff, Wording("Prompt 1?", "Better still."))
    card.refresh_from_db()
    suggestion.refresh_from_db()
    assert card.answer == "Better still."
    assert suggestion.wording == BETTER


def test_it_accepts_nothing_when_the_card_changed_meanwhile(bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    edit_card(card=card, wording=Wording("Prompt 1?", "Changed."), base_number=1, author=staff, now=START)
    with pytest.raises(StaleEdit):
        accept(suggestion, staff)
    suggestion.refresh_from_db()
    assert suggestion.status == "open"


def test_declining_changes_no_card(bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    decline_suggestion(suggestion=suggestion, editor=staff, reply="Not so.", now=START)
    suggestion.refresh_from_db()
    card.refresh_from_db()
    assert (suggestion.status, suggestion.reply, card.revision_number) == ("declined", "Not so.", 1)


def test_nobody_decides_twice(bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    decline_suggestion(suggestion=suggestion, editor=staff, reply="", now=START)
    with pytest.raises(AlreadyDecided):
        accept(suggestion, staff)
    with pytest.raises(AlreadyDecided):
        decline_suggestion(suggestion=suggestion, editor=staff, reply="", now=START)


def test_a_flag_names_the_revision_that_was_flagged(bob, staff, card) -> None:
    edit_card(card=card, wording=BETTER, base_number=1, author=staff, now=START)
    flagged = flag(card, bob, note="see page 3")
    assert (flagged.kind, flagged.note, flagged.revision_number) == ("wrong", "see page 3", 2)


def test_a_double_click_makes_one_flag(bob, card) -> None:
    assert flag(card, bob) == flag(card, bob)
    assert Flag.objects.count() == 1


def test_a_note_can_be_added_to_an_open_flag(bob, card) -> None:
    flag(card, bob)
    assert flag(card, bob, note="page 3").note == "page 3"
    assert flag(card, bob).note == "page 3"
    assert Flag.objects.count() == 1


def test_saying_another_kind_replaces_the_flag(ada, bob, card) -> None:
    flag(card, ada)
    flag(card, bob)
    flag(card, bob, Flag.Kind.TYPO)
    flag(card, bob, Flag.Kind.WRONG)
    assert [(f.learner, f.kind) for f in Flag.objects.open().order_by("pk")] == [
        (ada, "wrong"),
        (bob, "wrong"),
    ]


def test_a_withdrawn_flag_can_be_raised_again(bob, card) -> None:
    first = flag(card, bob)
    withdraw_flag(flag=first, now=START)
    assert not Flag.objects.open().exists()
    assert flag(card, bob) != first


def test_closing_a_closed_flag_changes_nothing(bob, staff, card) -> None:
    flagged = flag(card, bob)
    close_flag(flag=flagged, closer=staff, now=START)
    close_flag(flag=flagged, closer=bob, now=START + timedelta(days=1))
    flagged.refresh_from_db()
    assert (flagged.closed_by, flagged.closed_at) == (staff, START)


def test_a_change_and_a_removal_of_one_card_are_two_proposals(bob, card) -> None:
    removal = suggest_to_remove(card=card, proposer=bob, reason="doubled", now=START)
    assert suggest_to_remove(card=card, proposer=bob, reason="again", now=START) == removal
    assert suggest(card, bob) != removal
    assert Suggestion.objects.count() == 2


def test_two_proposals_of_one_card_make_one(ada, bob, staff, deck) -> None:
    for proposer in (ada, bob):
        suggest_new_card(deck=deck, proposer=proposer, wording=BETTER, reason="missing", now=START)
    before = deck.cards.count()
    for suggestion in Suggestion.objects.order_by("pk"):
        accept(suggestion, staff, base_number=0)
    assert deck.cards.count() == before + 1
    first, second = Suggestion.objects.order_by("pk")
    assert first.card == second.card
    assert first.revision is not None
    assert second.revision is None


def test_everybody_who_took_part_hears_of_a_word_but_who_said_it(ada, bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    for author in (ada, staff):
        comment_on_suggestion(suggestion=suggestion, author=author, text="Why?", now=START)
    told = Notice.objects.filter(kind="answered").values_list("by__username", "learner__username")
    assert sorted(told) == [("ada", "bob"), ("staff", "ada"), ("staff", "bob")]


def test_who_decides_their_own_is_not_told(staff, card) -> None:
    accept(suggest(card, staff), staff)
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_accepts_at_once_one_decides_and_the_other_is_told(ada, bob, staff, card) -> None:
    suggestion = suggest(card, bob)
    results = at_once(
        *(lambda editor=editor, answer=answer: accept(suggestion, editor, Wording("Prompt 1?", answer))
          for editor, answer in ((ada, "Ada's."), (staff, "The staff's.")))
    )  # fmt: skip
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDecided", "Revision"], results
    card.refresh_from_db()
    suggestion.refresh_from_db()
    assert card.revision_number == 2
    assert suggestion.revision.author == suggestion.decided_by
    assert card.answer == suggestion.revision.answer
    assert Notice.objects.filter(learner=bob).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_for_one_card_at_once_one_is_written_and_the_other_waits(
    ada, bob, staff, card
) -> None:
    one, two = suggest(card, bob), suggest(card, ada, Wording("Prompt 1?", "Another."))
    results = at_once(
        lambda: accept(one, staff), lambda: accept(two, staff, Wording("Prompt 1?", "Another."))
    )
    assert sorted(type(result).__name__ for result in results) == ["Revision", "StaleEdit"], results
    assert Suggestion.objects.open().count() == 1
