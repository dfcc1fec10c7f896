"""A statistic as it is looked at: a sentence that states the finding, its drawing, its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext

from cards.demos.contract import Plot, Result, Series, Table
from cards.demos.draw import draw
from cards.demos.svg import svg
from cards.figures.words import day_name
from cards.translated import localised, with_texts

Words = str | Promise
Cell = str | int | float | date | None

AT_LEAST = (0, 4)  # what an axis of counts spans, so that one card is no wall and no half card has a tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`note` says how to read it, `name` stands in its addresses.

    `rows` are the cells as a CSV file has them, `shown` the same as texts for a page, `numeric` the columns of numbers,
    counted from 1. Without them there is nothing to draw yet, and `finding` says why.
    """

    name: str
    title: Words
    finding: Words
    note: Words = ""
    svg: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str | int | float]] = ()
    shown: Sequence[Sequence[str]] = ()
    numeric: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """The cells beside a drawing. One that is a day stands as 2026-03-02 in a file, and in words on a page."""

    columns: Sequence[Words]
    rows: Sequence[Sequence[Cell]]


def drawn(name: str, title: Words, finding: Words, svg: str, numbers: Numbers, note: Words = "") -> Figure:
    """A figure of a drawing, which may be "", and of its numbers."""
    rows = [[cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in numbers.rows]
    table = Table(title=str(title), columns=[str(column) for column in numbers.columns], rows=rows)
    (part,) = draw(Result(parts=[table], finding=str(finding), data_used=""), prefix=name).parts
    shown = [
        [
            day_name(cell) if isinstance(cell, date) else localised(text)
            for cell, text in zip(row, texts, strict=True)
        ]
        for row, texts in zip(numbers.rows, part["shown"], strict=True)
    ]
    cells = {key: part[key] for key in ("columns", "rows", "numeric")}
    return Figure(name=name, title=title, finding=finding, note=note, svg=svg, shown=shown, **cells)


def plotted(name: str, plot: Plot, numbers: Numbers, note: Words = "") -> Figure:
    """A figure of a plot, with cells that say more than its points."""
    return drawn(name, plot.title, plot.finding, with_texts(svg(plot, name), localised), numbers, note)


def bars(title: Words, finding: str, x_label: str, counts: dict[str, int], y_label: str = "") -> Plot:
    """A plot of counts by name."""
    y_label = y_label or gettext("cards")
    series = Series(label=y_label, x=list(counts), y=list(counts.values()), style="bars")
    return Plot(
        title=str(title),
        finding=finding,
        x_label=x_label,
        y_label=y_label,
        series=[series],
        y_spans=AT_LEAST,
    )
