"""A real server on data of its own, for whoever looks at the app from outside: browser tests, pictures, the bench."""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery"
# What a test waits for comes soon, or on a busy machine later; what has not come by then does not come.
PATIENCE_SECONDS = 240.0
# In which a site ends that was told to: it kills after ten what has not ended.
ENDS_SECONDS = 60.0


class Clock:
    """The test clock, in a file, which the tests and a server started by them read alike."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text())

    def set(self, instant: datetime | str) -> None:
        if isinstance(instant, str):
            instant = datetime.fromisoformat(instant)
        new = self.path.with_suffix(".new")
        new.write_text(instant.isoformat())
        new.replace(self.path)  # whoever reads it finds an instant there, whenever they do

    def tick(self, **delta: float) -> None:
        self.set(self.now + timedelta(**delta))


@dataclass
class Server:
    """A running site: its address, its own manage.py, its clock where it has one that can be set, its first process.

    `root` has the code that manage.py is of.
    """

    url: str
    environment: dict[str, str]
    clock: Clock | None = None
    process_id: int = 0
    root: Path = ROOT

    def manage(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root, env=self.environment | environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def prepare(self) -> None:
        """Makes an empty site what `manage.py prepare` makes of it: done once in each process, then copied."""
        database, folder = self.environment.get("DATABASE_URL", ""), Path(self.environment["DATA_DIR"])
        if (folder / "static").exists():
            self.manage("prepare")
            return
        model = _prepared(database.rpartition("/")[0], "REDIS_URL" in self.environment)
        shutil.copytree(model.folder / "static", folder / "static", copy_function=os.link)
        for path in filter(Path.is_file, model.folder.iterdir()):
            if path.name != "clock":
                shutil.copy2(path, folder)
        if database:
            _make_anew(database, like=model.database)

    def make_admin(self) -> str:
        """A fresh superuser's name; its password is PASSWORD."""
        name = f"admin-{uuid4().hex[:8]}"
        self.manage(
            "createsuperuser", "--noinput", DJANGO_SUPERUSER_USERNAME=name,
            DJANGO_SUPERUSER_EMAIL=f"{name}@example.org", DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )  # fmt: skip
        return name


def environment_of(folder: Path, **environment: str) -> dict[str, str]:
    """This process's environment, for a site on that data folder. An empty value takes a variable away."""
    strange = ("DJANGO_", "PYTEST", "MAKE", "MFLAGS", "TEST_CLOCK")
    names = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    names |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "chapter5.settings", **environment}
    return {name: value for name, value in names.items() if value}


@dataclass(frozen=True)
class Model:
    """A prepared site that nobody uses: its data folder, its database where that is on a server."""

    folder: Path
    database: str


@cache
def _prepared(server: str, has_redis: bool) -> Model:
    """On that database server, or on SQLite; with a Redis, which nothing is asked of, or without. Gone at exit."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(TemporaryDirectory()))
    database = stack.enter_context(fresh_database(f"{server}/postgres")) if server else ""
    redis = "redis://127.0.0.1:1/0" if has_redis else ""
    clock = Clock(folder / "clock")  # whatever a test's clock says later, the site was there before
    clock.set(datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    environment = environment_of(folder, DATABASE_URL=database, REDIS_URL=redis, TEST_CLOCK=str(clock.path))
    Server("", environment).manage("prepare")
    return Model(folder, database.rpartition("/")[2])


@contextmanager
def running(folder: Path, clock: Clock | None = None, **environment: str) -> Iterator[Server]:
    """The production server, two workers, prepared: on that data folder and the database that DATABASE_URL names."""
    if clock:
        environment["TEST_CLOCK"] = str(clock.path)
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", environment_of(folder, **environment), clock)
    server.prepare()
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2",
             "--workers-kill-timeout", "3", "--port", str(port), "chapter5.wsgi:application"],
            cwd=ROOT, env=server.environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_for(f"{server.url}/readyz", process, folder / "server.log")
        server.process_id = process.pid
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@contextmanager
def fresh_database(url: str, like: str = "template1") -> Iterator[str]:
    """A PostgreSQL database of one's own on the server of that address, a copy of that one; dropped at the end."""
    server, name = url.rpartition("/")[0], f"chapter5_{uuid4().hex[:12]}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {like}")
    try:
        yield f"{server}/{name}"
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def site_on(server: str) -> Iterator[Server]:
    """An empty site of its own on that database server, prepared; nothing serves it yet."""
    with TemporaryDirectory() as folder, fresh_database(server) as url:
        site = Server("", environment_of(Path(folder), DATABASE_URL=url, REDIS_URL=""))
        site.prepare()
        yield site


def _make_anew(url: str, like: str) -> None:
    """The database of that address, empty so far, becomes a copy of another on the same server."""
    server, _, name = url.rpartition("/")
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {like}")


def _execute(server: str, *statements: str) -> None:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


# Below those that the system gives whoever asks for any, above Chromium's last forbidden one; each process of the tests
# has another thousand, and begins somewhere in it, as two runs of the tests may meet.
_ports = count(
    11_000 + 1_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 20) + os.getpid() % 10 * 50
)


def free_port(host: str = "127.0.0.1") -> int:
    """One that nothing listens on, and that nobody else is given until whoever asked has bound it."""
    return next(port for port in _ports if _is_free(host, port))


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind((host, port))
        return True
    return False


def wait_for(
    url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = PATIENCE_SECONDS
) -> None:
    """Returns when the page answers 200. Raises AssertionError, with the log, when the process ends or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                if answer.status == 200:
                    return
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.02)
    raise AssertionError(f"The server did not answer.\n{log.read_text()}")
