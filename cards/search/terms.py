"""What a search can ask of a card: terms, and how they are put together."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where one learner stands with a card, or what it lacks."""

    DUE = "due"
    NEW = "new"
    LEARNT = "learnt"
    LEECH = "leech"
    SUSPENDED = "suspended"
    FLAGGED = "flagged"
    UNANSWERED = "unanswered"


class Quantity(StrEnum):
    """A number of the learner's schedule: SM-2's E-Factor, days from today, days, times."""

    EASE = "ease"
    DUE = "due"
    INTERVAL = "interval"
    LAPSES = "lapses"


class Comparison(StrEnum):
    BELOW = "<"
    AT_MOST = "<="
    IS = "="
    AT_LEAST = ">="
    ABOVE = ">"


@dataclass(frozen=True, slots=True)
class Text:
    """The card contains it: in its prompt, its answer, a reference or a tag."""

    text: str


@dataclass(frozen=True, slots=True)
class InDeck:
    """The deck's name contains it, or is it."""

    name: str
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Tagged:
    """One of the card's tags contains it, or is it."""

    name: str
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    status: Status


@dataclass(frozen=True, slots=True)
class Compared:
    """The quantity holds the comparison with that number; of an ease, with hundredths."""

    quantity: Quantity
    comparison: Comparison
    number: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Graded Again on one of the last so many study days, today among them."""

    days: int


@dataclass(frozen=True, slots=True)
class Not:
    query: "Query"


@dataclass(frozen=True, slots=True)
class All:
    """Each of two or more; of none: every card."""

    queries: "tuple[Query, ...]" = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of two or more."""

    queries: "tuple[Query, ...]"


Query = Text | InDeck | Tagged | Is | Compared | Forgotten | Not | All | Either


def leaves(query: Query) -> Iterator[Query]:
    """The terms of a query, in the order written, without what puts them together."""
    match query:
        case Not(inner):
            yield from leaves(inner)
        case All(queries) | Either(queries):
            for each in queries:
                yield from leaves(each)
        case _:
            yield query
