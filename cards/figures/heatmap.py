"""A year of days as a calendar: a column for each week, the darker the more was done.

Drawn as plots are (cards/demos/svg.py): for a wide place, and for a narrow one where the year stands in two halves; of
its elements and attributes alone, with classes for the colours, which are in static/css/statistics.css.
"""

import xml.etree.ElementTree as ET
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from django.utils.formats import date_format

from cards.demos.svg import LETTER
from cards.figures.words import grouped, monday_of, month_name, months_from

LEVELS: Final = 4
GAP: Final = 1.8  # between two days


@dataclass(frozen=True, slots=True)
class Layout:
    """How it is drawn, in units that are pixels where it is shown at its own width; `weeks` stand side by side."""

    name: str
    width: int
    font: float
    weeks: int


LAYOUTS: Final = (Layout("wide", 640, 13, 53), Layout("narrow", 320, 12.5, 27))


def bounds_of(counts: Iterable[int]) -> list[int]:
    """Up to four bounds, rising: a count that is not 0 belongs to the first that it does not exceed.

    They cut the counts into quarters, so that one day of a thousand cards leaves the others as they are.
    """
    ranked = sorted(count for count in counts if count)
    ends = (-(-len(ranked) * quarter // LEVELS) for quarter in range(1, LEVELS + 1))
    return sorted({ranked[end - 1] for end in ends}) if ranked else []


def heatmap(counts: Mapping[date, int], first: date, last: date, *, title: str, prefix: str) -> str:
    """HTML with the days from first to last in both sizes, and what each colour stands for."""
    drawings = (
        _Calendar(counts, first, last, layout).draw(title, f"{prefix}-{layout.name}") for layout in LAYOUTS
    )
    return f'<div class="drawn">{"".join(ET.tostring(drawing, encoding="unicode") for drawing in drawings)}</div>'


class _Calendar:
    """One drawing of the days. As in SVG, y grows downwards."""

    def __init__(self, counts: Mapping[date, int], first: date, last: date, layout: Layout) -> None:
        self.first, self.last, self.layout = first, last, layout
        self.counts = {day: counts.get(day, 0) for day in _days(first, last)}
        self.bounds = bounds_of(self.counts.values())
        self.weekdays = [monday_of(first) + timedelta(days=n) for n in (0, 2, 4)]
        self.left = max(self.width(date_format(day, "D")) for day in self.weekdays) + 10
        self.step = (layout.width - self.left) / layout.weeks
        self.line = layout.font * 1.5
        self.block = self.line + 7 * self.step + layout.font / 2

    def width(self, text: str) -> float:
        return len(text) * self.layout.font * LETTER

    def corner(self, day: date) -> tuple[float, float]:
        """Where a day stands: its upper left corner."""
        column = self.week_of(day) % self.layout.weeks
        y = self.block_of(day) * self.block + self.line + day.weekday() * self.step
        return self.left + column * self.step, y

    def week_of(self, day: date) -> int:
        return (monday_of(day) - monday_of(self.first)).days // 7

    def block_of(self, day: date) -> int:
        return self.week_of(day) // self.layout.weeks

    def level(self, count: int) -> int:
        """0 for no card, 4 for the most; where there are fewer than four bounds, the lightest are left out."""
        return LEVELS + 1 - len(self.bounds) + bisect_left(self.bounds, count) if count else 0

    def draw(self, title: str, name: str) -> ET.Element:
        blocks = 1 + self.block_of(self.last)
        legend, lines = self.legend()
        height = blocks * self.block + (lines + 0.3) * self.line
        self.svg = ET.Element("svg", {"viewBox": f"0 0 {self.layout.width} {_px(height)}", "role": "img"})
        self.svg.attrib |= {"class": f"plot {self.layout.name}", "font-size": _px(self.layout.font)}
        self.svg.set("aria-labelledby", name)
        ET.SubElement(self.svg, "title", id=name).text = title
        for month in months_from(self.first, self.last):
            if month >= self.first:
                x, _ = self.corner(month)
                if x + self.width(month_name(month)) <= self.layout.width:
                    self.text(month_name(month), x, self.block_of(month) * self.block + self.layout.font)
        for day in self.weekdays:
            for block in range(blocks):
                y = block * self.block + self.line + (day.weekday() + 1) * self.step - GAP
                self.text(date_format(day, "D"), 0, y)
        places = defaultdict(list)
        for day, count in self.counts.items():
            places[self.level(count)].append(self.corner(day))
        for level in sorted(places):
            self.add_days(level, places[level])
        for level, text, x, line in legend:
            y = blocks * self.block + (line + 1) * self.line
            self.add_days(level, [(x, y - self.step)])
            self.text(text, x + self.step + 4, y - GAP)
        return self.svg

    def legend(self) -> tuple[list[tuple[int, str, float, int]], int]:
        """Each level that there is with what it stands for, where that begins and in which line; and how many lines."""
        entries = [(0, "0")]
        for low, high in pairwise([0, *self.bounds]):
            text = grouped(high) if low + 1 == high else f"{grouped(low + 1)}–{grouped(high)}"
            entries.append((self.level(high), text))
        found, x, line = [], self.left, 0
        for level, text in entries:
            width = self.step + 4 + self.width(text)
            if x + width > self.layout.width:
                x, line = self.left, line + 1
            found.append((level, text, x, line))
            x += width + self.layout.font
        return found, line + 1

    def add_days(self, level: int, corners: Iterable[tuple[float, float]]) -> None:
        side = _px(self.step - GAP)
        d = "".join(f"M{_px(x)},{_px(y)}h{side}v{side}h-{side}z" for x, y in corners)
        ET.SubElement(self.svg, "path", {"class": f"day level{level}", "d": d})

    def text(self, text: str, x: float, y: float) -> None:
        ET.SubElement(self.svg, "text", {"class": "soft", "x": _px(x), "y": _px(y)}).text = text


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
