"""What comes next on a study day: from which of its three lists the next card is taken."""

from dataclasses import dataclass, replace
from enum import StrEnum


class DueOrder(StrEnum):
    """In which order the day's due cards come."""

    LONGEST = "longest"
    DECK = "deck"
    HARDEST = "hardest"
    SHUFFLED = "shuffled"


class NewPlace(StrEnum):
    """Where the day's new cards come: after the due ones, among them in proportion, or after the repeats too."""

    AFTER = "after"
    MIXED = "mixed"
    LAST = "last"


class Turn(StrEnum):
    """Which of a day's lists has the next card, named as in QueueCounts."""

    DUE = "due"
    NEW = "new"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Cards of one study day: `done` were graded, `due` and `new` will come, `repeat` of the done come again."""

    done: int = 0
    due: int = 0
    new: int = 0
    repeat: int = 0

    @property
    def left(self) -> int:
        """How many prompts are still to be shown, were each answered with Good."""
        return self.due + self.new + self.repeat

    @property
    def share_done(self) -> float:
        """From 0 to 1: how much of the day's cards needs nothing more today."""
        cards = self.done + self.due + self.new
        return (self.done - self.repeat) / cards if cards else 1.0

    def after(self, graded: Turn, *, comes_again: bool) -> "QueueCounts":
        """What they are once a card of that list was graded, and comes again today or not."""
        left = {graded.value: max(0, getattr(self, graded) - 1)}
        done = self.done + (graded is not Turn.REPEAT)
        after = replace(self, **left | {"done": done})
        return replace(after, repeat=after.repeat + comes_again)


def next_turn(counts: QueueCounts, introduced: int, place: NewPlace) -> Turn | None:
    """The list whose first card comes next; None when the day is done.

    `introduced` of the done cards were new today. Where they are mixed, that list has its turn of which the smaller
    share is done, and the due one at the beginning.
    """
    if place is NewPlace.MIXED and counts.due and counts.new:
        reviewed = counts.done - introduced
        is_new_behind = introduced * (reviewed + counts.due) < reviewed * (introduced + counts.new)
        return Turn.NEW if is_new_behind else Turn.DUE
    turns = [Turn.DUE, Turn.REPEAT, Turn.NEW] if place is NewPlace.LAST else list(Turn)
    return next((turn for turn in turns if getattr(counts, turn)), None)


def turn_after(
    counts: QueueCounts, introduced: int, place: NewPlace, graded: Turn, *, comes_again: bool
) -> Turn | None:
    """The list whose first card, but for this one, comes once the card of the list `graded` was graded.

    `comes_again` says that the grade lets it come again today, behind the other repeats. None when the day is done
    then, or when it is that very card that comes.
    """
    others = counts.after(graded, comes_again=False)
    introduced += graded is Turn.NEW
    turn = next_turn(counts.after(graded, comes_again=comes_again), introduced, place)
    return turn if turn and getattr(others, turn) else None
