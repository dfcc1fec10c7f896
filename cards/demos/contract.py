"""What a demo says about itself, what it is given and what it gives back: plain data, no library of its own."""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from cards.messages import _, ngettext

# --- parameters -------------------------------------------------------------------------------------------------------

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
MOST_DIGITS = 18
SHOWN = 20  # characters of a wrong value that its message repeats


class ParameterError(ValueError):
    """What is wrong with one parameter, in words for the learner who set it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message)
        self.name, self.message = name, message

    def __str__(self) -> str:
        return self.message


class ParametersRefused(ValueError):
    """What is wrong with the parameters of one request: a message by the parameter's name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(dict(errors))
        self.errors = dict(errors)


@dataclass(frozen=True, kw_only=True)
class Parameter(ABC):
    """Something that a learner may set. A demo whose value has a form of its own may derive one in its own file.

    `name` stands in addresses and cards, `label` and `help` beside the field. Values are what JSON can hold.
    """

    name: str
    label: str
    help: str
    default: Any

    @property
    @abstractmethod
    def range(self) -> str:
        """What may be written, as the end of a sentence: "a whole number from 1 to 8"."""

    @abstractmethod
    def value(self, text: str) -> Any:
        """The value of a text without blanks around it. Raises ValueError with what is wrong, in one sentence."""

    def write(self, value: Any) -> str:
        """The text that `read` gives this value for."""
        return str(value)

    def read(self, text: str) -> Any:
        """The value that a learner wrote. Raises ParameterError, which says what may be written instead."""
        try:
            if not text.strip():
                raise ValueError(_("Nothing is written here."))
            return self.value(text.strip())
        except ValueError as error:
            raise ParameterError(
                self.name, _("%(error)s Write %(range)s.", error=str(error), range=self.range)
            ) from error


@dataclass(frozen=True, kw_only=True)
class Integer(Parameter):
    """A whole number."""

    least: int
    most: int

    @property
    def range(self) -> str:
        return _(
            "a whole number from %(least)s to %(most)s", least=_number(self.least), most=_number(self.most)
        )

    def value(self, text: str) -> int:
        written = _ascii_minus(text)
        if not WHOLE.fullmatch(written):
            raise ValueError(_("%(text)s is no whole number.", text=_quoted(text)))
        if len(written) > MOST_DIGITS or not self.least <= int(written) <= self.most:
            raise ValueError(_("%(text)s is out of range.", text=_quoted(text)))
        return int(written)


@dataclass(frozen=True, kw_only=True)
class Real(Parameter):
    """A number with or without decimals, always finite."""

    least: float
    most: float

    @property
    def range(self) -> str:
        return _("a number from %(least)s to %(most)s", least=_number(self.least), most=_number(self.most))

    def value(self, text: str) -> float:
        return _real(text, self.least, self.most)

    def write(self, value: float) -> str:
        return _number(value)


@dataclass(frozen=True, kw_only=True)
class Reals(Parameter):
    """Several numbers, with commas or blanks between them. The value is a list."""

    least: float
    most: float
    fewest: int
    most_items: int

    @property
    def range(self) -> str:
        return _(
            "%(fewest)s to %(items)s numbers with commas between them, each from %(least)s to %(most)s",
            fewest=self.fewest,
            items=self.most_items,
            least=_number(self.least),
            most=_number(self.most),
        )

    def value(self, text: str) -> list[float]:
        items = [item for item in re.split(r"[,\s]+", text) if item]
        if len(items) > self.most_items:
            raise ValueError(_("%(items)s numbers are too many.", items=len(items)))
        values = [_real(item, self.least, self.most) for item in items]
        if len(values) < self.fewest:
            raise ValueError(
                ngettext(
                    "%(count)s number is too few.",
                    "%(count)s numbers are too few.",
                    len(values),
                    count=len(values),
                )
            )
        return values

    def write(self, value: Sequence[float]) -> str:
        return ",".join(map(_number, value))


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of a few words."""

    choices: tuple[str, ...]

    @property
    def range(self) -> str:
        return _("one of %(choices)s", choices=", ".join(self.choices))

    def value(self, text: str) -> str:
        if text not in self.choices:
            raise ValueError(_("%(text)s is no choice here.", text=_quoted(text)))
        return text


@dataclass(frozen=True, kw_only=True)
class ShortText(Parameter):
    """A line of text, such as a pattern."""

    most_length: int

    @property
    def range(self) -> str:
        return _("one line of at most %(most_length)s characters", most_length=self.most_length)

    def value(self, text: str) -> str:
        if len(text) > self.most_length:
            raise ValueError(_("%(text)s characters are too many.", text=len(text)))
        if not text.isprintable():
            raise ValueError(_("A character in it cannot be shown."))
        return text


def _real(text: str, least: float, most: float) -> float:
    written = _ascii_minus(text)
    if not NUMBER.fullmatch(written):
        raise ValueError(_("%(text)s is no number.", text=_quoted(text)))
    value = float(written) + 0.0  # -0 becomes 0
    if not least <= value <= most:
        raise ValueError(_("%(text)s is out of range.", text=_quoted(text)))
    return value


def _ascii_minus(text: str) -> str:
    """With the hyphen that computers take: a number copied from a card has the typographic minus."""
    return text.replace("\N{MINUS SIGN}", "-")


def _number(value: float) -> str:
    return repr(value).removesuffix(".0").replace("e-0", "e-")


def _quoted(text: str) -> str:
    return f"“{text[:SHOWN]}…”" if len(text) > SHOWN else f"“{text}”"


# --- what comes back --------------------------------------------------------------------------------------------------

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells under named columns. A float that is not finite stays one: drawing says so in words."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Points of one kind. Bars may stand over names instead of numbers."""

    label: str
    x: Sequence[float | str]
    y: Sequence[float]
    style: Literal["line", "points", "bars"] = "line"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A point of a plot that has a name (one to three words) and a meaning (a sentence)."""

    label: str
    x: float
    y: float
    text: str


Scale = Literal["linear", "log"]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A drawing of numbers, and `finding`, the sentence that it shows. Bars need a linear x axis.

    The bars over one x stand side by side; where they are layered, the first series' in front, as a part before its
    whole. The axes reach over the numbers of `x_spans` and `y_spans`, too. Where those on the x axis stand for
    something else, such as days, `x_ticks` says at which of them to write what; else both are chosen.

    Raises ValueError where a series has not as many x as y, names under something else than bars, or both names and
    numbers on one axis.
    """

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    finding: str
    marks: Sequence[Mark] = ()
    x_scale: Scale = "linear"
    y_scale: Scale = "linear"
    is_layered: bool = False
    x_ticks: Sequence[tuple[float, str]] = ()
    x_spans: Sequence[float] = ()
    y_spans: Sequence[float] = ()

    def __post_init__(self) -> None:
        if any(len(series.x) != len(series.y) for series in self.series):
            raise ValueError("Each x of a series has one y.")
        bars = [series for series in self.series if series.style == "bars"]
        if bars and self.x_scale == "log":
            raise ValueError("Bars need a linear x axis.")
        named = [isinstance(x, str) for series in self.series for x in series.x]
        if any(named) and (not all(named) or len(bars) < len(self.series) or self.marks):
            raise ValueError("Names stand under bars only, and not beside numbers.")

    def table(self) -> Table:
        """Everything that is drawn, one row for each x, one column for each series, in order of appearance."""
        rows: dict[tuple[Cell, int], list[Cell]] = {}
        for column, series in enumerate(self.series, start=1):
            times: Counter[Cell] = Counter()  # the same x twice in one series is two rows
            for x, y in zip(series.x, series.y, strict=True):
                row = rows.setdefault((x, times[x]), [x, *[None] * len(self.series)])
                row[column] = y
                times[x] += 1
        columns = (self.x_label, *(series.label for series in self.series))
        return Table(title=self.title, columns=columns, rows=list(rows.values()))


@dataclass(frozen=True, kw_only=True)
class Text:
    """Text with its line ends, such as a program's output. `language` is one that code is highlighted for, or ""."""

    title: str
    text: str
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A PNG file, what it shows for who cannot see it, and `finding`, the sentence that it shows."""

    title: str
    alt: str
    png: bytes = field(repr=False)
    finding: str


Part = Table | Plot | Text | Picture


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run gives: the parts in the order in which they are read, the sentence they come to, the data used."""

    parts: Sequence[Part]
    finding: str
    data_used: str


# --- a demo -----------------------------------------------------------------------------------------------------------


class Queue(StrEnum):
    """Which workers run it: light ones answer within a second, heavy ones train something."""

    LIGHT = "light"
    HEAVY = "heavy"


class Cancelled(Exception):
    """The learner wants the run no more. Raised by `report`; a demo lets it through."""

    def __init__(self, text: str = "Nobody wants the result any more.") -> None:
        super().__init__(text)  # always one: fastai looks at the first argument of whatever passes through it


class DemoError(Exception):
    """Why a demo gives no result with these parameters, as a sentence for the learner."""


class Report(Protocol):
    """Says how far a run is. Cheap: call it at every step. May raise Cancelled."""

    def __call__(self, step: int, of: int, text: str = "", **numbers: float) -> None:
        """Step 1 to `of`; `text` says what is done in a few words; the numbers, finite, are such as the loss so far."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Demo:
    """A demo as its file declares it, `DEMO = Demo(…)`. Its slug is the file's name; `code` names what computes it.

    `look_at` are two sentences, `try_this` invites one change of a parameter. A run may take `seconds` and
    `megabytes` (of a process, its libraries included) at most. Where it `has_pets`, its photos are those of fastai's
    book on a worker that has them. `check` looks at the values together and raises ParameterError for those that do
    not fit each other.
    """

    slug: str = ""
    code: str = ""
    title: str
    look_at: str
    try_this: str
    parameters: tuple[Parameter, ...]
    queue: Queue
    seconds: int
    megabytes: int
    run: Callable[[Mapping[str, Any], int, Report], Result]
    check: Callable[[Mapping[str, Any]], None] = lambda values: None
    has_pets: bool = False

    def read(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The values of the parameters, by name; one that is not given has its default.

        Raises ParametersRefused with a message for each that is wrong or unknown.
        """
        names = [parameter.name for parameter in self.parameters]
        if names:
            unknown = _("This demo has no such parameter. It has %(names)s.", names=", ".join(names))
        else:
            unknown = _("This demo has no such parameter. It has none.")
        errors: dict[str, str] = {name: unknown for name in texts if name not in names}
        values: dict[str, Any] = {}
        for parameter in self.parameters:
            try:
                text = texts.get(parameter.name)
                values[parameter.name] = parameter.default if text is None else parameter.read(text)
            except ParameterError as error:
                errors[error.name] = error.message
        if errors:
            raise ParametersRefused(errors)
        try:
            self.check(values)
        except ParameterError as error:
            raise ParametersRefused({error.name: error.message})
        return values

    def completed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a run that was asked for, with the default of each parameter that came to the demo since.

        Raises DemoError where one has gone since.
        """
        defaults = {parameter.name: parameter.default for parameter in self.parameters}
        if gone := sorted(values.keys() - defaults.keys()):
            raise DemoError(
                _(
                    "The demo was changed since this run was asked for: it has no %(names)s any more. Run it again.",
                    names=", ".join(gone),
                )
            )
        return {**defaults, **values}

    def write(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The texts that `read` gives these values for, as in a form or a card."""
        return {parameter.name: parameter.write(values[parameter.name]) for parameter in self.parameters}
