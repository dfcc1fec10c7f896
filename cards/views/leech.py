"""A card that was forgotten once more, and too often: what is said of it while one goes on to the next."""

from dataclasses import dataclass
from datetime import date

from cards.actions.study import Graded, Result
from cards.forms.demo_runs import CardDemo, demos_of
from cards.models import Card, Learner
from cards.models.queue import schedules_of
from cards.scheduling import State
from cards.scheduling.leech import is_told


@dataclass(frozen=True, slots=True)
class Leech:
    """The card, how often it was forgotten, whether it is the learner's own to edit, or theirs to correct, and what of
    it can be run."""

    card: Card
    lapses: int
    is_own: bool
    can_correct: bool
    demos: list[CardDemo]


def leech_after(learner: Learner, graded: Graded, today: date) -> Leech | None:
    """What is to be said after a grade; None mostly. Asks the database for nothing, but for a right in a group."""
    is_lapse = graded.is_lapse or graded.result is Result.REPEATED
    return _leech(learner, graded.card, graded.state, today) if is_lapse else None


def leech_named(learner: Learner | None, card_id: int | None, today: date) -> Leech | None:
    """The same where an address names the card: without JavaScript, and after a reload. One query, or two."""
    if learner is None or card_id is None:
        return None
    card = Card.objects.visible_to(learner).with_schedule(learner, 0).filter(pk=card_id).first()
    rows = schedules_of(card, learner).values() if card else []
    found = (_leech(learner, card, row.state, today) for row in rows if card)
    return next((leech for leech in found if leech), None)


def _leech(learner: Learner, card: Card, state: State, today: date) -> Leech | None:
    """None unless it was forgotten today, stands so, and that was a time to tell of."""
    is_forgotten = state.counted_on == today and not state.repetitions and not state.is_suspended
    if not is_forgotten or not is_told(state.lapses, learner.leech_lapses):
        return None
    demos = [each for each in demos_of(card.wording) if not each.errors]
    of_group = card.deck.group_id is not None
    can_correct = not of_group or Card.objects.correctable_by(learner).filter(pk=card.pk).exists()
    return Leech(card, state.lapses, card.deck.owner_id == learner.pk, can_correct, demos)
