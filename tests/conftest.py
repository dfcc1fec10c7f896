"""Shared characters: ada owns things, bob is a stranger to them, staff is an admin; a public deck of three cards."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from cards.actions.cards import make_card
from cards.actions.learners import enrol_in_starter_decks
from cards.cardtext import Wording
from cards.models import Deck, Learner
from tests.server import PASSWORD, Clock

# A browser that a test left open keeps a loop in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# The same code has the same examples, so that the gate says the same of it; `make soak` looks for others.
# How long an example takes depends on what else the machine does. That examples share a fixture, each such test knows.
hypothesis.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis.register_profile("search", hypothesis.get_profile("same"), derandomize=False, max_examples=1_000)
hypothesis.load_profile("same")

# Queries that say who asks: PostgreSQL is asked for the session and the learner at once.
SIGNED_IN = 1 if connection.vendor == "postgresql" else 2
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def clock(tmp_path: Path, settings) -> Clock:
    clock = Clock(tmp_path / "clock")
    clock.set(START)
    settings.TEST_CLOCK = str(clock.path)
    return clock


@pytest.fixture(autouse=True)
def _quick_and_apart(settings, tmp_path: Path) -> None:
    """Each test its own files and its own cache; passwords hashed quickly."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    }


def make_learner(name: str, **fields: object) -> Learner:
    learner = Learner.objects.create_user(name, f"{name}@example.org", PASSWORD, **fields)
    enrol_in_starter_decks(learner=learner, now=START)
    return learner


@pytest.fixture
def deck(db) -> Deck:
    """The public starter deck, with cards c1, c2, c3."""
    deck = Deck.objects.create(name="Shared deck", is_public=True, is_starter=True, created_at=START)
    for number in (1, 2, 3):
        wording = Wording(f"Prompt {number}?", f"Answer {number}.", "tags: test\nreference: a book")
        make_card(deck=deck, wording=wording, author=None, now=START, key=f"c{number}")
    return deck


@pytest.fixture
def ada(deck: Deck) -> Learner:
    return make_learner("ada")


@pytest.fixture
def bob(deck: Deck) -> Learner:
    return make_learner("bob")


@pytest.fixture
def staff(deck: Deck) -> Learner:
    return make_learner("staff", is_staff=True, is_superuser=True)


@pytest.fixture
def client_of() -> Callable[[Learner], Client]:
    """A browser in which the learner is signed in."""

    def client_of(learner: Learner) -> Client:
        client = Client()
        client.force_login(learner)
        return client

    return client_of
