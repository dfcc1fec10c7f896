"""How the database is used: two that read and then write come one after the other, on either database."""

import threading

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from cards.models import Learner


@pytest.mark.django_db(transaction=True)
def test_two_that_read_and_then_write_both_count(ada) -> None:
    """SQLite takes its write lock at a transaction's beginning; had it waited for the first write, one would fail."""
    both_are_in = threading.Barrier(2)
    errors: list[BaseException] = []

    def count_up() -> None:
        try:
            both_are_in.wait(60)
            for _ in range(20):
                with transaction.atomic():
                    learner = Learner.objects.select_for_update().get(pk=ada.pk)
                    learner.new_per_day += 1
                    learner.save(update_fields=["new_per_day"])
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    ada.refresh_from_db()
    assert (errors, ada.new_per_day) == ([], 20 + 40)


@pytest.mark.django_db
def test_readers_never_wait_for_a_writer_and_what_is_answered_is_durable() -> None:
    expected = {
        "sqlite": {"journal_mode": "wal", "synchronous": 2},
        "postgresql": {"synchronous_commit": "on"},
    }
    for name, value in expected[connection.vendor].items():
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}" if connection.vendor == "sqlite" else f"SHOW {name}")
            assert cursor.fetchone() == (value,), name


def test_a_connection_is_kept_from_one_request_to_the_next() -> None:
    """SQLite's too: closing its last one writes the log back into the file, each time."""
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] is None
