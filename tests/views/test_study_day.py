"""The study day as a learner lives it: over both clock changes, and on flights, by the zone that the settings have."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cards.models import Card, Schedule, StudyEvent
from tests.conftest import Clock
from tests.views.test_settings import STORED

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


@pytest.fixture
def browser(ada, client_of: Callable[..., Client]) -> Client:
    return client_of(ada)


def live_in(browser: Client, zone: str, rollover_hour: int = 4) -> None:
    data = {**STORED, "time_zone": zone, "rollover_hour": rollover_hour}
    assert browser.post(reverse("cards:settings"), data).status_code == 302


def grade(browser: Client, key: str, n: int = 0) -> tuple[date, int, date | None]:
    """Grades the card Good. Returns the event's study day and zone offset in minutes, and the day the card is due."""
    card = Card.objects.get(key=key)
    browser.post(reverse("cards:grade"), {"card": card.pk, "part": 0, "n": n, "grade": 3})
    event = StudyEvent.objects.get(card=card, number=n + 1)
    return event.study_on, event.zone_offset_minutes, Schedule.objects.get(card=card).due_on


def page(browser: Client) -> str:
    return browser.get(reverse("cards:review")).content.decode()


# --- clock changes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rollover_hour", "begins", "ends", "offsets"),
    [
        (2, "2026-03-29T01:00+00:00", "2026-03-30T00:00+00:00", (60, 120)),  # 02:00 is skipped: at 03:00
        (3, "2026-03-29T01:00+00:00", "2026-03-30T01:00+00:00", (60, 120)),
        (
            2,
            "2026-10-25T00:00+00:00",
            "2026-10-26T01:00+00:00",
            (120, 120),
        ),  # 02:00 comes twice: at the first
        (3, "2026-10-25T02:00+00:00", "2026-10-26T02:00+00:00", (60, 60)),
    ],
    ids=["spring-2", "spring-3", "autumn-2", "autumn-3"],
)
def test_a_day_of_a_clock_change_begins_and_ends_at_the_rollover_hour(
    browser, clock: Clock, rollover_hour: int, begins: str, ends: str, offsets: tuple[int, int]
) -> None:
    """In Berlin: one card is graded a second before the day begins, another as it begins, a third within it."""
    live_in(browser, "Europe/Berlin", rollover_hour)
    start, end = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    day = date.fromisoformat(begins[:10])
    clock.set(start - SECOND)
    assert grade(browser, "c1") == (day - DAY, offsets[0], day)
    assert "<b>0</b> to review" in page(browser)
    clock.set(start)
    assert "<b>1</b> to review" in page(browser)
    assert grade(browser, "c1", 1) == (day, offsets[1], day + 6 * DAY)
    assert grade(browser, "c2") == (day, offsets[1], day + DAY)
    clock.set(start + timedelta(minutes=90))  # in autumn, from 02:00 on, that is 02:30 again
    assert grade(browser, "c3") == (day, 120 if day.month == 3 else 60, day + DAY)
    clock.set(end - SECOND)
    assert "Done for today: 3 cards." in page(browser)
    clock.set(end)
    assert "<b>2</b> to review" in page(browser)
    call_command("replay", "--check")


# --- flights --------------------------------------------------------------------------------------------------------


def test_on_a_flight_west_the_study_day_never_goes_back(browser, clock: Clock) -> None:
    """From Tokyo's third of March into Los Angeles' second: it stays the third, until the fourth comes there too."""
    live_in(browser, "Asia/Tokyo")
    clock.set("2026-03-02T22:00+00:00")  # the third, 07:00, in Tokyo; the second, 14:00, in Los Angeles
    assert grade(browser, "c1") == (date(2026, 3, 3), 540, date(2026, 3, 4))
    live_in(browser, "America/Los_Angeles")
    assert grade(browser, "c2") == (date(2026, 3, 3), -480, date(2026, 3, 4))
    clock.tick(hours=10)  # midnight there
    assert grade(browser, "c3") == (date(2026, 3, 3), -480, date(2026, 3, 4))
    clock.set("2026-03-04T11:59:59+00:00")  # the fourth there, a second before it begins
    assert "Done for today: 3 cards." in page(browser)
    clock.tick(seconds=1)
    assert "<b>3</b> to review" in page(browser)
    assert grade(browser, "c1", 1) == (date(2026, 3, 4), -480, date(2026, 3, 10))
    call_command("replay", "--check")


def test_on_a_flight_east_the_next_study_day_begins_early(browser, clock: Clock) -> None:
    """From Los Angeles' second of March into Tokyo's third."""
    live_in(browser, "America/Los_Angeles")
    clock.set("2026-03-02T20:00+00:00")  # the second, 12:00, in Los Angeles; the third, 05:00, in Tokyo
    assert grade(browser, "c1") == (date(2026, 3, 2), -480, date(2026, 3, 3))
    assert "<b>0</b> to review" in page(browser)
    live_in(browser, "Asia/Tokyo")
    assert "<b>1</b> to review" in page(browser)
    assert grade(browser, "c1", 1) == (date(2026, 3, 3), 540, date(2026, 3, 9))
    assert grade(browser, "c2") == (date(2026, 3, 3), 540, date(2026, 3, 4))
    call_command("replay", "--check")


def test_a_study_day_that_is_made_to_begin_later_never_goes_back(browser) -> None:
    assert grade(browser, "c1")[0] == date(2026, 3, 2)
    live_in(browser, "UTC", 23)  # by which it is still the first of March
    assert grade(browser, "c2") == (date(2026, 3, 2), 0, date(2026, 3, 3))
