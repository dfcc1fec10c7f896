"""The lists that a study day is made of, without the day's limits: what may come, what is due, what is new.

Of a card with several parts one comes a day, as scheduling.parts_today has it, unless the learner has them together. So
a card stands in one list, and once; else it may stand in each, and comes as often as it has parts.
"""

from datetime import date
from random import Random
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from cards.models.decks import Card, Deck, DeckQuerySet
from cards.models.learners import Learner
from cards.models.parts import is_asked
from cards.models.study import Schedule
from cards.scheduling import DueOrder

PRIME = 2**31 - 1  # so small that a product of two lesser numbers is a bigint


def live_schedules(learner: Learner, today: date) -> QuerySet[Schedule]:
    """The learner's schedules that may come up: studied decks, parts that their cards still have, neither suspended,
    skipped today nor archived."""
    return in_studied_decks(learner).filter(_live(today))


def due_schedules(learner: Learner, today: date) -> QuerySet[Schedule]:
    """What is due today or since earlier, in the order in which it comes, without the day's limits."""
    return in_studied_decks(learner).filter(comes_due(learner, today)).order_by(*due_order(learner, today))


def waiting_schedules(learner: Learner, today: date) -> QuerySet[Schedule]:
    """What is due, and the parts that wait beside it for another day."""
    return live_schedules(learner, today).filter(due(today))


def repeat_schedules(learner: Learner, today: date) -> QuerySet[Schedule]:
    """What scored below 4 today, in the order in which it comes."""
    return live_schedules(learner, today).filter(repeat_on=today).order_by("graded_at", "id")


def new_cards(learner: Learner | None, today: date) -> QuerySet[Card]:
    """The cards never learnt so far, in the order in which they come, without the day's limits."""
    decks = Deck.objects.studied_by(learner)
    return Card.objects.new_to(learner, today).filter(deck__among=decks).order_by("deck", "position", "pk")


def with_due_count(decks: DeckQuerySet, learner: Learner | None, today: date) -> DeckQuerySet:
    """Each with `due_count`: how many due cards of it the learner's day asks, without the day's limits.

    `decks` are of `with_counts(learner)`, which joins the learner's schedules as `own`.
    """
    if learner is None:
        return decks
    due = due_schedules(learner, today).order_by().values("pk")
    return decks.annotate(due_count=Count("own", filter=Q(own__in=due), distinct=True))


def in_studied_decks(learner: Learner) -> QuerySet[Schedule]:
    """All of the learner's schedules of cards that may come up in their decks."""
    return Schedule.objects.filter(learner=learner, card__deck__among=Deck.objects.studied_by(learner))


def due(today: date, schedule: str = "") -> Q:
    """What a schedule says when its card is due today or since earlier, if that is studied and not in the archive.

    `schedule` comes before the names of its columns.
    """
    counted, due_on = f"{schedule}counted_on", f"{schedule}due_on"
    is_not_counted = Q((counted, None)) | Q((f"{counted}__lt", today))
    return _awake(today, schedule) & is_not_counted & Q((f"{due_on}__lte", today))


def _awake(today: date, schedule: str = "") -> Q:
    skipped = f"{schedule}skipped_on"
    is_not_skipped = Q((skipped, None)) | ~Q((skipped, today))
    return is_not_skipped & Q((f"{schedule}is_suspended", False))


def _live(today: date) -> Q:
    return _awake(today) & Q(card__archived_at=None) & is_asked()


def comes_due(learner: Learner, today: date) -> Q:
    """Of a schedule of a studied deck: it is due, and the one of its card that comes."""
    return due(today) & Q(card__archived_at=None) & is_asked() & _comes_before_siblings(learner, today)


def _comes_before_siblings(learner: Learner, today: date) -> Q:
    """No other part of its card was done today, or has been due for longer. Asked of whole cards least of all."""
    if learner.has_siblings:
        return Q()
    others = Schedule.objects.filter(learner=learner, card=OuterRef("card")).exclude(part=OuterRef("part"))
    is_longer_due = Q(due_on__lt=OuterRef("due_on")) | Q(due_on=OuterRef("due_on"), part__lt=OuterRef("part"))
    comes = due(today) & is_longer_due & is_asked(OuterRef("card__parts"))
    return Q(part=0) | ~Q(Exists(others.filter(Q(counted_on__gte=today) | comes)))


def due_order(learner: Learner, today: date) -> list[Any]:
    """What the learner chose; of equals the longest due leads."""
    first: list[Any] = []
    match learner.due_order:
        case DueOrder.DECK:
            first = ["card__deck__name", "card__deck_id"]
        case DueOrder.HARDEST:
            first = ["ease_hundredths"]
        case DueOrder.SHUFFLED:
            chance = Random(f"{learner.pk} {today}")  # noqa: S311  (an order, no secret)
            factor, offset = chance.randrange(1, PRIME), chance.randrange(PRIME)
            place = (F("id") % PRIME * factor + offset) % PRIME
            first = [place * place % PRIME]
    return [*first, "due_on", "id"]
