"""A streak of study days, which forgives a missed one now and then."""

from collections.abc import Callable, Collection
from datetime import date, timedelta

FORGIVEN_IN_DAYS = 7
DAY = timedelta(days=1)


def streak(studied: Collection[date], today: date, is_missed: Callable[[date], bool]) -> int:
    """How many study days the streak has that is alive today: the longest run of days up to today that begins with one
    and in which no seven days in a row hold two missed ones.

    Today is not missed yet. `is_missed` is asked of days without study alone, and only of those that could end it.
    """
    days, last = 0, None  # `last` is the earliest day so far that may have been missed
    first = min(studied, default=today)
    day = today
    while day >= first:
        if day in studied:
            days += 1
        elif day != today:
            if last is None or (last - day).days >= FORGIVEN_IN_DAYS or not is_missed(last):
                last = day
            elif is_missed(day):
                break
        day -= DAY
    return days
