"""How well a card was known."""

from enum import IntEnum

from cards.messages import _


class Grade(IntEnum):
    """The four buttons, by the numbers of their keys."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4

    @property
    def quality(self) -> int:
        """SM-2's quality of the response, 0 to 5. To SM-2 the qualities 0, 1 and 2 are the same."""
        return (1, 3, 4, 5)[self - 1]

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {Grade.AGAIN: _("Again"), Grade.HARD: _("Hard"), Grade.GOOD: _("Good"), Grade.EASY: _("Easy")}
