"""Where one learner stands with one card part: what the replay of its events gives."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

FIRST_EASE_HUNDREDTHS = 250


@dataclass(frozen=True, slots=True)
class State:
    """A new part's, unless said otherwise. Intervals are study days; the E-Factor is in hundredths, from 130."""

    number: int = 0
    due_on: date | None = None
    interval_days: int = 0
    ease_hundredths: int = FIRST_EASE_HUNDREDTHS
    repetitions: int = 0
    lapses: int = 0
    first_graded_on: date | None = None
    introduced_on: date | None = None  # graded as a new card: not one whose due day was set before
    counted_on: date | None = None
    graded_at: datetime | None = None
    repeat_on: date | None = None
    is_suspended: bool = False
    skipped_on: date | None = None

    @property
    def is_new(self) -> bool:
        return self.due_on is None

    @property
    def ease_factor(self) -> Decimal:
        return Decimal(self.ease_hundredths) / 100


NEW = State()
