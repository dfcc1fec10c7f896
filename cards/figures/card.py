"""One card: how its interval grew and fell, and all that happened to it."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cards.demos.contract import Plot, Series
from cards.figures.figure import AT_LEAST, Cell, Figure, Numbers, drawn, plotted
from cards.figures.words import counted, day_axis, day_name, days, decimal, grouped, time_taken
from cards.models import Schedule
from cards.reports import CardEvent, CardHistory
from cards.scheduling import Grade, Kind, Mode
from cards.translated import translated

HISTORY = _("Its interval, review by review")
COLUMNS = (_("Day"), _("Time"), _("What"), _("Interval in days"), _("E-Factor"), _("Seconds"))
KINDS = {
    Kind.VOIDED: _("undo"),
    Kind.RESTARTED: _("restarted"),
    Kind.DUE_SET: _("due day set"),
    Kind.MOVED: _("moved by a catch-up"),
    Kind.SKIPPED: _("skipped for the day"),
    Kind.SUSPENDED: _("suspended"),
    Kind.RESUMED: _("resumed"),
}
MODES: dict[Mode, str | Promise] = {
    Mode.SCHEDULED: "",
    Mode.REPEAT: _("repeat"),
    Mode.PRACTICE: _("practice"),
}


def history(found: CardHistory, today: date) -> Figure:
    """The reviews as a line, every event as a row."""
    numbers = Numbers(COLUMNS, [_row(each) for each in found.events])
    reviews = found.reviews()
    if not reviews:
        return drawn("history", HISTORY, _("You have not reviewed this card yet."), "", numbers)
    axis = day_axis(min(each.event.study_on for each in reviews), today)
    parts = sorted({each.event.part for each in reviews})
    plot = Plot(
        title=str(HISTORY),
        x_label="",
        y_label=gettext("interval, in days"),
        series=[
            Series(
                label=gettext("part %(part)s") % {"part": part} if part else gettext("interval"),
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
    if not recalled.reviews:
        return gettext("You first reviewed it on %(day)s; it has not come back since.") % {
            "day": day_name(first)
        }
    if recalled.reviews == 1:
        back = counted(
            ngettext(
                "It came back once, and you recalled it %(number)s time.",
                "It came back once, and you recalled it %(number)s times.",
                recalled.recalled,
            ),
            recalled.recalled,
        )
    else:
        back = ngettext(
            "It came back %(times)s times, and you recalled it %(number)s time.",
            "It came back %(times)s times, and you recalled it %(number)s times.",
            recalled.recalled,
        ) % {"times": grouped(recalled.reviews), "number": grouped(recalled.recalled)}
    return f"{gettext('You first reviewed it on %(day)s.') % {'day': day_name(first)}} {back}"


def _row(each: CardEvent) -> list[Cell]:
    event, state = each.event, each.after
    whats: list[str | Promise] = [KINDS.get(Kind(event.kind), "")]
    if event.grade is not None:
        whats = [translated(Grade(event.grade).label), MODES[Mode(event.mode)]]
    if event.part:
        whats.insert(0, gettext("part %(part)s") % {"part": event.part})
    if each.is_voided:
        whats.append(_("undone"))
    what = ", ".join(str(part) for part in whats if part)
    at = f"{each.local_at:%H:%M}"
    return [event.study_on, at, what, state.interval_days, state.ease_hundredths / 100, event.answer_seconds]


def card_facts(found: CardHistory, own: Schedule | None) -> list[tuple[str, str]]:
    """What a card comes to, each with its name; nothing for one that was never reviewed."""
    if not found.reviews() or own is None:
        return []
    recalled, seconds = found.recalled(), found.seconds()
    told = [(gettext("Part"), grouped(own.part))] if own.part else []
    told += [
        (gettext("Interval"), days(own.interval_days)),
        (gettext("E-Factor"), decimal(float(own.state.ease_factor), 2)),
        (gettext("Lapses"), grouped(own.lapses)),
    ]
    if recalled.reviews:
        said = gettext("%(recalled)s of %(reviews)s")
        counts = {"recalled": grouped(recalled.recalled), "reviews": grouped(recalled.reviews)}
        told.append((gettext("Recalled"), said % counts))
    if seconds:
        told.append((gettext("An answer"), time_taken(sum(seconds) / len(seconds))))
        told.append((gettext("In all"), time_taken(sum(seconds))))
    return told
