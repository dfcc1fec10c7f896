"""The year behind: a calendar of its days, the hours of the day, the seconds of an answer."""

from collections.abc import Mapping
from datetime import date

from cards.figures.figure import Figure, Numbers, bars, drawn, plotted
from cards.figures.heatmap import heatmap
from cards.figures.words import day_name, many, middle, time_taken
from cards.reports import DayStudied, Statistics

DAYS, HOURS, SECONDS = "Day by day, a year", "Hours of the day", "Seconds per card"
NOTHING = "You answered no card in the last 365 days."
BIN_SECONDS, BINS = 5, 13  # the last holds all that took longer


def days(found: Statistics) -> Figure:
    """What was done on each day."""
    if not found.days:
        return Figure(name="days", title=DAYS, finding=NOTHING)
    counts = {day: each.answers for day, each in found.days.items()}
    drawing = heatmap(counts, found.scope.year_began_on, found.today, title=DAYS, prefix="days")
    rows = [
        (day, each.reviews, each.repeats, each.practised, round(each.seconds / 60, 1))
        for day, each in found.days.items()
    ]
    note = "Repeats are cards that came again on the same day; practice leaves the schedule alone."
    numbers = Numbers(("Day", "Reviews", "Repeats", "Practice", "Minutes"), rows)
    return drawn("days", DAYS, _days_finding(found.days), drawing, numbers, note)


def _days_finding(found: Mapping[date, DayStudied]) -> str:
    answers = sum(each.answers for each in found.values())
    seconds = sum(each.seconds for each in found.values())
    within = f", in about {time_taken(seconds)}" if seconds else ""
    finding = f"You answered {many(answers, 'card')} on {many(len(found), 'day')} of the last 365{within}."
    if len(found) == 1:
        return finding
    fullest = max(found, key=lambda day: found[day].answers)
    return f"{finding} The fullest day was {day_name(fullest)}, with {found[fullest].answers:,}."


def hours(found: Statistics) -> Figure:
    """When in the day cards were answered."""
    counts = found.habits.hours
    if not any(counts):
        return Figure(name="hours", title=HOURS, finding=NOTHING)
    best = max(range(24), key=counts.__getitem__)
    share = 100 * counts[best] / sum(counts)
    finding = f"{share:.0f} % of a year’s answers fall between {best}:00 and {best + 1}:00."
    plot = bars(HOURS, finding, "o’clock", {str(hour): count for hour, count in enumerate(counts)})
    numbers = Numbers(("From", "Cards"), [(f"{hour}:00", count) for hour, count in enumerate(counts)])
    return plotted("hours", plot, numbers, "By the clock of wherever you were at that time.")


def seconds(found: Statistics) -> Figure:
    """How long answers took."""
    counts = found.habits.seconds
    if not counts:
        return Figure(name="seconds", title=SECONDS, finding="No answer of the last 365 days was timed.")
    mean = sum(taken * count for taken, count in counts.items()) / sum(counts.values())
    bins = [0] * BINS
    for taken, count in counts.items():
        bins[min(taken // BIN_SECONDS, BINS - 1)] += count
    names = [str(place * BIN_SECONDS) for place in range(BINS)]
    names[-1] += "+"
    finding = f"Half of your answers take {many(middle(counts), 'second')} or less, the mean is {mean:.0f}: "
    finding += f"a hundred cards take about {time_taken(100 * mean)}."
    plot = bars(SECONDS, finding, "seconds, from", dict(zip(names, bins, strict=True)))
    note = "From the prompt to the grade; what took longer than ten minutes was a coffee, and is left out."
    return plotted("seconds", plot, Numbers(("Seconds", "Cards"), list(counts.items())), note)
