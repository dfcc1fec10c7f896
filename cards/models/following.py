"""What comes once a card is graded, known while its answer is looked at; and whether that still comes.

So the day is looked through once for each card, and its grade has little left to do.
"""

import re
from dataclasses import astuple, replace
from datetime import date
from typing import NamedTuple, Self

from django.db.models import QuerySet

from cards.models.built import found
from cards.models.decks import Card, Deck
from cards.models.learners import Learner
from cards.models.lists import new_cards
from cards.models.parts import Asked, Shown
from cards.models.queue import (
    MOST_COUNTED,
    as_counts,
    counts_of,
    first_cards,
    firsts_of_lists,
    parts_of,
    queue_counts,
    with_part,
)
from cards.scheduling import NEW, NewPlace, QueueCounts, State, Turn, turn_after


class Following(NamedTuple):
    """The card that comes after another, with the part that is asked and its schedule, as `next_card` has it.

    `even_if_again`: also when the grade lets the other one come again today.
    """

    card: Card
    even_if_again: bool


class Foreseen(NamedTuple):
    """A prompt that is to follow, and the counts of that study day before the grade; in a form
    "12.3-4-1 2026-11-29 5-30-7-0"."""

    shown: Shown
    today: date
    counts: QueueCounts

    def __str__(self) -> str:
        return f"{self.shown} {self.today} {'-'.join(map(str, astuple(self.counts)))}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The other way round. Raises ValueError where it is none."""
        found = re.fullmatch(r"(\S+) (\S+) (\d{1,9})-(\d{1,9})-(\d{1,9})-(\d{1,9})", text, re.ASCII)
        if found is None:
            raise ValueError(text)
        counts = QueueCounts(*map(int, found.groups()[2:]))
        return cls(Shown.read(found[1]), date.fromisoformat(found[2]), counts)


def following(card: Card, learner: Learner | None, today: date) -> tuple[Following | None, QueueCounts]:
    """What comes after this card of the day, as far as that can be said before its grade; and the counts as they are.

    None too where another part of the same card may come next. Queries as of `next_card`. A grade that fills up its
    deck's own limit for the day is not foreseen.
    """
    if learner is None:
        counts = queue_counts(None, today)
        rest = (
            new_cards(None, today)
            .exclude(pk=card.pk)
            .select_related("deck")
            .order_by("deck__name", "deck", "position")
        )
        comes = rest.first() if counts.new > 1 else None
        if comes is None:
            return None, counts
        return Following(with_part(comes, comes.part_numbers[0], {}), even_if_again=True), counts
    if learner.has_siblings:
        return _following_of_lists(card, learner, today)
    firsts = found(_first_others, learner, today, card_id=card.pk)
    by_turn = {turn: each for first in firsts for turn, each in parts_of(first, learner, today)}
    if not by_turn:
        return None, queue_counts(learner, today, is_exact=False)
    row = vars(next(iter(by_turn.values())))
    counts = as_counts(learner, today, row)
    turn, even_if_again = _turn(card, learner, today, counts, row["introduced"])
    comes = by_turn.get(turn) if turn else None
    return (Following(comes, even_if_again) if comes else None), counts


def shown_of(card: Card) -> Shown:
    """The card's prompt as it is now."""
    number = card.own.number if card.own else 0
    return Shown(Asked(card.pk, card.part), number, card.revision_number)


def still_comes(shown: Shown, learner: Learner, today: date) -> bool:
    """Whether that prompt, as it was shown, may come on that day, be it beyond the day's limits.

    One query, and one more for a card with clozes.
    """
    card_id, part = shown.asked
    card = next(found(_studied_card, learner, today, card_id=card_id, part=part), None)
    if card is None:
        return False
    return any(each.part == part and shown_of(each) == shown for _, each in parts_of(card, learner, today))


def _studied_card(learner: Learner, today: date, *, card_id: int, part: int) -> QuerySet[Card]:
    studied = Card.objects.filter(pk=card_id, archived_at=None, deck__among=Deck.objects.studied_by(learner))
    slim = studied.with_schedule(learner, part).select_related(None).select_related("own")  # type: ignore[misc]
    return slim.defer("prompt", "answer", "details", "search_text", "search_tags").order_by()


def counts_after(counts: QueueCounts, card: Card, state: State, today: date) -> QueueCounts | None:
    """The counts once the card, as it was before, was graded and has that state; None for a card with clozes, whose
    parts keep each other back. Of due cards no more are known than were counted."""
    if card.has_clozes:
        return None
    after = counts.after(_turn_of(card, today), comes_again=state.repeat_on == today)
    return replace(after, due=counts.due) if counts.due > MOST_COUNTED else after


def _first_others(learner: Learner, today: date, *, card_id: int) -> QuerySet[Card]:
    return first_cards(learner, today, card_id)


def _following_of_lists(card: Card, learner: Learner, today: date) -> tuple[Following | None, QueueCounts]:
    """The same where a card may lead several lists."""
    row = vars(next(found(counts_of, learner, today, is_exact=False)))
    counts = as_counts(learner, today, row)
    turn, even_if_again = _turn(card, learner, today, counts, row["introduced"])
    if turn is None or card.has_clozes:
        return None, counts
    comes = (
        Card.objects.with_schedule(learner, 0)
        .filter(pk=firsts_of_lists(learner, today, card.pk)[turn])
        .first()
    )
    if comes is None:
        return None, counts
    return Following(dict(parts_of(comes, learner, today))[turn], even_if_again), counts


def _turn(
    card: Card, learner: Learner, today: date, counts: QueueCounts, introduced: int
) -> tuple[Turn | None, bool]:
    """From which list the card after this one comes, and whether also when this one comes again."""
    graded, place = _turn_of(card, today), NewPlace(learner.new_place)
    turn = turn_after(counts, introduced, place, graded, comes_again=False)
    return turn, turn is turn_after(counts, introduced, place, graded, comes_again=True)


def _turn_of(card: Card, today: date) -> Turn:
    """From which list it came."""
    state = card.own.state if card.own else NEW
    return Turn.REPEAT if state.repeat_on == today else Turn.NEW if state.is_new else Turn.DUE
