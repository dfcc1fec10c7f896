"""What a learner does with a card before its answer is shown: types it, or takes one of its choices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cards.cardtext import Choice
from cards.kinds import Chosen, Typed, Verdict, check_chosen, check_typed, order
from cards.models import Card
from cards.scheduling import Grade

SUGGESTED = {Verdict.RIGHT: Grade.GOOD, Verdict.CLOSE: Grade.HARD, Verdict.WRONG: Grade.AGAIN}


@dataclass(frozen=True, slots=True)
class Tried:
    """What was typed, or what was chosen, and what that comes to; None where nothing was."""

    typed: Typed | None = None
    chosen: Chosen | None = None

    @property
    def verdict(self) -> Verdict | None:
        done = self.typed or self.chosen
        return done.verdict if done else None

    @property
    def suggested(self) -> Grade:
        """The grade that it suggests; the learner decides."""
        return SUGGESTED[self.verdict] if self.verdict else Grade.GOOD


def shown_choices(card: Card, asked: int | None) -> list[Choice]:
    """The card's choices, in an order of their own each time it is asked."""
    return order(card.wording.choices, f"{card.pk} {asked}")


def tried(card: Card, data: Mapping[str, Any]) -> Tried:
    """What the learner did on the page that asked for the answer; the data are an AnswerForm's."""
    if card.wording.choices:
        chosen = check_chosen(shown_choices(card, data["asked"]), data["chosen"])
        return Tried(chosen=chosen if data["chosen"] else None)
    if card.wording.accepted and data["typed"]:
        return Tried(typed=check_typed(data["typed"], card.wording.accepted))
    return Tried()
