"""Where a text has what was searched for, to be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from cards.search.fold import fold
from cards.search.terms import All, Either, Query, Text

ROOM = 70  # characters on either side of what is found
LOOKED_AT = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `is_found`: it is what was searched for."""

    text: str
    is_found: bool = False


def wanted(query: Query) -> tuple[str, ...]:
    """The texts that a card can be found by, folded, each once; not what is excluded."""
    match query:
        case Text(text):
            return (fold(text),)
        case All(queries) | Either(queries):
            return tuple(dict.fromkeys(text for each in queries for text in wanted(each)))
        case _:
            return ()


def mark(text: str, needles: Iterable[str]) -> list[Piece]:
    """The whole text in pieces, as it is written. Folded needles are found wherever the folded text has them."""
    folded, places = _folded(text)
    covered = bytearray(len(text))
    for needle in needles:
        at = folded.find(needle)
        while at >= 0:
            last = at + len(needle) - 1
            start, end = (
                places[at],
                max(places[last] + 1, places[last + 1]),
            )  # the whole of an ß; an é with its accent
            covered[start:end] = bytes([1]) * (end - start)
            at = folded.find(needle, at + 1)
    pieces = groupby(range(len(text)), covered.__getitem__)
    return [Piece("".join(text[place] for place in group), bool(found)) for found, group in pieces]


def excerpt(text: str, needles: Sequence[str]) -> list[Piece]:
    """Some words around the first place that is found, in pieces; … where the text goes on. [] if there is none.

    Of a very long text the beginning alone is looked at.
    """
    text = text[:LOOKED_AT]
    pieces = mark(text, needles)
    found = next((number for number, piece in enumerate(pieces) if piece.is_found), None)
    if found is None:
        return []
    start = sum(len(piece.text) for piece in pieces[:found])
    end = start + len(pieces[found].text)
    before, after = text[:start], text[end:]
    if len(before) > ROOM:
        before = f"… {before[-ROOM:].partition(' ')[2]}"
    if len(after) > ROOM:
        after = f"{after[:ROOM].rpartition(' ')[0]} …"
    return mark(before + text[start:end] + after, needles)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text, folded character by character, and where each of its characters comes from, and the end."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.lower(), range(len(text) + 1)  # most texts, and much quicker
    folded, places, last = "", [], ""
    for place, character in enumerate(text):
        known = " " if character.isspace() else _fold(character)
        if known and not known == last == " ":
            folded, last = folded + known, known
            places += [place] * len(known)
    return folded, [*places, len(text)]


_fold = lru_cache(maxsize=4096)(fold)
