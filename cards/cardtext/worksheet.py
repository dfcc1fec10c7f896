"""Worksheets at the end of a prompt: a table, some of whose cells the learner computes, as in a spreadsheet.

    What is the softmax of these activations?

    ```worksheet
    | class   | activation   | exp       | softmax          |
    | teddy   | 0.02 ~ -3..3 | ?=exp(B2) | ?=C2/sum(C2:C4)  |
    | grizzly | -2.49 ~ -3..3| ?=exp(B3) | ?=C3/sum(C2:C4)  |
    | brown   | 1.25 ~ -3..3 | ?=exp(B4) | ?=C4/sum(C2:C4)  |
    hint: The exponential first, then the share of the sum.
    ```

The first line is row 1. A cell is text, a number, a number with the range from which others are drawn, a formula that
is shown (`=…`), or one that is asked for (`?=…`).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from cards.cardtext.fence import BlockError, split_block
from cards.cardtext.formula import FormulaError, Node, Place, cells_of, compute, read_formula
from cards.messages import _

NUMBER = r"[-+\N{MINUS SIGN}]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
GIVEN = re.compile(
    rf"(?P<number>{NUMBER})(?:\s*~\s*(?P<least>{NUMBER})\s*\.\.\s*(?P<most>{NUMBER}))?", re.ASCII
)
RULE = re.compile(r"[|:\- \t]+")
TOLERANCE = re.compile(r"tolerance:\s*(?P<value>\d*\.?\d+)\s*(?P<percent>%)?", re.ASCII)
MOST_COLUMNS, MOST_ROWS, MOST_LABEL = 8, 20, 80
DRAWS = 50  # of other numbers, until each formula has a result


@dataclass(frozen=True, slots=True)
class Given:
    """A number as it is written, and the range from which another may be drawn, or None."""

    text: str
    span: tuple[float, float] | None = None

    @property
    def value(self) -> float:
        return _float(self.text)

    def drawn(self, chance: Random) -> float:
        """Another number of that range, with as many decimals as this one is written with."""
        if self.span is None:
            return self.value
        mantissa = re.split("[eE]", self.text)[0]
        decimals = len(mantissa.partition(".")[2])
        return round(chance.uniform(*self.span), decimals)


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is computed: shown, or asked for."""

    text: str
    node: Node
    is_asked: bool


Cell = str | Given | Formula


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far off is right still: a share of the value, or a distance."""

    value: float
    is_share: bool

    def __str__(self) -> str:
        return f"{100 * self.value:g}\N{NO-BREAK SPACE}%" if self.is_share else f"{self.value:g}"

    def allows(self, number: float, right: float) -> bool:
        most = self.value * abs(right) if self.is_share else self.value
        return abs(number - right) <= most + 1e-12 * abs(right)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A table's cells row by row, each row equally long; how exact one has to be; what is said after the first try."""

    rows: tuple[tuple[Cell, ...], ...]
    tolerance: Tolerance
    hint: str = ""

    @property
    def cells(self) -> dict[Place, Cell]:
        return {
            Place(column, row): cell
            for row, cells in enumerate(self.rows, start=1)
            for column, cell in enumerate(cells, start=1)
        }

    @property
    def asked(self) -> dict[Place, Formula]:
        """What the learner computes."""
        return {
            place: cell for place, cell in self.cells.items() if isinstance(cell, Formula) and cell.is_asked
        }

    @property
    def has_ranges(self) -> bool:
        """Whether other numbers can be drawn."""
        return any(isinstance(cell, Given) and cell.span for cells in self.rows for cell in cells)

    def numbers(self, seed: int | None = None) -> dict[Place, float]:
        """The number of each cell that has one: as written; or others, drawn by the seed, so that all can be computed.

        Raises FormulaError where even those that are written give none.
        """
        for draw in range(DRAWS if seed is not None else 0):
            try:
                return self._computed(Random(f"{seed} {draw}"))  # noqa: S311  (numbers to practise with)
            except FormulaError:
                continue
        return self._computed(None)

    def _computed(self, chance: Random | None) -> dict[Place, float]:
        given = {
            place: cell.drawn(chance) if chance else cell.value
            for place, cell in self.cells.items()
            if isinstance(cell, Given)
        }
        formulas = {place: cell.node for place, cell in self.cells.items() if isinstance(cell, Formula)}
        found, errors = compute_all(formulas, given)
        if errors:
            place, message = next(iter(errors.items()))
            raise FormulaError(_("%(cell)s: %(message)s", cell=str(place), message=message))
        return found


def compute_all(
    formulas: Mapping[Place, Node], given: Mapping[Place, float]
) -> tuple[dict[Place, float], dict[Place, str]]:
    """The numbers of all cells, those of the formulas computed in whatever order they need; and why some have none."""
    numbers, errors = dict(given), dict[Place, str]()
    waiting = dict(formulas)

    def value_of(place: Place) -> float:
        if place in numbers:
            return numbers[place]
        if place in waiting:
            raise FormulaError(_("It goes round in a circle."))
        raise FormulaError(_("%(cell)s has no number.", cell=str(place)))

    while ready := [place for place, node in waiting.items() if not waiting.keys() & set(cells_of(node))]:
        for place in ready:
            try:
                numbers[place] = compute(waiting[place], value_of)
            except FormulaError as error:
                errors[place] = error.message
        for place in ready:
            del waiting[place]
    return numbers, errors | dict.fromkeys(waiting, _("It goes round in a circle."))


def split_worksheet(prompt: str) -> tuple[str, Worksheet | None]:
    """The prompt without its worksheet, and that; None where it does not end in one, or one that cannot be read."""
    try:
        return read_worksheet(prompt)
    except BlockError:
        return prompt, None


def read_worksheet(prompt: str) -> tuple[str, Worksheet | None]:
    """The same. Raises BlockError, with the line in the prompt, for a worksheet that cannot be read."""
    block = split_block(prompt, "worksheet")
    if block is None:
        return prompt, None
    try:
        sheet = _read(block.lines)
        sheet.numbers()
    except BlockError as error:
        raise BlockError(error.message, block.first + error.line - 1) from error
    except FormulaError as error:
        raise BlockError(error.message, block.first) from error
    return block.question, sheet


def _read(lines: list[str]) -> Worksheet:
    rows: list[tuple[Cell, ...]] = []
    hints: list[str] = []
    tolerance = Tolerance(0.01, is_share=True)
    for number, line in enumerate(map(str.strip, lines), start=1):
        if found := TOLERANCE.fullmatch(line):
            value = float(found["value"])
            tolerance = Tolerance(value / 100 if found["percent"] else value, bool(found["percent"]))
        elif line.startswith("hint:"):
            hints.append(line.removeprefix("hint:").strip())
        elif line.startswith("|") and RULE.fullmatch(line) and "-" in line:
            continue
        elif line.startswith("|"):
            row = tuple(_cell(text.strip(), number) for text in line.strip("|").split("|"))
            if rows and len(row) != len(rows[0]):
                raise BlockError(
                    _(
                        "Each row has as many cells as the first: %(first)s, not %(cells)s.",
                        cells=len(row),
                        first=len(rows[0]),
                    ),
                    number,
                )
            rows.append(row)
        elif line:
            raise BlockError(
                _("A worksheet has rows such as `| 1 | ?=A1*2 |`, `hint:` and `tolerance:`."), number
            )
    if not rows or len(rows) > MOST_ROWS or len(rows[0]) > MOST_COLUMNS:
        raise BlockError(
            _(
                "A worksheet has 1 to %(rows)s rows of at most %(columns)s cells.",
                rows=MOST_ROWS,
                columns=MOST_COLUMNS,
            ),
            1,
        )
    sheet = Worksheet(tuple(rows), tolerance, " ".join(hints))
    if not sheet.asked:
        raise BlockError(_("No cell is asked for. Write one as `?=` and its formula."), 1)
    return sheet


def _cell(text: str, line: int) -> Cell:
    if text.startswith(("?=", "=")):
        formula = text.removeprefix("?")
        try:
            return Formula(formula.removeprefix("=").strip(), read_formula(formula), text.startswith("?"))
        except FormulaError as error:
            raise BlockError(f"`{text[:40]}`: {error.message}", line) from error
    if found := GIVEN.fullmatch(text):
        if any(math.isinf(_float(number)) for number in found.groups() if number):
            raise BlockError(_("The number is too large."), line)
        span = (_float(found["least"]), _float(found["most"])) if found["least"] else None
        if span and span[0] >= span[1]:
            raise BlockError(_("The range goes from the lesser number to the greater: `1 ~ 0..3`."), line)
        return Given(found["number"], span)
    if len(text) > MOST_LABEL:
        raise BlockError(_("A cell’s text has at most %(most)s characters.", most=MOST_LABEL), line)
    return text


def _float(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))
