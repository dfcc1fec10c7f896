"""The year behind: a calendar of its days, the hours of the day, the seconds of an answer."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.figures.figure import Figure, Numbers, bars, drawn, plotted
from cards.figures.heatmap import heatmap
from cards.figures.words import cards, day_name, grouped, middle, seconds_text, time_taken
from cards.figures.words import days as days_text
from cards.reports import DayStudied, Statistics

DAYS, HOURS, SECONDS = _("Day by day, a year"), _("Hours of the day"), _("Seconds per card")
NOTHING = _("You answered no card in the last 365 days.")
BIN_SECONDS, BINS = 5, 13  # the last holds all that took longer


def days(found: Statistics) -> Figure:
    """What was done on each day."""
    if not found.days:
        return Figure(name="days", title=DAYS, finding=NOTHING)
    counts = {day: each.answers for day, each in found.days.items()}
    drawing = heatmap(counts, found.scope.year_began_on, found.today, title=str(DAYS), prefix="days")
    rows = [
        (day, each.reviews, each.repeats, each.practised, round(each.seconds / 60, 1))
        for day, each in found.days.items()
    ]
    note = _("Repeats are cards that came again on the same day; practice leaves the schedule alone.")
    numbers = Numbers(
        (gettext("Day"), gettext("Reviews"), gettext("Repeats"), gettext("Practice"), gettext("Minutes")),
        rows,
    )
    return drawn("days", DAYS, _days_finding(found.days), drawing, numbers, note)


def _days_finding(found: Mapping[date, DayStudied]) -> str:
    answers = sum(each.answers for each in found.values())
    seconds = sum(each.seconds for each in found.values())
    names = {"cards": cards(answers), "days": days_text(len(found)), "time": time_taken(seconds)}
    if seconds:
        finding = gettext("You answered %(cards)s on %(days)s of the last 365, in about %(time)s.") % names
    else:
        finding = gettext("You answered %(cards)s on %(days)s of the last 365.") % names
    if len(found) == 1:
        return finding
    fullest = max(found, key=lambda day: found[day].answers)
    most = gettext("The fullest day was %(day)s, with %(count)s.")
    return f"{finding} {most % {'day': day_name(fullest), 'count': grouped(found[fullest].answers)}}"


def hours(found: Statistics) -> Figure:
    """When in the day cards were answered."""
    counts = found.habits.hours
    if not any(counts):
        return Figure(name="hours", title=HOURS, finding=NOTHING)
    best = max(range(24), key=counts.__getitem__)
    share = 100 * counts[best] / sum(counts)
    said = gettext("%(share)s of a year’s answers fall between %(from)s and %(to)s.")
    finding = said % {"share": f"{share:.0f} %", "from": f"{best}:00", "to": f"{best + 1}:00"}
    plot = bars(HOURS, finding, gettext("o’clock"), {str(hour): count for hour, count in enumerate(counts)})
    numbers = Numbers(
        (gettext("From"), gettext("Cards")), [(f"{hour}:00", count) for hour, count in enumerate(counts)]
    )
    return plotted("hours", plot, numbers, _("By the clock of wherever you were at that time."))


def seconds(found: Statistics) -> Figure:
    """How long answers took."""
    counts = found.habits.seconds
    if not counts:
        return Figure(name="seconds", title=SECONDS, finding=_("No answer of the last 365 days was timed."))
    mean = sum(taken * count for taken, count in counts.items()) / sum(counts.values())
    bins = [0] * BINS
    for taken, count in counts.items():
        bins[min(taken // BIN_SECONDS, BINS - 1)] += count
    names = [str(place * BIN_SECONDS) for place in range(BINS)]
    names[-1] += "+"
    said = gettext(
        "Half of your answers take %(half)s or less, the mean is %(mean)s: a hundred cards take about %(hundred)s."
    )
    times = {"half": seconds_text(middle(counts)), "mean": f"{mean:.0f}", "hundred": time_taken(100 * mean)}
    finding = said % times
    plot = bars(SECONDS, finding, gettext("seconds, from"), dict(zip(names, bins, strict=True)))
    note = _("From the prompt to the grade; what took longer than ten minutes was a coffee, and is left out.")
    return plotted(
        "seconds", plot, Numbers((gettext("Seconds"), gettext("Cards")), list(counts.items())), note
    )
