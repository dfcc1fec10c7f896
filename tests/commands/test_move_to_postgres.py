"""manage.py move_to_postgres: from the embedded database to an empty PostgreSQL, with all that is in it."""

import re
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.commands.sites import SERVER, Site, inserting, killed_when, sooner_or_later
from tests.server import fresh_database

FILL = "from tests.full_site import fill, many_events; fill(); many_events(3_000)"
WITHOUT_WORKERS = "from cards.models import DemoWorker; DemoWorker.objects.all().delete()"
pytestmark = pytest.mark.skipif(not SERVER.startswith("postgres"), reason="there is a PostgreSQL to move to")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An embedded site on which everything has happened; no test changes it."""
    site = Site(tmp_path_factory.mktemp("embedded") / "var")
    site.manage("migrate", "-v0")
    site.python(FILL)
    site.python(WITHOUT_WORKERS)
    return site


@pytest.fixture
def target() -> Iterator[str]:
    with fresh_database(SERVER) as url:
        yield url


def rows_in(url: str) -> int:
    """How many rows there are in tables with a name of ours."""
    with closing(psycopg.connect(url)) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return sum(
            connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in names
            if name.startswith("cards_") or name == "django_session"
        )


def tables_in(url: str) -> int:
    with closing(psycopg.connect(url)) as connection:
        [count] = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        return count


def test_it_moves_everything_and_says_what_to_do_next(site, target) -> None:
    before = site.fingerprint()
    said = site.manage("move_to_postgres", target)
    moved = Site(site.folder, target)
    assert moved.fingerprint() == site.fingerprint() == before
    assert said.count("schedules are what their events say.") == 2
    assert "cards.StudyEvent" in said
    assert "DATABASE_URL" in said
    assert target not in said
    made = moved.python("from cards.models import Learner; print(Learner.objects.create_user('new').pk)")
    assert int(made) == 1 + int(
        site.python("from cards.models import Learner; print(Learner.objects.latest('pk').pk)")
    )


def test_it_refuses_a_target_with_data(site, target) -> None:
    site.manage("move_to_postgres", target)
    before = Site(site.folder, target).fingerprint()
    said = site.manage("move_to_postgres", target, fails=True)
    assert "Nothing was moved. The database there is not empty" in said
    assert Site(site.folder, target).fingerprint() == before


def test_it_refuses_a_database_of_something_else(site, target) -> None:
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("CREATE TABLE invoices (id integer)")
    assert "tables of something else (invoices)" in site.manage("move_to_postgres", target, fails=True)
    assert tables_in(target) == 1


@pytest.mark.parametrize("url", ["", "postgres", "mysql://a:secret@h/b", "postgres://u:sec/ret@h:x/b"])
def test_it_refuses_what_is_no_address(site, url) -> None:
    said = site.manage("move_to_postgres", url, fails=True)
    assert said == "CommandError: URL must be like postgres://user:password@host:5432/name.\n"


def test_it_refuses_its_own_database(site) -> None:
    own = f"sqlite:///{site.folder / 'chapter5.sqlite3'}"
    assert "URL must be like postgres://" in site.manage("move_to_postgres", own, fails=True)


def test_it_refuses_when_it_is_on_postgres_already(site, target) -> None:
    moved = Site(site.folder, target)
    moved.manage("migrate", "-v0")
    assert "does not use the embedded database" in moved.manage("move_to_postgres", target, fails=True)


def test_it_says_when_nobody_answers(site) -> None:
    said = site.manage("move_to_postgres", "postgres://user:secret@127.0.0.1:1/name", fails=True)
    assert "Nothing was moved. connection failed" in said
    assert "secret" not in said


def test_it_keeps_nothing_when_a_schedule_differs(site, target, tmp_path) -> None:
    other = Site(tmp_path / "var")
    other.manage("migrate", "-v0")
    other.python("from tests.full_site import fill; fill()")
    other.python("from cards.models import Schedule; Schedule.objects.filter(pk=1).update(lapses=9)")
    said = other.manage("move_to_postgres", target, fails=True)
    assert "Nothing was moved. 1 of 8 schedules differ" in said
    assert tables_in(target) == 0  # it was seen before anything was made there


def plant(site: Site, url: str, table: str, then: str) -> None:
    """A database of ours without rows, in which whatever is written into the table meets this trigger."""
    Site(site.folder, url).manage("migrate", "-v0")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"CREATE FUNCTION harm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {then} END $$"
        )
        connection.execute(
            f"CREATE TRIGGER harm BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION harm()"
        )


def test_it_keeps_nothing_when_a_row_did_not_arrive(site, target) -> None:
    plant(site, target, "cards_flag", "RETURN NULL;")
    said = site.manage("move_to_postgres", target, fails=True)
    assert re.search(r"Nothing was moved\. cards\.Flag has \d+ rows here, and 0 there\.", said)
    assert rows_in(target) == 0


def test_it_keeps_nothing_when_a_schedule_arrived_otherwise(site, target) -> None:
    plant(site, target, "cards_schedule", "NEW.lapses := NEW.lapses + 1; RETURN NEW;")
    said = site.manage("move_to_postgres", target, fails=True)
    assert re.search(r"Nothing was moved\. (\d+) of \1 schedules differ", said)
    assert rows_in(target) == 0


def test_it_refuses_an_older_database_here(target, tmp_path) -> None:
    other = Site(tmp_path / "var")
    other.manage("migrate", "cards", "0001", "-v0")
    assert "Run `manage.py migrate` first." in other.manage("move_to_postgres", target, fails=True)


def test_killed_in_the_middle_it_leaves_the_target_empty_and_can_be_run_again(site) -> None:
    before = site.fingerprint()

    def is_killed() -> bool:
        with fresh_database(SERVER) as target:
            process = site.start("move_to_postgres", target)
            if not killed_when(process, lambda: inserting(target)):
                return False
            assert rows_in(target) == 0
            assert site.fingerprint() == before
            site.manage("move_to_postgres", target)
            assert rows_in(target) > 3_000
            return True

    sooner_or_later(is_killed)


def test_an_archive_goes_from_one_database_to_the_other_and_back(site, target, tmp_path) -> None:
    there, back = Site(tmp_path / "there", target), Site(tmp_path / "back")
    for each in (there, back):
        each.manage("migrate", "-v0")
    site.manage("backup", tmp_path / "1.tar.gz")
    there.manage("restore", tmp_path / "1.tar.gz")
    there.manage("backup", tmp_path / "2.tar.gz")
    back.manage("restore", tmp_path / "2.tar.gz")
    assert site.fingerprint() == there.fingerprint() == back.fingerprint()
    assert "schedules are what their events say." in back.manage("replay", "--check")
