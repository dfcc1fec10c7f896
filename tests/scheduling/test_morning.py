"""From which hour on a mail of the morning may come."""

import pytest

from cards.scheduling.morning import MORNING, NOON, morning_begins


@pytest.mark.parametrize(
    ("chosen", "rollover", "begins"),
    [
        (7, 4, 7),
        (7, 7, 7),
        (7, 0, 7),
        (7, 9, 9),  # before nine it would be of the day that ends
        (5, 11, 11),
        (7, 12, 7),  # the study day began at noon of the day before
        (11, 23, 11),
    ],
)
def test_it_is_the_chosen_hour_or_the_one_at_which_the_study_day_begins(chosen, rollover, begins) -> None:
    assert morning_begins(chosen, rollover) == begins


def test_every_morning_ends_at_noon() -> None:
    assert all(morning_begins(hour, rollover) < NOON for hour in MORNING for rollover in range(24))
