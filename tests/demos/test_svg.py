"""Where things stand in a drawing: held against the numbers, by what a browser would be given."""

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.demos.contract import Mark, Plot, Series
from cards.demos.svg import svg

CSS = (Path(__file__).parents[2] / "static" / "css" / "demos.css").read_text()
SIZES = ("wide", "narrow")
Point = tuple[float, float]


def plot(*series: Series, **more) -> Plot:
    return Plot(**{"title": "T", "x_label": "x", "y_label": "y", "finding": "F."} | {"series": series} | more)


def line(x: list[float], y: list[float], **more) -> Plot:
    return plot(Series(label="s", x=x, y=y), **more)


def sheet(given: Plot, size: str) -> ET.Element:
    (found,) = (each for each in ET.fromstring(svg(given, "p")) if size in each.get("class").split())
    return found


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def places(root: ET.Element, name: str = "line") -> list[Point]:
    """The points of the path of that class."""
    (path,) = of_class(root, name)
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", path.get("d"))]


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name))


@pytest.mark.parametrize("size", SIZES)
def test_each_size_is_a_picture_with_a_name_and_no_width_of_its_own(size) -> None:
    root = sheet(line([1, 2], [3, 4], title="Loss <of> it"), size)
    assert root.get("role") == "img"
    assert root.get("width") is None
    (title,) = root.iter("title")
    assert (title.text, title.get("id")) == ("Loss <of> it", root.get("aria-labelledby"))


def test_letters_stay_readable_on_a_phone_of_320_px() -> None:
    """There a plot is 288 px wide."""
    root = sheet(line([1, 2], [3, 4]), "narrow")
    assert number(root, "font-size") * 288 / float(root.get("viewBox").split()[2]) >= 11
    assert ".plot.narrow { display: none; }" in CSS
    assert ".plot.wide { display: none; } .plot.narrow { display: block; }" in CSS


def test_every_class_is_one_that_the_theme_knows() -> None:
    drawn = svg(
        plot(
            *(
                Series(label=str(n), x=[1, 2], y=[1, 2], style=style)
                for n, style in enumerate(("line", "points", "bars", "line"))
            ),
            marks=[Mark(label="m", x=1, y=1, text="")],
        ),
        "p",
    )
    for name in {name for each in re.findall(r'class="([^"]*)"', drawn) for name in each.split()}:
        assert re.search(rf"\.{name}\b", CSS) or name in {"ink"}, name  # ink is what a text is without more


def test_equal_factors_are_equal_distances_on_a_log_axis() -> None:
    for size in SIZES:
        xs = [x for x, _ in places(sheet(line([1e-4, 1e-3, 1e-2, 1e-1], [1, 2, 3, 4], x_scale="log"), size))]
        steps = [after - before for before, after in pairwise(xs)]
        assert max(steps) - min(steps) <= 0.2
        assert min(steps) > 50


def test_equal_differences_are_equal_distances_on_a_linear_axis() -> None:
    xs = [x for x, _ in places(sheet(line([0, 1, 2, 4], [1, 2, 3, 4]), "wide"))]
    assert math.isclose((xs[1] - xs[0]) * 2, xs[3] - xs[2], abs_tol=0.3)
    assert math.isclose((xs[1] - xs[0]) * 4, xs[3] - xs[0], abs_tol=0.3)


def test_a_larger_number_stands_higher() -> None:
    for size in SIZES:
        ys = [y for _, y in places(sheet(line([1, 2, 3], [0, 1, 4]), size))]
        assert ys[0] > ys[1] > ys[2]
        assert math.isclose((ys[0] - ys[1]) * 4, ys[0] - ys[2], abs_tol=0.5)


def test_a_tick_stands_at_its_number() -> None:
    root = sheet(line([0, 10], [0, 2]), "wide")
    labels = {each.text: each for each in root.iter("text")}
    (x0, y0), (x10, y2) = places(root)
    assert number(labels["10"], "x") == pytest.approx(
        x10, abs=8
    )  # moved in from the edge by half its width at most
    assert number(labels["0"], "x") == pytest.approx(x0, abs=0.2)
    between = (number(labels["0.0"], "y") - y0, number(labels["2.0"], "y") - y2)
    assert between[0] == pytest.approx(between[1], abs=0.2)
    assert 0 < between[0] < number(root, "font-size")


@pytest.mark.parametrize("size", SIZES)
def test_ticks_of_the_plots_own_stand_at_their_numbers(size) -> None:
    ticks = [(699_999, "before"), (700_000, "here"), (700_004, "there"), (700_011, "beyond")]
    root = sheet(line([700_000, 700_004, 700_010], [1, 2, 3], x_ticks=ticks), size)
    labels = {each.text: number(each, "x") for each in root.iter("text")}
    assert {"here", "there"} <= labels.keys()
    assert labels.keys() & {"before", "beyond", "700000"} == set()
    xs = [x for x, _ in places(root)]
    assert [labels["here"], labels["there"]] == pytest.approx(xs[:2], abs=0.2)


def test_the_axes_reach_over_the_numbers_that_they_have_to_span() -> None:
    given = line([700_003, 700_003], [93, 95], x_spans=(700_000, 700_012), y_spans=(90, 100))
    for size in SIZES:
        root = sheet(given, size)
        assert {"90", "100"} <= {each.text for each in root.iter("text")}
        (axis,) = (path.get("d") for path in of_class(root, "axis") if "H" in path.get("d"))
        left, right = (float(x) for x in re.findall(r"[MH]([\d.]+)", axis))
        assert places(root)[0][0] == pytest.approx(left + (right - left) / 4, abs=0.2)


def test_bars_are_as_high_as_their_numbers_and_stand_on_zero() -> None:
    for size in SIZES:
        bars = of_class(
            sheet(plot(Series(label="s", x=["a", "b", "c"], y=[1, 4, -2], style="bars")), size), "bars"
        )
        heights = [number(bar, "height") for bar in bars]
        assert heights[1] == pytest.approx(heights[0] * 4, abs=0.5)
        assert heights[2] == pytest.approx(heights[0] * 2, abs=0.5)
        ground = number(bars[0], "y") + heights[0]
        assert number(bars[1], "y") + heights[1] == pytest.approx(ground, abs=0.2)
        assert number(bars[2], "y") == pytest.approx(ground, abs=0.2)


def test_bars_of_two_series_stand_side_by_side() -> None:
    series = [Series(label=name, x=["a", "b"], y=[1, 2], style="bars") for name in "pq"]
    root = sheet(plot(*series), "narrow")
    key = number(root, "font-size")
    bars = sorted(
        (number(bar, "x"), number(bar, "width"))
        for bar in of_class(root, "bars")
        if number(bar, "height") > key
    )
    assert len(bars) == 4
    assert all(x + width <= after + 0.11 for (x, width), (after, _) in pairwise(bars))


def test_layered_bars_stand_in_one_place_the_first_series_in_front() -> None:
    series = [
        Series(label=name, x=[1, 2], y=ys, style="bars") for name, ys in (("part", [1, 3]), ("whole", [2, 4]))
    ]
    for size in SIZES:
        drawn = of_class(sheet(plot(*series, is_layered=True), size), "bars")[:4]
        colours = [bar.get("class") for bar in drawn]
        assert colours == ["bars warm"] * 2 + ["bars accent"] * 2
        assert [bar.get("x") for bar in drawn[:2]] == [bar.get("x") for bar in drawn[2:]]
        heights = [number(bar, "height") for bar in drawn]
        assert heights[0] == pytest.approx(2 * heights[2], abs=0.3)


@pytest.mark.parametrize(("bars", "shown"), [(3, "0.3246"), (5, "0.32"), (20, None)])
def test_a_number_above_a_bar_is_shorter_where_it_has_no_room_and_left_out_where_even_that_has_none(
    bars, shown
) -> None:
    names = [f"n{n}" for n in range(bars)]
    series = [Series(label=name, x=names, y=[0.3246] * bars, style="bars") for name in "pq"]
    texts = [each.text for each in sheet(plot(*series), "wide").iter("text") if each.get("class") == "ink"]
    assert [text for text in texts if text.startswith("0.3")] == ([shown] * 2 * bars if shown else [])


@pytest.mark.parametrize("names", [1, 2, 3, 40])
def test_no_bar_is_a_wall_and_each_stands_in_the_middle_of_its_place(names) -> None:
    root = sheet(
        plot(Series(label="s", x=[f"n{n}" for n in range(names)], y=[5] * names, style="bars")), "wide"
    )
    bars = of_class(root, "bars")
    assert all(0 < number(bar, "width") <= 56 for bar in bars)
    middles = [number(bar, "x") + number(bar, "width") / 2 for bar in bars]
    (axis,) = (path.get("d") for path in of_class(root, "axis") if "H" in path.get("d"))
    left, right = (float(x) for x in re.findall(r"[MH]([\d.]+)", axis))
    slot = (right - left) / names
    assert middles == pytest.approx([left + slot * (n + 0.5) for n in range(names)], abs=0.3)


def test_numbers_above_bars_side_by_side_do_not_run_into_each_other() -> None:
    for count in range(2, 30):
        series = [Series(label=name, x=list(range(count)), y=[100] * count, style="bars") for name in "pq"]
        root = sheet(plot(*series), "wide")
        above = sorted(
            number(each, "x")
            for each in root.iter("text")
            if each.get("class") == "ink" and each.text == "100"
        )
        width = 3 * number(root, "font-size") * 0.57
        assert all(after - before >= width for before, after in pairwise(above)), count


@pytest.mark.parametrize(("length", "shown"), [(1, 12), (4, 12), (9, 6), (60, 1)])
def test_where_labels_have_no_room_every_second_or_third_is_shown(length, shown) -> None:
    ticks = [(n, f"{n:0{length}}") for n in range(12)]
    root = sheet(line([0, 11], [1, 2], x_ticks=ticks), "wide")
    labels = [each.text for each in root.iter("text") if each.text in dict(ticks).values()]
    assert labels == [label for _, label in ticks][:: 12 // shown]
    assert len([path for path in of_class(root, "axis") if path.get("d").endswith("v5")]) == 12


def test_a_mark_stands_on_the_curve() -> None:
    root = sheet(line([1, 2, 3], [5, 1, 4], marks=[Mark(label="lowest", x=2, y=1, text="")]), "wide")
    (dot,) = of_class(root, "mark")
    assert (number(dot, "cx"), number(dot, "cy")) == places(root)[1]


@pytest.mark.parametrize("gap", [math.nan, math.inf, -math.inf, 1e301])
def test_what_cannot_be_drawn_leaves_a_gap(gap) -> None:
    root = sheet(line([1, 2, 3, 4, 5], [1, 2, gap, 4, 5]), "wide")
    (path,) = of_class(root, "line")
    assert path.get("d").count("M") == 2
    assert len(places(root)) == 4


def test_a_drawing_without_a_number_says_so() -> None:
    assert "No number here can be drawn." in svg(line([1, 2], [math.nan, -math.inf]), "p")
    assert "No number here can be drawn." in svg(line([1, 2], [0, -1], y_scale="log"), "p")
    assert "No number here can be drawn." not in svg(line([1, 2], [0, -1]), "p")


def test_twenty_names_are_left_out_rather_than_cut_to_nothing() -> None:
    names = [f"class {n}" for n in range(1, 21)]
    for size in SIZES:
        root = sheet(plot(Series(label="s", x=names, y=list(range(20)), style="bars")), size)
        written = [each for each in root.iter("text") if each.text.startswith("class")]
        assert 3 <= len(written) <= 12
        assert {each.text for each in written} <= set(names)
        width = number(root, "font-size") * 0.57 * len("class 20")
        xs = [number(each, "x") for each in written]
        assert all(after - before > width for before, after in pairwise(xs))


def boxes(root: ET.Element) -> list[tuple[float, float, float]]:
    """Left, right and base of each mark's label, by the widths of the letters that it has most."""
    font = number(root, "font-size")
    labels = of_class(root, "label")
    return [(number(e, "x"), number(e, "x") + font * 0.6 * len(e.text), number(e, "y")) for e in labels]


RATES = st.lists(st.floats(1e-7, 10), min_size=1, max_size=6)


@given(RATES)
def test_labels_of_marks_never_cover_each_other(rates) -> None:
    marks = [Mark(label="minimum ÷ 10", x=rate, y=2, text="") for rate in rates]
    given = line([1e-7, 1e-3, 10], [2, 1, 4], x_scale="log", marks=marks)
    for size in SIZES:
        root = sheet(given, size)
        found = boxes(root)
        assert len(found) == len(rates)
        for place, (left, right, base) in enumerate(found):
            assert left >= 0
            assert right <= number(root, "font-size") * 0.3 + float(root.get("viewBox").split()[2])
            for other_left, other_right, other_base in found[place + 1 :]:
                assert (
                    abs(base - other_base) > number(root, "font-size")
                    or right <= other_left
                    or other_right <= left
                )


@given(st.lists(st.floats(1e-7, 1e-2), min_size=2, max_size=6))
def test_a_pole_crosses_no_label_where_all_fit_beside_their_poles(rates) -> None:
    marks = [Mark(label="steep", x=rate, y=2, text="") for rate in rates]
    root = sheet(line([1e-7, 1e-3, 10], [2, 1, 4], x_scale="log", marks=marks), "wide")
    for pole in of_class(root, "pole"):
        x, top = map(float, re.match(r"M([\d.]+),([\d.]+)", pole.get("d")).groups())
        for left, right, base in boxes(root):
            assert not (left < x < right and top < base - 1)


TEXTS = {"class", "role", "id", "aria-labelledby", "text-anchor"}
ANY = st.floats(allow_nan=True, allow_infinity=True)
SCALES = st.sampled_from(["linear", "log"])


@given(st.lists(st.tuples(ANY, ANY), max_size=8), SCALES, SCALES, st.sampled_from(["line", "points"]))
def test_whatever_the_numbers_everything_stays_on_the_sheet(points, x_scale, y_scale, style) -> None:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    marks = [Mark(label="m", x=x, y=y, text="") for x, y in points[:3]]
    given = plot(Series(label="s", x=xs, y=ys, style=style), marks=marks, x_scale=x_scale, y_scale=y_scale)
    for size in SIZES:
        root = sheet(given, size)
        width, height = map(float, root.get("viewBox").split()[2:])
        coordinates = [
            value for each in root.iter() for name, value in each.attrib.items() if name not in TEXTS
        ]
        assert not [value for value in coordinates if "nan" in value or "inf" in value]
        for x, y in places(root, style):
            assert -1 <= x <= width + 1
            assert -1 <= y <= height + 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (lambda: line([1, 2], [1]), "one y"),
        (lambda: line(["a", "b"], [1, 2]), "bars only"),
        (lambda: plot(Series(label="s", x=[1], y=[1], style="bars"), x_scale="log"), "linear x axis"),
    ],
)
def test_a_plot_that_makes_no_sense_is_refused_when_it_is_made(given, says) -> None:
    with pytest.raises(ValueError, match=says):
        given()
