"""What is stored of a result: strict JSON, and SVG of an allow-list alone, whatever the labels say."""

import json
import math
import re
import xml.etree.ElementTree as ET

import pytest

from cards.demos import Result, draw
from cards.demos.contract import Mark, Picture, Plot, Series, Table, Text
from cards.demos.svg import ATTRIBUTES, ELEMENTS

HOSTILE = "<script>alert(1)</script>]]>\"'&<!--\x00\x1b"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x7b\x40\xe8\xdd\x00\x00\x00\x00IEND\xaeB`\x82"
)


def plot(**more) -> Plot:
    fields = {
        "title": "T", "x_label": "x", "y_label": "y", "finding": "F.",
        "series": [Series(label="loss", x=[1e-6, 1e-3, 1.0], y=[3.0, 1.0, 9.0])],
    }  # fmt: skip
    return Plot(**fields | more)


def drawn(*parts) -> list[dict]:
    return draw(Result(parts=parts, finding="F.", data_used="D."), prefix="r1").parts


def elements(svg: str) -> list[ET.Element]:
    return [
        element for root in re.findall(r"<svg.*?</svg>", svg, re.S) for element in ET.fromstring(root).iter()
    ]


PLOTS = [
    plot(),
    plot(x_scale="log", marks=[Mark(label="valley", x=1e-3, y=1.0, text="Half-way.")]),
    plot(series=[Series(label="share", x=["teddy", "grizzly"], y=[0.2, 0.8], style="bars")]),
    plot(series=[Series(label="p", x=[1, 2], y=[math.nan, math.inf], style="points")]),
    plot(title=HOSTILE, x_label=HOSTILE, y_label=HOSTILE, finding=HOSTILE,
         series=[Series(label=HOSTILE, x=[HOSTILE, "b"], y=[1, 2], style="bars")]),
    plot(series=[Series(label="flat", x=[0, 1], y=[5, 5])]),
    plot(series=[Series(label="none", x=[], y=[])]),
]  # fmt: skip


@pytest.mark.parametrize("given", PLOTS)
def test_a_plot_holds_what_is_allowed_and_nothing_else(given) -> None:
    """No script, style, link, event or foreign address can stand in it: they are in neither list."""
    assert {"script", "style", "a", "image", "use", "foreignObject"} & ELEMENTS == set()
    (part,) = drawn(given)
    for element in elements(part["svg"]):
        assert element.tag.rpartition("}")[2] in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
    assert "<script" not in part["svg"]
    assert "style=" not in part["svg"]
    assert "\x00" not in json.dumps(part)
    assert 'role="img"' in part["svg"]
    assert "<title" in part["svg"]


def test_ids_begin_with_the_prefix_so_that_two_drawings_share_a_page() -> None:
    (part,) = drawn(plot(x_scale="log"))
    ids = [element.get("id") for element in elements(part["svg"]) if element.get("id")]
    assert ids == sorted(set(ids), key=ids.index)
    assert all(each.startswith("r1-") for each in ids)
    with pytest.raises(ValueError, match="cannot begin an id"):
        draw(Result(parts=[], finding="", data_used=""), prefix='"><script>')


def test_every_plot_has_its_data_as_a_table() -> None:
    two = [Series(label="a", x=[1, 2], y=[10, 20]), Series(label="b", x=[2, 3], y=[30, 40])]
    (part,) = drawn(plot(series=two))
    assert part["columns"] == ["x", "a", "b"]
    assert sorted(part["rows"]) == [[1, 10, ""], [2, 20, 30], [3, "", 40]]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_said_in_words_and_breaks_no_json(value) -> None:
    parts = drawn(
        Table(title="T", columns=["x"], rows=[[value], [1.5]]),
        plot(series=[Series(label="s", x=[1, 2], y=[value, 1])]),
    )
    json.dumps(parts, allow_nan=False)
    assert parts[0]["rows"][0] == [str(value)]


def test_texts_and_pictures_are_kept_apart() -> None:
    drawing = draw(
        Result(
            parts=[
                Text(title="T", text="a\n  b", language="python"),
                Picture(title="P", alt="two pixels", png=PNG, finding="F."),
            ],
            finding="F.",
            data_used="D.",
        ),
        prefix="r1",
    )
    text, picture = drawing.parts
    assert (text["kind"], text["text"], text["language"]) == ("text", "a\n  b", "python")
    assert (picture["picture"], picture["width"], picture["height"]) == (0, 2, 1)
    assert drawing.pictures == [PNG]
    with pytest.raises(ValueError, match="PNG"):
        drawn(Picture(title="P", alt="", png=b"<svg/>", finding=""))
