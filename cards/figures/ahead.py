"""What lies ahead: the next 90 days, and when a deck is learnt."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cards.demos.contract import Plot, Series
from cards.figures.figure import AT_LEAST, Cell, Figure, Numbers, bars, drawn, plotted
from cards.figures.words import cards, counted, day_axis, day_name, days, decimal, grouped, time_taken
from cards.reports import PACE_DAYS, Ahead, Progress, Statistics

AHEAD = _("The next 90 days")
DECKS, DECK = _("When a deck is learnt"), _("Until the deck is learnt")
NOTE = _(
    "A deck is learnt when each of its cards had a first review. The pace is that of the last four weeks."
)
NO_PACE = _("No new card came in the last four weeks: there is no pace to tell by.")
MOST_DAYS = 36_500


def days_ahead(found: Statistics) -> Figure:
    """The load of each day."""
    days, pace = found.ahead.days, found.seconds_per_card
    if not found.ahead.cards:
        finding = _("No card that you have learnt is due in the next 90 days.")
        return Figure(name="ahead", title=AHEAD, finding=finding)
    xs = [day.day.toordinal() for day in days]
    axis = day_axis(days[0].day, days[-1].day)
    plot = Plot(
        title=str(AHEAD),
        x_label="",
        y_label=gettext("cards a day"),
        series=[
            Series(label=gettext("due"), x=xs, y=[day.due for day in days], style="bars"),
            Series(label=gettext("coming again"), x=xs, y=[day.cards for day in days], style="bars"),
        ],
        finding=_ahead_finding(found.ahead, pace),
        is_layered=True,
        x_ticks=axis.ticks,
        x_spans=axis.spans,
        y_spans=AT_LEAST,
    )
    columns: tuple[str, ...] = (gettext("Day"), gettext("Due"), gettext("Coming again"))
    rows: list[tuple[Cell, ...]] = [(day.day, day.due, day.again) for day in days]
    if pace is not None:
        columns += (gettext("Minutes"),)
        rows = [(*row, round(day.cards * pace / 60, 1)) for row, day in zip(rows, days, strict=True)]
    numbers = Numbers(columns, rows)
    note = _("Were each card answered on its day, with Good. New cards come on top.")
    return plotted("ahead", plot, numbers, note)


def _ahead_finding(found: Ahead, pace: float | None) -> str:
    fullest = max(found.days, key=lambda day: day.cards)
    is_daily = found.each_day >= 1  # else all are told at once
    names: dict[str, object] = {
        "load": decimal(found.each_day, 1) if is_daily else grouped(found.cards),
        "days": len(found.days),
        "time": "" if pace is None else time_taken(pace * (found.each_day if is_daily else found.cards)),
    }
    if is_daily and pace is not None:
        finding = gettext("%(load)s reviews a day in the next %(days)s days, about %(time)s.")
    elif is_daily:
        finding = gettext("%(load)s reviews a day in the next %(days)s days.")
    elif pace is not None:
        finding = ngettext(
            "%(load)s review in the next %(days)s days, about %(time)s.",
            "%(load)s reviews in the next %(days)s days, about %(time)s.",
            found.cards,
        )
    else:
        finding = ngettext(
            "%(load)s review in the next %(days)s days.",
            "%(load)s reviews in the next %(days)s days.",
            found.cards,
        )
    most = gettext("The fullest day is %(day)s, with %(count)s.")
    said = [finding % names, most % {"day": day_name(fullest.day), "count": grouped(fullest.cards)}]
    if found.overdue:
        overdue = ngettext(
            "%(number)s card is overdue, and stand with today’s.",
            "%(number)s cards are overdue, and stand with today’s.",
            found.overdue,
        )
        said.append(counted(overdue, found.overdue))
    return " ".join(said)


def learning(found: Statistics) -> Figure:
    """How far each deck is, or the one, and how long that takes at this pace."""
    if found.scope.deck is None:
        return _decks(found.progress, found.today)
    return _deck(found.progress, found.learnt_by_day, found.today)


def _decks(found: list[Progress], today: date) -> Figure:
    if not found:
        return Figure(name="learning", title=DECKS, finding=_("You study no deck that has cards."))
    rows = [
        (each.deck.name, each.cards, each.learnt, round(each.pace, 1), each.days, _learnt_on(each, today))
        for each in found
    ]
    numbers = Numbers(
        (
            gettext("Deck"),
            gettext("Cards"),
            gettext("Learnt"),
            gettext("New a day"),
            gettext("Days"),
            gettext("Learnt on"),
        ),
        rows,
    )
    going = sorted((each for each in found if each.days), key=lambda each: each.days or 0)
    if not going:
        finding = NO_PACE if any(each.left for each in found) else _("Each of your decks is learnt.")
        return drawn("learning", DECKS, finding, "", numbers, NOTE)
    days = {each.deck.name: each.days or 0 for each in going}
    plot = bars(DECKS, _when(going[0], today), "", days, gettext("days at this pace"))
    return plotted("learning", plot, numbers, NOTE)


def _deck(found: list[Progress], counts: Mapping[date, int], today: date) -> Figure:
    """How much of it was learnt by each day, and where that leads."""
    if not found or not counts:
        return Figure(name="learning", title=DECK, finding=_("No card of this deck is learnt yet."))
    (now,) = found
    learnt = dict(zip(counts, accumulate(counts.values()), strict=True))
    numbers = Numbers(
        (gettext("Day"), gettext("First reviews"), gettext("Learnt by then")),
        [(day, counts[day], learnt[day]) for day in counts],
    )
    first, last = min(counts), today
    ys = learnt | {today: max(learnt.values())}
    series = [Series(label=gettext("learnt"), x=[day.toordinal() for day in ys], y=list(ys.values()))]
    if now.days:
        # No further than the deck has been studied, lest all that be a line at the edge.
        ahead = min(now.days, max(PACE_DAYS, (today - first).days))
        last = today + timedelta(days=ahead)
        y = min(now.cards, now.learnt + now.pace * ahead)
        series.append(
            Series(label=gettext("at this pace"), x=[today.toordinal(), last.toordinal()], y=[now.learnt, y])
        )
    axis = day_axis(first, last)
    plot = Plot(
        title=str(DECK),
        x_label="",
        y_label=gettext("cards learnt"),
        series=series,
        finding=_when(now, today),
        x_ticks=axis.ticks,
        x_spans=axis.spans,
        y_spans=AT_LEAST,
    )
    return plotted("learning", plot, numbers, NOTE)


def _when(each: Progress, today: date) -> str:
    """When that deck is learnt, in a sentence."""
    names: dict[str, object] = {
        "deck": each.deck.name, "cards": cards(each.cards), "left": grouped(each.left),
        "days": days(each.days or 0), "pace": decimal(each.pace, 1),
    }  # fmt: skip
    if not each.left:
        return gettext("All of the %(cards)s of %(deck)s are learnt.") % names
    if each.days is None:
        left = gettext("%(left)s of %(cards)s are left.") % names
        return f"{left} {NO_PACE}"
    on = _learnt_on(each, today)
    if on is None:
        said = gettext(
            "At this pace %(deck)s is learnt in %(days)s: %(left)s of %(cards)s are left, and %(pace)s come a day."
        )
        return said % names
    said = gettext(
        "At this pace %(deck)s is learnt in %(days)s, on %(day)s: %(left)s of %(cards)s are left, and %(pace)s come "
        "a day."
    )
    return said % {**names, "day": day_name(on)}


def _learnt_on(each: Progress, today: date) -> date | None:
    """None for a day that cannot be told, or that nobody lives to see."""
    return today + timedelta(days=each.days) if each.days and each.days < MOST_DAYS else None
