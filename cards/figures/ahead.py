"""What lies ahead: the next 90 days, and when a deck is learnt."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate

from cards.demos.contract import Plot, Series
from cards.figures.figure import AT_LEAST, Cell, Figure, Numbers, bars, drawn, plotted
from cards.figures.words import day_axis, day_name, many, time_taken
from cards.reports import PACE_DAYS, Ahead, Progress, Statistics

AHEAD = "The next 90 days"
DECKS, DECK = "When a deck is learnt", "Until the deck is learnt"
NOTE = "A deck is learnt when each of its cards had a first review. The pace is that of the last four weeks."
NO_PACE = "No new card came in the last four weeks: there is no pace to tell by."
MOST_DAYS = 36_500


def days_ahead(found: Statistics) -> Figure:
    """The load of each day."""
    days, pace = found.ahead.days, found.seconds_per_card
    if not found.ahead.cards:
        finding = "No card that you have learnt is due in the next 90 days."
        return Figure(name="ahead", title=AHEAD, finding=finding)
    xs = [day.day.toordinal() for day in days]
    axis = day_axis(days[0].day, days[-1].day)
    plot = Plot(
        title=AHEAD,
        x_label="",
        y_label="cards a day",
        series=[
            Series(label="due", x=xs, y=[day.due for day in days], style="bars"),
            Series(label="coming again", x=xs, y=[day.cards for day in days], style="bars"),
        ],
        finding=_ahead_finding(found.ahead, pace),
        is_layered=True,
        x_ticks=axis.ticks,
        x_spans=axis.spans,
        y_spans=AT_LEAST,
    )
    columns: tuple[str, ...] = ("Day", "Due", "Coming again")
    rows: list[tuple[Cell, ...]] = [(day.day, day.due, day.again) for day in days]
    if pace is not None:
        columns += ("Minutes",)
        rows = [(*row, round(day.cards * pace / 60, 1)) for row, day in zip(rows, days, strict=True)]
    numbers = Numbers(columns, rows)
    note = "Were each card answered on its day, with Good. New cards come on top."
    return plotted("ahead", plot, numbers, note)


def _ahead_finding(found: Ahead, pace: float | None) -> str:
    fullest = max(found.days, key=lambda day: day.cards)
    is_daily = found.each_day >= 1  # else all are told at once
    load = f"{found.each_day:,.1f} reviews a day" if is_daily else many(found.cards, "review")
    finding = f"{load} in the next {len(found.days)} days"
    if pace is not None:
        finding += f", about {time_taken(pace * (found.each_day if is_daily else found.cards))}"
    finding += f". The fullest day is {day_name(fullest.day)}, with {fullest.cards:,}."
    if found.overdue:
        finding += f" {many(found.overdue, 'card is', 'cards are')} overdue, and stand with today’s."
    return finding


def learning(found: Statistics) -> Figure:
    """How far each deck is, or the one, and how long that takes at this pace."""
    if found.scope.deck is None:
        return _decks(found.progress, found.today)
    return _deck(found.progress, found.learnt_by_day, found.today)


def _decks(found: list[Progress], today: date) -> Figure:
    if not found:
        return Figure(name="learning", title=DECKS, finding="You study no deck that has cards.")
    rows = [
        (each.deck.name, each.cards, each.learnt, round(each.pace, 1), each.days, _learnt_on(each, today))
        for each in found
    ]
    numbers = Numbers(("Deck", "Cards", "Learnt", "New a day", "Days", "Learnt on"), rows)
    going = sorted((each for each in found if each.days), key=lambda each: each.days or 0)
    if not going:
        finding = NO_PACE if any(each.left for each in found) else "Each of your decks is learnt."
        return drawn("learning", DECKS, finding, "", numbers, NOTE)
    days = {each.deck.name: each.days or 0 for each in going}
    plot = bars(DECKS, _when(going[0], today), "", days, "days at this pace")
    return plotted("learning", plot, numbers, NOTE)


def _deck(found: list[Progress], counts: Mapping[date, int], today: date) -> Figure:
    """How much of it was learnt by each day, and where that leads."""
    if not found or not counts:
        return Figure(name="learning", title=DECK, finding="No card of this deck is learnt yet.")
    (now,) = found
    learnt = dict(zip(counts, accumulate(counts.values()), strict=True))
    numbers = Numbers(
        ("Day", "First reviews", "Learnt by then"), [(day, counts[day], learnt[day]) for day in counts]
    )
    first, last = min(counts), today
    ys = learnt | {today: max(learnt.values())}
    series = [Series(label="learnt", x=[day.toordinal() for day in ys], y=list(ys.values()))]
    if now.days:
        # No further than the deck has been studied, lest all that be a line at the edge.
        ahead = min(now.days, max(PACE_DAYS, (today - first).days))
        last = today + timedelta(days=ahead)
        y = min(now.cards, now.learnt + now.pace * ahead)
        series.append(
            Series(label="at this pace", x=[today.toordinal(), last.toordinal()], y=[now.learnt, y])
        )
    axis = day_axis(first, last)
    plot = Plot(
        title=DECK,
        x_label="",
        y_label="cards learnt",
        series=series,
        finding=_when(now, today),
        x_ticks=axis.ticks,
        x_spans=axis.spans,
        y_spans=AT_LEAST,
    )
    return plotted("learning", plot, numbers, NOTE)


def _when(each: Progress, today: date) -> str:
    """When that deck is learnt, in a sentence."""
    if not each.left:
        return f"All of the {many(each.cards, 'card')} of {each.deck.name} are learnt."
    left = f"{each.left:,} of {many(each.cards, 'card')} are left"
    if each.days is None:
        return f"{left}. {NO_PACE}"
    on = _learnt_on(each, today)
    when = f"in {many(each.days, 'day')}" + (f", on {day_name(on)}" if on else "")
    return f"At this pace {each.deck.name} is learnt {when}: {left}, and {each.pace:.1f} come a day."


def _learnt_on(each: Progress, today: date) -> date | None:
    """None for a day that cannot be told, or that nobody lives to see."""
    return today + timedelta(days=each.days) if each.days and each.days < MOST_DAYS else None
