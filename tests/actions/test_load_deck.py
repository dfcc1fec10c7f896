"""Loading a deck file again and again, on a site where people edit."""

import pytest

from cards.actions.cards import archive_card, edit_card, restore_revision
from cards.actions.decks import Loaded, edit_deck, load_deck
from cards.cardtext import DeckText, read_deck
from cards.models import Card, Deck, Revision
from tests.conftest import START, make_learner

pytestmark = pytest.mark.django_db


def deck_text(**answers: str) -> DeckText:
    cards = "".join(
        f"\n## Card: {key}\n\nPrompt {key}?\n\n### Answer\n\n{text}\n" for key, text in answers.items()
    )
    return read_deck(f"# Losses\n\nAbout losses.\n{cards}")


def load(**answers: str) -> Loaded:
    return load_deck(text=deck_text(**answers), source_key="losses", now=START)


def changes(loaded: Loaded) -> tuple[tuple[str, ...], ...]:
    return loaded.added, loaded.changed, loaded.kept, loaded.missing


def edit(key: str, answer: str) -> Card:
    card = Card.objects.get(key=key)
    wording = type(card.wording)(card.prompt, answer, card.details)
    edit_card(
        card=card, wording=wording, base_number=card.revision_number, author=make_learner("ed"), now=START
    )
    return card


def test_it_makes_a_public_starter_deck_in_the_files_order() -> None:
    loaded = load(b="B", a="A")
    assert changes(loaded) == (("b", "a"), (), (), ())
    deck = Deck.objects.get()
    assert (deck.name, deck.description, deck.owner) == ("Losses", "About losses.", None)
    assert deck.is_public
    assert deck.is_starter
    assert [card.key for card in deck.cards.order_by("position")] == ["b", "a"]
    assert {revision.source for revision in Revision.objects.all()} == {Revision.Source.LOADED}


def test_it_changes_nothing_the_second_time() -> None:
    load(a="A", b="B")
    before = list(Card.objects.values()), Revision.objects.count()
    assert changes(load(a="A", b="B")) == ((), (), (), ())
    assert (list(Card.objects.values()), Revision.objects.count()) == before


def test_it_changes_a_card_that_nobody_edited() -> None:
    load(a="A", b="B")
    assert changes(load(a="A better", b="B")) == ((), ("a",), (), ())
    assert Card.objects.get(key="a").answer == "A better"
    assert changes(load(a="A best", b="B")) == ((), ("a",), (), ())
    assert [r.answer for r in Card.objects.get(key="a").revisions.all()] == ["A best", "A better", "A"]


def test_it_keeps_an_edit_and_says_so_each_time() -> None:
    load(a="A")
    edit("a", "Edited here")
    for _ in range(2):
        assert changes(load(a="A better")) == ((), (), ("a",), ())
        assert Card.objects.get(key="a").answer == "Edited here"
    assert changes(load(a="A")) == ((), (), ("a",), ())


def test_it_goes_on_once_the_edit_says_what_the_file_says() -> None:
    load(a="A")
    edit("a", "A better")
    assert changes(load(a="A better")) == ((), (), (), ())


def test_it_changes_a_card_that_was_restored_to_what_was_loaded() -> None:
    load(a="A")
    card = edit("a", "Edited here")
    first = card.revisions.get(number=1)
    restore_revision(revision=first, base_number=2, author=make_learner("ada"), now=START)
    assert changes(load(a="A better")) == ((), ("a",), (), ())


def test_it_keeps_and_reports_a_card_that_the_file_no_longer_has() -> None:
    load(a="A", b="B")
    assert changes(load(a="A")) == ((), (), (), ("b",))
    assert Card.objects.get(key="b").archived_at is None


def test_it_adds_a_new_card_at_its_place() -> None:
    load(a="A", c="C")
    assert changes(load(a="A", b="B", c="C")) == (("b",), (), (), ())
    assert [card.key for card in Card.objects.order_by("position")] == ["a", "b", "c"]


def test_it_leaves_an_archived_card_in_the_archive() -> None:
    load(a="A")
    archive_card(card=Card.objects.get(), now=START)
    load(a="A better")
    assert Card.objects.get().archived_at == START


def test_it_never_undoes_what_was_set_for_the_deck_here() -> None:
    deck = load(a="A").deck
    edit_deck(deck=deck, name="Renamed", description="Mine.")
    Deck.objects.update(is_starter=False)
    load(a="A")
    deck.refresh_from_db()
    assert (deck.name, deck.description, deck.is_starter) == ("Renamed", "Mine.", False)


def test_it_does_not_touch_cards_written_here() -> None:
    from cards.actions.cards import make_card

    deck = load(a="A").deck
    own = make_card(deck=deck, wording=deck_text(x="X").cards[0].wording, author=None, now=START)
    assert changes(load(a="A", b="B")) == (("b",), (), (), ())
    assert Card.objects.filter(pk=own.pk, answer="X").exists()
