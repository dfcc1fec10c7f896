"""How right it was."""

from enum import Enum


class Verdict(Enum):
    """What was typed or chosen is right, nearly so, or something else. It suggests a grade and decides none."""

    RIGHT = "right"
    CLOSE = "close"
    WRONG = "wrong"
