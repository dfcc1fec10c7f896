"""Real workers, for the tests of this folder that need some."""

from collections.abc import Iterator

import pytest

from tests.workers.site import MOST_SECONDS, Workers, working


@pytest.fixture(scope="module")
def reach_database(django_db_blocker) -> Iterator[None]:
    """None of these tests is one of Django's, whose writes are taken back: theirs go to a database of their own."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def workers(reach_database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Everything that `make run` keeps alive. A run has MOST_SECONDS."""
    folder = tmp_path_factory.mktemp("workers")
    with working(folder, "web", "light", "heavy", "keeper", DEMO_MOST_SECONDS=str(MOST_SECONDS)) as workers:
        yield workers
