"""A real server on data of its own, for whoever looks at the app from outside: browser tests, pictures, the bench."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery"


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
        self.path.write_text(instant.isoformat())

    def tick(self, **delta: float) -> None:
        self.set(self.now + timedelta(**delta))


@dataclass
class Server:
    """A running site: its address, its own manage.py, its clock where it has one that can be set, its first process."""

    url: str
    environment: dict[str, str]
    clock: Clock | None = None
    process_id: int = 0

    def manage(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment | environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

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


@contextmanager
def running(folder: Path, clock: Clock | None = None, **environment: str) -> Iterator[Server]:
    """The production server, two workers, prepared: on that data folder and the database that DATABASE_URL names."""
    if clock:
        environment["TEST_CLOCK"] = str(clock.path)
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", environment_of(folder, **environment), clock)
    server.manage("prepare")
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
        process.wait(20)


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """A PostgreSQL database of one's own on the server of that address; dropped at the end."""
    name = f"chapter5_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{url.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
    """Returns when the page answers 200. Raises AssertionError, with the log, when the process ends or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.02)
    raise AssertionError(f"The server did not answer.\n{log.read_text()}")
