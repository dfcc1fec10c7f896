"""A backup, a restore and a move that are killed with SIGKILL in the middle: all of it or nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.commands.sites import SERVER, Site, killed_when, sooner_or_later
from tests.server import fresh_database

FILL = "from tests.full_site import fill, many_events; fill(); many_events(6_000)"


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """Makes migrated sites, on the kind of database that the tests run on."""
    with ExitStack() as stack:

        def new_site(name: str) -> Site:
            database = stack.enter_context(fresh_database(SERVER)) if SERVER else ""
            site = Site(tmp_path / name, database)
            site.manage("migrate", "-v0")
            return site

        yield new_site


def test_killed_backups_and_restores_are_nothing_or_all(new_site, tmp_path) -> None:
    site, file = new_site("site"), tmp_path / "site.tar.gz"
    site.python(FILL)
    before = site.fingerprint()

    def backup_is_killed() -> bool:
        file.unlink(missing_ok=True)
        return killed_when(site.start("backup", file), lambda: any(tmp_path.glob(".site.tar.gz.*.part")))

    sooner_or_later(backup_is_killed)
    assert not file.exists()

    site.manage("backup", file)

    def restore_is_killed(other: Site, *options: str) -> bool:
        before = other.fingerprint()
        process = other.start("restore", file, *options)
        if not killed_when(process, partial(other.is_writing, process, file)):
            return False
        assert other.fingerprint() == before
        return True

    sooner_or_later(lambda: restore_is_killed(new_site(uuid4().hex)))
    other = new_site("other")

    def replacing_is_killed() -> bool:
        other.python("from cards.models import Deck; from tests.conftest import START; "
                     "Deck.objects.create(name='here', created_at=START)")  # fmt: skip
        return restore_is_killed(other, "--replace")

    sooner_or_later(replacing_is_killed)
    other.manage("restore", file, "--replace")
    site.python("from cards.models import DemoWorker; DemoWorker.objects.all().delete()")
    assert other.fingerprint() == site.fingerprint() != before
    assert "schedules are what" in other.manage("replay", "--check")
