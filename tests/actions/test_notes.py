"""A learner's own notes: written, changed, never overwritten unseen; a guest's go along."""

from datetime import timedelta

import pytest

from cards.actions.cards import archive_card, edit_card, move_card, unarchive_card
from cards.actions.decks import make_deck
from cards.actions.learners import guest_for, merge_learners
from cards.actions.notes import BETWEEN, StaleNote, write_note
from cards.cardtext import Wording
from cards.models import Card, Learner, Note
from tests.conftest import START

LATER = START + timedelta(days=1)


@pytest.fixture
def card(deck) -> Card:
    return deck.cards.get(key="c1")


@pytest.fixture
def guest(deck) -> Learner:
    return guest_for(claim="one", time_zone="UTC", now=START)


def write(learner: Learner, card: Card, text: str, was: str = "", now=START) -> Note | None:
    return write_note(learner=learner, card=card, text=text, was=was, now=now)


def texts(learner: Learner) -> list[str]:
    return list(learner.notes.order_by("card").values_list("text", flat=True))


def test_it_is_written_changed_and_deleted(ada, card) -> None:
    note = write(ada, card, "Mind the sign.")
    assert note is not None
    note = write(ada, card, "Mind the minus.", note.text, LATER)
    assert note is not None
    assert (texts(ada), note.created_at, note.changed_at) == (["Mind the minus."], START, LATER)
    assert write(ada, card, "", note.text) is None
    assert not Note.objects.exists()


def test_sent_twice_it_is_written_once(ada, card) -> None:
    first, second = (write(ada, card, "Mind the sign.", now=now) for now in (START, LATER))
    assert first == second
    assert Note.objects.get().changed_at == START
    assert write(ada, card, "", "Mind the sign.") is None
    assert write(ada, card, "", "Mind the sign.") is None


def test_what_another_tab_wrote_is_not_overwritten_unseen(ada, card) -> None:
    write(ada, card, "From the one tab.")
    with pytest.raises(StaleNote) as stale:
        write(ada, card, "From the other.", "", LATER)
    assert stale.value.note == Note.objects.get()
    write(ada, card, "From the other.", "From the one tab.", LATER)
    with pytest.raises(StaleNote):
        write(ada, card, "", "From the one tab.", LATER)
    write(ada, card, "", "From the other.")
    with pytest.raises(StaleNote) as stale:
        write(ada, card, "Once more.", "From the other.")
    assert stale.value.note is None


def test_each_learner_has_their_own(ada, bob, card) -> None:
    write(ada, card, "Ada's.")
    write(bob, card, "Bob's.")
    assert (texts(ada), texts(bob)) == (["Ada's."], ["Bob's."])


def test_it_survives_an_edit_a_move_and_the_archive(ada, bob, card) -> None:
    write(ada, card, "Mind the sign.")
    edit_card(card=card, wording=Wording("Other?", "Other.", ""), base_number=1, author=bob, now=LATER)
    Card.objects.filter(pk=card.pk).update(key="")
    card.refresh_from_db()
    move_card(card=card, deck=make_deck(owner=ada, name="Mine", now=START))
    archive_card(card=card, now=LATER)
    unarchive_card(card=card)
    assert texts(ada) == ["Mind the sign."]


def test_a_guests_notes_become_the_accounts_and_two_on_one_card_one(guest, ada, deck) -> None:
    c1, c2, c3 = deck.cards.order_by("key")
    write(guest, c1, "A guest's alone.")
    write(guest, c2, "A guest's.")
    write(guest, c3, "The same.")
    write(ada, c2, "An account's.", now=LATER)
    write(ada, c3, "The same.", now=LATER)
    merge_learners(guest=guest, into=ada)
    assert texts(ada) == ["A guest's alone.", f"A guest's.{BETWEEN}An account's.", "The same."]
    joined = Note.objects.get(card=c2)
    assert (joined.created_at, joined.changed_at) == (START, LATER)
    assert Note.objects.count() == 3


def test_a_guest_who_changed_a_note_is_not_idle(guest, card) -> None:
    write(guest, card, "Mind the sign.")
    write(guest, card, "Mind the minus.", "Mind the sign.", START + timedelta(days=50))
    assert guest not in Learner.objects.guests_idle_since(START + timedelta(days=40))
    assert guest in Learner.objects.guests_idle_since(START + timedelta(days=51))
