"""What a learner knows of a card that reads otherwise by now."""

from datetime import timedelta

import pytest

from cards.actions.acts import restart_cards, set_due, undo_event, undo_own_edit
from cards.actions.cards import edit_card
from cards.actions.study import grade_card
from cards.actions.suggestions import accept_suggestion, suggest_wording
from cards.cardtext import Wording
from cards.models import Card, Learner, Revision
from cards.models.revisions import changed_since
from cards.scheduling import Grade
from tests.conftest import START

HOUR = timedelta(hours=1)
LATER = START + timedelta(days=1)


@pytest.fixture
def card(deck) -> Card:
    return deck.cards.get(key="c1")


def grade(learner: Learner, card: Card, n: int = 0, now=START, **more):
    return grade_card(
        learner=learner, card_id=card.pk, part=0, shown_number=n, grade=Grade.GOOD, now=now, **more
    )


def edit(card: Card, author: Learner | None, now=START + HOUR, **texts: str) -> Revision:
    card.refresh_from_db()
    old = card.wording
    wording = Wording(
        texts.get("prompt", old.prompt), texts.get("answer", old.answer), texts.get("details", old.details)
    )
    revision = edit_card(card=card, wording=wording, base_number=card.revision_number, author=author, now=now)
    assert revision is not None
    return revision


def known(learner: Learner, card: Card) -> Wording | None:
    return changed_since(Card.objects.with_schedule(learner).get(pk=card.pk), learner)


def test_it_is_the_wording_that_was_graded_last(ada, bob, card) -> None:
    grade(ada, card)
    assert known(ada, card) is None
    edit(card, bob, answer="Another.")
    edit(card, bob, LATER + HOUR, answer="A third.")
    changed = known(ada, card)
    assert changed is not None
    assert changed.answer == "Answer 1."
    grade(ada, card, 1, LATER)
    changed = known(ada, card)
    assert changed is not None
    assert changed.answer == "Another."
    grade(ada, card, 2, LATER + 6 * timedelta(days=1))
    assert known(ada, card) is None


def test_a_changed_prompt_is_a_change_and_tags_are_none(ada, bob, card) -> None:
    grade(ada, card)
    edit(card, bob, details="tags: other")
    assert known(ada, card) is None
    edit(card, bob, prompt="Asked otherwise?")
    changed = known(ada, card)
    assert changed is not None
    assert changed.prompt == "Prompt 1?"


def test_a_change_and_a_change_back_is_no_change(ada, bob, staff, card) -> None:
    grade(ada, card)
    revision = edit(card, staff, answer="Another.")
    assert known(ada, card)
    undo_own_edit(learner=staff, revision_id=revision.pk, now=START + 2 * HOUR)
    assert known(ada, card) is None


def test_ones_own_edit_is_known_and_what_others_made_of_it_is_not(ada, bob, card) -> None:
    grade(ada, card)
    edit(card, ada, answer="Mine.")
    assert known(ada, card) is None
    edit(card, bob, answer="Theirs.")
    changed = known(ada, card)
    assert changed is not None
    assert changed.answer == "Mine."


@pytest.mark.parametrize(("accepted", "is_known"), [("As I would.", True), ("As they would.", False)])
def test_what_one_proposed_is_known_unless_it_was_amended(ada, staff, card, accepted, is_known) -> None:
    grade(ada, card)
    wording = Wording(card.prompt, "As I would.", card.details)
    suggestion = suggest_wording(
        card=card, proposer=ada, wording=wording, base_number=1, reason="Better.", now=START + HOUR
    )
    accept_suggestion(
        suggestion=suggestion, wording=Wording(card.prompt, accepted, card.details), base_number=1,
        editor=staff, reply="", now=START + 2 * HOUR,
    )  # fmt: skip
    assert (known(ada, card) is None) == is_known


def test_a_card_that_is_new_has_not_changed(ada, bob, card) -> None:
    edit(card, bob, answer="Another.")
    assert known(ada, card) is None
    set_due(learner=ada, card_ids=[card.pk], due_on=LATER.date(), now=START)
    assert known(ada, card) is None


def test_a_card_that_is_started_anew_is_new_and_an_undo_brings_it_back(ada, bob, card) -> None:
    graded = grade(ada, card)
    edit(card, bob, answer="Another.")
    restart_cards(learner=ada, card_ids=[card.pk], now=LATER)
    assert known(ada, card) is None
    restarted = ada.study_events.get(kind="restarted")
    undo_event(learner=ada, event_id=restarted.pk, now=LATER)
    assert known(ada, card)
    undo_event(learner=ada, event_id=graded.event_id, now=LATER)
    assert known(ada, card) is None


def test_practice_leaves_it_as_it_was(ada, bob, card) -> None:
    grade(ada, card)
    edit(card, bob, answer="Another.")
    grade(ada, card, 1, LATER, is_practice=True)
    assert known(ada, card)


def test_it_asks_the_database_once_and_not_at_all_for_a_card_that_was_never_edited(
    ada, bob, card, django_assert_num_queries
) -> None:
    grade(ada, card)
    shown = Card.objects.with_schedule(ada).get(pk=card.pk)
    with django_assert_num_queries(0):
        assert changed_since(shown, ada) is None
    for number in range(5):
        edit(card, bob, answer=f"Another {number}.")
    shown = Card.objects.with_schedule(ada).get(pk=card.pk)
    with django_assert_num_queries(1):
        assert changed_since(shown, ada)
