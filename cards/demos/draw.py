"""A result as what is stored and shown: parts that strict JSON can hold, plots as SVG, pictures' bytes apart."""

import math
import numbers
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cards.demos.contract import Cell, Part, Picture, Plot, Result, Table, Text
from cards.demos.shown import is_number, shown
from cards.demos.svg import svg
from cards.messages import kept

# Control characters but tab and newline, and halves of surrogate pairs: neither databases nor SVG can hold them.
REMOVED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
PREFIX = re.compile(r"[a-z][a-z0-9-]*")
PNG_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

Json = str | int | float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A result that is ready to be stored. `parts` hold, by their `kind`:

    - table: title, columns, rows (cells in full, for a CSV file), shown (the same cells as texts for a page),
      numeric (the columns of numbers, counted from 1), note;
    - plot: title, svg (HTML that may be put into a page as it is), finding, marks (label and text each), and what a
      table has but its note;
    - text: title, text, language;
    - picture: title, alt, finding, picture (its place in `pictures`), width, height.

    What is not finite stands in a cell as the text nan, inf or -inf. `messages`: how each text that has something in it
    is said in another language (cards.messages).
    """

    parts: list[dict[str, Any]]
    finding: str
    data_used: str
    pictures: list[bytes]
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)


def draw(result: Result, *, prefix: str) -> Drawing:
    """The result drawn. Ids in it begin with `prefix`, which no other drawing on a page may have.

    Raises ValueError for a prefix that is no id, a picture that is no PNG, rows of another length than the columns.
    """
    if not PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} cannot begin an id.")
    pictures: list[bytes] = []
    parts = [_part(part, f"{prefix}-{place}", pictures) for place, part in enumerate(result.parts)]
    messages = kept(_texts(result))
    return Drawing(parts, _clean(result.finding), _clean(result.data_used), pictures, messages)


def _texts(result: Result) -> Iterator[object]:
    yield result.finding
    yield result.data_used
    for part in result.parts:
        yield part.title
        match part:
            case Table():
                yield from (part.note, *part.columns, *(cell for row in part.rows for cell in row))
            case Plot():
                yield from (part.finding, part.x_label, part.y_label)
                for series in part.series:
                    yield from (series.label, *series.x)
                for mark in part.marks:
                    yield from (mark.label, mark.text)
            case Picture():
                yield from (part.alt, part.finding)


def _part(part: Part, prefix: str, pictures: list[bytes]) -> dict[str, Any]:
    match part:
        case Table():
            return {"kind": "table", "title": _clean(part.title), **_cells(part), "note": _clean(part.note)}
        case Plot():
            return {
                "kind": "plot",
                "title": _clean(part.title),
                "svg": REMOVED.sub("", svg(part, prefix)),
                "finding": _clean(part.finding),
                "marks": [{"label": _clean(mark.label), "text": _clean(mark.text)} for mark in part.marks],
                **_cells(part.table()),
            }
        case Text():
            return {
                "kind": "text",
                "title": _clean(part.title),
                "text": _clean(part.text),
                "language": part.language,
            }
        case Picture():
            width, height = _size(part.png)
            pictures.append(part.png)
            return {
                "kind": "picture",
                "title": _clean(part.title),
                "alt": _clean(part.alt),
                "finding": _clean(part.finding),
                "picture": len(pictures) - 1,
                "width": width,
                "height": height,
            }


def _cells(table: Table) -> dict[str, Any]:
    if any(len(row) != len(table.columns) for row in table.rows):
        raise ValueError(f"A row of {table.title!r} has another length than the columns.")
    columns = [_numeric(column) for column in zip(*table.rows, strict=True)]
    return {
        "columns": [_clean(column) for column in table.columns],
        "rows": [[_json(cell) for cell in row] for row in table.rows],
        "shown": [list(row) for row in zip(*map(shown, zip(*table.rows, strict=True)), strict=True)],
        "numeric": [place for place, is_numeric in enumerate(columns, start=1) if is_numeric],
    }


def _numeric(column: Sequence[Cell]) -> bool:
    return any(map(is_number, column)) and all(cell is None or is_number(cell) for cell in column)


def _json(cell: Cell) -> Json:
    if cell is None:
        return ""
    if not is_number(cell):
        return _clean(str(cell))
    if isinstance(cell, numbers.Integral):
        return int(cell)
    value = float(cell)
    return value if math.isfinite(value) else str(value)


def _clean(text: str) -> str:
    return REMOVED.sub("", text)


def _size(png: bytes) -> tuple[int, int]:
    if not png.startswith(PNG_START) or len(png) < len(PNG_START) + 8:
        raise ValueError("A picture of a result is a PNG file.")
    width, height = struct.unpack_from(">II", png, len(PNG_START))
    return width, height
