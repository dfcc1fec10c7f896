"""From what somebody typed to a query, or to a sentence that says what is wrong with it, and where."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import NoReturn

from cards.messages import Message, _
from cards.search.fold import fold
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
)

MOST_CHARACTERS = 500
MOST_TERMS = 20
MOST_DEPTH = 10
MOST_DAYS = 36_500
FIELDS = {
    "deck": "deck:losses",
    "tag": "tag:gpu",
    "is": "is:due",
    "forgotten": "forgotten:7",
    "ease": "ease<2",
    "due": "due<7",
    "interval": "interval>21",
    "lapses": "lapses>=3",
}
RANGES = {
    Quantity.EASE: (0, 99),
    Quantity.DUE: (-MOST_DAYS, MOST_DAYS),
    Quantity.INTERVAL: (0, MOST_DAYS),
    Quantity.LAPSES: (0, 9_999),
}

QUOTES = '"“”„'  # a phone's keyboard writes them curly
SPACE = re.compile(r"\s*")
QUOTED = re.compile(rf"[{QUOTES}]((?:\\.|[^\\{QUOTES}])*)[{QUOTES}]", re.S)
ESCAPED = re.compile(rf"\\([\\{QUOTES}])")
WORD = re.compile(rf"[^\s(){QUOTES}]+")
FIELD = re.compile(r"([A-Za-z]+)(\s*)([<>]=?|[=:])")
JOINTS = {joint: re.compile(rf"{joint}(?![^\s(){QUOTES}])\s*", re.I) for joint in ("or", "and")}
NUMBER = re.compile(r"-?[0-9]{1,5}(?:\.[0-9]{1,2})?(?![^\s()])")


class QueryError(ValueError):
    """What is wrong with a search, in a sentence for whoever wrote it, and the piece of its text that is meant."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message, start, end)
        self.message, self.start, self.end = message, start, end

    def __str__(self) -> str:
        return _("At character %(start)s: %(message)s", start=str(self.start + 1), message=self.message)


def parse(text: str) -> Query:
    """The query that the text says, as docs/search.md describes it; `All()` where it is blank.

    Raises QueryError for what it does not understand. Takes time in proportion to the text's length.
    """
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            _(
                "A search has at most %(most)s characters; this one has %(length)s.",
                most=MOST_CHARACTERS, length=len(text),
            ),
            MOST_CHARACTERS, len(text),
        )  # fmt: skip
    return _Reader(text).whole()


class _Reader:
    """Reads one text from left to right: each method takes what it is named after, and the spaces behind it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0
        self.depth = 0

    def whole(self) -> Query:
        self._spaces()
        if self._is_at_end():
            return All()
        query = self._either()
        if not self._is_at_end():
            self._refuse(_("This parenthesis closes none."), self.at, self.at + 1)
        return query

    def _either(self) -> Query:
        queries = [self._all()]
        while self._takes("or"):
            queries.append(self._all())
        return queries[0] if len(queries) == 1 else Either(tuple(queries))

    def _all(self) -> Query:
        queries = [self._one()]
        while not self._is_at_end() and not self._starts(")") and not JOINTS["or"].match(self.text, self.at):
            self._takes("and")
            queries.append(self._one())
        return queries[0] if len(queries) == 1 else All(tuple(queries))

    def _one(self) -> Query:
        for joint, pattern in JOINTS.items():
            if pattern.match(self.text, self.at):
                self._refuse(
                    _(
                        "“%(joint)s” stands between two things to search for. The word itself goes in quotes.",
                        joint=joint,
                    ),
                    self.at, self.at + len(joint),
                )  # fmt: skip
        if self._is_at_end() or self._starts(")"):
            self._refuse(_("Something to search for is missing here."), self.at, self.at)
        if self._starts("-"):
            return Not(self._nested(self._excluded))
        if self._starts("("):
            return self._nested(self._parenthesis)
        return self._term()

    def _nested(self, read: Callable[[], Query]) -> Query:
        if self.depth == MOST_DEPTH:
            self._refuse(
                _(
                    "Parentheses and minuses stand within each other at most %(most_depth)s deep.",
                    most_depth=MOST_DEPTH,
                ),
                self.at,
                self.at + 1,
            )
        self.depth += 1
        query = read()
        self.depth -= 1
        return query

    def _excluded(self) -> Query:
        minus = self.at
        self.at += 1
        if self._spaces() or self._is_at_end():
            self._refuse(
                _("A minus stands right before what it excludes, as in “-tag:gpu”. The sign itself goes in quotes."),
                minus, minus + 1,
            )  # fmt: skip
        return self._one()

    def _parenthesis(self) -> Query:
        opened = self.at
        self.at += 1
        self._spaces()
        query = self._either()
        if self._is_at_end():
            self._refuse(
                _("This parenthesis is not closed. The sign itself goes in quotes."), opened, opened + 1
            )
        self.at += 1
        self._spaces()
        return query

    def _term(self) -> Query:
        start = self.at
        self.terms += 1
        if self.terms > MOST_TERMS:
            self._refuse(
                _(
                    "A search has at most %(most_terms)s terms; from here on it is too long.",
                    most_terms=MOST_TERMS,
                ),
                start,
                len(self.text),
            )
        field = FIELD.match(self.text, start)
        name = field[1].lower() if field else ""
        if field is None or (
            field[2] and name not in set(Quantity)
        ):  # a space only belongs where numbers are compared
            query = self._text(start)
        else:
            self.at = field.end()
            query = self._field(name, field[3], start)
        self._spaces()
        return query

    def _text(self, start: int) -> Query:
        text = self._value()
        if not fold(text):
            self._refuse(_("There is nothing to search for in this."), start, self.at)
        return Text(text)

    def _field(self, name: str, sign: str, start: int) -> Query:
        if name not in FIELDS:
            self._refuse(
                _(
                    "%(guess)s Search by %(fields)s; or put this in quotes to find the text itself.",
                    guess=_guess(f"{name}{sign}", name, FIELDS),
                    fields=_listed(FIELDS),
                ),
                start, self.at,
            )  # fmt: skip
        if name in set(Quantity):
            return self._compared(Quantity(name), sign, start)
        if sign != ":" and not (sign == "=" and name in ("deck", "tag")):
            self._refuse(
                _("After “%(name)s” comes a colon, as in “%(fields)s”.", name=name, fields=FIELDS[name]),
                start,
                self.at,
            )
        if name == "forgotten":
            return Forgotten(self._number(start, 1, MOST_DAYS))
        value = self._value()
        if not fold(value):
            self._refuse(
                _(
                    "After “%(name)s%(sign)s” comes what you look for, as in “%(fields)s”.",
                    name=name,
                    sign=sign,
                    fields=FIELDS[name],
                ),
                start,
                self.at,
            )
        if name == "is":
            if value.lower() not in set(Status):
                known = [f"is:{status}" for status in Status]
                self._refuse(
                    _(
                        "%(guess)s A card can be %(known)s.",
                        guess=_guess(f"is:{value}", f"is:{value}".lower(), known),
                        known=_listed(known),
                    ),
                    start, self.at,
                )  # fmt: skip
            return Is(Status(value.lower()))
        return (InDeck if name == "deck" else Tagged)(value, sign == "=")

    def _compared(self, quantity: Quantity, sign: str, start: int) -> Query:
        if sign == ":":
            self._refuse(
                _(
                    "“%(quantity)s” is compared, as in “%(fields)s”.",
                    quantity=quantity,
                    fields=FIELDS[quantity],
                ),
                start,
                self.at,
            )
        self._spaces()
        is_ease = quantity is Quantity.EASE
        number = self._number(start, *RANGES[quantity], decimals=2 if is_ease else 0)
        return Compared(quantity, Comparison(sign), number)

    def _number(self, start: int, least: int, most: int, decimals: int = 0) -> int:
        """In units of the last of the decimals."""
        begun = self.at
        found = NUMBER.match(self.text, begun)
        whole, _point, fraction = found[0].partition(".") if found else ("", "", "")
        number = int(whole + fraction.ljust(decimals, "0")) if found and len(fraction) <= decimals else None
        if number is None or not least * 10**decimals <= number <= most * 10**decimals:
            name = self.text[start:begun].rstrip()
            example = next(text for field, text in FIELDS.items() if name.lower().startswith(field))
            names = {"name": name, "least": least, "most": most, "example": example}
            if decimals:
                said = _(
                    "After “%(name)s” comes a number, with two decimals at most, from %(least)s to %(most)s, as in "
                    "“%(example)s”.",
                    **names,
                )
            else:
                said = _(
                    "After “%(name)s” comes a whole number from %(least)s to %(most)s, as in “%(example)s”.",
                    **names,
                )
            if word := WORD.match(self.text, begun):
                self.at = word.end()
            self._refuse(
                said,
                start,
                self.at,
            )
        assert found is not None
        self.at = found.end()
        return number

    def _value(self) -> str:
        """A word, or what stands between quotes; "" where there is neither."""
        start = self.at
        if self._starts(tuple(QUOTES)):
            quoted = QUOTED.match(self.text, start)
            if quoted is None:
                self._refuse(_("The quote that opens here is not closed."), start, start + 1)
            self.at = quoted.end()
            return ESCAPED.sub(r"\1", quoted[1])
        word = WORD.match(self.text, start)
        self.at = word.end() if word else start
        return word[0] if word else ""

    def _spaces(self) -> str:
        found = SPACE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return found[0]

    def _takes(self, joint: str) -> bool:
        found = JOINTS[joint].match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found is not None

    def _is_at_end(self) -> bool:
        return self.at == len(self.text)

    def _starts(self, sign: str | tuple[str, ...]) -> bool:
        return self.text.startswith(sign, self.at)

    def _refuse(self, message: str, start: int, end: int) -> NoReturn:
        raise QueryError(message, start, end)


def _guess(what: str, name: str, known: Iterable[str]) -> Message:
    """That there is no such thing, with a guess where there is a near one."""
    near = get_close_matches(name, known, n=1)
    if near:
        return _("There is no “%(what)s”; did you mean “%(near)s”?", what=what, near=near[0])
    return _("There is no “%(what)s”.", what=what)


def _listed(names: Iterable[str]) -> Message:
    """“a”, “b” or “c”."""
    *first, last = (f"“{name}”" for name in names)
    return _("%(first)s or %(last)s", first=", ".join(first), last=last)
