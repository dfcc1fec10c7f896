"""Formulas as in a spreadsheet, such as `=C2/sum(C2:C4)`: read by a small grammar, computed, never run as code.

sum      = term, { ("+" | "-"), term }
term     = sign, { ("*" | "/"), sign }
sign     = [ "-" | "+" ], sign | power
power    = value, [ "^", sign ]
value    = ( number | cell | name, "(", [ argument, { ("," | ";"), argument } ], ")" | "(", sum, ")" ), [ "%" ]
argument = cell, ":", cell | sum
"""

import math
import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cards.messages import _

MOST_CHARACTERS = 200
DEEPEST = 30
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z]+\d*)|(?P<sign>[-+*/^%(),;:]))\s*",
    re.ASCII,
)
CELL = re.compile(r"(?P<column>[A-Za-z])(?P<row>[1-9]\d?)")
SAME_SIGNS = str.maketrans(
    {"\N{MINUS SIGN}": "-", "\N{MULTIPLICATION SIGN}": "*", "\N{DIVISION SIGN}": "/", "·": "*"}
)


class FormulaError(ValueError):
    """Why a formula cannot be read, or gives no number, as a sentence for whoever wrote it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class Place(NamedTuple):
    """A cell's place: its column and its row, both from 1. `str(place)` is its name, such as B2."""

    column: int
    row: int

    def __str__(self) -> str:
        return f"{chr(ord('A') + self.column - 1)}{self.row}"


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Cell:
    place: Place


@dataclass(frozen=True, slots=True)
class Range:
    first: Place
    last: Place


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: "tuple[Node, ...]"


Node = Number | Cell | Range | Call
Lookup = Callable[[Place], float]


def _positive(of: Callable[[float], float]) -> Callable[[float], float]:
    def compute(x: float) -> float:
        if x <= 0:
            raise FormulaError(_("A logarithm needs a number above 0."))
        return of(x)

    return compute


def _divided(a: float, b: float) -> float:
    if b == 0:
        raise FormulaError(_("It divides by 0."))
    return a / b


# By name: what is computed, and of how many numbers; 0 for any number, one at least.
FUNCTIONS: dict[str, tuple[Callable[..., float], int]] = {
    "abs": (abs, 1),
    "average": (lambda *xs: statistics.fmean(xs), 0),
    "exp": (math.exp, 1),
    "ln": (_positive(math.log), 1),
    "log": (_positive(math.log), 1),
    "log10": (_positive(math.log10), 1),
    "log2": (_positive(math.log2), 1),
    "max": (max, 0),
    "mean": (lambda *xs: statistics.fmean(xs), 0),
    "min": (min, 0),
    "sqrt": (math.sqrt, 1),
    "sum": (lambda *xs: math.fsum(xs), 0),
    "+": (lambda a, b: a + b, 2),
    "-": (lambda a, b: a - b, 2),
    "*": (lambda a, b: a * b, 2),
    "/": (_divided, 2),
    "^": (math.pow, 2),
    "negative": (lambda a: -a, 1),
    "%": (lambda a: a / 100, 1),
}
NAMES = sorted(name for name in FUNCTIONS if name.isalnum() and name != "negative")


def read_formula(text: str) -> Node:
    """What a formula says, with or without the = before it. Raises FormulaError where it cannot be read."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(_("A formula has at most %(most)s characters.", most=MOST_CHARACTERS))
    text = text.strip().removeprefix("=").translate(SAME_SIGNS)
    if re.fullmatch(r"\s*[-+]?\d+,\d+%?\s*", text, re.ASCII):
        text = text.replace(",", ".")  # one number, as half of the world writes it
    return _Reader(text).read()


def compute(node: Node, value_of: Lookup) -> float:
    """The number that it gives, finite, where `value_of` gives the cells' numbers. Raises FormulaError for none."""
    try:
        value = _computed(node, value_of)
    except OverflowError as error:
        raise FormulaError(_("The number is too large.")) from error
    except ValueError as error:
        if isinstance(error, FormulaError):
            raise
        raise FormulaError(_("That is no real number.")) from error
    if not math.isfinite(value):
        raise FormulaError(_("The number is too large."))
    return value


def cells_of(node: Node) -> Iterator[Place]:
    """The cells that it needs, in the order written, some perhaps twice."""
    match node:
        case Cell(place):
            yield place
        case Range(first, last):
            yield from (
                Place(column, row)
                for row in range(first.row, last.row + 1)
                for column in range(first.column, last.column + 1)
            )
        case Call(_name, arguments):
            for argument in arguments:
                yield from cells_of(argument)


def _computed(node: Node, value_of: Lookup) -> float:
    match node:
        case Number(value):
            return value
        case Cell(place):
            return value_of(place)
        case Range():
            raise FormulaError(_("A range such as C2:C4 stands inside a function: sum(C2:C4)."))
        case Call(name, arguments):
            function, count = FUNCTIONS[name]
            numbers = [number for argument in arguments for number in _numbers(argument, value_of)]
            if len(numbers) != count if count else not numbers:
                raise FormulaError(_("%(name)s takes another number of values.", name=name))
            return float(function(*numbers))


def _numbers(node: Node, value_of: Lookup) -> Iterator[float]:
    if isinstance(node, Range):
        yield from map(value_of, cells_of(node))
    else:
        yield _computed(node, value_of)


class _Reader:
    """One formula, token by token."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.place = self.depth = 0
        at = 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise FormulaError(
                    _("“%(sign)s” has no meaning in a formula.", sign=text[at:].strip()[:1] or " ")
                )
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    def read(self) -> Node:
        node = self._sum()
        if self.place < len(self.tokens):
            raise FormulaError(_("“%(sign)s” is not expected there.", sign=self.tokens[self.place][1]))
        return node

    def _next(self, *signs: str) -> str:
        """The next token where it is one of those signs, and goes on; else nothing."""
        if self.place < len(self.tokens) and self.tokens[self.place] in [("sign", sign) for sign in signs]:
            self.place += 1
            return self.tokens[self.place - 1][1]
        return ""

    def _expect(self, sign: str) -> None:
        if not self._next(sign):
            raise FormulaError(_("“%(sign)s” is missing.", sign=sign))

    def _sum(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(_("It is nested too deeply."))
        node = self._term()
        while sign := self._next("+", "-"):
            node = Call(sign, (node, self._term()))
        self.depth -= 1
        return node

    def _term(self) -> Node:
        node = self._sign()
        while sign := self._next("*", "/"):
            node = Call(sign, (node, self._sign()))
        return node

    def _sign(self) -> Node:
        """Signs, the last of which binds looser than a power: −2^2 is −4."""
        is_negative = False
        while sign := self._next("-", "+"):
            is_negative ^= sign == "-"
        node = self._power()
        return Call("negative", (node,)) if is_negative else node

    def _power(self) -> Node:
        node = self._value()
        if self._next("^"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise FormulaError(_("It is nested too deeply."))
            node = Call("^", (node, self._sign()))
            self.depth -= 1
        return node

    def _value(self) -> Node:
        if self._next("("):
            node = self._sum()
            self._expect(")")
        else:
            node = self._named_or_number()
        if self._next("%"):
            node = Call("%", (node,))
        return node

    def _named_or_number(self) -> Node:
        if self.place == len(self.tokens):
            raise FormulaError(_("The formula ends too early."))
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return Number(float(text))
        if kind == "name" and self._next("("):
            return self._call(text.lower())
        if kind == "name" and (cell := CELL.fullmatch(text)):
            return Cell(_place(cell))
        if kind == "name":
            raise FormulaError(
                _("“%(name)s” is neither a cell nor a function with brackets.", name=text[:20])
            )
        raise FormulaError(_("“%(sign)s” is not expected there.", sign=text))

    def _call(self, name: str) -> Node:
        if name not in NAMES:
            raise FormulaError(
                _(
                    "There is no function %(name)s. There are %(names)s.",
                    name=name[:20],
                    names=", ".join(NAMES),
                )
            )
        arguments: list[Node] = []
        if not self._next(")"):
            arguments.append(self._argument())
            while self._next(",", ";"):
                arguments.append(self._argument())
            self._expect(")")
        return Call(name, tuple(arguments))

    def _argument(self) -> Node:
        first = self._sum()
        if not self._next(":"):
            return first
        last = self._sum()
        if not isinstance(first, Cell) or not isinstance(last, Cell):
            raise FormulaError(_("A range goes from a cell to a cell: C2:C4."))
        (a, b), (c, d) = first.place, last.place
        return Range(Place(min(a, c), min(b, d)), Place(max(a, c), max(b, d)))


def _place(cell: re.Match[str]) -> Place:
    return Place(ord(cell["column"].upper()) - ord("A") + 1, int(cell["row"]))
