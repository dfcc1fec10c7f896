"""What changed from one text to another, word by word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

LINES = re.compile(r"[^\n]*\n|[^\n]+")
WORDS = re.compile(r"\d+(?:[.,]\d+)+|\w+|\s+|[^\w\s]")

# Matching takes time by the pairs of equal tokens, again for each run that it finds. So many take a tenth of a second,
# or a second where the texts are made for it.
MOST_PAIRS = 40_000
MOST_LETTERS = 4  # of a word that two changes beside it swallow

Pair = tuple[str, str]  # a stretch of the old text, and of the new one in its place
Run = tuple[int, int, int, int]  # tokens [a, b) of the old text, and [c, d) of the new one in their place


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both have (same), or the old one alone (removed), or the new one alone (added)."""

    kind: Literal["same", "removed", "added"]
    text: str


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces in reading order: same and removed joined are `old`, same and added joined are `new`.

    What was removed stands before what was added in its place. No piece is empty. Texts that differ in very many
    places come in coarser pieces, so that the time is bounded.
    """
    pieces: list[Piece] = []
    for changed, group in groupby(_without_islands(_aligned(old, new)), _changed):
        removed, added = ("".join(texts) for texts in zip(*group, strict=True))
        if not changed:
            pieces.append(Piece("same", removed))
            continue
        if removed:
            pieces.append(Piece("removed", removed))
        if added:
            pieces.append(Piece("added", added))
    return tuple(pieces)


@dataclass(slots=True)
class Effort:
    """How many more pairs of equal tokens may be looked at."""

    left: int = MOST_PAIRS

    def allows(self, pairs: int) -> bool:
        """Takes so many, if that many are left."""
        if pairs > self.left:
            return False
        self.left -= pairs
        return True


def runs(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Run]:
    """The runs of tokens that stand for each other, equal or not, in order; together they are both texts.

    Where the effort does not allow more, all between the common beginning and the common end is one run.
    """
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    end = next((n for n in range(shorter - start) if old[-1 - n] != new[-1 - n]), shorter - start)
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    if start:
        yield 0, start, 0, start
    counts = Counter(token for token in a if not token.isspace())
    if effort.allows(sum(counts[token] * count for token, count in Counter(b).items())):
        # White space alone is no reason to match: it would find itself anywhere.
        for _, i, j, k, m in SequenceMatcher(str.isspace, a, b, autojunk=False).get_opcodes():
            yield start + i, start + j, start + k, start + m
    else:
        yield start, start + len(a), start, start + len(b)
    if end:
        yield len(old) - end, len(old), len(new) - end, len(new)


def _aligned(old: str, new: str) -> Iterator[Pair]:
    """Line by line, and word by word within the lines that differ."""
    effort = Effort()
    for pair in _by(LINES, old, new, effort):
        if _changed(pair):
            yield from _by(WORDS, *pair, effort)
        else:
            yield pair


def _by(token: re.Pattern[str], old: str, new: str, effort: Effort) -> Iterator[Pair]:
    a, b = token.findall(old), token.findall(new)
    for i, j, k, m in runs(a, b, effort):
        yield "".join(a[i:j]), "".join(b[k:m])


def _without_islands(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs with changes joined that only an island lies between, so that a rewritten phrase reads as one."""
    joined: list[Pair] = []
    for pair in pairs:
        joined.append(pair)
        while len(joined) > 1 and _changed(joined[-1]) == _changed(joined[-2]):
            _join(joined, 2)
        while len(joined) > 2 and _changed(joined[-1]) and _is_island(*joined[-3:]):
            _join(joined, 3)
    return joined


def _is_island(before: Pair, middle: Pair, after: Pair) -> bool:
    """Whether the middle is no landmark between two changes: no word in it, or one that is short beside them both."""
    letters = sum(sign.isalnum() for sign in middle[0])
    room = min(MOST_LETTERS, max(map(len, before)) // 2, max(map(len, after)) // 2)
    return "\n" not in middle[0] and letters <= room


def _join(pairs: list[Pair], count: int) -> None:
    old, new = zip(*pairs[-count:], strict=True)
    pairs[-count:] = [("".join(old), "".join(new))]


def _changed(pair: Pair) -> bool:
    return pair[0] != pair[1]
