"""Learners who asked for a mail in the morning, with something due."""

from datetime import timedelta

from allauth.account.models import EmailAddress

from cards.actions.learners import change_settings
from cards.models import Card, Learner
from tests.conftest import START, make_learner
from tests.reports.logs import Log

SITE_URL = "https://cards.example.org"


def confirm(learner: Learner, **columns: object) -> EmailAddress:
    """The learner's address is confirmed."""
    given = {"email": learner.email, "primary": True, "verified": True} | columns
    return EmailAddress.objects.create(user=learner, **given)


def learn(learner: Learner, key: str = "c1") -> None:
    """A card that was learnt the day before, and is due on START's day."""
    log = Log(learner, Card.objects.get(key=key))
    log.grade(-1, at=START - timedelta(days=1)).replay()


def subscriber(name: str, zone: str = "UTC", **settings: object) -> Learner:
    """One card is due on START's day; an address that is confirmed, and the wish for a mail, from seven o'clock on."""
    learner = make_learner(name)
    change_settings(learner=learner, time_zone=zone, has_digest=True, **settings)
    confirm(learner)
    learn(learner)
    return learner
