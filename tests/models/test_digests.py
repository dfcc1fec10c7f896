"""Who is to get a mail of the morning: by their clock, and held against a plain look at each learner."""

from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from cards.models import Learner
from cards.models.digests import confirmed_address, learners_to_mail
from cards.scheduling import MORNING, NOON, morning_begins
from tests.conftest import START, make_learner
from tests.digests import confirm, subscriber

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kathmandu",
]
DAY = timedelta(days=1)


def mailed(now: datetime | str) -> set[str]:
    instant = datetime.fromisoformat(now) if isinstance(now, str) else now
    return {learner.username for learner in learners_to_mail(instant)}


@pytest.fixture(autouse=True)
def _world(deck) -> None:
    pass


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "is_due"),
    [
        ("2026-03-02T05:59:59Z", False),
        ("2026-03-02T06:00Z", True),
        ("2026-03-02T10:59:59Z", True),
        ("2026-03-02T11:00Z", False),
        ("2026-03-02T22:00Z", False),
    ],
)
def test_it_comes_from_the_chosen_hour_until_noon_by_the_learners_clock(now, is_due) -> None:
    subscriber("eve", "Europe/Berlin")
    assert (mailed(now) == {"eve"}) is is_due


@pytest.mark.parametrize(
    ("before", "at"),
    [
        ("2026-03-28T05:59Z", "2026-03-28T06:00Z"),
        ("2026-03-29T04:59Z", "2026-03-29T05:00Z"),  # the clocks went on an hour that night
        ("2026-10-24T04:59Z", "2026-10-24T05:00Z"),
        ("2026-10-25T05:59Z", "2026-10-25T06:00Z"),  # and back
    ],
)
def test_at_seven_it_is_seven_before_and_after_a_clock_change(before, at) -> None:
    subscriber("eve", "Europe/Berlin")
    assert (mailed(before), mailed(at)) == (set(), {"eve"})


def test_each_learner_is_looked_at_by_their_own_clock_and_wish() -> None:
    """Against a plain look at each: many zones, hours, rollover hours and days that are claimed, over two days."""
    learner, hours, rollovers = make_learner("eve"), (5, 7, 11), (0, 4, 7, 9, 11, 12, 15, 23)
    claimed = [None, date(2026, 3, 1), date(2026, 3, 2)]
    template = {"password": "!", "study_settings_id": learner.study_settings_id, "has_digest": True}
    kinds = list(product(ZONES, hours, rollovers, claimed))
    learners = Learner.objects.bulk_create(
        Learner(
            username=f"{number}", email=f"{number}@example.org", time_zone=zone, digest_hour=hour,
            rollover_hour=rollover, digest_on=on, latest_study_on=None if number % 2 else date(2026, 3, 2), **template,
        )
        for number, (zone, hour, rollover, on) in enumerate(kinds)
    )  # fmt: skip
    for each in learners:
        confirm(each)
    for half_hour in range(96):
        now = START.replace(hour=0, minute=1) + timedelta(minutes=30 * half_hour)
        expected = set()
        for each in learners:
            local = now.astimezone(ZoneInfo(each.time_zone))
            is_morning = morning_begins(each.digest_hour, each.rollover_hour) <= local.hour < NOON
            # By the calendar alone: what was studied later, in another zone, the claim itself looks at.
            began = local.date() - (DAY if local.hour < each.rollover_hour else 0 * DAY)
            if is_morning and (each.digest_on is None or each.digest_on < began):
                expected.add(each.username)
        assert mailed(now) == expected


def test_every_hour_that_can_be_chosen_is_one_of_a_morning() -> None:
    for hour in MORNING:
        Learner.objects.all().delete()
        subscriber("eve", digest_hour=hour)
        assert mailed(START.replace(hour=hour)) == {"eve"}
        assert mailed(START.replace(hour=hour - 1, minute=59)) == set()


def test_one_that_is_to_be_tried_again_waits_for_that_and_comes_after_the_others() -> None:
    for name in ("eve", "kim"):
        subscriber(name)
    Learner.objects.filter(username="eve").update(digest_retry_at=START)
    assert mailed(START - timedelta(seconds=1)) == {"kim"}
    assert [learner.username for learner in learners_to_mail(START)] == ["kim", "eve"]


def test_a_zone_that_is_known_no_more_keeps_nobody_else_waiting() -> None:
    subscriber("eve")
    subscriber("kim")
    Learner.objects.filter(username="kim").update(time_zone="Mars/Olympus")
    assert mailed(START) == {"eve"}


def test_it_takes_two_queries(django_assert_num_queries) -> None:
    for number, zone in enumerate(ZONES):
        subscriber(f"learner-{number}", zone)
    with django_assert_num_queries(2):
        assert mailed(START)


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"), [("is_active", False), ("is_guest", True), ("has_digest", False)]
)
def test_a_closed_account_a_guest_and_who_did_not_ask_get_none(column, value) -> None:
    subscriber("eve")
    assert mailed(START) == {"eve"}
    Learner.objects.update(**{column: value})
    assert mailed(START) == set()


@pytest.mark.parametrize("columns", [{"verified": False}, {"primary": False}])
def test_it_goes_to_a_primary_address_that_is_confirmed(columns) -> None:
    learner = subscriber("eve")
    learner.emailaddress_set.all().delete()
    assert (mailed(START), confirmed_address(learner)) == (set(), "")
    address = confirm(learner, **columns)
    assert (mailed(START), confirmed_address(learner)) == (set(), "")
    address.set_verified()
    address.set_as_primary()
    assert (mailed(START), confirmed_address(learner)) == ({"eve"}, "eve@example.org")


def test_of_several_addresses_it_is_the_primary_one_and_once() -> None:
    learner = subscriber("eve")
    confirm(learner, email="second@example.org", primary=False)
    confirm(learner, email="third@example.org", primary=False, verified=False)
    [found] = learners_to_mail(START)
    assert found.address == confirmed_address(learner) == "eve@example.org"


def test_a_guest_has_no_address() -> None:
    learner = subscriber("eve")
    Learner.objects.update(is_guest=True)
    assert confirmed_address(learner) == ""
