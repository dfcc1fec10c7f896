"""The learner's date: in their zone, from their rollover hour."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def study_day(instant: datetime, zone: ZoneInfo, rollover_hour: int, latest: date | None = None) -> date:
    """The study day that an instant lies in, by the clock on the wall; never before `latest`."""
    local = instant.astimezone(zone)
    day = local.date() if local.hour >= rollover_hour else local.date() - timedelta(days=1)
    return day if latest is None else max(day, latest)


def zone_offset_minutes(instant: datetime, zone: ZoneInfo) -> int:
    """How far the zone's clocks are ahead of UTC at that instant, in minutes."""
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() / 60)
