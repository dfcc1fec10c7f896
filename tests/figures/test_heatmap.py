"""The calendar: each day once, at its place, in the colour of its count."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from cards.demos.svg import ATTRIBUTES, ELEMENTS
from cards.figures.heatmap import bounds_of, heatmap

CSS = (Path(__file__).parents[2] / "static" / "css" / "statistics.css").read_text()
LAST = date(2026, 9, 30)  # a Wednesday
FIRST = LAST - timedelta(days=364)
SIZES = ("wide", "narrow")


def sheet(counts: dict[date, int], size: str, first: date = FIRST, last: date = LAST) -> ET.Element:
    drawn = heatmap(counts, first, last, title="A <year>", prefix="p")
    (found,) = (each for each in ET.fromstring(drawn) if size in each.get("class").split())
    return found


def days(root: ET.Element) -> dict[str, list[tuple[float, float]]]:
    """The corners of the days by the class of their colour, those of the legend left out."""
    found: dict[str, list[tuple[float, float]]] = {}
    for path in root.iter("path"):
        level = path.get("class").removeprefix("day ")
        corners = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+),([\d.]+)", path.get("d"))]
        if level not in found:
            found[level] = corners
    return found


@pytest.mark.parametrize("size", SIZES)
def test_each_day_has_one_place_of_its_own_on_the_sheet(size) -> None:
    root = sheet({}, size)
    (corners,) = days(root).values()
    assert len(corners) == len(set(corners)) == 365
    _, _, width, height = map(float, root.get("viewBox").split())
    side = float(re.search(r"h([\d.]+)v", root.find("path").get("d")).group(1))
    assert all(x + side <= width + 0.2 and y + side <= height for x, y in corners)
    assert side >= 8


@pytest.mark.parametrize("size", SIZES)
def test_days_of_a_week_stand_below_each_other_monday_first(size) -> None:
    monday = date(2026, 3, 2)
    week = [monday + timedelta(days=n) for n in range(7)]
    (corners,) = days(sheet({}, size, monday, week[-1])).values()
    assert len({x for x, _ in corners}) == 1
    assert [y for _, y in corners] == sorted({y for _, y in corners})
    (two,) = days(sheet({}, size, monday, week[-1] + timedelta(days=1))).values()
    assert two[7][0] > two[0][0]
    assert two[7][1] == two[0][1]


def test_the_narrow_one_has_the_year_in_two_halves() -> None:
    (wide,), (narrow,) = (days(sheet({}, size)).values() for size in SIZES)
    assert (len({y for _, y in wide}), len({y for _, y in narrow})) == (7, 14)


@pytest.mark.parametrize(
    ("counts", "bounds"),
    [
        ([], []),
        ([0, 0], []),
        ([7], [7]),
        ([5, 5, 5, 5], [5]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([0, 9, 1, 1, 1, 1000], [1, 9, 1000]),
        (list(range(1, 101)), [25, 50, 75, 100]),
    ],
)
def test_the_bounds_cut_the_counts_into_quarters(counts, bounds) -> None:
    assert bounds_of(counts) == bounds


@pytest.mark.parametrize("size", SIZES)
def test_a_day_has_the_colour_of_its_quarter(size) -> None:
    counts = {FIRST + timedelta(days=n): n for n in range(1, 101)}
    found = days(sheet(counts, size))
    sizes = {level: len(corners) for level, corners in found.items()}
    assert sizes == {"level0": 265, "level1": 25, "level2": 25, "level3": 25, "level4": 25}


def test_where_all_days_are_alike_they_have_the_strongest_colour() -> None:
    counts = {LAST: 12, FIRST: 12}
    root = sheet(counts, "wide")
    assert {level: len(corners) for level, corners in days(root).items()} == {"level0": 363, "level4": 2}
    assert days(root)["level4"][1] == max(days(root)["level0"] + days(root)["level4"])


def test_the_legend_says_which_counts_have_which_colour() -> None:
    counts = {FIRST + timedelta(days=n): count for n, count in enumerate([1, 4, 9, 30])}
    texts = [each.text for each in sheet(counts, "wide").iter("text")]
    assert texts[-5:] == ["0", "1", "2–4", "5–9", "10–30"]
    narrow = sheet({day: count * 10_000 for day, count in counts.items()}, "narrow")
    legend = list(narrow.iter("text"))[-5:]
    assert len({each.get("y") for each in legend}) > 1  # there is no room for all in one line
    assert all(float(each.get("x")) + 7 * len(each.text) <= 320 for each in legend)


@pytest.mark.parametrize("size", SIZES)
def test_each_month_that_begins_is_named_above_its_week_and_three_weekdays_are(size) -> None:
    root = sheet({}, size, FIRST + timedelta(days=1))
    names = Counter(each.text for each in root.iter("text"))
    months = ["Nov", "Dec", "2026", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"]
    shown = [name for name in months if names[name]]
    assert len(months) - len(shown) <= (size == "narrow")  # at the edge of the first half
    assert names["Oct"] == 0  # began the day before
    halves = 1 if size == "wide" else 2
    assert (names["Mon"], names["Wed"], names["Fri"], names["Tue"]) == (halves, halves, halves, 0)


def test_it_is_made_of_what_drawings_may_hold_and_of_colours_that_there_are() -> None:
    counts = {FIRST + timedelta(days=n): n for n in range(100)}
    drawn = heatmap(counts, FIRST, LAST, title="A <year>", prefix="p")
    for element in ET.fromstring(drawn).iter():
        assert element.tag in ELEMENTS | {"div"}
        assert element.attrib.keys() <= ATTRIBUTES
    classes = {name for each in re.findall(r'class="day ([^"]*)"', drawn) for name in each.split()}
    assert classes == {f"level{n}" for n in range(5)}
    assert all(f".day.{name} " in CSS for name in classes - {"level0"})
    assert ".day {" in CSS


@pytest.mark.parametrize("size", SIZES)
def test_it_is_a_picture_with_a_name(size) -> None:
    root = sheet({}, size)
    (title,) = root.iter("title")
    assert root.get("role") == "img"
    assert (title.text, title.get("id")) == ("A <year>", root.get("aria-labelledby"))
