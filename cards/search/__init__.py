"""The language of searches: from text to a query and back, and the form in which texts are compared. Pure."""

from cards.search.fold import fold
from cards.search.parse import FIELDS, MOST_CHARACTERS, QueryError, parse
from cards.search.terms import (
    All,
    Compared,
    Comparison,
    Either,
    Forgotten,
    InDeck,
    Is,
    Not,
    Quantity,
    Query,
    Status,
    Tagged,
    Text,
    leaves,
)
from cards.search.write import write

__all__ = [
    "FIELDS",
    "MOST_CHARACTERS",
    "All",
    "Compared",
    "Comparison",
    "Either",
    "Forgotten",
    "InDeck",
    "Is",
    "Not",
    "Quantity",
    "Query",
    "QueryError",
    "Status",
    "Tagged",
    "Text",
    "fold",
    "leaves",
    "parse",
    "write",
]
