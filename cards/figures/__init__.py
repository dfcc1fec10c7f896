"""Statistics to look at: what cards.reports counts, as sentences, drawings and tables."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext

from cards.figures import ahead, memory, past
from cards.figures.card import card_facts, history
from cards.figures.figure import Figure
from cards.figures.words import cards, days, decimal, percent
from cards.reports import Retention, Statistics

# By their names, in the order of a page.
FIGURES: Mapping[str, Callable[[Statistics], Figure]] = {
    "days": past.days,
    "ahead": ahead.days_ahead,
    "learning": ahead.learning,
    "months": memory.months,
    "weeks": memory.weeks,
    "intervals": memory.intervals,
    "eases": memory.eases,
    "hours": past.hours,
    "seconds": past.seconds,
}

__all__ = ["FIGURES", "Figure", "card_facts", "facts", "figure_named", "figures", "history"]


def figures(found: Statistics) -> list[Figure]:
    """All of them, for a page."""
    return [make(found) for make in FIGURES.values()]


def figure_named(found: Statistics, name: str) -> Figure | None:
    """One of them; None where there is no such figure, or nothing in it."""
    figure = FIGURES[name](found) if name in FIGURES else None
    return figure if figure and figure.rows else None


def facts(found: Statistics) -> list[tuple[str, str]]:
    """What they come to, each with its name."""
    recalled = sum(memory.of_a_year(found).values(), Retention()).all
    shown = [
        (gettext("Learnt"), cards(sum(found.intervals.values()))),
        (gettext("Recalled"), percent(recalled.percent)),
        (gettext("Studied"), days(len(found.days))),
        (gettext("Ahead"), gettext("%(number)s a day") % {"number": decimal(found.ahead.each_day, 1)}),
    ]
    if found.scope.learner.has_streak and found.scope.deck is None:
        shown.append((gettext("Streak"), days(found.streak)))
    return shown
