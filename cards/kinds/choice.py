"""Choosing one of several answers, or all that are right."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from cards.cardtext import Choice
from cards.kinds.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices as they were shown, whether each was taken, and how right that is."""

    choices: tuple[tuple[Choice, bool], ...]
    verdict: Verdict


def order(choices: Sequence[Choice], seed: str) -> list[Choice]:
    """All of them, shuffled; the same seed gives the same order."""
    if not choices:  # of most cards, for which chance is not asked
        return []
    return Random(seed).sample(choices, len(choices))  # noqa: S311  (an order, no secret)


def check_chosen(choices: Sequence[Choice], taken: Collection[int]) -> Chosen:
    """What taking the choices at those places, from 0, of an order comes to.

    Right is to take all that are right and no other. Where several are, one too many or too few is close. Places that
    are none are not looked at.
    """
    shown = tuple((choice, place in taken) for place, choice in enumerate(choices))
    mistakes = sum(choice.is_right != is_taken for choice, is_taken in shown)
    if not mistakes:
        return Chosen(shown, Verdict.RIGHT)
    are_several = sum(choice.is_right for choice in choices) > 1
    return Chosen(shown, Verdict.CLOSE if are_several and mistakes == 1 else Verdict.WRONG)
