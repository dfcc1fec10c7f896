"""The cards of a practice, in its order."""

from datetime import date
from enum import StrEnum
from hashlib import blake2b

from django.db.models import F, Q

from cards.models.decks import Card, CardQuerySet
from cards.models.learners import Learner
from cards.models.search import find
from cards.search import Query


class Order(StrEnum):
    """Deck by deck; the soonest due first, what is not learnt last; shuffled, the same way for the same seed."""

    DECK = "deck"
    DUE = "due"
    SHUFFLED = "shuffled"


def practice_cards(
    query: Query, learner: Learner | None, today: date, order: Order, seed: int = 0, after: int | None = None
) -> list[int]:
    """Ids of the cards that the search finds, in that order.

    The card `after`, which was practised last, is among them even where that made it no longer fit: so the next one is
    known. A card that comes or goes meanwhile moves no other.
    """
    cards = find(query, learner, today)
    ids = _ordered(cards, learner, order, seed)
    if after is not None and after not in ids:
        also = Card.objects.visible_to(learner).filter(Q(pk=after) | Q(pk__in=cards.order_by().values("pk")))
        ids = _ordered(also, learner, order, seed)
    return ids


def _ordered(cards: CardQuerySet, learner: Learner | None, order: Order, seed: int) -> list[int]:
    in_deck = ("deck_id", "position", "pk")
    if order is Order.SHUFFLED:
        return sorted(cards.order_by().values_list("pk", flat=True), key=lambda pk: _place(pk, seed))
    if order is Order.DUE and learner is not None:
        cards = cards.with_schedule(learner).order_by(F("own__due_on").asc(nulls_last=True), *in_deck)
    else:
        cards = cards.order_by(*in_deck)
    return list(cards.values_list("pk", flat=True))


def _place(pk: int, seed: int) -> bytes:
    return blake2b(f"{seed} {pk}".encode(), digest_size=8).digest()
