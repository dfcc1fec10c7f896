"""What stays: true retention by month and week, and where the cards stand, by interval and by E-Factor."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import nan
from typing import Literal

from cards.demos.contract import Plot, Series
from cards.figures.figure import Cell, Figure, Numbers, bars, plotted
from cards.figures.words import (
    day_axis,
    many,
    middle,
    monday_of,
    month_name,
    month_of,
    months_from,
    percent,
)
from cards.reports import MATURE_FROM_DAYS, Recalled, Retention, Statistics, grouped
from cards.scheduling.sm2 import EASE_FLOOR_HUNDREDTHS

MONTHS = 12
BY_MONTH, BY_WEEK = "True retention by month", "True retention by week"
INTERVALS, EASES = "Intervals", "E-Factors"
NOTHING = "No card came back in the last twelve months."
COLUMNS = ("Young recalled", "Young asked", "Young %", "Mature recalled", "Mature asked", "Mature %", "All %")
NOTE = (
    "Counted is a card’s first review of a day, when it had been learnt before. Recalled is Hard, Good or Easy; "
    "mature is a card whose interval was 21 days or more."
)
# The first day of each group of intervals, and its name.
GROUPS = {
    0: "1 d", 2: "2–6 d", 7: "7–20 d", 21: "3–8 wk", 60: "2–6 mo", 180: "½–1 y", 365: "1–2 y", 730: "2 y +",
}  # fmt: skip


def months(found: Statistics) -> Figure:
    """The last twelve."""
    days = of_a_year(found)
    if not days:
        return Figure(name="months", title=BY_MONTH, finding=NOTHING)
    groups = grouped(days, month_of)
    shown = {month: groups.get(month, Retention()) for month in months_from(min(groups), found.today)}
    total = sum(days.values(), Retention())
    plot = Plot(
        title=BY_MONTH,
        x_label="",
        y_label="% recalled",
        series=_series([month_name(month) for month in shown], shown.values(), "bars"),
        finding=_months_finding(total),
        y_spans=(0, 100),
    )
    rows = [(f"{month:%Y-%m}", *_cells(each)) for month, each in shown.items()]
    return plotted("months", plot, Numbers(("Month", *COLUMNS), rows), NOTE)


def _months_finding(total: Retention) -> str:
    finding = f"You recalled {percent(total.all.percent)} of {many(total.all.reviews, 'card')}"
    if not total.mature.reviews:
        return f"{finding}; none was mature yet."
    if not total.young.reviews:
        return f"{finding}; all were mature."
    young, mature = percent(total.young.percent), percent(total.mature.percent)
    return f"{finding}: {young} of the young and {mature} of the mature ones."


def weeks(found: Statistics) -> Figure:
    """Those of the last twelve months."""
    days = of_a_year(found)
    if not days:
        return Figure(name="weeks", title=BY_WEEK, finding=NOTHING)
    groups = grouped(days, monday_of)
    mondays = [date.fromordinal(n) for n in range(min(groups).toordinal(), found.today.toordinal() + 1, 7)]
    shown = {monday: groups.get(monday, Retention()) for monday in mondays}
    axis = day_axis(mondays[0], mondays[-1])
    plot = Plot(
        title=BY_WEEK,
        x_label="",
        y_label="% recalled",
        series=_series([monday.toordinal() for monday in mondays], shown.values(), "line"),
        finding=_weeks_finding([each.all for each in shown.values()]),
        x_ticks=axis.ticks,
        x_spans=axis.spans,
        y_spans=(90, 100),
    )
    rows = [(monday, *_cells(each)) for monday, each in shown.items()]
    return plotted("weeks", plot, Numbers(("Week from", *COLUMNS), rows))


def of_a_year(found: Statistics) -> dict[date, Retention]:
    """By day, from the first of twelve months on."""
    first = months_from(found.scope.year_began_on, found.today)[-MONTHS]
    return {day: each for day, each in found.retention.items() if day >= first}


def _weeks_finding(weeks: list[Recalled]) -> str:
    lately, before = sum(weeks[-4:], Recalled()), sum(weeks[-8:-4], Recalled())
    if not lately.reviews:
        return "No card came back in the last four weeks."
    finding = f"In the last four weeks it was {percent(lately.percent)} of {many(lately.reviews, 'card')}"
    return finding + (f", in the four before {percent(before.percent)}." if before.reviews else ".")


def _series(
    x: Sequence[float | str], each: Iterable[Retention], style: Literal["line", "bars"]
) -> list[Series]:
    young, mature = zip(*((part.young.percent, part.mature.percent) for part in each), strict=True)
    named = {"young cards": young, "mature cards": mature}
    return [
        Series(label=label, x=x, y=[nan if y is None else round(y) for y in ys], style=style)
        for label, ys in named.items()
    ]


def _cells(each: Retention) -> list[Cell]:
    cells: list[Cell] = []
    for part in (each.young, each.mature):
        cells += [part.recalled, part.reviews, _rounded(part)]
    return [*cells, _rounded(each.all)]


def _rounded(part: Recalled) -> float | None:
    return None if part.percent is None else round(part.percent, 1)


def intervals(found: Statistics) -> Figure:
    """How far apart the reviews of cards are."""
    counts = found.intervals
    if not counts:
        return Figure(name="intervals", title=INTERVALS, finding="No card is learnt yet.")
    groups = dict.fromkeys(GROUPS.values(), 0)
    for days, count in counts.items():
        groups[GROUPS[max(first for first in GROUPS if first <= days)]] += count
    mature = sum(count for days, count in counts.items() if days >= MATURE_FROM_DAYS)
    finding = (
        f"{mature:,} of {many(sum(counts.values()), 'learnt card')} {'is' if mature == 1 else 'are'} mature. "
    )
    finding += f"Half have an interval of {many(middle(counts), 'day')} or less."
    plot = bars(INTERVALS, finding, "", groups)
    return plotted("intervals", plot, Numbers(("Interval in days", "Cards"), list(counts.items())))


def eases(found: Statistics) -> Figure:
    """How hard the cards are."""
    counts = found.eases
    if not counts:
        return Figure(name="eases", title=EASES, finding="No card is learnt yet.")
    groups = dict.fromkeys(range(min(counts) // 10, max(counts) // 10 + 1), 0)
    for hundredths, count in counts.items():
        groups[hundredths // 10] += count
    at_floor = counts.get(EASE_FLOOR_HUNDREDTHS, 0)
    finding = f"Half of the cards have an E-Factor of {middle(counts) / 100:.2f} or less. "
    finding += f"{many(at_floor, 'card is', 'cards are') if at_floor else 'None is'} at the floor, 1.30."
    plot = bars(EASES, finding, "E-Factor, from", {f"{n / 10:.1f}": count for n, count in groups.items()})
    note = "By it an interval grows. Each card begins with 2.50; Hard lowers it, Easy raises it."
    numbers = Numbers(
        ("E-Factor", "Cards"), [(hundredths / 100, count) for hundredths, count in counts.items()]
    )
    return plotted("eases", plot, numbers, note)
