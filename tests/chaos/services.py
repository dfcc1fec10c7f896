"""A PostgreSQL and a Redis of one's own, to be broken."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from tests.server import free_port

DISK_MEGABYTES = 400
CONNECTIONS = 40
SETTINGS = {
    "listen_addresses": "127.0.0.1", "max_connections": CONNECTIONS, "superuser_reserved_connections": 3,
    "shared_buffers": "32MB", "min_wal_size": "32MB", "max_wal_size": "64MB", "logging_collector": "off",
}  # fmt: skip
NAME = "chapter5"


class PostgreSQL:
    """A cluster with a small disk of its own where this process may mount one, and a role that is no superuser."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.port = folder, folder / "data", free_port()
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        found = str(programs[-1]) if programs else ""
        self.bin = Path(shutil.which("initdb") or f"{found}/initdb").parent
        # PostgreSQL does not run as root.
        self.as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.url = f"postgres://{NAME}:{NAME}@127.0.0.1:{self.port}/{NAME}"

    @contextmanager
    def running(self) -> Iterator["PostgreSQL"]:
        self.folder.mkdir()
        self.has_own_disk = self._mount()
        try:
            if self.as_owner:
                shutil.chown(self.folder, "postgres")
            self._run(
                "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--pgdata", str(self.data)
            )
            self.start()
            with self.connect("postgres") as connection:
                connection.execute(f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{NAME}'")
                connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")
                connection.execute(f"GRANT pg_read_all_stats TO {NAME}")
            yield self
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.stop("immediate")
            if self.has_own_disk:
                subprocess.run(["umount", str(self.folder)], check=True)

    def connect(self, database: str = NAME) -> psycopg.Connection:
        """As superuser, some of whose connections are always free."""
        url = f"postgres://postgres@127.0.0.1:{self.port}/{database}"
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        options += f" -c unix_socket_directories={self.folder} -p {self.port}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "--wait", "--log", log, "--options", options, "--pgdata", str(self.data))

    def stop(self, mode: str) -> None:
        """`fast` ends its transactions, `immediate` is as a power cut."""
        self._run("pg_ctl", "stop", "--wait", "--mode", mode, "--pgdata", str(self.data))

    @property
    def is_up(self) -> bool:
        with contextlib.suppress(psycopg.Error):
            self.connect("postgres").close()
            return True
        return False

    def revive(self) -> None:
        """As an init system does: started, unless it is there."""
        deadline = time.monotonic() + 60
        while not self.is_up:
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-3_000:]
            with contextlib.suppress(subprocess.CalledProcessError):
                self.start()
            time.sleep(0.5)

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Not a byte is left on it, nor in the segments that the log had in reserve."""
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(100_000))
        with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(512))
        with contextlib.suppress(psycopg.Error), self.connect("postgres") as connection:
            while True:  # until there is no room for the next segment
                connection.execute("SELECT pg_logical_emit_message(false, 'chaos', 'x'), pg_switch_wal()")
        try:
            yield
        finally:
            filler.unlink()

    def _mount(self) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(self.folder)]
        return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_owner, str(self.bin / program), *arguments]
        # Not a pipe: the server would hold it open for as long as it lives.
        done = subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        done.check_returncode()


class SlowRedis:
    """Makes a Redis answer late, again and again, for as long as it is entered."""

    def __init__(self, port: int) -> None:
        self.client = redis.Redis(port=port, socket_timeout=30)

    def pause(self, milliseconds: int) -> None:
        self.client.execute_command("CLIENT", "PAUSE", milliseconds, "ALL")
