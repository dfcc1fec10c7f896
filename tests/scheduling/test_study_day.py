"""The learner's date: zones, both clock changes, flights."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.scheduling import study_day, zone_offset_minutes

BERLIN, NEW_YORK, LORD_HOWE = (
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
)
TOKYO, LOS_ANGELES = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Los_Angeles")
ZONES = [BERLIN, NEW_YORK, LORD_HOWE, TOKYO, LOS_ANGELES, ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]


def local(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(("time", "day"), [("03:59", 1), ("04:00", 2), ("23:59", 2)])
def test_a_day_begins_at_the_rollover_hour(time: str, day: int) -> None:
    assert study_day(local(f"2026-06-02T{time}", BERLIN), BERLIN, 4) == date(2026, 6, day)


@pytest.mark.parametrize(
    ("zone", "hour", "begins"),
    [
        (BERLIN, 2, "2026-03-29T01:00"),  # the wall goes from 02:00 to 03:00: the day begins after the gap
        (BERLIN, 3, "2026-03-29T01:00"),
        (BERLIN, 2, "2026-10-25T00:00"),  # and from 03:00 to 02:00: it begins with the first 02:00
        (BERLIN, 3, "2026-10-25T02:00"),  # the wall shows no 03:00 before the second 02:59 is over
        (NEW_YORK, 2, "2026-03-08T07:00"),
        (NEW_YORK, 1, "2026-11-01T05:00"),
        (LORD_HOWE, 2, "2026-10-03T15:30"),  # half an hour
        (LORD_HOWE, 2, "2026-04-04T15:30"),
    ],
)
def test_a_day_begins_when_the_wall_first_shows_its_hour_or_a_later_one(
    zone: ZoneInfo, hour: int, begins: str
) -> None:
    start = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    day = start.astimezone(zone).date()
    assert study_day(start - timedelta(microseconds=1), zone, hour) == day - timedelta(days=1)
    assert study_day(start, zone, hour) == day


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        (BERLIN, [date(2026, 3, 29), date(2026, 10, 25)]),
        (NEW_YORK, [date(2026, 3, 8), date(2026, 11, 1)]),
        (LORD_HOWE, [date(2026, 10, 4), date(2026, 4, 5)]),
    ],
)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 4])
def test_no_clock_change_skips_a_study_day_or_brings_one_back(
    zone: ZoneInfo, changes: list[date], hour: int
) -> None:
    for change in changes:
        noon = local(f"{change}T12:00", zone)
        instants = [noon + timedelta(minutes=minutes) for minutes in range(-36 * 60, 36 * 60, 10)]
        days = [study_day(instant, zone, hour) for instant in instants]
        assert days == sorted(days)
        assert len(set(days)) == (days[-1] - days[0]).days + 1


def test_a_flight_west_over_the_date_line_never_goes_back() -> None:
    """From Tokyo's Tuesday into Los Angeles' Monday: it stays Tuesday until Tuesday comes there too."""
    departure = local("2026-06-02T17:00", TOKYO)
    in_tokyo = study_day(departure, TOKYO, 4)
    arrival = departure + timedelta(hours=10)
    assert study_day(arrival, LOS_ANGELES, 4) == in_tokyo
    assert study_day(departure + timedelta(hours=1), LOS_ANGELES, 4) < in_tokyo
    assert study_day(departure + timedelta(hours=1), LOS_ANGELES, 4, latest=in_tokyo) == in_tokyo
    assert study_day(local("2026-06-03T04:00", LOS_ANGELES), LOS_ANGELES, 4, latest=in_tokyo) == date(
        2026, 6, 3
    )


def test_a_flight_east_over_the_date_line_goes_on() -> None:
    """From Los Angeles' Monday evening into Tokyo's Wednesday morning: a day is skipped, none comes twice."""
    in_los_angeles = study_day(local("2026-06-01T20:00", LOS_ANGELES), LOS_ANGELES, 4)
    arrival = local("2026-06-01T20:00", LOS_ANGELES) + timedelta(hours=11)
    assert study_day(arrival, TOKYO, 4, latest=in_los_angeles) == date(2026, 6, 2)
    assert study_day(arrival, TOKYO, 4, latest=in_los_angeles) > in_los_angeles


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES), st.integers(0, 23),
    st.dates(date(2019, 1, 1), date(2031, 1, 1)),
)  # fmt: skip
def test_it_is_never_before_the_latest(naive: datetime, zone: ZoneInfo, hour: int, latest: date) -> None:
    assert study_day(naive.replace(tzinfo=UTC), zone, hour, latest) >= latest


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.timedeltas(timedelta(0), timedelta(hours=22)), st.sampled_from(ZONES), st.integers(0, 23),
)  # fmt: skip
def test_a_study_day_never_goes_back_within_a_zone(
    instant: datetime, later: timedelta, zone: ZoneInfo, hour: int
) -> None:
    days = (study_day(instant + later, zone, hour) - study_day(instant, zone, hour)).days
    assert days in {0, 1}


@pytest.mark.parametrize(("zone", "minutes"), [(TOKYO, 540), (ZoneInfo("Asia/Kathmandu"), 345), (BERLIN, 60)])
def test_the_offset_is_the_zones_at_that_instant(zone: ZoneInfo, minutes: int) -> None:
    assert zone_offset_minutes(datetime(2026, 1, 1, tzinfo=UTC), zone) == minutes
