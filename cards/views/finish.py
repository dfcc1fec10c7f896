"""The end of a study day: what was done, what the limits kept back, and when the next day asks for something."""

from datetime import date, timedelta

from cards.models import Learner
from cards.models.queue import more_today
from cards.reports import day_done, forecast, next_asked, seconds_per_card, streak_of
from cards.scheduling import QueueCounts
from cards.translated import translated

DAYS_AHEAD = 7


def finish(learner: Learner | None, today: date, counts: QueueCounts) -> dict[str, object]:
    """What the day's end says to a learner; nothing to somebody unknown."""
    if learner is None:
        return {}
    done = day_done(learner, today)
    return {
        "done": done,
        "streak": streak_of(learner, today) if learner.has_streak else 0,
        "grades": [(translated(grade.label), count) for grade, count in done.grades.items() if count],
        "days": forecast(learner, today, DAYS_AHEAD + 1)[1:],
        "more": more_today(learner, today, counts),
        "only_today": learner.exceptions(today),
        **next_of(learner, today),
    }


def next_of(learner: Learner, today: date) -> dict[str, object]:
    """What a page says of the next study day that asks for something, and how long that takes."""
    asked = next_asked(learner, today)
    pace = seconds_per_card(learner) if asked else None
    return {
        "next": asked,
        "next_seconds": asked.counts.left * pace if asked and pace is not None else None,
        "tomorrow": today + timedelta(days=1),
    }
