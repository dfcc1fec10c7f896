"""On which day a card is due that its interval puts on another: spreading, and easy days of the week.

Luck comes from the seed, the card part and the study day of the grade. All three are known before the grade is given
and never change after it, so a button and the stored row agree, and a replay is exact. No other card is looked at.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from cards.scheduling.sm2 import MOST_INTERVAL_DAYS

LEAST_DAYS = 3  # shorter intervals are left alone, and no longer one becomes shorter than that
MOST_REACH_DAYS = 14


class WeekdayShare(StrEnum):
    """What of the due cards a weekday gets."""

    USUAL = "u"
    FEWER = "f"
    NONE = "n"


USUAL_WEEK = 7 * WeekdayShare.USUAL.value


@lru_cache  # asked for each card of a forecast; there are few weeks
def is_week(week: str) -> bool:
    """Whether it has a WeekdayShare for each weekday, from Monday on, and a usual one among them."""
    return len(week) == 7 and set(week) <= set(WeekdayShare) and WeekdayShare.USUAL in week


@dataclass(frozen=True, slots=True)
class Spreading:
    """How the due days of one card part are moved. Raises ValueError for a week that is none.

    Without a seed (0) they are moved off easy days alone; in the usual week not even that.
    """

    seed: int = 0
    week: str = USUAL_WEEK
    card: int = 0
    part: int = 0

    def __post_init__(self) -> None:
        if not is_week(self.week):
            raise ValueError("A week has seven days, one of them as usual.")


NOT_MOVED = Spreading()


def due_day(interval_days: int, graded_on: date, spreading: Spreading) -> date:
    """The study day on which a card comes back, after a grade that gave that interval.

    It lies where the interval ends; with a seed, somewhere within `reach` of that; then, were it an easy day, on the
    nearest other one. Never fewer than 3 nor more than 36,500 days ahead; intervals shorter than 3 days stay.
    """
    days = interval_days
    if days >= LEAST_DAYS and (spreading.seed or spreading.week != USUAL_WEEK):
        spread, side, half = _luck(spreading, graded_on)
        if spreading.seed:
            nearest, farthest = (
                max(LEAST_DAYS, days - reach(days)),
                min(MOST_INTERVAL_DAYS, days + reach(days)),
            )
            days = nearest + spread * (farthest - nearest + 1) // 2**64
        days = _off_easy_days(days, graded_on, _week_for(spreading.week, half), side)
    return graded_on + timedelta(days=days)


def reach(interval_days: int) -> int:
    """How many days either way spreading may move a due day: a tenth of the interval, rounded up, at most 14."""
    return min(MOST_REACH_DAYS, -(-interval_days // 10))


def least_days(interval_days: int) -> int:
    """No card with that interval comes back sooner, however its due day is moved."""
    return max(min(interval_days, LEAST_DAYS), interval_days - reach(interval_days) - 6)


def _luck(spreading: Spreading, graded_on: date) -> tuple[int, int, int]:
    """Three chances that know nothing of each other: one in 2**64, two coins."""
    name = f"{spreading.seed} {spreading.card} {spreading.part} {graded_on}"
    number = int.from_bytes(blake2b(name.encode(), digest_size=9).digest())
    return number >> 8, number & 1, number >> 1 & 1


def _week_for(week: str, half: int) -> str:
    """The week as one half of the cards has it: a day with fewer is a usual one to one half, an easy one to the other.

    So one map of days holds for all four grades of a card, and a better grade never brings it back sooner.
    """
    return week.replace(WeekdayShare.FEWER, WeekdayShare.USUAL if half else WeekdayShare.NONE)


def _off_easy_days(days: int, graded_on: date, week: str, side: int) -> int:
    """The nearest usual day. Of two the one before or after it, by the side of the coin."""
    for distance in range(7):
        for moved in (days + distance, days - distance) if side else (days - distance, days + distance):
            weekday = (graded_on + timedelta(days=moved)).weekday()
            if LEAST_DAYS <= moved <= MOST_INTERVAL_DAYS and week[weekday] == WeekdayShare.USUAL:
                return moved
    raise AssertionError("Seven days in a row have a usual one.")
