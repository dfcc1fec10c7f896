"""Item analysis: how each card of a deck does among those who learn it, with how sure that is."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import sqrt

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from cards.models import Deck, Flag, Learner, Schedule, StudyEvent, Suggestion
from cards.models.study import StudyEventQuerySet
from cards.reports.retention import MATURE_FROM_DAYS, asked_again
from cards.scheduling import Grade, Kind, Mode

FEWEST = 5  # of which a share says anything
Z = 1.959964  # of a 95 % interval
WORST = 10
FEWEST_TO_MATURE = 4  # reviews that count before an interval can be 21 days; the next one is of a mature card


@dataclass(frozen=True, slots=True)
class Share:
    """So many `of` a number. With its interval, since a share of five says little."""

    count: int = 0
    of: int = 0

    @property
    def is_enough(self) -> bool:
        return self.of >= FEWEST

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, of 95 %: where the share of all there could be lies, as far as these tell. Of none, anywhere."""
        if not self.of:
            return 0.0, 1.0
        share, spread = self.count / self.of, Z * Z / self.of
        middle = (share + spread / 2) / (1 + spread)
        half = Z / (1 + spread) * sqrt(share * (1 - share) / self.of + spread / (4 * self.of))
        # Rounding must not leave the ends of the scale, where the interval begins exactly.
        low = 0.0 if self.count == 0 else max(0.0, middle - half)
        high = 1.0 if self.count == self.of else min(1.0, middle + half)
        return low, high

    @property
    def low(self) -> float:
        return self.interval[0]

    @property
    def low_percent(self) -> int:
        return round(100 * self.interval[0])

    @property
    def high_percent(self) -> int:
        return round(100 * self.interval[1])


@dataclass(frozen=True, slots=True)
class Item:
    """A card's numbers: Again at first sight and when mature, the median of answer seconds, what waits for editors."""

    card_id: int
    place: int
    first: Share
    mature: Share
    seconds: float | None
    flags: int
    suggestions: int


Order = Callable[[Item], tuple[float, ...]]
# Shares by what is sure of them, so that one of one does not lead; the most first, and then as in the deck.
ORDERS: dict[str, Order] = {
    "place": lambda item: (item.place,),
    "first": lambda item: (-item.first.low, -item.first.of, item.place),
    "mature": lambda item: (-item.mature.low, -item.mature.of, item.place),
    "seconds": lambda item: (-(item.seconds or 0), item.place),
    "flags": lambda item: (-item.flags, item.place),
    "suggestions": lambda item: (-item.suggestions, item.place),
}


@dataclass(frozen=True)
class Analysis:
    """The live cards of a deck, in its order."""

    items: list[Item]

    def sorted(self, by: str) -> list[Item]:
        return sorted(self.items, key=ORDERS[by])

    @cached_property
    def forgotten(self) -> list[Item]:
        """The ten that are surely forgotten most, of those with enough reviews when mature; may be none."""
        return self._worst("mature")

    @cached_property
    def hardest(self) -> list[Item]:
        """The same at first sight."""
        return self._worst("first")

    def _worst(self, by: str) -> list[Item]:
        shares: list[tuple[Item, Share]] = [(item, getattr(item, by)) for item in self.sorted(by)]
        return [item for item, share in shares if share.is_enough and share.count][:WORST]


def analysis(deck: Deck, learners: QuerySet[Learner] | None = None, *, is_theirs: bool = False) -> Analysis:
    """Of the learners' events, or of everybody's. Flags and suggestions are all open ones; where `is_theirs`, theirs.

    Six queries, however many cards and learners there are. The shares at first sight and the medians are counted by the
    database. Whether a card was mature no event says: the logs that are long enough for it are replayed, one by one.
    """
    cards = list(deck.cards.filter(archived_at=None).order_by("position", "pk").values_list("pk", flat=True))
    events = StudyEvent.objects.graded_and_standing().filter(
        mode=Mode.SCHEDULED, card__deck=deck, card__archived_at=None
    )
    flags, suggestions = Flag.objects.open(), Suggestion.objects.open()
    if learners is not None:
        events = events.filter(learner__in=learners)
        if is_theirs:
            flags = flags.filter(learner__in=learners)
            suggestions = suggestions.filter(proposer__in=learners)
    first, mature, seconds = _at_first_sight(events), _when_mature(deck, learners), _median_seconds(events)
    flag_counts, suggestion_counts = _by_card(flags, deck), _by_card(suggestions, deck)
    return Analysis(
        [
            Item(
                card,
                place,
                first.get(card, Share()),
                mature.get(card, Share()),
                seconds.get(card),
                flag_counts.get(card, 0),
                suggestion_counts.get(card, 0),
            )
            for place, card in enumerate(cards, start=1)
        ]
    )


def _at_first_sight(events: StudyEventQuerySet) -> dict[int, Share]:
    """Of each learner's first scheduled answer to each part. What is started anew is not seen for the first time."""
    earlier = StudyEvent.objects.graded_and_standing().filter(
        learner=OuterRef("learner"),
        card=OuterRef("card"),
        part=OuterRef("part"),
        number__lt=OuterRef("number"),
        mode=Mode.SCHEDULED,
    )
    counts = events.filter(~Exists(earlier)).order_by().values_list("card")
    rows = counts.annotate(again=Count("pk", filter=Q(grade=Grade.AGAIN)), count=Count("pk"))
    return {card: Share(again, count) for card, again, count in rows}


def _when_mature(deck: Deck, learners: QuerySet[Learner] | None) -> dict[int, Share]:
    """Of the reviews that count whose interval was 21 days or more."""
    long_enough = Schedule.objects.filter(
        learner=OuterRef("learner"),
        card=OuterRef("card"),
        part=OuterRef("part"),
        number__gt=FEWEST_TO_MATURE,
    )
    asked = Q(kind=Kind.GRADED, mode=Mode.SCHEDULED) | Q(kind=Kind.RESTARTED)
    events = StudyEvent.objects.standing().filter(asked, Exists(long_enough), card__deck=deck)
    if learners is not None:
        events = events.filter(learner__in=learners)
    rows = events.filter(card__archived_at=None).order_by("learner", "card", "part", "number")
    columns = rows.values_list("learner", "card_id", "part", "number", "study_on", "grade")
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    logs = groupby(columns.iterator(), key=lambda row: row[:2])
    for card, _, interval_days, grade in asked_again((row[1:] for row in log) for _, log in logs):
        if interval_days >= MATURE_FROM_DAYS:
            counts[card][0] += grade == Grade.AGAIN
            counts[card][1] += 1
    return {card: Share(*count) for card, count in counts.items()}


def _median_seconds(events: StudyEventQuerySet) -> dict[int, float]:
    """The middle one of each card's, or the mean of the two in the middle; the same on both databases."""
    timed = events.filter(answer_seconds__isnull=False).order_by()
    placed = timed.values("card_id", "answer_seconds").annotate(
        place=Window(RowNumber(), partition_by=F("card_id"), order_by=F("answer_seconds").asc()),
        count=Window(Count("pk"), partition_by=F("card_id")),
    )
    try:
        inner, parameters = placed.query.sql_with_params()
    except EmptyResultSet:  # of nobody
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT card_id, AVG(answer_seconds) FROM ({inner}) placed"  # noqa: S608  (Django's own)
            " WHERE 2 * place BETWEEN count AND count + 2 GROUP BY card_id",
            parameters,
        )
        return {card: float(seconds) for card, seconds in cursor.fetchall()}


def _by_card(rows: QuerySet[Flag] | QuerySet[Suggestion], deck: Deck) -> dict[int, int]:
    return dict(rows.filter(card__deck=deck).order_by().values_list("card").annotate(count=Count("pk")))
