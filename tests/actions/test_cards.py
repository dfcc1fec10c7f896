"""Writing cards: revisions, schedules that stay, pictures that open."""

from datetime import timedelta
from uuid import uuid4

import pytest

from cards.actions.cards import (
    KeyedCard,
    StaleEdit,
    archive_card,
    edit_card,
    make_card,
    move_card,
    restore_revision,
    unarchive_card,
)
from cards.actions.decks import make_deck
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner, Picture, Revision, Schedule
from cards.models.append_only import AppendOnlyError
from cards.scheduling import Grade
from tests.conftest import START


@pytest.fixture
def own(ada: Learner) -> Card:
    """A card in a deck of ada's own."""
    deck = make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("Prompt?", "Answer."),))
    return deck.cards.get()


def picture_of(owner: Learner) -> Picture:
    return Picture.objects.create(owner=owner, width=2, height=2, created_at=START)


def showing(*pictures: Picture) -> Wording:
    return Wording("Prompt?", "\n".join(f"![]({picture.get_absolute_url()})" for picture in pictures))


def edit(card: Card, answer: str, author: Learner, base_number: int, **more) -> Revision | None:
    wording = Wording(card.prompt, answer, card.details)
    return edit_card(card=card, wording=wording, base_number=base_number, author=author, now=START, **more)


def test_it_writes_the_first_revision_with_the_card(ada, own) -> None:
    revision = own.revisions.get()
    assert (revision.number, revision.source, revision.author) == (1, "created", ada)
    assert revision.wording == own.wording == Wording("Prompt?", "Answer.")


def test_it_adds_a_card_at_the_end(ada, own) -> None:
    second = make_card(deck=own.deck, wording=Wording("Second?", ""), author=ada, now=START)
    assert (own.position, second.position) == (0, 1)
    assert second.needs_answer


def test_it_makes_each_new_wording_the_next_revision(ada, bob, own) -> None:
    revision = edit(own, "Better.", ada, 1, reason="clearer", co_author=bob)
    own.refresh_from_db()
    assert revision is not None
    assert revision.wording == own.wording
    assert own.answer == "Better."
    assert (revision.number, revision.reason, revision.author, revision.co_author) == (2, "clearer", ada, bob)
    assert own.revisions.get(number=1).answer == "Answer."


def test_an_edit_never_resets_a_schedule(ada, own) -> None:
    grade_card(learner=ada, card_id=own.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    before = Schedule.objects.values().get()
    edit(own, "Better.", ada, 1)
    assert Schedule.objects.values().get() == before


def test_an_edit_that_changes_nothing_writes_nothing(ada, own) -> None:
    assert edit(own, "Answer.", ada, 1) is None
    assert own.revisions.count() == 1


def test_a_stale_edit_is_refused_and_writes_nothing(ada, bob, own) -> None:
    edit(own, "Bob's.", bob, 1)
    with pytest.raises(StaleEdit) as refused:
        edit(own, "Ada's.", ada, 1)
    assert refused.value.card.answer == "Bob's."
    assert own.revisions.count() == 2


def test_the_same_edit_twice_is_one(ada, own) -> None:
    assert edit(own, "Better.", ada, 1) is not None
    assert edit(own, "Better.", ada, 1) is None
    assert own.revisions.count() == 2


def test_it_restores_a_past_wording_as_a_new_revision(ada, own) -> None:
    edit(own, "Worse.", ada, 1)
    restored = restore_revision(revision=own.revisions.get(number=1), base_number=2, author=ada, now=START)
    own.refresh_from_db()
    assert restored is not None
    assert (restored.number, restored.source) == (3, "restored")
    assert own.answer == "Answer."
    assert restored.reason == "Back to revision 1."


def test_a_revision_can_be_neither_changed_nor_deleted(own) -> None:
    revision = own.revisions.get()
    revision.answer = "Forged."
    for forbidden in (revision.save, revision.delete, Revision.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            forbidden()
    assert own.revisions.get().answer == "Answer."


def test_it_moves_a_card_with_its_schedule_and_history(ada, own) -> None:
    grade_card(learner=ada, card_id=own.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    other = make_deck(owner=ada, name="Other", now=START, wordings=(Wording("First?", ""),))
    move_card(card=own, deck=other)
    own.refresh_from_db()
    assert (own.deck, own.position, own.revisions.count()) == (other, 1, 1)
    assert Schedule.objects.get(card=own).due_on == START.date() + timedelta(days=1)


def test_a_card_of_a_deck_file_cannot_be_moved(ada, own, deck) -> None:
    with pytest.raises(KeyedCard):
        move_card(card=deck.cards.get(key="c1"), deck=own.deck)


def test_the_archive_gives_a_card_back_as_it_was(own) -> None:
    archive_card(card=own, now=START)
    archive_card(card=own, now=START + timedelta(days=1))
    assert Card.objects.get(pk=own.pk).archived_at == START
    assert not Card.objects.active().filter(pk=own.pk)
    unarchive_card(card=own)
    assert Card.objects.active().filter(pk=own.pk)


def test_a_picture_in_a_public_card_opens_to_everybody(ada, bob, deck) -> None:
    picture = picture_of(ada)
    assert not Picture.objects.visible_to(bob).exists()
    make_card(deck=deck, wording=showing(picture), author=ada, now=START)
    assert Picture.objects.visible_to(bob).get() == Picture.objects.visible_to(None).get() == picture


def test_a_picture_in_a_private_card_stays_private(ada, bob, own) -> None:
    edit(own, showing(picture_of(ada)).answer, ada, 1)
    assert Picture.objects.visible_to(ada).count() == 1
    assert not Picture.objects.visible_to(bob).exists()
    assert not Picture.objects.visible_to(None).exists()


def test_naming_a_strangers_picture_does_not_open_it(ada, bob, deck) -> None:
    make_deck(owner=bob, name="Bob's", now=START, wordings=(showing(picture_of(ada)),))
    make_card(deck=deck, wording=showing(picture_of(ada)), author=bob, now=START)
    assert not Picture.objects.visible_to(bob).exists()


def test_an_accepted_suggestion_opens_its_proposers_picture(ada, bob, staff, deck) -> None:
    card, picture = deck.cards.get(key="c1"), picture_of(bob)
    edit(card, showing(picture).answer, staff, 1, co_author=bob)
    assert Picture.objects.visible_to(ada).get() == picture


def test_another_editor_keeps_the_pictures_that_a_card_has(ada, bob, staff, deck) -> None:
    picture = picture_of(ada)
    card = make_card(deck=deck, wording=showing(picture), author=ada, now=START)
    edit(card, f"{card.answer}\n\nMore.", staff, 1)
    assert Picture.objects.visible_to(bob).get() == picture


def test_a_restored_wording_shows_its_pictures_again(ada, bob, staff, deck: Deck) -> None:
    picture = picture_of(ada)
    card = make_card(deck=deck, wording=showing(picture), author=ada, now=START)
    edit(card, "Without.", staff, 1)
    restore_revision(revision=card.revisions.get(number=1), base_number=2, author=staff, now=START)
    assert Picture.objects.visible_to(bob).get() == picture


def test_a_picture_that_is_not_there_harms_nothing(ada, own) -> None:
    edit(own, f"![](/pictures/{uuid4()}) ![](/pictures/nonsense)", ada, 1)
    assert not own.pictures.exists()
