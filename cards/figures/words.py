"""What numbers and days are called in a sentence, and where days stand on an axis."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

WEEKS_TO = 45  # days: an axis that is longer has its months, and beyond the next its years
MONTHS_TO = 1500


def grouped(count: float) -> str:
    """1,200 or 1.200, as the reader's region has it."""
    return number_format(count, force_grouping=True)


def decimal(value: float, places: int) -> str:
    """With so many decimals: 1,234.5 or 1.234,5."""
    return number_format(f"{value:.{places}f}", force_grouping=True)  # by itself Django would cut, not round


def cards(count: int) -> str:
    """1 card, 1,200 cards."""
    return counted(ngettext("%(number)s card", "%(number)s cards", count), count)


def days(count: int) -> str:
    """1 day, 2 days."""
    return counted(ngettext("%(number)s day", "%(number)s days", count), count)


def counted(text: str, count: float) -> str:
    """The text with the number in its place."""
    return text % {"number": grouped(count)}


def middle(counts: Mapping[int, int]) -> int:
    """The value that half of them do not exceed. Of none: 0."""
    half, seen = sum(counts.values()) / 2, 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= half:
            return value
    return 0


def day_name(day: date) -> str:
    """2 March 2026."""
    return date_format(day, "DATE_FORMAT")


def time_taken(seconds: float) -> str:
    """About how long that is: in seconds, minutes or hours."""
    if seconds < 90:
        return seconds_text(round(seconds))
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if minutes < 100:
        return counted(ngettext("%(number)s minute", "%(number)s minutes", minutes), minutes)
    return counted(ngettext("%(number)s hour", "%(number)s hours", hours), hours)


def seconds_text(count: int) -> str:
    """1 second, 20 seconds."""
    return counted(ngettext("%(number)s second", "%(number)s seconds", count), count)


def about(seconds: float) -> str:
    """The same for a sentence that promises: about four minutes, about two hours. No time is less than a minute."""
    minutes = max(1, round(seconds / 60))
    if minutes < 100:
        text = ngettext("about %(number)s minute", "about %(number)s minutes", minutes)
        return text % {"number": number_word(minutes)}
    hours = round(seconds / 3600)
    return ngettext("about %(number)s hour", "about %(number)s hours", hours) % {"number": number_word(hours)}


WORDS = (
    _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
    _("ten"), _("eleven"), _("twelve"), _("thirteen"), _("fourteen"), _("fifteen"), _("sixteen"), _("seventeen"),
    _("eighteen"), _("nineteen"), _("twenty"),
)  # fmt: skip


def number_word(number: int) -> str:
    """Numbers up to twenty as words, for a sentence."""
    return str(WORDS[number]) if 0 <= number < len(WORDS) else grouped(number)


def percent(value: float | None) -> str:
    """91 %, but 100 % only where nothing is missing."""
    if value is None:
        return "–"
    return f"{99 if 99 <= value < 100 else round(value)} %"


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> date:
    """Its first day."""
    return day.replace(day=1)


def months_from(first: date, last: date) -> list[date]:
    """The first days of all months from that day's to the other's."""
    places = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(place // 12, place % 12 + 1, 1) for place in places]


@dataclass(frozen=True, slots=True)
class DayAxis:
    """An axis of days, each at its ordinal: what it spans at least, and its ticks with what stands there."""

    spans: tuple[int, int]
    ticks: tuple[tuple[int, str], ...]


def day_axis(first: date, last: date) -> DayAxis:
    """From one day to the other, a week at least; with Mondays, months or years, as there is room for."""
    last = max(last, first + timedelta(days=7))
    days = (last - first).days
    months = months_from(first, last)
    if days <= WEEKS_TO:
        mondays = (date.fromordinal(n) for n in range(monday_of(first).toordinal(), last.toordinal() + 1, 7))
        named = {monday: date_format(monday, "SHORT_MONTH_DAY_FORMAT") for monday in mondays}
    elif days <= MONTHS_TO:
        named = {month: month_name(month) for month in months}
    else:
        named = {month: str(month.year) for month in months if month.month == 1}
    ticks = tuple((day.toordinal(), name) for day, name in named.items() if day >= first)
    return DayAxis((first.toordinal(), last.toordinal()), ticks)


def month_name(month: date) -> str:
    """Its short name; January stands for the year that begins with it."""
    return str(month.year) if month.month == 1 else date_format(month, "M")
