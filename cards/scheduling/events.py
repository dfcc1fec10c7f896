"""What can happen to one learner's card part."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from cards.scheduling.grade import Grade
from cards.scheduling.spreading import NOT_MOVED, Spreading


class Kind(StrEnum):
    GRADED = "graded"
    VOIDED = "voided"
    RESTARTED = "restarted"
    DUE_SET = "due_set"
    MOVED = "moved"
    SKIPPED = "skipped"
    SUSPENDED = "suspended"
    RESUMED = "resumed"


class Mode(StrEnum):
    """What a grade was given for: the schedule, the day's repeats, or practice that changes nothing."""

    SCHEDULED = "scheduled"
    REPEAT = "repeat"
    PRACTICE = "practice"


class Origin(StrEnum):
    WEB = "web"
    OFFLINE = "offline"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a log, numbered from 1. Raises ValueError when a kind lacks what it needs."""

    id: UUID
    number: int
    kind: Kind
    at: datetime
    study_on: date
    mode: Mode | None = None
    grade: Grade | None = None
    voids: UUID | None = None
    due_on: date | None = None
    spreading: Spreading = NOT_MOVED

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("Events are numbered from 1.")
        if self.at.tzinfo is None:
            raise ValueError("An event's instant must be aware.")
        if self.kind is Kind.GRADED and (self.grade is None or self.mode is None):
            raise ValueError("A graded event needs its grade and its mode.")
        if self.kind is Kind.VOIDED and self.voids is None:
            raise ValueError("A voided event names the event that it takes back.")
        if self.kind in {Kind.DUE_SET, Kind.MOVED} and self.due_on is None:
            raise ValueError(f"A {self.kind} event needs the day it is due on.")
