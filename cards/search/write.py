"""From a query back to its text."""

import re
from typing import assert_never

from cards.search.parse import QUOTES
from cards.search.terms import (
    All,
    Compared,
    Either,
    Forgotten,
    InDeck,
    Is,
    Not,
    Quantity,
    Query,
    Tagged,
    Text,
)

PLAIN = re.compile(r"(?!(?:or|and)$)[^\W_][\w.+#/'’-]*", re.I)


def write(query: Query) -> str:
    """A text that `parse` reads as that very query, provided that it is no longer than a search may be."""
    match query:
        case Text(text):
            return _value(text)
        case InDeck(name, is_whole):
            return f"deck{'=' if is_whole else ':'}{_value(name)}"
        case Tagged(name, is_whole):
            return f"tag{'=' if is_whole else ':'}{_value(name)}"
        case Is(status):
            return f"is:{status}"
        case Compared(quantity, comparison, number):
            return f"{quantity}{comparison}{_hundredths(number) if quantity is Quantity.EASE else number}"
        case Forgotten(days):
            return f"forgotten:{days}"
        case Not(excluded):
            return f"-{_nested(excluded)}"
        case All(queries):
            return " ".join(map(_nested, queries))
        case Either(queries):
            return " or ".join(write(each) if isinstance(each, All) else _nested(each) for each in queries)
        case _:
            assert_never(query)


def _nested(query: Query) -> str:
    return f"({write(query)})" if isinstance(query, All | Either) else write(query)


def _value(text: str) -> str:
    if PLAIN.fullmatch(text):
        return text
    return '"' + re.sub(rf"([\\{QUOTES}])", r"\\\1", text) + '"'


def _hundredths(number: int) -> str:
    whole, rest = divmod(number, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")
