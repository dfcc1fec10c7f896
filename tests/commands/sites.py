"""Sites on data of their own, whose manage.py is run, and killed, as a process."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import psycopg

from tests.server import ROOT, environment_of

SERVER = os.environ.get("DATABASE_URL", "")
FINGERPRINT = (
    "import hashlib, pprint; from tests.full_site import everything, all_files; "
    "print(hashlib.sha256(pprint.pformat((everything(), all_files())).encode()).hexdigest())"
)


class Site:
    """A data folder and a database, and manage.py on them."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder, self.database = folder, database
        self.environment = environment_of(folder, DATABASE_URL=database, REDIS_URL="", LOG_LEVEL="ERROR")

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def manage(self, *arguments: object, fails: bool = False) -> str:
        process = self.start(*arguments)
        said = process.communicate(timeout=300)[0]
        assert (process.returncode != 0) == fails, said
        return said

    def python(self, code: str) -> str:
        return self.manage("shell", "-v0", "-c", code)

    def fingerprint(self) -> str:
        return self.python(FINGERPRINT)

    def is_writing(self, process: subprocess.Popen[str], file: Path) -> bool:
        """Whether that restore of the file is in the middle of its transaction: on SQLite, by how far it has read."""
        if self.database:
            return inserting(self.database)
        with closing(sqlite3.connect(self.folder / "chapter5.sqlite3", timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return _place(process, file) > file.stat().st_size / 2
        return False


def _place(process: subprocess.Popen[str], file: Path) -> int:
    """Up to where the process has read the file; 0 where it has not opened it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for opened in psutil.Process(process.pid).open_files():
            if opened.path == str(file):
                return int(opened.position)
    return 0


def inserting(database: str) -> bool:
    name = database.rsplit("/", 1)[1]
    with psycopg.connect(SERVER) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND query LIKE %s",
            [name, 'INSERT INTO "cards_studyevent"%'],
        )
        return found.fetchone() is not None


def killed_when(process: subprocess.Popen[str], holds: Callable[[], bool]) -> bool:
    """Whether the process was killed at a moment when that held; else it came to its end before, as it would alone."""
    while process.poll() is None:
        if holds():
            process.send_signal(signal.SIGSTOP)
            if process.poll() is None and holds():
                process.kill()
                process.communicate()
                return True
            process.send_signal(signal.SIGCONT)
        time.sleep(0.002)
    said = process.communicate()[0]
    assert process.returncode == 0, said
    return False


def sooner_or_later(is_killed: Callable[[], bool]) -> None:
    """What it kills is short: where this process was held up for that long, it is tried once more."""
    assert any(is_killed() for _ in range(5)), "it was over each time before it could be killed"
