"""Decks: make, rename, archive, study; and the loading of a deck file."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cards.actions.cards import edit_card, make_card, make_cards
from cards.cardtext import DeckText, Wording
from cards.models import Card, Deck, Enrolment, Learner, Revision


def make_deck(
    *,
    owner: Learner | None,
    name: str,
    now: datetime,
    description: str = "",
    wordings: tuple[Wording, ...] = (),
    source: Revision.Source = Revision.Source.CREATED,
) -> Deck:
    """A deck of the learner's own with those cards, which they now study; without an owner, the site's.

    Where the owner has the very same deck already, name and cards, that is it: nothing is made twice.
    """
    with transaction.atomic():
        if owner is not None:
            # Both halves of a double click queue here; a grade is not held up.
            Learner.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if deck := _same_deck(owner, name, description, wordings):
            return deck
        deck = Deck.objects.create(owner=owner, name=name, description=description, created_at=now)
        make_cards(deck=deck, wordings=wordings, author=owner, now=now, source=source)
        if owner is not None:
            study_deck(learner=owner, deck=deck, now=now)
    return deck


def _same_deck(
    owner: Learner | None, name: str, description: str, wordings: tuple[Wording, ...]
) -> Deck | None:
    decks = Deck.objects.active().filter(owner=owner, name=name, description=description, source_key=None)
    for deck in decks.prefetch_related("cards"):
        if tuple(card.wording for card in deck.cards.all() if card.archived_at is None) == wordings:
            return deck
    return None


def edit_deck(*, deck: Deck, name: str, description: str) -> None:
    """Renames a deck, or describes it anew."""
    deck.name, deck.description = name, description
    deck.save(update_fields=["name", "description"])


def make_site_deck(*, name: str, description: str, is_public: bool, is_starter: bool, now: datetime) -> Deck:
    """A deck of the site's own, without cards."""
    return Deck.objects.create(
        name=name, description=description, is_public=is_public, is_starter=is_starter, created_at=now
    )


def change_deck(*, deck: Deck, name: str, description: str, is_public: bool, is_starter: bool) -> None:
    """Renames or describes a deck, and says who may read it and whether newcomers begin with it."""
    deck.name, deck.description, deck.is_public, deck.is_starter = name, description, is_public, is_starter
    deck.save(update_fields=["name", "description", "is_public", "is_starter"])


def archive_deck(*, deck: Deck, now: datetime) -> None:
    """Takes a deck out of lists and queues. Nothing is deleted."""
    if deck.archived_at is None:
        deck.archived_at = now
        deck.save(update_fields=["archived_at"])


def unarchive_deck(*, deck: Deck) -> None:
    """Brings an archived deck back, its cards and schedules as they were."""
    deck.archived_at = None
    deck.save(update_fields=["archived_at"])


def study_deck(*, learner: Learner, deck: Deck, now: datetime) -> None:
    """From now on the deck's cards come up in the learner's reviews."""
    Enrolment.objects.get_or_create(learner=learner, deck=deck, defaults={"created_at": now})


def leave_deck(*, learner: Learner, deck: Deck) -> None:
    """The deck's cards no longer come up. The log and the schedules stay, for when the learner comes back."""
    Enrolment.objects.filter(learner=learner, deck=deck).delete()


@dataclass(frozen=True, slots=True)
class Loaded:
    """Keys of the cards that are new, changed, kept as they were edited here, and gone from the file."""

    deck: Deck
    added: tuple[str, ...]
    changed: tuple[str, ...]
    kept: tuple[str, ...]
    missing: tuple[str, ...]


def load_deck(*, text: DeckText, source_key: str, now: datetime) -> Loaded:
    """Brings the deck of that key to what the file says. Doing it again changes nothing.

    A card is changed only where its wording is still the one last loaded; an edit made here stays, and is
    reported. A card that the file no longer has stays too, and is reported. The deck's own name and
    description are the file's when the deck is made; from then on they are the site's.
    """
    with transaction.atomic():
        deck, _ = Deck.objects.select_for_update().get_or_create(
            source_key=source_key,
            defaults={
                "name": text.name,
                "description": text.description,
                "is_public": True,
                "is_starter": True,
                "created_at": now,
            },
        )
        cards = {card.key: card for card in deck.cards.exclude(key="")}
        loaded = _last_loaded(deck)
        added, changed, kept = [], [], []
        for position, (key, wording) in enumerate((card.key, card.wording) for card in text.cards):
            card = cards.get(key)
            if card is None:
                card = make_card(
                    deck=deck, wording=wording, author=None, now=now, key=key, source=Revision.Source.LOADED
                )
                added.append(key)
            elif card.wording != wording:
                if card.wording == loaded.get(card.pk):
                    edit_card(
                        card=card, wording=wording, base_number=card.revision_number, author=None, now=now,
                        source=Revision.Source.LOADED,
                    )  # fmt: skip
                    changed.append(key)
                else:
                    kept.append(key)
            if card.position != position:
                Card.objects.filter(pk=card.pk).update(position=position)
        keys = {card.key for card in text.cards}
        missing = [key for key in cards if key not in keys]
    return Loaded(deck, tuple(added), tuple(changed), tuple(kept), tuple(missing))


def _last_loaded(deck: Deck) -> dict[int, Wording]:
    """For each card of a deck file, the wording that the file last gave it."""
    revisions = Revision.objects.filter(card__deck=deck, source=Revision.Source.LOADED).order_by("number")
    return {revision.card_id: revision.wording for revision in revisions}
