"""One card: how its interval grew and fell, and all that happened to it."""

from datetime import date

from cards.demos.contract import Plot, Series
from cards.figures.figure import AT_LEAST, Cell, Figure, Numbers, drawn, plotted
from cards.figures.words import day_axis, day_name, many, time_taken
from cards.models import Schedule
from cards.reports import CardEvent, CardHistory
from cards.scheduling import Grade, Kind, Mode

HISTORY = "Its interval, review by review"
COLUMNS = ("Day", "Time", "What", "Interval in days", "E-Factor", "Seconds")
KINDS = {
    Kind.VOIDED: "undo",
    Kind.RESTARTED: "restarted",
    Kind.DUE_SET: "due day set",
    Kind.MOVED: "moved by a catch-up",
    Kind.SKIPPED: "skipped for the day",
    Kind.SUSPENDED: "suspended",
    Kind.RESUMED: "resumed",
}
MODES = {Mode.SCHEDULED: "", Mode.REPEAT: ", repeat", Mode.PRACTICE: ", practice"}


def history(found: CardHistory, today: date) -> Figure:
    """The reviews as a line, every event as a row."""
    numbers = Numbers(COLUMNS, [_row(each) for each in found.events])
    reviews = found.reviews()
    if not reviews:
        return drawn("history", HISTORY, "You have not reviewed this card yet.", "", numbers)
    axis = day_axis(min(each.event.study_on for each in reviews), today)
    parts = sorted({each.event.part for each in reviews})
    plot = Plot(
        title=HISTORY,
        x_label="",
        y_label="interval, in days",
        series=[
            Series(
                label=f"part {part}" if part else "interval",
                x=[each.event.study_on.toordinal() for each in reviews if each.event.part == part],
                y=[each.after.interval_days for each in reviews if each.event.part == part],
            )
            for part in parts
        ],
        finding=_finding(found),
        x_ticks=axis.ticks,
        x_spans=axis.spans,
        y_spans=AT_LEAST,
    )
    return plotted("history", plot, numbers)


def _finding(found: CardHistory) -> str:
    first, recalled = found.reviews()[0].event.study_on, found.recalled()
    finding = f"You first reviewed it on {day_name(first)}"
    if not recalled.reviews:
        return f"{finding}; it has not come back since."
    times = "once" if recalled.reviews == 1 else f"{recalled.reviews} times"
    return f"{finding}. It came back {times}, and you recalled it {many(recalled.recalled, 'time')}."


def _row(each: CardEvent) -> list[Cell]:
    event, state = each.event, each.after
    what = KINDS.get(Kind(event.kind), "")
    if event.grade is not None:
        what = Grade(event.grade).label + MODES[Mode(event.mode)]
    if each.is_voided:
        what += ", undone"
    at = f"{each.local_at:%H:%M}"
    return [event.study_on, at, what, state.interval_days, state.ease_hundredths / 100, event.answer_seconds]


def card_facts(found: CardHistory, own: Schedule | None) -> list[tuple[str, str]]:
    """What a card comes to, each with its name; nothing for one that was never reviewed."""
    if not found.reviews() or own is None:
        return []
    recalled, seconds = found.recalled(), found.seconds()
    told = [
        ("Interval", many(own.interval_days, "day")),
        ("E-Factor", f"{own.state.ease_factor:.2f}"),
        ("Lapses", str(own.lapses)),
    ]
    if recalled.reviews:
        told.append(("Recalled", f"{recalled.recalled} of {recalled.reviews}"))
    if seconds:
        told.append(("An answer", time_taken(sum(seconds) / len(seconds))))
        told.append(("In all", time_taken(sum(seconds))))
    return told
