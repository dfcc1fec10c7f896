"""A plot as SVG for a page: text as text, colours as classes of the theme, nothing that a strict policy refuses.

Not by matplotlib: its SVG would have to be taken apart again (each colour and font is a style attribute), and took
0.2 s for three bars and 0.9 s for a log axis where this takes a millisecond. A plot is drawn twice, for a wide place
and for a narrow one; static/css/demos.css shows the one that fits, so that letters stay readable at 320 px.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from cards.demos.axis import axis, is_drawable
from cards.demos.contract import Plot, Series
from cards.demos.shown import MOST_DECIMALS, shown

# All that is ever written. The colours and strokes of the classes are in static/css/demos.css.
ELEMENTS: Final = frozenset({"svg", "title", "path", "rect", "circle", "text"})
ATTRIBUTES: Final = frozenset(
    "viewBox role aria-labelledby id class d x y width height cx cy r text-anchor font-size".split()
)
COLOURS: Final = ("accent", "warm", "good", "bad")
FEWEST_LETTERS: Final = (
    7  # of a bar's name: where fewer fit, rather some names are left out than all are shortened
)
LETTERS_APART: Final = 4  # between what stands above two bars
WIDEST_BAR: Final = 56  # of two bars alone each would be a wall
BOLD: Final = 1.15  # how much wider bold letters are
LETTER: Final = (
    0.57  # the width of a letter over the font's size: an upper estimate for a word in the page's fonts
)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a plot is drawn, in units that are pixels where it is shown at its own width.

    The height is that between the axes' labels; what stands above, such as the labels of marks, adds to it.
    """

    name: str
    width: int
    height: int
    font: float
    x_ticks: int  # about how many
    y_ticks: int


SIZES: Final = (Size("wide", 640, 290, 14.5, 7, 5), Size("narrow", 320, 210, 13, 4, 4))


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark's label: its point, where the label begins, and in which row it stands; row 0 is the lowest."""

    label: str
    x: float
    y: float
    left: float
    row: int


def svg(plot: Plot, prefix: str) -> str:
    """HTML with the plot in both sizes. A point that is not finite, or not positive on a log axis, leaves a gap."""
    drawings = (_Canvas(plot, size, f"{prefix}-{size.name}").draw() for size in SIZES)
    return f'<div class="drawn">{"".join(ET.tostring(drawing, encoding="unicode") for drawing in drawings)}</div>'


class _Canvas:
    """One drawing of one plot. As in SVG, y grows downwards."""

    def __init__(self, plot: Plot, size: Size, name: str) -> None:
        self.plot, self.size, self.name = plot, size, name
        self.line = size.font * 1.45  # the height of a line of text
        # Bars may stand over names: these are the numbers 0, 1, 2 … to the axis.
        self.names = list(dict.fromkeys(x for series in plot.series for x in series.x if isinstance(x, str)))
        self.bars = [series for series in plot.series if series.style == "bars"]
        self.marks = [mark for mark in plot.marks if self.is_drawable(mark.x, mark.y)]
        self.lay_out()

    # --- where things are ---

    def lay_out(self) -> None:
        points = [point for series in self.plot.series for point in self.points(series) if point is not None]
        points += [(mark.x, mark.y) for mark in self.marks]
        ys = [*(y for _, y in points), *self.plot.y_spans]
        ys += [0.0] * (bool(self.bars) and self.plot.y_scale == "linear")
        xs = [*(x for x, _ in points), *self.plot.x_spans]
        if self.bars:
            half = self.slot() / 2
            xs = [x + side for x in xs for side in (-half, half)]
        self.y_axis = axis(ys, self.plot.y_scale, self.size.y_ticks, is_loose=True)
        self.x_axis = axis(xs, self.plot.x_scale, self.size.x_ticks, is_loose=False)
        if self.plot.x_ticks:
            low, high = self.x_axis.low, self.x_axis.high
            ticks = tuple(tick for tick in self.plot.x_ticks if low <= tick[0] <= high)
            self.x_axis = replace(self.x_axis, ticks=ticks)
        self.left = max((self.width(label) for _, label in self.y_axis.ticks), default=0) + 8
        self.right = self.size.width - self.size.font
        self.keys = self.keys_placed()
        self.flags = self.flags_placed()
        self.rows = 1 + max((flag.row for flag in self.flags), default=-1)
        self.head = self.line * (1 + len(self.keys))  # the y axis' name, and the series'
        self.top = self.head + self.line * (self.rows + 0.5)
        self.bottom = self.top + self.size.height
        self.height = (
            self.bottom + (2.3 if self.plot.x_label else 1.4) * self.line
        )  # the x axis' labels, and its name

    def slot(self) -> float:
        """The room that the bars over one x have, in the numbers of the axis: the distance to the next x."""
        xs = sorted({x for series in self.bars for x, _ in filter(None, self.points(series))})
        return min((after - before for before, after in pairwise(xs)), default=1.0)

    def has_points(self) -> bool:
        return any(point is not None for series in self.plot.series for point in self.points(series))

    def points(self, series: Series) -> list[Point | None]:
        """The series' points, None for one that cannot be drawn."""
        numbers = [self.names.index(x) if isinstance(x, str) else x for x in series.x]
        return [(x, y) if self.is_drawable(x, y) else None for x, y in zip(numbers, series.y, strict=True)]

    def is_drawable(self, x: float, y: float) -> bool:
        return is_drawable(x, self.plot.x_scale) and is_drawable(y, self.plot.y_scale)

    def across(self, x: float) -> float:
        return self.left + (self.right - self.left) * self.x_axis.share(x)

    def down(self, y: float) -> float:
        return self.bottom + (self.top - self.bottom) * self.y_axis.share(y)

    def width(self, text: str) -> float:
        return len(text) * self.size.font * LETTER

    def flags_placed(self) -> list[Flag]:
        """From the right to the left, each as low as it can without a pole that crosses another's label."""
        ends: list[float] = []  # where each row is taken from, by a label or by a pole
        flags = []
        for mark in sorted(self.marks, key=lambda mark: -mark.x):
            x, width = self.across(mark.x), self.width(mark.label) * BOLD + 6
            left = max(0.0, min(x + 4, self.size.width - width))
            row = next((row for row, end in enumerate(ends) if left + width <= end), len(ends))
            ends[row : row + 1] = [left]
            ends[: row + 1] = [min(end, x) - 4 for end in ends[: row + 1]]
            flags.append(Flag(mark.label, x, mark.y, left, row))
        return flags

    def keys_placed(self) -> list[list[tuple[int, float]]]:
        """Which series' names stand in which row above the plot, and where: none where there is one series."""
        rows: list[list[tuple[int, float]]] = []
        x = float(self.size.width)
        for place, series in enumerate(self.plot.series if len(self.plot.series) > 1 else ()):
            width = self.width(series.label) + 40
            if x + width > self.size.width:
                rows.append([])
                x = 0.0
            rows[-1].append((place, x))
            x += width
        return rows

    # --- what is drawn ---

    def draw(self) -> ET.Element:
        box = f"0 0 {self.size.width} {_px(self.height)}"
        self.svg = ET.Element("svg", {"viewBox": box, "class": f"plot {self.size.name}", "role": "img"})
        self.svg.attrib |= {"aria-labelledby": self.name, "font-size": _px(self.size.font)}
        ET.SubElement(self.svg, "title", id=self.name).text = self.plot.title
        self.draw_axes()
        order = list(enumerate(self.plot.series))
        for place, series in reversed(order) if self.plot.is_layered else order:
            if series.style == "bars":
                self.draw_bars(series, COLOURS[place % len(COLOURS)])
            else:
                points = [
                    point and (self.across(point[0]), self.down(point[1])) for point in self.points(series)
                ]
                d = _path(points, is_joined=series.style == "line")
                self.add("path", f"{series.style} {COLOURS[place % len(COLOURS)]}", d=d)
        self.draw_keys()
        self.draw_flags()
        return self.svg

    def draw_axes(self) -> None:
        rows = "".join(
            f"M{_px(self.left)},{_px(self.down(y))}H{_px(self.right)}" for y, _ in self.y_axis.ticks
        )
        self.add("path", "grid", d=rows)
        for y, label in self.y_axis.ticks:
            self.text(label, self.left - 8, self.down(y) + self.size.font * 0.35, "soft", "end")
        self.add("path", "axis", d=f"M{_px(self.left)},{_px(self.bottom)}H{_px(self.right)}")
        if self.names:
            self.draw_names()
        else:
            for x, _ in self.x_axis.ticks:
                self.add("path", "axis", d=f"M{_px(self.across(x))},{_px(self.bottom)}v5")
            for at, label in self.x_labels():
                self.text(label, at, self.bottom + self.line, "soft", "middle")
        if not self.has_points():
            self.text(
                "No number here can be drawn.",
                (self.left + self.right) / 2,
                (self.top + self.bottom) / 2,
                "soft",
                "middle",
            )
        self.text(self.plot.y_label, 0, self.size.font, "ink", "start")
        self.text(self.plot.x_label, self.right, self.height - self.size.font * 0.4, "ink", "end")

    def x_labels(self) -> list[tuple[float, str]]:
        """Where what stands at the ticks stands: at all, or at every second, third … where there is no room."""
        labels = [
            (min(self.across(x), self.size.width - self.width(label) / 2), label)
            for x, label in self.x_axis.ticks
        ]
        chosen = (labels[::every] for every in range(1, len(labels) + 1))
        return next((some for some in chosen if self.is_apart(some)), [])

    def is_apart(self, labels: list[tuple[float, str]]) -> bool:
        ends = [(at - self.width(label) / 2, at + self.width(label) / 2) for at, label in labels]
        return all(end + 4 <= start for (_, end), (start, _) in pairwise(ends))

    def draw_names(self) -> None:
        """The bars' names: all, shortened where they must be; or every second, third … where there is no room."""
        slot = (self.right - self.left) / len(self.names)
        letters = slot / self.width("m") - 1
        longest = self.width(max(self.names, key=len)) + self.size.font
        every = 1 if letters >= FEWEST_LETTERS else math.ceil(longest / slot)
        for place, name in list(enumerate(self.names))[::every]:
            label = name if every > 1 or len(name) <= letters else name[: int(letters) - 1] + "…"
            self.text(label, self.across(place), self.bottom + self.line, "soft", "middle")

    def draw_bars(self, series: Series, colour: str) -> None:
        slot = self.slot()
        wide = self.across(self.x_axis.low + slot) - self.across(self.x_axis.low)
        beside = 1 if self.plot.is_layered else len(self.bars)
        each = min(wide * 0.7 / beside, WIDEST_BAR)
        room = wide if beside == 1 else each
        ground = self.down(0) if self.plot.y_scale == "linear" else self.bottom
        labels = [""] * len(series.y) if self.plot.is_layered else self.bar_labels(series.y, room)
        for point, label in zip(self.points(series), labels, strict=True):
            if point is None:
                continue
            left = self.across(point[0]) + each * (self.bars.index(series) % beside - beside / 2)
            top, low = sorted((self.down(point[1]), ground))
            box = {"x": _px(left), "y": _px(top), "width": _px(each), "height": _px(low - top)}
            self.add("rect", f"bars {colour}", **box)
            if label:
                y = top - self.size.font * 0.4 if point[1] >= 0 else low + self.size.font
                self.text(label, left + each / 2, y, "ink", "middle")

    def bar_labels(self, values: Sequence[float], room: float) -> list[str]:
        """The numbers as a table shows them, where these have no room with two decimals, where neither fits none."""
        for decimals in (MOST_DECIMALS, 2):
            labels = shown(values, decimals)
            if all(self.width(label) + LETTERS_APART <= room for label in labels):
                return labels
        return [""] * len(values)

    def draw_keys(self) -> None:
        for number, row in enumerate(self.keys):
            y = self.line * (2 + number) - self.size.font * 0.45
            for place, x in row:
                series, colour = self.plot.series[place], COLOURS[place % len(COLOURS)]
                if series.style == "bars":
                    size = self.size.font * 0.75
                    self.add(
                        "rect", f"bars {colour}", x=_px(x), y=_px(y - size), width=_px(size), height=_px(size)
                    )
                else:
                    self.add("path", f"{series.style} {colour}", d=f"M{_px(x + 2)},{_px(y - 4)}h18")
                self.text(series.label, x + 26, y, "soft", "start")

    def draw_flags(self) -> None:
        for flag in self.flags:
            y = self.head + self.line * (self.rows - flag.row)
            top = y - self.size.font * 0.8 if flag.left > flag.x else y + 4
            self.add("path", "pole", d=f"M{_px(flag.x)},{_px(top)}V{_px(self.down(flag.y))}")
            self.add("circle", "mark", cx=_px(flag.x), cy=_px(self.down(flag.y)), r="4.5")
        for flag in self.flags:  # over all poles
            self.text(flag.label, flag.left, self.head + self.line * (self.rows - flag.row), "label", "start")

    def add(self, element: str, classes: str, **attributes: str) -> ET.Element:
        return ET.SubElement(self.svg, element, {"class": classes, **attributes})

    def text(self, text: str, x: float, y: float, classes: str, anchor: str) -> None:
        self.add("text", classes, x=_px(x), y=_px(y), **{"text-anchor": anchor}).text = text


def _path(points: Iterable[Point | None], *, is_joined: bool) -> str:
    """The points joined by lines, gaps left open; or as dots, which a round cap makes of a line without length."""
    d, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
        else:
            d.append(f"{pen}{_px(point[0])},{_px(point[1])}" + ("h0" if pen == "M" else ""))
            pen = "L" if is_joined else "M"
    return "".join(d)


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
