"""Numbers as a page shows them: few digits, each column alike. What is stored and exported keeps all of them."""

import math
import numbers
import re
from collections.abc import Sequence
from typing import TypeGuard

from cards.demos.contract import Cell
from cards.messages import Number

MOST_DECIMALS = 4
WRITTEN_OUT = 100  # from here on two digits are a whole number with zeros
FIXED = (1e-3, 1e6)  # between these a number is written with decimals, beyond them with a power of ten


def is_number(cell: object) -> TypeGuard[float]:
    """Whether it is a number, of Python or NumPy. True and False are none."""
    return isinstance(cell, numbers.Real) and not isinstance(cell, bool)


def shown(column: Sequence[Cell], most_decimals: int = MOST_DECIMALS) -> list[str]:
    """The cells of one column as a page shows them: as many decimals in each as the column needs, at most 4."""
    floats = [float(cell) for cell in column if is_number(cell) and not isinstance(cell, numbers.Integral)]
    fixed = [value for value in floats if _is_fixed(value)]
    decimals = min(most_decimals, max((_decimals(value) for value in fixed), default=0))
    return [_shown(cell, decimals) for cell in column]


def short(value: float) -> Number:
    """A number inside a sentence, by its first two digits: 0.0012, 8.3e-5, 150, 3.2e6."""
    rounded = float(f"{value:.2g}")
    return Number(_tidy(f"{rounded:,.0f}" if WRITTEN_OUT <= abs(rounded) < FIXED[1] else f"{value:.2g}"))


def exact(value: float) -> Number:
    """A number inside a sentence, as the cell of a table shows it: 0.2746, 300, 8.35e-5."""
    return Number(shown([value + 0.0])[0])  # -0 becomes 0


def _shown(cell: Cell, decimals: int) -> str:
    if cell is None:
        return ""
    if not is_number(cell):
        return str(cell)
    if isinstance(cell, numbers.Integral):
        return _tidy(f"{int(cell):,}")
    value = float(cell)
    return _tidy(f"{value:.{decimals}f}" if _is_fixed(value) else f"{value:.3g}")


def _tidy(text: str) -> str:
    return re.sub(r"e\+?(-?)0*(\d)", r"e\1\2", text).replace("-", "−")


def _is_fixed(value: float) -> bool:
    return value == 0 or FIXED[0] <= abs(value) < FIXED[1]


def _decimals(value: float) -> int:
    """How many say the value; what differs in the seventh digit only is a number that went through float32."""
    exact = (n for n in range(MOST_DECIMALS) if math.isclose(round(value, n), value, rel_tol=1e-6))
    return next(exact, MOST_DECIMALS)
