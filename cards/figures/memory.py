"""What stays: true retention by month and week, and where the cards stand, by interval and by E-Factor."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import nan
from typing import Literal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cards.demos.contract import Plot, Series
from cards.figures.figure import Cell, Figure, Numbers, bars, plotted
from cards.figures.words import (
    cards,
    counted,
    day_axis,
    decimal,
    grouped,
    middle,
    monday_of,
    month_name,
    month_of,
    months_from,
    percent,
)
from cards.figures.words import (
    days as days_text,
)
from cards.reports import MATURE_FROM_DAYS, Recalled, Retention, Statistics
from cards.reports import grouped as by_group
from cards.scheduling.sm2 import EASE_FLOOR_HUNDREDTHS

MONTHS = 12
BY_MONTH, BY_WEEK = _("True retention by month"), _("True retention by week")
INTERVALS, EASES = _("Intervals"), _("E-Factors")
NOTHING = _("No card came back in the last twelve months.")
COLUMNS = (
    _("Young recalled"), _("Young asked"), _("Young %"), _("Mature recalled"), _("Mature asked"), _("Mature %"),
    _("All %"),
)  # fmt: skip
NOTE = _(
    "Counted is a card’s first review of a day, when it had been learnt before. Recalled is Hard, Good or Easy; "
    "mature is a card whose interval was 21 days or more."
)
# The first day of each group of intervals, and its name.
GROUPS = {
    0: _("1 d"), 2: _("2–6 d"), 7: _("7–20 d"), 21: _("3–8 wk"), 60: _("2–6 mo"), 180: _("½–1 y"), 365: _("1–2 y"),
    730: _("2 y +"),
}  # fmt: skip


def months(found: Statistics) -> Figure:
    """The last twelve."""
    days = of_a_year(found)
    if not days:
        return Figure(name="months", title=BY_MONTH, finding=NOTHING)
    groups = by_group(days, month_of)
    shown = {month: groups.get(month, Retention()) for month in months_from(min(groups), found.today)}
    total = sum(days.values(), Retention())
    plot = Plot(
        title=str(BY_MONTH),
        x_label="",
        y_label=gettext("% recalled"),
        series=_series([month_name(month) for month in shown], shown.values(), "bars"),
        finding=_months_finding(total),
        y_spans=(0, 100),
    )
    rows = [(f"{month:%Y-%m}", *_cells(each)) for month, each in shown.items()]
    return plotted("months", plot, Numbers((gettext("Month"), *COLUMNS), rows), NOTE)


def _months_finding(total: Retention) -> str:
    names = {
        "share": percent(total.all.percent), "cards": cards(total.all.reviews), "young": percent(total.young.percent),
        "mature": percent(total.mature.percent),
    }  # fmt: skip
    if not total.mature.reviews:
        return gettext("You recalled %(share)s of %(cards)s; none was mature yet.") % names
    if not total.young.reviews:
        return gettext("You recalled %(share)s of %(cards)s; all were mature.") % names
    said = gettext(
        "You recalled %(share)s of %(cards)s: %(young)s of the young and %(mature)s of the mature ones."
    )
    return said % names


def weeks(found: Statistics) -> Figure:
    """Those of the last twelve months."""
    days = of_a_year(found)
    if not days:
        return Figure(name="weeks", title=BY_WEEK, finding=NOTHING)
    groups = by_group(days, monday_of)
    mondays = [date.fromordinal(n) for n in range(min(groups).toordinal(), found.today.toordinal() + 1, 7)]
    shown = {monday: groups.get(monday, Retention()) for monday in mondays}
    axis = day_axis(mondays[0], mondays[-1])
    plot = Plot(
        title=str(BY_WEEK),
        x_label="",
        y_label=gettext("% recalled"),
        series=_series([monday.toordinal() for monday in mondays], shown.values(), "line"),
        finding=_weeks_finding([each.all for each in shown.values()]),
        x_ticks=axis.ticks,
        x_spans=axis.spans,
        y_spans=(90, 100),
    )
    rows = [(monday, *_cells(each)) for monday, each in shown.items()]
    return plotted("weeks", plot, Numbers((gettext("Week from"), *COLUMNS), rows))


def of_a_year(found: Statistics) -> dict[date, Retention]:
    """By day, from the first of twelve months on."""
    first = months_from(found.scope.year_began_on, found.today)[-MONTHS]
    return {day: each for day, each in found.retention.items() if day >= first}


def _weeks_finding(weeks: list[Recalled]) -> str:
    lately, before = sum(weeks[-4:], Recalled()), sum(weeks[-8:-4], Recalled())
    if not lately.reviews:
        return gettext("No card came back in the last four weeks.")
    names = {
        "share": percent(lately.percent), "cards": cards(lately.reviews), "before": percent(before.percent)
    }  # fmt: skip
    if before.reviews:
        said = gettext("In the last four weeks it was %(share)s of %(cards)s, in the four before %(before)s.")
    else:
        said = gettext("In the last four weeks it was %(share)s of %(cards)s.")
    return said % names


def _series(
    x: Sequence[float | str], each: Iterable[Retention], style: Literal["line", "bars"]
) -> list[Series]:
    young, mature = zip(*((part.young.percent, part.mature.percent) for part in each), strict=True)
    named = {gettext("young cards"): young, gettext("mature cards"): mature}
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
        return Figure(name="intervals", title=INTERVALS, finding=_("No card is learnt yet."))
    groups = dict.fromkeys(map(str, GROUPS.values()), 0)
    for days, count in counts.items():
        groups[str(GROUPS[max(first for first in GROUPS if first <= days)])] += count
    mature = sum(count for days, count in counts.items() if days >= MATURE_FROM_DAYS)
    learnt = sum(counts.values())
    cards_text = counted(ngettext("%(number)s learnt card", "%(number)s learnt cards", learnt), learnt)
    said = ngettext(
        "%(number)s of %(cards)s is mature. Half have an interval of %(days)s or less.",
        "%(number)s of %(cards)s are mature. Half have an interval of %(days)s or less.",
        mature,
    )
    finding = said % {"number": grouped(mature), "cards": cards_text, "days": days_text(middle(counts))}
    plot = bars(INTERVALS, finding, "", groups)
    return plotted(
        "intervals", plot, Numbers((gettext("Interval in days"), gettext("Cards")), list(counts.items()))
    )


def eases(found: Statistics) -> Figure:
    """How hard the cards are."""
    counts = found.eases
    if not counts:
        return Figure(name="eases", title=EASES, finding=_("No card is learnt yet."))
    groups = dict.fromkeys(range(min(counts) // 10, max(counts) // 10 + 1), 0)
    for hundredths, count in counts.items():
        groups[hundredths // 10] += count
    at_floor = counts.get(EASE_FLOOR_HUNDREDTHS, 0)
    floor = {"floor": decimal(EASE_FLOOR_HUNDREDTHS / 100, 2), "number": grouped(at_floor)}
    half = gettext("Half of the cards have an E-Factor of %(ease)s or less.") % {
        "ease": decimal(middle(counts) / 100, 2)
    }
    if at_floor:
        rest = ngettext(
            "%(number)s card is at the floor, %(floor)s.",
            "%(number)s cards are at the floor, %(floor)s.",
            at_floor,
        )
    else:
        rest = gettext("None is at the floor, %(floor)s.")
    finding = f"{half} {rest % floor}"
    plot = bars(
        EASES, finding, gettext("E-Factor, from"), {decimal(n / 10, 1): count for n, count in groups.items()}
    )
    note = gettext(
        "By it an interval grows. Each card begins with %(ease)s; Hard lowers it, Easy raises it."
    ) % {"ease": decimal(2.5, 2)}
    numbers = Numbers(
        (gettext("E-Factor"), gettext("Cards")),
        [(hundredths / 100, count) for hundredths, count in counts.items()],
    )
    return plotted("eases", plot, numbers, note)
