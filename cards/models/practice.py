"""The cards of a practice, in its order: of one with clozes each part, one after the other."""

from datetime import date
from enum import StrEnum
from hashlib import blake2b

from django.db.models import Q

from cards.models.decks import Card, CardQuerySet
from cards.models.learners import Learner
from cards.models.parts import Asked, parts_in
from cards.models.search import find
from cards.search import Query


class Order(StrEnum):
    """Deck by deck; the soonest due first, what is not learnt last; shuffled, the same way for the same seed."""

    DECK = "deck"
    DUE = "due"
    SHUFFLED = "shuffled"


def practice_cards(
    query: Query,
    learner: Learner | None,
    today: date,
    order: Order,
    seed: int = 0,
    after: Asked | None = None,
) -> list[Asked]:
    """The cards that the search finds, part by part, in that order.

    The card `after`, which was practised last, is among them even where that made it no longer fit: so the next one is
    known. A card that comes or goes meanwhile moves no other.
    """
    cards = find(query, learner, today)
    found = _ordered(cards, learner, order, seed)
    if after is not None and not any(each.card_id == after.card_id for each in found):
        also = Q(pk=after.card_id) | Q(pk__in=cards.order_by().values("pk"))
        found = _ordered(Card.objects.visible_to(learner).filter(also), learner, order, seed)
    return found


def place_of(asked: Asked, found: list[Asked], default: int) -> int:
    """Where that part stands, or the first of its card's; else the default."""
    if asked in found:
        return found.index(asked)
    return next((place for place, each in enumerate(found) if each.card_id == asked.card_id), default)


def next_place(found: list[Asked], after: Asked | None) -> int:
    """The place behind that part, or behind all parts of its card where it is not among them; else the first."""
    if after in found:
        return found.index(after) + 1
    return max(
        (
            place
            for place, each in enumerate(found, start=1)
            if after is not None and each.card_id == after.card_id
        ),
        default=0,
    )


def _ordered(cards: CardQuerySet, learner: Learner | None, order: Order, seed: int) -> list[Asked]:
    rows = cards.order_by("deck_id", "position", "pk").values_list("pk", "parts")
    found = [Asked(pk, part) for pk, mask in rows for part in parts_in(mask)]
    if order is Order.SHUFFLED:
        return sorted(found, key=lambda asked: _place(asked, seed))
    if order is Order.DUE and learner is not None:
        learnt = learner.schedules.filter(due_on__isnull=False, card__in=cards.order_by().values("pk"))
        due: dict[Asked, date] = {
            Asked(pk, part): day for pk, part, day in learnt.values_list("card", "part", "due_on") if day
        }
        found.sort(key=lambda asked: due.get(asked, date.max))
    return found


def _place(asked: Asked, seed: int) -> bytes:
    return blake2b(f"{seed} {asked}".encode(), digest_size=8).digest()
