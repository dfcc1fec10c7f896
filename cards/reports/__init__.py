"""Read-only summaries over several models."""

from cards.reports.ahead import (
    PACE_DAYS,
    Ahead,
    DayAhead,
    Progress,
    ahead,
    eases,
    intervals,
    learnt_by_day,
    progress,
)
from cards.reports.assignments import Due, GroupProgress, asking, due_assignments, group_progress
from cards.reports.card import CardEvent, CardHistory, card_history
from cards.reports.day import DayAsked, DayDone, DayLoad, day_done, forecast, next_asked, seconds_per_card
from cards.reports.my_data import Held, Leaving, held, leaving, write_my_data
from cards.reports.past import DayStudied, Habits, days_studied, habits
from cards.reports.replays import Replayed, replayed
from cards.reports.retention import MATURE_FROM_DAYS, Recalled, Retention, grouped, retention
from cards.reports.scope import Scope
from cards.reports.statistics import Statistics
from cards.reports.streak import streak_of
from cards.reports.waiting import Waiting, waiting

__all__ = [
    "MATURE_FROM_DAYS",
    "PACE_DAYS",
    "Ahead",
    "CardEvent",
    "CardHistory",
    "DayAhead",
    "DayAsked",
    "DayDone",
    "DayLoad",
    "DayStudied",
    "Due",
    "GroupProgress",
    "Habits",
    "Held",
    "Leaving",
    "Progress",
    "Recalled",
    "Replayed",
    "Retention",
    "Scope",
    "Statistics",
    "Waiting",
    "ahead",
    "asking",
    "card_history",
    "day_done",
    "days_studied",
    "due_assignments",
    "eases",
    "forecast",
    "group_progress",
    "grouped",
    "habits",
    "held",
    "intervals",
    "learnt_by_day",
    "leaving",
    "next_asked",
    "progress",
    "replayed",
    "retention",
    "seconds_per_card",
    "streak_of",
    "waiting",
    "write_my_data",
]
