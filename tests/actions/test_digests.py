"""A day is claimed once, given back where no server took the mail, and mails end; and whom a link names."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core import signing
from django.db import connection

from cards.actions.digests import (
    Forged,
    claim_digest,
    digests_are_sent,
    give_back_digest,
    learner_of,
    stop_digests,
    token_of,
)
from cards.actions.learners import change_rights
from cards.models import Learner
from tests.conftest import START
from tests.digests import subscriber

TODAY = START.date()
DAY = timedelta(days=1)


@pytest.fixture
def eve(deck) -> Learner:
    return subscriber("eve")


def test_a_day_is_claimed_once_and_the_next_one_again(eve) -> None:
    assert claim_digest(learner=eve, now=START) == TODAY
    assert claim_digest(learner=eve, now=START) is None
    assert claim_digest(learner=eve, now=START + DAY) == TODAY + DAY
    assert claim_digest(learner=eve, now=START) is None  # no day before one that was claimed


def test_it_is_the_learners_study_day_which_never_goes_back(eve) -> None:
    Learner.objects.update(time_zone="Pacific/Kiritimati", rollover_hour=4)
    eve.refresh_from_db()
    assert claim_digest(learner=eve, now=START.replace(hour=15)) == TODAY + DAY  # five o'clock in the morning
    Learner.objects.update(time_zone="Pacific/Pago_Pago")  # where it is the second
    eve.refresh_from_db()
    assert claim_digest(learner=eve, now=START.replace(hour=20)) is None
    assert claim_digest(learner=eve, now=START.replace(hour=20) + DAY) is None
    assert claim_digest(learner=eve, now=START.replace(hour=20) + 2 * DAY) == date(2026, 3, 4)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_claim_it_at_once_one_has_it(deck) -> None:
    eve, barrier = subscriber("eve"), Barrier(8)

    def claim(_: int) -> date | None:
        try:
            barrier.wait(20)
            return claim_digest(learner=eve, now=START)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(claim, range(8)))
    assert sorted(claims, key=str) == [TODAY] + [None] * 7


@pytest.mark.parametrize("how", ["stopped", "closed"])
def test_what_is_not_wanted_any_more_cannot_be_claimed(eve, how) -> None:
    """Though the one who claims it has read the learner before."""
    if how == "stopped":
        stop_digests(learner_id=eve.pk)
    else:
        change_rights(learner=Learner.objects.get(), is_active=False, is_staff=False, is_superuser=False)
    assert claim_digest(learner=eve, now=START) is None


def test_a_day_that_was_given_back_is_claimed_anew_and_the_one_before_it_is_not(eve) -> None:
    claim_digest(learner=eve, now=START)
    give_back_digest(learner=eve, day=TODAY, retry_at=START + timedelta(minutes=15))
    eve.refresh_from_db()
    assert eve.digest_retry_at == START + timedelta(minutes=15)
    assert claim_digest(learner=eve, now=START - DAY) is None
    assert claim_digest(learner=eve, now=START) == TODAY
    eve.refresh_from_db()
    assert eve.digest_retry_at is None


def test_a_day_that_somebody_else_claimed_since_is_not_given_back(eve) -> None:
    claim_digest(learner=eve, now=START)
    claim_digest(learner=eve, now=START + DAY)
    give_back_digest(learner=eve, day=TODAY)
    assert claim_digest(learner=eve, now=START + DAY) is None


def test_they_end_for_one_learner_alone_and_ending_them_again_does_no_harm(eve) -> None:
    kim = subscriber("kim")
    for _ in range(2):
        stop_digests(learner_id=eve.pk)
    assert set(Learner.objects.filter(has_digest=True)) == {kim}
    stop_digests(learner_id=0)


def test_a_token_names_its_learner_for_ever(eve) -> None:
    assert learner_of(token_of(eve)) == eve.pk


def test_a_token_that_was_not_made_for_that_names_nobody(eve) -> None:
    good = token_of(eve)
    value, _, signature = good.partition(":")
    of_another = signing.Signer(salt="something.else").sign(str(eve.pk))
    for token in (
        "", ":", value, f"{int(value) + 1}:{signature}", good[:-1], f"{good}x", f"{value}:", f":{signature}",
        of_another, signing.Signer().sign(value), signing.dumps(eve.pk),
        signing.Signer(salt="cards.digests").sign("eve"),
        "\x00", "1" * 5000, f"{good}\n", f" {good}",
    ):  # fmt: skip
        with pytest.raises(Forged):
            learner_of(token)


@pytest.mark.parametrize(
    ("host", "url", "are_sent"),
    [("", "", False), ("mail", "", False), ("", "https://x", False), ("mail", "https://x", True)],
)
def test_a_site_sends_them_that_has_a_mail_server_and_knows_its_address(
    settings, host, url, are_sent
) -> None:
    settings.EMAIL_HOST, settings.SITE_URL = host, url
    assert digests_are_sent() is are_sent
