"""Card Markdown as one line of text, for titles, lists and search results."""

from functools import lru_cache

from cards.markup.clozes import unmarked
from cards.markup.content import text_of
from cards.markup.parser import parse

CACHED = 2_000  # characters: a prompt


def plain(markdown: str) -> str:
    """The text of the content on one line: maths as its source, code as its text, pictures as their description.

    No markup is left, and nothing is escaped: a template does that. A text that `render` shows as its source comes
    as it is, but for its spaces. Never raises.
    """
    return _cached(markdown) if len(markdown) <= CACHED else _plain(markdown)


def _plain(markdown: str) -> str:
    tokens = parse(markdown)
    return " ".join((unmarked(markdown) if tokens is None else text_of(tokens)).split())


_cached = lru_cache(maxsize=1024)(_plain)
