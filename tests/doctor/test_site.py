"""The doctor on what the site has to offer: time, decks, an admin, schedules that add up."""

from collections.abc import Callable

import pytest

from cards.actions.cards import archive_card
from cards.actions.learners import guest_for
from cards.actions.study import grade_card
from cards.doctor import site
from cards.doctor.site import admins, clock, decks, django, schedules
from cards.models import Card, Deck, Learner, Schedule, StudyEvent
from cards.scheduling import Grade
from tests.conftest import START


def test_the_machine_s_time(said, settings) -> None:
    settings.TEST_CLOCK = ""
    assert said(clock()).startswith("ok: It is ")


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00Z", "/no/such/file", "tomorrow"])
def test_a_test_s_time(said, settings, text: str) -> None:
    settings.TEST_CLOCK = text
    assert said(clock()).startswith(
        f"problem: TEST_CLOCK is set to {text}, and the site takes that for the time. Unset"
    )


# --- Django's own checks ----------------------------------------------------------------------------------------------


@pytest.fixture
def production(settings, monkeypatch) -> Callable[..., None]:
    """The settings that PRODUCTION=1 brings, and what is to be otherwise."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")  # the tests' own

    def production(**others: object) -> None:
        secure = dict.fromkeys(
            ("PRODUCTION", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
             "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"), True,
        )  # fmt: skip
        for name, value in (secure | {"SECURE_HSTS_SECONDS": 31_536_000, "TEST_CLOCK": ""} | others).items():
            setattr(settings, name, value)

    return production


def test_django_s_own_checks_find_nothing(said, settings, production) -> None:
    settings.PRODUCTION = False
    assert said(django()) == "ok: `manage.py check` finds nothing."
    production()
    assert said(django()) == "ok: `manage.py check --deploy` finds nothing."


def test_what_django_finds_in_a_deployment(said, production) -> None:
    production(SECURE_SSL_REDIRECT=False)
    assert said(django()) == (
        "warning: security.W008: Your SECURE_SSL_REDIRECT setting is not set to True. "
        "Run `manage.py check --deploy`, which says what to do."
    )
    production(SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False)
    assert " (1 more)." in said(django())


def test_the_worst_that_django_finds_is_named(said, production) -> None:
    production(SECURE_SSL_REDIRECT=False, SECURE_REFERRER_POLICY="no policy")
    assert said(django()).startswith(
        "problem: security.E023: You have set the SECURE_REFERRER_POLICY setting to an invalid value (1 more)."
    )


def test_at_home_nothing_is_asked_of_a_deployment(said, settings) -> None:
    settings.PRODUCTION = settings.SECURE_SSL_REDIRECT = False
    assert said(django()).startswith("ok: ")


def test_what_has_a_line_of_its_own_is_not_said_twice(said, production) -> None:
    production(TEST_CLOCK="2026-01-01T00:00:00Z", SECRET_KEY="hunter2", ALLOWED_HOSTS=[])
    assert said(django()).startswith("ok: ")


# --- decks and admins -------------------------------------------------------------------------------------------------


def test_newcomers_find_cards(said, deck) -> None:
    assert said(decks()) == "ok: Newcomers begin with 3 cards."
    archive_card(card=Card.objects.get(key="c2"), now=START)
    assert said(decks()) == "ok: Newcomers begin with 2 cards."


@pytest.mark.django_db
def test_without_a_deck_newcomers_find_none(said) -> None:
    assert said(decks()).startswith("problem: No starter deck has cards")
    assert "Run `manage.py prepare`" in said(decks())


@pytest.mark.parametrize("fields", [{"is_starter": False}, {"is_public": False}, {"archived_at": START}])
def test_a_deck_that_newcomers_do_not_get_does_not_count(said, deck, fields) -> None:
    Deck.objects.update(**fields)
    assert said(decks()).startswith("problem: No starter deck")


def test_an_admin_can_sign_in(said, staff, ada) -> None:
    assert said(admins()) == "ok: staff can sign in to /admin/."


@pytest.mark.parametrize(
    "fields", [{"is_superuser": False}, {"is_staff": False}, {"is_active": False}, {"password": "!"}]
)
def test_an_admin_who_cannot_sign_in_does_not_count(said, staff, fields) -> None:
    Learner.objects.update(**fields)
    assert said(admins()) == "problem: Nobody can sign in to /admin/. Run `manage.py createsuperuser`."


# --- schedules --------------------------------------------------------------------------------------------------------


def graded(learner: Learner, *keys: str) -> None:
    for key in keys:
        card = Card.objects.get(key=key)
        grade_card(learner=learner, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)


def test_schedules_are_what_their_events_say(said, ada, bob) -> None:
    assert said(schedules()) == "ok: Replayed: 0, each what its events say."
    graded(ada, "c1", "c2")
    graded(bob, "c1")
    assert said(schedules()) == "ok: Replayed: 3, each what its events say."


def test_a_tampered_schedule_is_named(said, ada, bob) -> None:
    graded(ada, "c1", "c2")
    graded(bob, "c1")
    Schedule.objects.filter(learner=bob).update(interval_days=99)
    card = Card.objects.get(key="c1")
    assert said(schedules()) == (
        f"problem: 1 of 3 schedules differ from their events; card {card.pk} of learner {bob.pk} interval_days is 99, "
        "not 1. Run `manage.py replay --check`, which names all of them, and restore a backup from before."
    )


def test_a_schedule_without_events_and_events_without_a_schedule(said, ada, bob) -> None:
    graded(ada, "c1")
    graded(bob, "c1")
    StudyEvent.objects.filter(learner=ada)._raw_delete(using="default")
    Schedule.objects.filter(learner=bob).delete()
    assert said(schedules()).startswith("problem: 2 of 2 schedules differ")


def test_it_looks_at_a_sample_of_learners_and_logs(said, deck, monkeypatch) -> None:
    assert (site.SAMPLE_LEARNERS, site.SAMPLE_LOGS) == (20, 200)
    for number in range(3):
        graded(guest_for(claim=str(number), time_zone="UTC", now=START), "c1", "c2", "c3")
    monkeypatch.setattr(site, "SAMPLE_LEARNERS", 2)
    assert said(schedules()).startswith("ok: Replayed: 6,")
    monkeypatch.setattr(site, "SAMPLE_LOGS", 5)
    assert said(schedules()).startswith("ok: Replayed: 5,")
