"""Whose request it is, read with the session: whatever ends a session ends it at once, on every device."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cards import sessions
from cards.clock import now
from cards.models import Deck, Learner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_guesses() -> None:
    sessions.guesses.clear()


def signed_in(learner: Learner) -> Client:
    """A device whose session has been read before, so that this process knows whose it is."""
    client = Client()
    client.force_login(learner)
    assert who(client) == learner
    return client


def who(client: Client) -> Learner | None:
    return client.get("/keys/").wsgi_request.learner


def test_a_session_is_read_with_its_learner_and_their_settings(ada: Learner) -> None:
    client = signed_in(ada)
    with CaptureQueriesContext(connection) as queries:
        found = who(client)
    assert found == ada
    assert found.study_settings.scheduler == "sm2"
    assert found.time_zone == ada.time_zone
    asked = [query["sql"] for query in queries if "django_session" in query["sql"]]
    of_learners = [query["sql"] for query in queries if '."password"' in query["sql"]]
    assert len(asked) == 1
    assert of_learners == (asked if connection.vendor == "postgresql" else of_learners[:1])


def test_a_session_that_was_ended_elsewhere_is_over(ada: Learner) -> None:
    here, there = signed_in(ada), signed_in(ada)
    Session.objects.filter(pk=there.session.session_key).delete()
    assert who(there) is None
    assert who(here) == ada


def test_signing_out_ends_that_session_alone(ada: Learner) -> None:
    here, there = signed_in(ada), signed_in(ada)
    old = there.cookies["sessionid"].value
    there.post("/accounts/logout/")
    there.cookies["sessionid"] = old
    assert who(there) is None
    assert who(here) == ada


def test_a_changed_password_ends_every_session(ada: Learner) -> None:
    here, there = signed_in(ada), signed_in(ada)
    ada.set_password("another horse battery")
    ada.save()
    assert who(here) is None
    assert who(there) is None


def test_a_learner_who_is_shut_out_is_out_at_once(ada: Learner) -> None:
    client = signed_in(ada)
    Learner.objects.filter(pk=ada.pk).update(is_active=False)
    assert who(client) is None


def test_a_learner_who_is_gone_is_nobody(ada: Learner) -> None:
    client = signed_in(ada)
    Learner.objects.filter(pk=ada.pk).delete()
    assert who(client) is None


def test_a_session_ends_with_its_time(ada: Learner) -> None:
    client = signed_in(ada)
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    assert who(client) is None


def test_what_is_known_of_a_learner_is_never_old(ada: Learner) -> None:
    client = signed_in(ada)
    Learner.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo")
    assert who(client).time_zone == "Asia/Tokyo"


def test_a_wrong_guess_lets_nobody_in(ada: Learner) -> None:
    client = signed_in(ada)
    eve = Learner.objects.create_user("eve", date_joined=now())
    Learner.objects.filter(pk=eve.pk).update(password=ada.password)  # so that the session's hash is hers too
    sessions.guesses[client.session.session_key] = eve.pk
    assert who(client) == ada


def test_a_session_that_somebody_wrote_themselves_says_nothing(ada: Learner) -> None:
    client = signed_in(ada)
    row = Session.objects.get(pk=client.session.session_key)
    Session.objects.update(session_data=row.session_data[:-1] + ("A" if row.session_data[-1] != "A" else "B"))
    assert who(client) is None


def test_a_guest_is_known_by_their_session(deck: Deck) -> None:
    client = Client()
    card = client.get("/review/").context["card"]
    client.post("/review/grade/", {"card": card.pk, "part": 0, "n": 0, "grade": 3})
    guest = who(client)
    assert guest is not None
    assert guest.is_guest
    assert client.get("/keys/").wsgi_request.user.is_anonymous
    assert who(client) == guest


def test_guesses_do_not_grow_without_end(ada: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_GUESSES", 2)
    for _ in range(5):
        signed_in(ada)
    assert len(sessions.guesses) <= 2
