"""What a learner's study day asks: the next card, and counts that are exactly what will come.

Three lists: the due cards, in the learner's order; new cards, in their deck's order; the day's repeats, the one graded
longest ago leading. scheduling.next_turn says which list has the next card, by the counts of all three. A deck that was
given its own numbers for today comes first. The lists themselves are in cards.models.lists.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    Aggregate,
    Case,
    Count,
    Exists,
    Expression,
    F,
    FilteredRelation,
    IntegerField,
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
from django_cte import CTE, with_cte

from cards.models.built import found
from cards.models.decks import Card, Deck, Enrolment
from cards.models.learners import Learner
from cards.models.limits import limit_column
from cards.models.lists import (
    comes_due,
    due_order,
    due_schedules,
    in_studied_decks,
    new_cards,
    repeat_schedules,
)
from cards.models.study import Schedule
from cards.scheduling import NewPlace, QueueCounts, Turn, next_turn, parts_today

GUEST_NEW_PER_DAY: int = Learner._meta.get_field("new_per_day").default
MORE = 10  # cards, at a press
COUNT = Count("pk")
COUNTS = ("done_count", "introduced", "due_count", "new_count", "repeat_count")
MOST_COUNTED = 1_000  # due cards, while one reviews: more than that is “1,000+”
UNLIMITED = 2**31 - 1


# --- what comes -------------------------------------------------------------------------------------------------------


def next_card(learner: Learner | None, today: date) -> tuple[Card | None, QueueCounts]:
    """The card that comes next, with the part that is asked in `card.part` and its schedule or None in `card.own`, and
    the counts, in one query.

    A second one for a card with clozes, whose parts are looked at; a second one too for the counts when nothing is
    left, and where parts come together. Due cards are counted no further than to MOST_COUNTED and one. For somebody
    unknown the starter decks are all new.
    """
    if learner is None:
        card = new_cards(None, today).select_related("deck").first()
        return card and with_part(card, card.part_numbers[0], {}), queue_counts(None, today)
    if learner.has_siblings:
        return _next_of_lists(learner, today)
    cards = found(first_cards, learner, today)
    by_turn = {turn: card for card in cards for turn, card in parts_of(card, learner, today)}
    if not by_turn:
        return None, queue_counts(learner, today)
    row = vars(next(iter(by_turn.values())))
    counts = as_counts(learner, today, row)
    turn = next_turn(counts, row["introduced"], NewPlace(learner.new_place))
    return (by_turn[turn] if turn else None), counts


def _next_of_lists(learner: Learner, today: date) -> tuple[Card | None, QueueCounts]:
    """The same where a card may lead several lists: first which list it is, then its first card."""
    row = vars(next(found(counts_of, learner, today, is_exact=False)))
    counts = as_counts(learner, today, row)
    turn = next_turn(counts, row["introduced"], NewPlace(learner.new_place))
    if turn is None:
        return None, counts
    card = Card.objects.with_schedule(learner, 0).get(pk=firsts_of_lists(learner, today)[turn])
    return dict(parts_of(card, learner, today))[turn], counts


def parts_of(card: Card, learner: Learner, today: date) -> Iterator[tuple[Turn, Card]]:
    """The card as each list that has it asks it, with its part and that part's schedule: of `card.own`, if it is whole.

    For a card with clozes one query.
    """
    rows = schedules_of(card, learner)
    states = {part: row.state for part, row in rows.items()}
    turns = parts_today(card.part_numbers, states, today, together=learner.has_siblings)
    for turn, part in turns.items():
        yield turn, with_part(copy(card) if len(turns) > 1 else card, part, rows)


def is_asked_today(card: Card, part: int, learner: Learner | None, today: date) -> bool:
    """Of a part that may come today by itself: whether no other part of its card comes in its place. One query, for
    cards with clozes alone."""
    if learner is None or learner.has_siblings or not card.has_clozes:
        return part in card.part_numbers
    states = {row.part: row.state for row in learner.schedules.filter(card=card)}
    return part in parts_today(card.part_numbers, states, today).values()


def part_of_day(card: Card, learner: Learner, today: date, wanted: int = 0) -> Card:
    """The same card as the day asks it: for the wanted part, where that comes today, else for the one that does."""
    asked = [each for _, each in parts_of(card, learner, today)]
    return next((each for each in asked if each.part == wanted), asked[0] if asked else card)


def schedules_of(card: Card, learner: Learner) -> dict[int, Schedule]:
    """The learner's schedules of the card, by part, those of parts that it had once too.

    Of a whole card the one that is in `card.own` already; else one query.
    """
    if not card.has_clozes:
        return {0: card.own} if card.own else {}
    return {row.part: row for row in learner.schedules.filter(card=card)}


def parts_with_schedules(card: Card, learner: Learner | None) -> list[Card]:
    """The card once for each of its parts, with that part's schedule. One query, for cards with clozes alone."""
    rows = schedules_of(card, learner) if learner else {}
    return [with_part(copy(card), part, rows) for part in card.part_numbers]


def with_part(card: Card, part: int, rows: Mapping[int, Schedule]) -> Card:
    """The same card, asked for that part, with that one of its schedules."""
    card.part, card.own = part, rows.get(part)
    return card


def first_cards(learner: Learner, today: date, card_id: int | None = None) -> QuerySet[Card]:
    """The first card of each list, with the counts of all; the first but for that card, which is counted."""
    counts = CTE(counts_of(learner, today, is_exact=False).values(*COUNTS), name="counts", materialized=True)
    firsts: dict[Turn, Expression] = {**firsts_of_lists(learner, today, card_id)}  # type: ignore[dict-item]
    # Looked for where there is one: PostgreSQL looks through all that is learnt to find none, as the count does.
    is_there = Exists(counts.queryset().filter(new_count__gt=0))
    firsts[Turn.NEW] = Case(When(is_there, then=firsts[Turn.NEW]))
    columns = {name: Subquery(counts.queryset().values(name)) for name in COUNTS}
    cards = Card.objects.filter(pk__in=firsts.values()).annotate(**columns)
    found: QuerySet[Card] = with_cte(counts, select=cards.with_schedule(learner, 0).order_by())
    return found


def queue_counts(learner: Learner | None, today: date, *, is_exact: bool = True) -> QueueCounts:
    """The counts alone; where they need not be exact, of due cards as `next_card` has them."""
    if learner is None:
        return QueueCounts(new=new_cards(None, today)[:GUEST_NEW_PER_DAY].count())
    (row,) = found(counts_of, learner, today, is_exact=is_exact)
    return as_counts(learner, today, vars(row))


def counts_of(learner: Learner, today: date, *, is_exact: bool) -> QuerySet[Learner]:
    counts = _count_columns(learner, today, is_exact=is_exact)
    one: QuerySet[Learner] = Learner.objects.filter(pk=learner.pk).only("pk")
    return one.annotate(**counts)


def is_in_queue(card: Card, learner: Learner, today: date) -> bool:
    """Whether this very card may come today, be it beyond the day's limits: by `card.own`, if it is whole."""
    if card.archived_at or not Deck.objects.studied_by(learner).filter(pk=card.deck_id).exists():
        return False
    return any(parts_of(card, learner, today))


def firsts_of_lists(learner: Learner, today: date, card_id: int | None = None) -> dict[Turn, Subquery]:
    """The id of the first card of each list, but for that card."""
    unseen, due, repeat = (
        Card.objects.new_to(learner, today),
        due_schedules(learner, today),
        repeat_schedules(learner, today),
    )
    if card_id is not None:
        unseen, due, repeat = (
            unseen.exclude(pk=card_id),
            due.exclude(card_id=card_id),
            repeat.exclude(card_id=card_id),
        )
    # The deck first: of its cards the first is then found by an index, and not by sorting all that are new.
    decks = Deck.objects.studied_by(learner).filter(Exists(unseen.filter(deck=OuterRef("pk"))))
    if learner.has_deck_limits:
        favoured = Enrolment.objects.filter(learner=learner, exception_on=today).values("deck")
        decks = decks.exclude(pk__in=_full_decks(learner, today, "new"))
        decks = decks.order_by(_first_if(pk__in=favoured), "name", "pk")
        due = due.exclude(card__deck__in=_full_decks(learner, today, "reviews"))
        due = due.order_by(_first_if(card__deck__in=favoured), *due_order(learner, today))
    new = unseen.filter(deck=Subquery(decks.values("pk")[:1])).order_by("position", "pk")
    ids = {
        Turn.DUE: due.values("card_id"),
        Turn.NEW: new.values("pk"),
        Turn.REPEAT: repeat.values("card_id"),
    }
    return {turn: Subquery(cards[:1]) for turn, cards in ids.items()}


def _first_if(**condition: Any) -> Case:
    return Case(When(**condition, then=0), default=1)


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


def _count_columns(learner: Learner, today: date, *, is_exact: bool = True) -> dict[str, Coalesce]:
    own = Schedule.objects.filter(learner=learner)
    new, most = new_cards(learner, today).order_by(), learner.new_limit(today)
    if learner.has_deck_limits:
        due_count = _count(Schedule.objects.filter(pk__in=_due_within_rooms(learner, today)))
        of_deck = _new_up_to(most, new, learner, deck=OuterRef("deck"))
        come = Least(Greatest(Coalesce(F("room"), most), 0), of_deck)
        decks = _rooms(learner, today, "new").annotate(one=Value(1)).values("one").annotate(n=Sum(come))
        new_count = Coalesce(Subquery(decks.values("n")), 0)
    else:
        due = due_schedules(learner, today)
        due_count = _count(due) if is_exact else _count_up_to(MOST_COUNTED + 1, due)
        new_count = _new_up_to(most, new, learner)
    return {
        "done_count": _count(own.filter(counted_on=today)),
        "introduced": _count(own.filter(introduced_on=today)),
        "due_count": due_count,
        "new_count": new_count,
        "repeat_count": _count(repeat_schedules(learner, today)),
    }


class _Sliced(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _count_up_to(most: int, rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, but no more than `most`."""
    return Coalesce(_Sliced(rows.order_by().values("pk")[:most]), 0)


def _count(rows: QuerySet[Any], by: Aggregate = COUNT) -> Coalesce:
    """Grouped by a constant, so that it is one row, or none: Django has no plain scalar count as a subquery."""
    one = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=by).values("n")
    return Coalesce(Subquery(one), 0)


def _new_up_to(most: int, cards: QuerySet[Card], learner: Learner, **of: OuterRef) -> Coalesce:
    """Of no more cards than that: there may be a hundred thousand. Each comes once, or with all its new parts."""
    if not learner.has_siblings:
        return _count_up_to(most, cards.filter(**of))
    of = {name: OuterRef(outer) for name, outer in of.items()}  # one query further in
    found = Card.objects.filter(pk__in=cards.filter(**of).values("pk")[:most])
    return _count(found.with_new_count(learner), Sum("new_count"))


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
        in_studied_decks(learner)
        .filter(is_reviewed | comes_due(learner, today))
        .annotate(
            enrolment=FilteredRelation("card__deck__enrolments", condition=enrolled),
            limit=Coalesce(limit_column(today, "reviews", "enrolment__"), UNLIMITED),
            place=Case(When(is_reviewed, then=None), default=place),
        )
        .filter(place__lte=F("limit"))
        .values("pk")
    )


def as_counts(learner: Learner, today: date, row: dict[str, int]) -> QueueCounts:
    done, introduced = row["done_count"], row["introduced"]
    due, new, most = row["due_count"], row["new_count"], learner.review_limit(today)
    if most is not None:
        due = min(due, max(0, most - (done - introduced)))
    new = min(new, max(0, learner.new_limit(today) - introduced))
    return QueueCounts(done, due, new, row["repeat_count"])
