"""Item analysis: how each card of a deck does among those who learn it, with how sure that is."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from statistics import median

from django.db.models import Count, Q, QuerySet

from cards.models import Deck, Flag, Learner, StudyEvent, Suggestion
from cards.models.study import StudyEventQuerySet
from cards.reports.retention import AGAIN, MATURE_FROM_DAYS, Row, asked_again
from cards.scheduling import Kind, Mode

FEWEST = 5  # of which a share says anything
Z = 1.959964  # of a 95 % interval
WORST = 10


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

    Four queries, however many cards and learners there are.
    """
    cards = list(deck.cards.filter(archived_at=None).order_by("position", "pk").values_list("pk", flat=True))
    asked = Q(kind=Kind.GRADED, mode=Mode.SCHEDULED) | Q(kind=Kind.RESTARTED)
    events = StudyEvent.objects.standing().filter(asked, card__deck=deck, card__archived_at=None)
    flags, suggestions = Flag.objects.open(), Suggestion.objects.open()
    if learners is not None:
        events = events.filter(learner__in=learners)
        if is_theirs:
            flags = flags.filter(learner__in=learners)
            suggestions = suggestions.filter(proposer__in=learners)
    logs, seconds = _read(events)
    first, mature = _at_first_sight(logs), _when_mature(logs)
    flag_counts, suggestion_counts = _by_card(flags, deck), _by_card(suggestions, deck)
    return Analysis(
        [
            Item(
                card,
                place,
                first.get(card, Share()),
                mature.get(card, Share()),
                float(median(seconds[card])) if card in seconds else None,
                flag_counts.get(card, 0),
                suggestion_counts.get(card, 0),
            )
            for place, card in enumerate(cards, start=1)
        ]
    )


def _read(events: StudyEventQuerySet) -> tuple[list[list[Row]], dict[int, list[int]]]:
    """Each learner's log of each card, in its order, and the answer seconds of each card.

    Put in order here, log by log: the database, with all of them at once, takes longer than for the reading.
    """
    logs: defaultdict[tuple[int, int], list[Row]] = defaultdict(list)
    seconds: defaultdict[int, list[int]] = defaultdict(list)
    columns = events.order_by().values_list(
        "learner", "card_id", "part", "number", "study_on", "grade", "answer_seconds"
    )
    for learner, card, part, number, day, grade, taken in columns.iterator():
        logs[learner, card].append((card, part, number, day, grade))
        if taken is not None:
            seconds[card].append(taken)
    return [sorted(log) for log in logs.values()], dict(seconds)


def _at_first_sight(logs: Iterable[list[Row]]) -> dict[int, Share]:
    """Of each learner's first scheduled answer to each part. What is started anew is not seen for the first time."""
    answers: list[tuple[int, int]] = []
    for log in logs:
        firsts = {part: (card, grade) for card, part, _, _, grade in reversed(log) if grade is not None}
        answers += firsts.values()
    return _shares(answers)


def _when_mature(logs: Iterable[list[Row]]) -> dict[int, Share]:
    """Of the reviews that count whose interval was 21 days or more, by a replay."""
    reviews = asked_again(logs)
    return _shares((card, grade) for card, _, days, grade in reviews if days >= MATURE_FROM_DAYS)


def _shares(answers: Iterable[tuple[int, int]]) -> dict[int, Share]:
    """Of each card's answers those that were Again."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for card, grade in answers:
        counts[card][0] += grade == AGAIN
        counts[card][1] += 1
    return {card: Share(*count) for card, count in counts.items()}


def _by_card(rows: QuerySet[Flag] | QuerySet[Suggestion], deck: Deck) -> dict[int, int]:
    return dict(rows.filter(card__deck=deck).order_by().values_list("card").annotate(count=Count("pk")))
