"""Filling in a worksheet: what was typed into each cell is computed with the others, and compared."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.cardtext import Formula, FormulaError, Given, Place, Worksheet, compute_all, read_formula
from cards.kinds.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell of a worksheet as it is shown.

    `text` is what stands in it, or what the learner typed; `number` what that gives, `right` what is right; `error` why
    it gives no number. `formula` computes it. What is none of these is "" or None.
    """

    place: Place
    text: str
    is_asked: bool = False
    number: float | None = None
    right: float | None = None
    is_right: bool = False
    error: str = ""
    formula: str = ""

    @property
    def shows_number(self) -> bool:
        """Whether the number is not what stands there already, but what a formula gives."""
        return self.number is not None and any(sign.isalpha() or sign in "=*/^()" for sign in self.text)


@dataclass(frozen=True, slots=True)
class Checked:
    """A worksheet row by row as it was filled in, with the numbers of `seed` or those written, after so many tries."""

    sheet: Worksheet
    seed: int | None
    tries: int
    rows: tuple[tuple[Filled, ...], ...]

    @property
    def asked(self) -> list[Filled]:
        """The cells that are asked for."""
        return [cell for cells in self.rows for cell in cells if cell.is_asked]

    @property
    def is_tried(self) -> bool:
        return any(cell.text for cell in self.asked)

    @property
    def mistakes(self) -> int:
        """How many of the cells that are asked for are wrong or empty."""
        return sum(not cell.is_right for cell in self.asked)

    @property
    def verdict(self) -> Verdict | None:
        """Right at the first try is right, at a later one close; None where nothing was filled in."""
        if not self.is_tried:
            return None
        if self.mistakes:
            return Verdict.WRONG
        return Verdict.CLOSE if self.tries else Verdict.RIGHT

    @property
    def first_open(self) -> Place | None:
        """The first cell that is asked for and not right yet."""
        return next((cell.place for cell in self.asked if not cell.is_right), None)

    @property
    def columns(self) -> list[str]:
        """The letters above it."""
        return [str(cell.place)[0] for cell in self.rows[0]]


def check_worksheet(
    sheet: Worksheet, typed: Mapping[Place, str], seed: int | None = None, tries: int = 0
) -> Checked:
    """What was typed into the cells that are asked for, each a number or a formula, beside what is right.

    A formula is computed as in a spreadsheet: from what stands in the other cells, the learner's own included.
    """
    right = sheet.numbers(seed)
    formulas, errors = {}, {}
    for place in sheet.asked:
        text = typed.get(place, "").strip()
        if text:
            try:
                formulas[place] = read_formula(text)
            except FormulaError as error:
                errors[place] = error.message
    given = {place: number for place, number in right.items() if place not in sheet.asked}
    numbers, failed = compute_all(formulas, given)
    errors |= failed

    def filled(place: Place, cell: str | Given | Formula) -> Filled:
        if isinstance(cell, str):
            return Filled(place, cell)
        if isinstance(cell, Given) or not cell.is_asked:
            formula = cell.text if isinstance(cell, Formula) else ""
            return Filled(place, written(right[place]), number=right[place], formula=formula)
        number = numbers.get(place)
        is_right = number is not None and sheet.tolerance.allows(number, right[place])
        return Filled(
            place, typed.get(place, "").strip(), is_asked=True, number=number, right=right[place], is_right=is_right,
            error=errors.get(place, ""), formula=cell.text,
        )  # fmt: skip

    rows = tuple(
        tuple(filled(Place(column, row), cell) for column, cell in enumerate(cells, start=1))
        for row, cells in enumerate(sheet.rows, start=1)
    )
    return Checked(sheet, seed, tries, rows)


def written(number: float) -> str:
    """A number with at most 4 decimals, or its first 4 digits: 0.2221, 12, 1e-6."""
    if number == 0 or 1e-3 <= abs(number) < 1e6:
        return f"{number:.4f}".rstrip("0").rstrip(".")
    mantissa, _e, power = f"{number:.3e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"
