"""What an editor does with several cards of a deck at once: all of them, or none. No schedule is touched.

Each act may come twice, as the halves of a double click: what is so already is left as it is. Each returns how many
cards it changed, and raises NotYours where one of them is not there for the editor.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from cards.actions.cards import KeyedCard, edit_cards, next_position
from cards.actions.groups import editing
from cards.actions.study import NotYours
from cards.cardtext import TextError, Wording
from cards.models import Card, Deck, Learner

MOST_CARDS = 500  # of one act


class TagRefused(ValueError):
    """Why a card cannot have that tag, as a sentence for the editor."""


def tag_cards(*, learner: Learner, card_ids: Collection[int], tag: str, now: datetime) -> int:
    """They have that tag, clean as `clean_tag` gives it; each card's next revision says so. Raises TagRefused."""
    return _reword(learner, card_ids, lambda wording: wording.tagged(tag), f"Tag {tag} added", now)


def untag_cards(*, learner: Learner, card_ids: Collection[int], tag: str, now: datetime) -> int:
    """They have that tag no more; each card's next revision says so."""
    return _reword(learner, card_ids, lambda wording: wording.untagged(tag), f"Tag {tag} removed", now)


def _reword(
    learner: Learner,
    card_ids: Collection[int],
    reworded: Callable[[Wording], Wording],
    reason: str,
    now: datetime,
) -> int:
    with _held(learner, card_ids) as cards:
        wordings = {}
        for card in cards:
            try:
                wording = reworded(card.wording)
            except TextError as error:
                raise TagRefused(f"“{card}”: {error}") from error
            if wording != card.wording:
                wordings[card] = wording
        edit_cards(wordings=wordings, author=learner, now=now, reason=reason[:500])
    return len(wordings)


def move_cards(*, learner: Learner, card_ids: Collection[int], deck: Deck) -> int:
    """They stand at the end of that deck, in the order that they had. Raises KeyedCard where a deck file names one."""
    with _held(learner, card_ids, deck) as cards:
        moved = [card for card in cards if card.deck_id != deck.pk]
        if any(card.key for card in moved):
            raise KeyedCard
        for position, card in enumerate(moved, start=next_position(deck)):
            card.deck, card.position = deck, position
        Card.objects.bulk_update(moved, ["deck", "position"])
    return len(moved)


def archive_cards(*, learner: Learner, card_ids: Collection[int], now: datetime) -> int:
    """They are out of lists and queues. Nothing is deleted."""
    with _held(learner, card_ids) as cards:
        live = [card.pk for card in cards if card.archived_at is None]
        Card.objects.filter(pk__in=live).update(archived_at=now)
    return len(live)


def unarchive_cards(*, learner: Learner, card_ids: Collection[int]) -> int:
    """They are back, everybody's schedules as they were."""
    with _held(learner, card_ids) as cards:
        archived = [card.pk for card in cards if card.archived_at]
        Card.objects.filter(pk__in=archived).update(archived_at=None)
    return len(archived)


def step_cards(*, learner: Learner, card_ids: Collection[int], by: int) -> int:
    """Each goes one place up (-1) or down (1) in its deck, together where they stand together; at the end they stay."""

    def stepped(order: list[Card], chosen: set[int]) -> list[Card]:
        cards = order if by < 0 else order[::-1]
        for place in range(1, len(cards)):
            if cards[place].pk in chosen and cards[place - 1].pk not in chosen:
                cards[place - 1 : place + 1] = cards[place], cards[place - 1]
        return cards if by < 0 else cards[::-1]

    return _reorder(learner, card_ids, stepped)


def place_cards(*, learner: Learner, card_ids: Collection[int], place: int) -> int:
    """The first of them is the deck's card number `place`, counted from 1; the others follow it in their order."""

    def placed(order: list[Card], chosen: set[int]) -> list[Card]:
        taken = [card for card in order if card.pk in chosen]
        rest = [card for card in order if card.pk not in chosen]
        return [*rest[: place - 1], *taken, *rest[place - 1 :]]

    return _reorder(learner, card_ids, placed)


def _reorder(
    learner: Learner, card_ids: Collection[int], ordered: Callable[[list[Card], set[int]], list[Card]]
) -> int:
    """Orders the live cards of each deck anew. Positions are 0, 1, 2 … from then on, the archive's behind the others.

    Raises KeyedCard where a deck file names one of them: the next loading of it would put them back.
    """
    chosen, count = set(card_ids), 0
    with _held(learner, card_ids) as cards:
        if any(card.key for card in cards):
            raise KeyedCard
        for deck_id in sorted({card.deck_id for card in cards}):
            order = list(
                Card.objects.filter(deck=deck_id)
                .order_by("position", "pk")
                .only("pk", "position", "archived_at")
            )
            live = [card for card in order if card.archived_at is None]
            archived = [card for card in order if card.archived_at]
            before = [card.pk for card in live]
            live = ordered(live, chosen)
            count += sum(pk in chosen and pk != live[place].pk for place, pk in enumerate(before))
            changed = []
            for position, card in enumerate([*live, *archived]):
                if card.position != position:
                    card.position = position
                    changed.append(card)
            Card.objects.bulk_update(changed, ["position"], batch_size=MOST_CARDS)
    return count


@contextmanager
def _held(learner: Learner, card_ids: Collection[int], *others: Deck) -> Iterator[list[Card]]:
    """The cards in their order, held with their decks until a short transaction ends, in which they may be edited.

    Decks first, in one order for all: two who reorder one deck, or move cards crosswise, wait for each other.
    """
    ids = set(card_ids)
    decks = Deck.objects.filter(cards__in=ids).distinct()
    with editing(learner=learner, decks=[*decks, *others]):
        held = Deck.objects.filter(pk__in={deck.pk for deck in (*decks, *others)})
        list(held.order_by("pk").select_for_update(no_key=True))
        cards = Card.objects.editable_by(learner).filter(pk__in=ids, deck__in=held)
        found = list(cards.order_by("deck_id", "position", "pk").select_for_update(no_key=True, of=("self",)))
        if len(ids) > MOST_CARDS or len(found) != len(ids):
            raise NotYours(ids)
        yield found
