"""When is a card due next? SM-2 as a fold over a log of events. Pure: no clock, no chance, no database."""

from cards.scheduling.events import Event, Kind, Mode, Origin
from cards.scheduling.grade import Grade
from cards.scheduling.morning import MORNING, NOON, morning_begins
from cards.scheduling.parts import days_apart, parts_today
from cards.scheduling.queue import DueOrder, NewPlace, QueueCounts, Turn, next_turn, turn_after
from cards.scheduling.scheduler import Outcome, futures, mode_at, outcome_text, replay, step
from cards.scheduling.spreading import (
    NOT_MOVED,
    USUAL_WEEK,
    Spreading,
    WeekdayShare,
    due_day,
    is_week,
    least_days,
)
from cards.scheduling.state import NEW, State
from cards.scheduling.streak import streak
from cards.scheduling.study_day import study_day, zone_offset_minutes

__all__ = [
    "MORNING",
    "NEW",
    "NOON",
    "NOT_MOVED",
    "USUAL_WEEK",
    "DueOrder",
    "Event",
    "Grade",
    "Kind",
    "Mode",
    "NewPlace",
    "Origin",
    "Outcome",
    "QueueCounts",
    "Spreading",
    "State",
    "Turn",
    "WeekdayShare",
    "days_apart",
    "due_day",
    "futures",
    "is_week",
    "least_days",
    "mode_at",
    "morning_begins",
    "next_turn",
    "outcome_text",
    "parts_today",
    "replay",
    "step",
    "streak",
    "study_day",
    "turn_after",
    "zone_offset_minutes",
]
