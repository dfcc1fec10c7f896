"""Two changes of one text: what can be merged, and where they contradict each other."""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from cards.markup.difference import LINES, Effort, Piece, difference, runs

Kind = Literal["same", "mine", "theirs", "both", "conflict"]
Texts = tuple[str, str, str]  # of the base, mine and theirs


@dataclass(frozen=True, slots=True)
class Hunk:
    """Whole lines of the base, and what two people made of them.

    `kind` says who changed them: nobody (same), one (mine, theirs), both alike (both), or both in different ways
    (conflict).
    """

    kind: Kind
    base: str
    mine: str
    theirs: str

    @property
    def merged(self) -> str | None:
        """The text that follows from both; None in a conflict."""
        if self.kind == "conflict":
            return None
        return self.theirs if self.kind == "theirs" else self.mine

    @property
    def my_difference(self) -> tuple[Piece, ...]:
        """What mine changed, word by word."""
        return difference(self.base, self.mine)

    @property
    def their_difference(self) -> tuple[Piece, ...]:
        """What theirs changed, word by word."""
        return difference(self.base, self.theirs)


def three_way(base: str, mine: str, theirs: str) -> tuple[Hunk, ...]:
    """The hunks in order. Their bases joined are `base`, and so are mine and theirs.

    Changes with no unchanged line between them make one hunk: on a card, lines that touch are seldom independent.
    Exchanging mine and theirs exchanges them in each hunk, and nothing else.
    """
    hunks: list[Hunk] = []
    for kind, group in groupby(_stretches(base, mine, theirs), _kind):
        whole = ["".join(texts) for texts in zip(*group, strict=True)]
        hunks.append(Hunk(kind, *whole))
    return tuple(hunks)


def merge(base: str, mine: str, theirs: str) -> str | None:
    """The text with both changes; None where they contradict each other."""
    merged = [hunk.merged for hunk in three_way(base, mine, theirs)]
    return None if None in merged else "".join(text for text in merged if text is not None)


def _stretches(base: str, mine: str, theirs: str) -> list[Texts]:
    """The lines that all three have, one by one, and all that lies between two such lines at once."""
    lines = LINES.findall(base), LINES.findall(mine), LINES.findall(theirs)
    my_line, their_line = _kept(lines[0], lines[1]), _kept(lines[0], lines[2])
    ends = len(lines[0]), len(lines[1]), len(lines[2])
    in_all = [(n, my_line[n], their_line[n]) for n in my_line if n in their_line]
    stretches: list[Texts] = []
    done = (0, 0, 0)
    for place in [*in_all, ends]:
        between = ["".join(text[start:end]) for text, start, end in zip(lines, done, place, strict=True)]
        stretches.append((between[0], between[1], between[2]))
        if place != ends:
            line = lines[0][place[0]]
            stretches.append((line, line, line))
        done = (place[0] + 1, place[1] + 1, place[2] + 1)
    return [stretch for stretch in stretches if any(stretch)]


def _kept(base: list[str], text: list[str]) -> dict[int, int]:
    """The lines of the base that are in the text too, in order, and where each stands there."""
    return {
        line: place
        for i, j, k, m in runs(base, text, Effort())
        if base[i:j] == text[k:m]
        for line, place in zip(range(i, j), range(k, m), strict=True)
    }


def _kind(texts: Texts) -> Kind:
    base, mine, theirs = texts
    if mine == theirs:
        return "same" if mine == base else "both"
    if theirs == base:
        return "mine"
    return "theirs" if mine == base else "conflict"
