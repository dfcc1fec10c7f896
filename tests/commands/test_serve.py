"""`make run` and `manage.py serve` with real processes: it heals, it ends, and it leaves nothing behind."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from cards.management.commands.serve import declared
from tests.server import ENDS_SECONDS, PATIENCE_SECONDS, ROOT, free_port

NOT_PASSED_ON = (
    "DATABASE_URL",
    "REDIS_URL",
    "TEST_CLOCK",
    "PYTEST",
    "MAKE",
    "MFLAGS",
    "PORT",
    "HOST",
    "DATA_DIR",
    "DEMO_",
)
MAKE_RUN = ("make", "-o", ".venv/run.stamp", "run")  # all is installed


class Site:
    """One `serve` on a data folder of its own; without workers, which take a while to start, unless told to."""

    command = (sys.executable, "manage.py", "serve")

    def __init__(self, folder: Path, port: int | None = None, workers: bool = False) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.log = folder.parent / f"{folder.name}-{self.port}.log"
        passed_on = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
        self.environment = passed_on | {"DATA_DIR": str(folder), "PORT": str(self.port)}
        self.environment["DEMO_WORKERS"] = str(int(workers))

    def start(self) -> "Site":
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # the tests may run under nohup
            )  # fmt: skip
        return self

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def get(self, path: str = "healthz") -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=10) as answer:
            return answer.read().decode()

    def wait_until_up(self) -> None:
        def is_up() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return self.answers()

        wait_until(is_up)

    def answers(self) -> bool:
        try:
            return self.get() == "ok\n"
        except OSError:
            return False

    def processes(self) -> list[psutil.Process]:
        """All of this site's, wherever they hang: told by the folder in their environment."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("DATA_DIR") == str(self.folder) and is_alive(process):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def kill(self) -> None:
        """All of it; what is on its way out by itself may have ended meanwhile."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def server(self) -> psutil.Process:
        """The server's own parent process, once it has its two workers."""
        found: list[psutil.Process] = []

        def is_complete() -> bool:
            found[:] = psutil.Process(self.process.pid).children()
            return len(found) == 1 and len(found[0].children()) == 2

        wait_until(is_complete)
        return found[0]

    def programs(self) -> dict[str, psutil.Process]:
        """What the supervisor keeps alive, by name, once every queue's worker has its child."""
        found: dict[str, psutil.Process] = {}

        def is_complete() -> bool:
            kept = psutil.Process(self.process.pid).children()
            found.clear()
            found.update((name, process) for process in kept if (name := _name(process)))
            return found.keys() == {"web", "light", "heavy", "keeper"} and all(
                found[queue].children() for queue in ("light", "heavy")
            )

        wait_until(is_complete)
        return found

    def assert_gone(self, seconds: float = ENDS_SECONDS) -> None:
        wait_until(lambda: not self.processes(), seconds)


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def _name(process: psutil.Process) -> str:
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        return ""
    marks = {"granian": "web", "light@": "light", "heavy@": "heavy", " beat ": "keeper"}
    return next((name for mark, name in marks.items() if mark in command), "")


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all, so that only the first start has work to do."""
    return tmp_path_factory.mktemp("data") / "var"


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    with started(Site(folder)) as site:
        yield site


@pytest.fixture
def whole_site(folder: Path) -> Iterator[Site]:
    """With its workers, both of which have their child."""
    with started(Site(folder, workers=True)) as site:
        site.programs()
        yield site


@contextmanager
def started(site: Site) -> Iterator[Site]:
    site.start()
    try:
        site.wait_until_up()
        yield site
    finally:
        site.kill()
        site.process.wait(PATIENCE_SECONDS)


def test_it_prints_the_admins_password_once_and_keeps_an_edit(tmp_path: Path) -> None:
    site = Site(tmp_path / "var")
    edit = "from cards.models import Card; Card.objects.filter(position=0).update(answer='edited here')"
    look = "from cards.models import Card; print(Card.objects.get(position=0).answer)"
    logs = []
    for start in range(2):
        site.start().wait_until_up()
        logs.append(site.log.read_text())
        os.killpg(site.process.pid, signal.SIGINT)
        assert site.process.wait(ENDS_SECONDS) == 0
        site.assert_gone()
        if start == 0:
            site.manage("shell", "-v0", "-c", edit)
    assert re.search(r"name admin, password \S{12,}", logs[0])
    assert "password" not in logs[1]
    assert all(f"http://127.0.0.1:{site.port}/" in log for log in logs)
    assert "edited here" in site.manage("shell", "-v0", "-c", look)


def test_make_run_starts_the_production_server_and_an_error_shows_nothing_of_the_code(folder: Path) -> None:
    site = Site(folder)
    site.command = MAKE_RUN
    with started(site):
        commands = [" ".join(process.cmdline()) for process in site.processes()]
        assert any(" -m granian --interface wsgi " in command for command in commands), commands
        assert not any("runserver" in command for command in commands), commands
        with pytest.raises(urllib.error.HTTPError) as refused:
            site.get("no-such-page/")
        assert refused.value.code == 404
        assert "DEBUG = True" not in refused.value.read().decode()
        assert "WSGIServer" not in str(refused.value.headers)
        refused.value.close()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_and_leaves_no_process(site: Site, end: signal.Signals) -> None:
    site.server()
    assert len(site.processes()) == 4  # the supervisor, the server, its two workers
    site.process.send_signal(end)
    assert site.process.wait(ENDS_SECONDS) == 0
    site.assert_gone()
    assert "did not end" not in site.log.read_text()  # it was told, and did; nothing had to be killed


@pytest.mark.parametrize("end", ["Ctrl-C", "the terminal is closed", "make is told to end"])
def test_make_run_in_a_terminal_leaves_no_process(folder: Path, end: str) -> None:
    site = Site(folder)
    make = [*MAKE_RUN, f"PORT={site.port}", f"DATA_DIR={folder}"]
    environment = {
        name: value for name, value in site.environment.items() if name not in {"PORT", "DATA_DIR"}
    }
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.chdir(ROOT)
        os.execvpe(make[0], make, environment)
    try:
        wait_until(site.answers)
        if end == "Ctrl-C":
            os.write(terminal, b"\x03")
        elif end == "make is told to end":
            os.kill(pid, signal.SIGTERM)
        else:
            os.close(terminal)
        site.assert_gone()
    finally:
        site.kill()
        os.waitpid(pid, 0)
        if end != "the terminal is closed":
            os.close(terminal)


def test_a_killed_worker_is_started_again(site: Site) -> None:
    server = site.server()
    worker = server.children()[0]
    worker.kill()
    worker.wait(PATIENCE_SECONDS)
    assert site.server() == server
    site.wait_until_up()


def test_a_killed_server_is_started_again_and_its_workers_are_cleared_away(site: Site) -> None:
    server = site.server()
    orphans = server.children()  # they hold the port
    server.kill()
    wait_until(lambda: not any(is_alive(orphan) for orphan in orphans))
    assert site.server() != server
    site.wait_until_up()
    wait_until(lambda: len(site.processes()) == 4)


def test_a_killed_supervisor_takes_everything_along(site: Site) -> None:
    site.process.kill()
    site.process.wait(PATIENCE_SECONDS)
    site.assert_gone()


def test_it_clears_away_what_two_kills_at_once_left(site: Site) -> None:
    server = site.server()
    orphans = server.children()
    server.suspend()  # else it may end in between, by itself and with its workers
    site.process.kill()
    server.kill()
    site.process.wait(PATIENCE_SECONDS)
    again = Site(site.folder, site.port).start()
    try:
        wait_until(
            lambda: not any(is_alive(orphan) for orphan in orphans)
        )  # until then it is they who answer
        again.wait_until_up()
    finally:
        again.process.terminate()
        again.process.wait(PATIENCE_SECONDS)


def test_with_workers_ctrl_c_leaves_no_process(whole_site: Site) -> None:
    os.killpg(whole_site.process.pid, signal.SIGINT)
    assert whole_site.process.wait(ENDS_SECONDS) == 0
    whole_site.assert_gone()


def test_with_workers_a_killed_supervisor_takes_everything_along(whole_site: Site) -> None:
    whole_site.process.kill()
    whole_site.process.wait(PATIENCE_SECONDS)
    whole_site.assert_gone()


def test_a_killed_worker_s_parent_is_started_again_and_its_child_cleared_away(whole_site: Site) -> None:
    parent = whole_site.programs()["light"]
    orphans = parent.children()
    parent.kill()
    wait_until(lambda: not any(is_alive(orphan) for orphan in orphans))
    assert whole_site.programs()["light"] != parent
    whole_site.wait_until_up()


@pytest.mark.parametrize(
    ("workers", "url", "programs"),
    [
        (True, "", ["web", "light", "heavy", "keeper"]),
        (False, "https://cards.example.org", ["web", "keeper"]),
        (False, "", ["web"]),
    ],
)
def test_without_demos_the_keeper_is_there_where_mails_are_sent(settings, workers, url, programs) -> None:
    settings.DEMO_WORKERS, settings.SITE_URL, settings.EMAIL_HOST = workers, url, "mail.example.org"
    assert [program.name for program in declared("127.0.0.1", 8000)] == programs


def test_it_refuses_a_second_start_on_the_same_data(site: Site) -> None:
    second = Site(site.folder).start()
    assert second.process.wait(PATIENCE_SECONDS) != 0
    assert "runs already on" in second.log.read_text()
    assert site.answers()


def test_it_refuses_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site = Site(tmp_path / "var", taken.getsockname()[1]).start()
        assert site.process.wait(PATIENCE_SECONDS) != 0
    assert re.fullmatch(r"CommandError: \S+ cannot be used .+ Set PORT to another\.\n", site.log.read_text())
    assert not (site.folder / "chapter5.sqlite3").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_it_refuses_what_is_no_port(tmp_path: Path, port: str) -> None:
    site = Site(tmp_path / "var")
    site.environment["PORT"] = port
    site.start()
    assert site.process.wait(PATIENCE_SECONDS) != 0
    assert f"PORT must be a number from 1 to 65535, not '{port}'." in site.log.read_text()
