"""What befalls the site, each as a context: entered it is there, left it is over."""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg

from tests.chaos.services import CONNECTIONS, PostgreSQL, SlowRedis
from tests.server import ROOT, Server
from tests.workers.site import Workers

MIGRATION = '''"""Made by the test: columns and an index more, as a next release might bring them."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cards", "{last}")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE cards_studyevent ADD COLUMN chaos integer NOT NULL DEFAULT 0",
            "ALTER TABLE cards_studyevent DROP COLUMN chaos",
        ),
        migrations.RunSQL(
            "ALTER TABLE cards_schedule ADD COLUMN chaos integer NOT NULL DEFAULT 0",
            "ALTER TABLE cards_schedule DROP COLUMN chaos",
        ),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY chaos ON cards_studyevent (chaos)", "DROP INDEX CONCURRENTLY chaos"
        ),
    ]
'''


class Clock:
    """The site's clock: the real one, moved by so much."""

    def __init__(self, path: Path) -> None:
        self.path, self.offset = path, timedelta()
        self.is_over = threading.Event()

    @contextmanager
    def running(self) -> Iterator["Clock"]:
        self.tick()
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.is_over.set()
            thread.join()

    def tick(self) -> None:
        new = self.path.with_suffix(".new")
        new.write_text((datetime.now(UTC) + self.offset).isoformat())
        new.replace(self.path)  # whoever reads it finds an instant there, whenever they do

    def _run(self) -> None:
        while not self.is_over.wait(0.05):
            self.tick()


class Site:
    """All that can be broken: web and workers, the database's server, Redis, the clock."""

    def __init__(self, workers: Workers, postgresql: PostgreSQL, clock: Clock, folder: Path) -> None:
        self.workers, self.postgresql, self.clock, self.folder = workers, postgresql, clock, folder

    @property
    def server(self) -> Server:
        return self.workers.server

    def webs(self) -> list[psutil.Process]:
        found = []
        for process in self.workers.processes():
            with contextlib.suppress(psutil.Error):
                if "granian" in process.cmdline():
                    found.append(process)
        return found


@contextmanager
def redis_stopped(site: Site) -> Iterator[None]:
    """Redis is stopped, and comes back empty."""
    with site.workers.broker.away():
        yield


@contextmanager
def redis_restarted(site: Site) -> Iterator[None]:
    """Redis is restarted three times."""
    for _ in range(3):
        with site.workers.broker.away():
            pass
        time.sleep(1)
    yield


@contextmanager
def redis_flushed(site: Site) -> Iterator[None]:
    """Redis forgets everything."""
    SlowRedis(site.workers.broker.port).client.flushall()
    yield


@contextmanager
def redis_slow(site: Site) -> Iterator[None]:
    """Redis answers a second and a half late."""
    slow, over = SlowRedis(site.workers.broker.port), threading.Event()

    def pause() -> None:
        while not over.is_set():
            slow.pause(1_500)
            time.sleep(0.05)

    thread = threading.Thread(target=pause)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def redis_silent(site: Site) -> Iterator[None]:
    """Redis takes connections, and says nothing."""
    with site.workers.broker.silent():
        yield


@contextmanager
def postgresql_restarted(site: Site) -> Iterator[None]:
    """PostgreSQL is restarted."""
    site.postgresql.stop("fast")
    time.sleep(2)
    site.postgresql.start()
    yield


@contextmanager
def postgresql_crashed(site: Site) -> Iterator[None]:
    """PostgreSQL ends as in a power cut."""
    site.postgresql.stop("immediate")
    try:
        yield
    finally:
        site.postgresql.start()


@contextmanager
def no_connections(site: Site) -> Iterator[None]:
    """PostgreSQL has no connection left for the site."""
    taken: list[psycopg.Connection] = []
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'chapter5' AND application_name <> 'chaos'"
    )
    try:
        with site.postgresql.connect() as above:
            for _ in range(20):
                above.execute(others)
                with contextlib.suppress(psycopg.OperationalError):
                    while len(taken) < CONNECTIONS:
                        taken.append(
                            psycopg.connect(site.postgresql.url, application_name="chaos", connect_timeout=2)
                        )
                time.sleep(0.02)
        yield
    finally:
        for connection in taken:
            connection.close()


@contextmanager
def disk_full(site: Site) -> Iterator[None]:
    """PostgreSQL's disk is full."""
    try:
        with site.postgresql.full_disk():
            yield
    finally:
        site.postgresql.revive()


@contextmanager
def web_killed(site: Site) -> Iterator[None]:
    """Every process of the web is killed."""
    for process in site.webs():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    yield


@contextmanager
def workers_killed(site: Site) -> Iterator[None]:
    """The workers, and then their children, are killed."""
    for queue in ("light", "heavy"):
        child = site.workers.child(queue)
        parent = child.parent()
        child.kill()
        if parent:
            parent.kill()
    yield


@contextmanager
def clock_jumped(site: Site) -> Iterator[None]:
    """The clock goes a day ahead, an hour back, and then right again."""
    for offset in (timedelta(days=1), timedelta(hours=-1)):
        site.clock.offset = offset
        time.sleep(2)
    try:
        yield
    finally:
        site.clock.offset = timedelta()


@contextmanager
def migrated(site: Site) -> Iterator[None]:
    """A next release migrates, and this one serves on."""
    tree = site.folder / "next"
    if not tree.exists():
        for name in ("cards", "chapter5", "templates", "static"):
            shutil.copytree(ROOT / name, tree / name)
        shutil.copy(ROOT / "manage.py", tree)
    last = sorted((ROOT / "cards/migrations").glob("[0-9]*.py"))[-1].stem
    (tree / "cards/migrations/9999_chaos.py").write_text(MIGRATION.format(last=last))
    next_release = Server(site.server.url, site.server.environment, root=tree)
    next_release.manage("migrate", "cards", "9999")
    try:
        yield
    finally:
        next_release.manage("migrate", "cards", last)


# By name; and whether learners must have been able to review while it lasted.
CALAMITIES: dict[Callable[[Site], AbstractContextManager[None]], bool] = {
    redis_stopped: True, redis_restarted: True, redis_flushed: True, redis_slow: True, redis_silent: True,
    workers_killed: True, clock_jumped: True, migrated: True,
    web_killed: False, postgresql_restarted: False, postgresql_crashed: False, no_connections: False, disk_full: False,
}  # fmt: skip
