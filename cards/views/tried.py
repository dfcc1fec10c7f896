"""What a learner does with a card before its answer is shown: types it, chooses, fills in a table, reaches a goal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cards.cardtext import Choice
from cards.forms.review import SheetForm
from cards.kinds import (
    Checked,
    Chosen,
    Typed,
    Verdict,
    check_chosen,
    check_typed,
    check_worksheet,
    order,
)
from cards.models import Card
from cards.scheduling import Grade

SUGGESTED = {Verdict.RIGHT: Grade.GOOD, Verdict.CLOSE: Grade.HARD, Verdict.WRONG: Grade.AGAIN}
GOALS = {"reached": Verdict.RIGHT, "missed": Verdict.WRONG}


@dataclass(frozen=True, slots=True)
class Tried:
    """What was typed, chosen, filled in or tried out, and what that comes to; None where nothing was.

    Of a console the learner's own browser says it: the server runs nothing of theirs.
    """

    typed: Typed | None = None
    chosen: Chosen | None = None
    sheet: Checked | None = None
    goal: Verdict | None = None

    @property
    def verdict(self) -> Verdict | None:
        done = self.typed or self.chosen or self.sheet
        return done.verdict if done else self.goal

    @property
    def suggested(self) -> Grade:
        """The grade that it suggests; the learner decides."""
        return SUGGESTED[self.verdict] if self.verdict else Grade.GOOD


def shown_choices(card: Card, shuffle: int | None) -> list[Choice]:
    """The card's choices, in an order of their own each time it is asked."""
    return order(card.wording.choices, f"{card.pk} {shuffle}")


def sheet_of(card: Card, form: SheetForm | None = None, *, seed: int | None = None) -> Checked | None:
    """The card's worksheet, if it is one: empty, with the numbers of that seed; or as the form has it filled in."""
    sheet = card.wording.worksheet
    if sheet is None:
        return None
    if form is None or not form.is_valid():
        return check_worksheet(sheet, {}, seed)
    data = form.cleaned_data
    return check_worksheet(sheet, form.typed, data["numbers"], data["tries"] or 0)


def sheet_form(card: Card, data: Mapping[str, str]) -> SheetForm | None:
    """What was sent of the card's worksheet, if it is one."""
    sheet = card.wording.worksheet
    return SheetForm(data, places=sheet.asked) if sheet else None


def tried(card: Card, data: Mapping[str, Any], form: SheetForm | None) -> Tried:
    """What the learner did on the page that asked for the answer; the data are an AnswerForm's."""
    if form is not None:
        return Tried(sheet=sheet_of(card, form))
    if card.wording.choices:
        chosen = check_chosen(shown_choices(card, data["shuffle"]), data["chosen"])
        return Tried(chosen=chosen if data["chosen"] else None)
    if card.wording.accepted and data["typed"]:
        return Tried(typed=check_typed(data["typed"], card.wording.accepted))
    if (console := card.wording.console) and console.goal and data["goal"]:
        return Tried(goal=GOALS[data["goal"]])
    return Tried()
