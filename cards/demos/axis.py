"""The axes of a plot: which numbers they span, where a number lies, and what stands at their ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cards.demos.contract import Scale

MOST: Final = 1e250  # beyond it, and for a logarithm below its inverse, the arithmetic below would overflow
STEPS: Final = (1, 2, 5, 10)
ROOM: Final = 0.04  # of a log axis, at each end
SUPERSCRIPT: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_drawable(value: float, scale: Scale) -> bool:
    """Whether the number has a place on such an axis: a logarithm asks for a positive one."""
    return abs(value) < MOST and (scale == "linear" or value > 1 / MOST)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, with its ticks: numbers in rising order, and what stands there."""

    scale: Scale
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """How far along the axis a drawable number lies: 0 at its low end, 1 at its high end."""
        low, high, value = (_unscaled(number, self.scale) for number in (self.low, self.high, value))
        return (value - low) / (high - low)


def axis(values: Sequence[float], scale: Scale, about: int, *, is_loose: bool) -> Axis:
    """The axis for these drawable numbers, with about so many ticks.

    A loose one begins and ends at a tick, so that there is room around the numbers; else it ends where they do.
    """
    low, high = min(values, default=1.0), max(values, default=1.0)
    return (
        _log_axis(low, high, about, is_loose) if scale == "log" else _linear_axis(low, high, about, is_loose)
    )


def _unscaled(value: float, scale: Scale) -> float:
    return math.log10(value) if scale == "log" else value


def _linear_axis(low: float, high: float, about: int, is_loose: bool) -> Axis:
    if high - low <= abs(high) * 1e-9:  # as good as one number
        room = abs(high) / 2 or 1.0
        low, high = low - room, high + room
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in STEPS if step * power >= rough * (1 - 1e-9))
    first, last = _floor(low / step), -_floor(-high / step)
    numbers = [place * step for place in range(first, last + 1)]
    if is_loose:
        low, high = numbers[0], numbers[-1]
    ticks = tuple((number, _linear_label(number, step)) for number in numbers if low <= number <= high)
    return Axis("linear", low, high, ticks)


def _floor(value: float) -> int:
    """Rounded down; what is a whole number but for the last bits of a float stays that number."""
    return (
        round(value) if math.isclose(value, round(value), rel_tol=1e-9, abs_tol=1e-9) else math.floor(value)
    )


def _linear_label(number: float, step: float) -> str:
    largest = max(abs(number), step)
    if largest >= 1e5 or step < 1e-4:
        text = f"{number:.3g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    else:
        text = f"{number:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
    return text.replace("-", "−")


def _log_axis(low: float, high: float, about: int, is_loose: bool) -> Axis:
    start, end = math.log10(low), math.log10(high)
    if end - start < 0.1:
        start, end = start - 0.5, end + 0.5
    if is_loose:
        room = (end - start) * ROOM
        start, end = start - room, end + room
    low, high = 10.0**start, 10.0**end
    decades = range(math.ceil(start - 1e-9), math.floor(end + 1e-9) + 1)
    if len(decades) >= 3:
        every = math.ceil(len(decades) / (about + 2))
        chosen = [exponent for exponent in decades if exponent % every == 0]
        is_plain = chosen[0] >= -3 and chosen[-1] <= 3
        return Axis(
            "log", low, high, tuple((10.0**n, f"{10.0**n:g}" if is_plain else _power(n)) for n in chosen)
        )
    tens = range(math.floor(start), math.ceil(end) + 1)
    numbers = [step * 10.0**exponent for exponent in tens for step in STEPS[:3]]
    ticks = tuple(
        (number, f"{number:.0e}" if number < 1e-4 or number >= 1e5 else f"{number:g}") for number in numbers
    )
    within = tuple(tick for tick in ticks if low <= tick[0] <= high)
    if len(within) < 2:  # less than a decade, between 2 and 5 perhaps: equal steps say more
        within = _linear_axis(low, high, about, is_loose=False).ticks
    return Axis("log", low, high, within)


def _power(exponent: int) -> str:
    return "10" + str(exponent).translate(SUPERSCRIPT)
