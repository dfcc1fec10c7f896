"""/healthz and /readyz."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def test_healthz_needs_nothing(client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_readyz_is_ok_when_all_is(client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"state": "ok", "database": "ok", "cache": "ok"}


def test_readyz_is_degraded_and_200_without_the_cache(client, monkeypatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(type(cache._connections["default"]), "set", refuse)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"state": "degraded", "database": "ok", "cache": "cannot be reached"}


def test_readyz_is_503_with_migrations_to_run(client) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "has migrations to run"


def test_readyz_is_503_without_the_database(client, monkeypatch) -> None:
    def refuse(*args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "cannot be reached"
