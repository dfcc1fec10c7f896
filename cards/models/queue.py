"""What a learner's study day asks: the next card, and counts that are exactly what will come.

Three lists: the due cards, in the learner's order; new cards, in their deck's order; the day's repeats, the one graded
longest ago leading. scheduling.next_turn says which list has the next card, by the counts of all three. A deck that was
given its own numbers for today comes first.
"""

from copy import copy
from datetime import date
from random import Random
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Greatest, Least, RowNumber

from cards.models.decks import Card, Deck, Enrolment
from cards.models.learners import Learner
from cards.models.limits import limit_column
from cards.models.study import Schedule
from cards.scheduling import DueOrder, NewPlace, QueueCounts, Turn, next_turn

GUEST_NEW_PER_DAY: int = Learner._meta.get_field("new_per_day").default
MORE = 10  # cards, at a press
UNLIMITED = 2**31 - 1
PRIME = 2**31 - 1  # so small that a product of two lesser numbers is a bigint


# --- the lists --------------------------------------------------------------------------------------------------------


def live_schedules(learner: Learner, today: date) -> QuerySet[Schedule]:
    """The learner's schedules that may come up today: studied decks, neither suspended, skipped nor archived."""
    return _in_studied_decks(learner).filter(_live(today))


def due_schedules(learner: Learner, today: date) -> QuerySet[Schedule]:
    """What is due today or since earlier, in the order in which it comes, without the day's limits."""
    return _in_studied_decks(learner).filter(_due(today)).order_by(*_due_order(learner, today))


def repeat_schedules(learner: Learner, today: date) -> QuerySet[Schedule]:
    """What scored below 4 today, in the order in which it comes."""
    return live_schedules(learner, today).filter(repeat_on=today).order_by("graded_at", "id")


def new_cards(learner: Learner | None, today: date) -> QuerySet[Card]:
    """The cards never learnt so far, in the order in which they come, without the day's limits."""
    decks = Deck.objects.studied_by(learner)
    return Card.objects.new_to(learner, today).filter(deck__in=decks).order_by("deck", "position", "pk")


def _in_studied_decks(learner: Learner) -> QuerySet[Schedule]:
    return Schedule.objects.filter(learner=learner, card__deck__in=Deck.objects.studied_by(learner))


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
    return _awake(today) & Q(card__archived_at=None)


def _due(today: date) -> Q:
    return due(today) & Q(card__archived_at=None)


def _due_order(learner: Learner, today: date) -> list[Any]:
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


# --- what comes -------------------------------------------------------------------------------------------------------


def next_card(learner: Learner | None, today: date) -> tuple[Card | None, QueueCounts]:
    """The card that comes next, with `card.own` (its schedule or None), and the counts, in one query.

    A second one gives the counts when nothing is left. For somebody unknown the starter decks are all new.
    """
    if learner is None:
        return new_cards(None, today).select_related("deck").first(), queue_counts(None, today)
    columns = _count_columns(learner, today)
    firsts = Card.objects.filter(pk__in=_firsts(learner, today)).annotate(**columns).with_schedule(learner)
    cards = {_turn_of(card, today): card for card in firsts.order_by()}
    if not cards:
        return None, queue_counts(learner, today)
    row = {name: getattr(next(iter(cards.values())), name) for name in columns}
    counts = _as_counts(learner, today, row)
    turn = next_turn(counts, row["introduced"], NewPlace(learner.new_place))
    return (cards[turn] if turn else None), counts


def queue_counts(learner: Learner | None, today: date) -> QueueCounts:
    """The counts alone."""
    if learner is None:
        return QueueCounts(new=new_cards(None, today)[:GUEST_NEW_PER_DAY].count())
    row = Learner.objects.filter(pk=learner.pk).values(**_count_columns(learner, today)).get()
    return _as_counts(learner, today, row)


def is_in_queue(card: Card, learner: Learner, today: date) -> bool:
    """Whether this very card may come today, be it beyond the day's limits."""
    return (
        due_schedules(learner, today).filter(card=card).exists()
        or repeat_schedules(learner, today).filter(card=card).exists()
        or new_cards(learner, today).filter(pk=card.pk).exists()
    )


def _firsts(learner: Learner, today: date) -> list[Subquery]:
    """The first card of each list."""
    unseen = Card.objects.new_to(learner, today)
    # The deck first: of its cards the first is then found by an index, and not by sorting all that are new.
    decks = Deck.objects.studied_by(learner).filter(Exists(unseen.filter(deck=OuterRef("pk"))))
    due = due_schedules(learner, today)
    if learner.has_deck_limits:
        favoured = Enrolment.objects.filter(learner=learner, exception_on=today).values("deck")
        decks = decks.exclude(pk__in=_full_decks(learner, today, "new"))
        decks = decks.order_by(_first_if(pk__in=favoured), "name", "pk")
        due = due.exclude(card__deck__in=_full_decks(learner, today, "reviews"))
        due = due.order_by(_first_if(card__deck__in=favoured), *_due_order(learner, today))
    new = unseen.filter(deck=Subquery(decks.values("pk")[:1])).order_by("position", "pk")
    repeat = repeat_schedules(learner, today)
    ids = (due.values("card_id"), new.values("pk"), repeat.values("card_id"))
    return [Subquery(cards[:1]) for cards in ids]


def _first_if(**condition: Any) -> Case:
    return Case(When(**condition, then=0), default=1)


def _turn_of(card: Card, today: date) -> Turn:
    if card.own is None or card.own.due_on is None:
        return Turn.NEW
    return Turn.REPEAT if card.own.repeat_on == today else Turn.DUE


# --- what the limits keep back ----------------------------------------------------------------------------------------


class Done(NamedTuple):
    """Cards graded on a study day: those that were new, and reviews."""

    new: int
    reviews: int


def done_today(learner: Learner, today: date, deck: Deck | None = None) -> Done:
    """How much of today's limits is used up, overall or in a deck."""
    graded = learner.schedules.filter(counted_on=today)
    if deck is not None:
        graded = graded.filter(card__deck=deck)
    is_new = Q(introduced_on=today)
    return Done(**graded.aggregate(new=Count("pk", filter=is_new), reviews=Count("pk", filter=~is_new)))


class More(NamedTuple):
    """What would come beyond the day's limits: the due cards, and ten more of each kind, or as many as there are.

    `to` has the limits of today that would let those ten come.
    """

    due: int
    reviews: int
    new: int
    to: Done


def more_today(learner: Learner, today: date, counts: QueueCounts) -> More:
    """What the day's limits keep back, when `counts` is what they let come."""
    done = done_today(learner, today)
    to = Done(done.new + counts.new + MORE, done.reviews + counts.due + MORE)
    raised = copy(learner)
    raised.exception_on, raised.exception_new, raised.exception_reviews = today, to.new, to.reviews
    then = queue_counts(raised, today)
    due = due_schedules(learner, today).count() - counts.due
    return More(due, max(0, then.due - counts.due), then.new - counts.new, to)


# --- how many ---------------------------------------------------------------------------------------------------------


def _count_columns(learner: Learner, today: date) -> dict[str, Coalesce]:
    own = Schedule.objects.filter(learner=learner)
    new, most = new_cards(learner, today).order_by(), learner.new_limit(today)
    if learner.has_deck_limits:
        due_count = _count(Schedule.objects.filter(pk__in=_due_within_rooms(learner, today)))
        of_deck = _count_up_to(most, new.filter(deck=OuterRef(OuterRef("deck"))))
        come = Least(Greatest(Coalesce(F("room"), most), 0), of_deck)
        decks = _rooms(learner, today, "new").annotate(one=Value(1)).values("one").annotate(n=Sum(come))
        new_count = Coalesce(Subquery(decks.values("n")), 0)
    else:
        due_count = _count(due_schedules(learner, today))
        new_count = _count_up_to(most, new)
    return {
        "done_count": _count(own.filter(counted_on=today)),
        "introduced": _count(own.filter(introduced_on=today)),
        "due_count": due_count,
        "new_count": new_count,
        "repeat_count": _count(repeat_schedules(learner, today)),
    }


def _count(rows: QuerySet[Any]) -> Coalesce:
    """Grouped by a constant, so that it is one row, or none: Django has no plain scalar count as a subquery."""
    one = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one), 0)


def _count_up_to(most: int, cards: QuerySet[Card]) -> Coalesce:
    """No further than that: there may be a hundred thousand."""
    return _count(Card.objects.filter(pk__in=cards.values("pk")[:most]))


def _rooms(learner: Learner, today: date, kind: str) -> QuerySet[Any]:
    """The learner's decks with `room`: how many more new cards, or reviews, each deck's own limit lets come today."""
    graded = Schedule.objects.filter(learner=learner, card__deck=OuterRef("deck"))
    introduced, reviewed = Q(introduced_on=today), Q(counted_on=today) & ~Q(introduced_on=today)
    used = _count(graded.filter(introduced if kind == "new" else reviewed))
    return Enrolment.objects.filter(learner=learner).annotate(room=limit_column(today, kind) - used)


def _full_decks(learner: Learner, today: date, kind: str) -> QuerySet[Any]:
    is_limited = Q(exception_on=today) | Q(**{f"{kind}_per_day__isnull": False})
    return _rooms(learner, today, kind).filter(is_limited, room__lte=0).values("deck")


def _due_within_rooms(learner: Learner, today: date) -> QuerySet[Any]:
    """As many due schedules of each deck as its limit lets come: those at the places that the day's done ones leave."""
    is_reviewed = Q(counted_on=today) & ~Q(introduced_on=today)
    enrolled = Q(card__deck__enrolments__learner=learner)
    place = Window(RowNumber(), partition_by="card__deck", order_by=_first_if(counted_on=today))
    return (
        _in_studied_decks(learner)
        .filter(is_reviewed | _due(today))
        .annotate(
            enrolment=FilteredRelation("card__deck__enrolments", condition=enrolled),
            limit=Coalesce(limit_column(today, "reviews", "enrolment__"), UNLIMITED),
            place=Case(When(is_reviewed, then=None), default=place),
        )
        .filter(place__lte=F("limit"))
        .values("pk")
    )


def _as_counts(learner: Learner, today: date, row: dict[str, int]) -> QueueCounts:
    done, introduced = row["done_count"], row["introduced"]
    due, new, most = row["due_count"], row["new_count"], learner.review_limit(today)
    if most is not None:
        due = min(due, max(0, most - (done - introduced)))
    new = min(new, max(0, learner.new_limit(today) - introduced))
    return QueueCounts(done, due, new, row["repeat_count"])
