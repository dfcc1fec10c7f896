"""manage.py serve: what `make run` runs. Prepares the data folder, then becomes the supervisor of the server."""

import fcntl
import json
import os
import signal
import socket
import sys
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cards.actions.digests import digests_are_sent
from chapter5 import pyodide
from chapter5.supervise import Program, end_left_overs

WORKERS, THREADS = 2, 2
WORKER = {
    "OMP_NUM_THREADS": "1"
}  # on a busy machine two threads of torch's take several times as long as one
MARK = "CHAPTER5_RUN"  # in the environment of every process of a run: its folder


class Command(BaseCommand):
    help = "Migrates, loads the decks, and serves until Ctrl-C."
    requires_system_checks = ()  # `make check` runs them; a start is quick

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", type=port_number, default=os.environ.get("PORT") or "8000")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        signal.signal(
            signal.SIGINT, signal.SIG_DFL
        )  # Ctrl-C before the server is up: end, without a traceback
        run = Path(settings.DATA_DIR) / "run"
        os.set_inheritable(hold_data_folder(), True)  # until the supervisor that this becomes is gone
        end_left_overs(MARK, str(run))
        _check_port(host, port)
        call_command("prepare", stdout=self.stdout)
        connection.close()
        programs = run / "programs.json"
        programs.write_text(json.dumps([asdict(program) for program in declared(host, port)], indent=2))
        address = f"[{host}]" if ":" in host else host
        self.stdout.write(f"chapter5 is at http://{address}:{port}/ (Ctrl-C ends it).")
        self.stdout.flush()
        os.environ |= {MARK: str(run), "PYTHONUNBUFFERED": "1"}
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "chapter5.supervise", str(programs)])


def declared(host: str, port: int) -> list[Program]:
    """The programs of a run: the server; unless DEMO_WORKERS=0 the workers that run demos; and their keeper.

    The keeper sends the mails of the morning, too. Where there are any, it is there without demos. What the Python
    console needs is installed beside them, once, where it is not there.
    """
    queues = ("light", "heavy") if settings.DEMO_WORKERS else ()
    names = (*queues, "keeper") if queues or digests_are_sent() else ()
    workers = [Program(name, [sys.executable, "-m", "chapter5.worker", name], WORKER) for name in names]
    console = Program("console", [sys.executable, "-m", "chapter5.pyodide"], is_once=True)
    return [_web(host, port), *workers, *([] if pyodide.is_installed() else [console])]


def _web(host: str, port: int) -> Program:
    """The production server, WSGI, two worker processes of two threads.

    A worker that is told to end while it starts does not hear it, and granian would wait for it for ever: hence the
    kill timeout.
    """
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--respawn-failed-workers",
        "--workers-kill-timeout", "3", "--no-ws", "--log-level", "warning",
        "--log-config", "chapter5/granian-logs.json", "chapter5.wsgi:application",
    ]  # fmt: skip
    return Program("web", web, {"DATABASE_POOL": str(THREADS)})


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ArgumentTypeError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def hold_data_folder() -> int:
    """Nobody else serves this data folder, or restores into it, until the file whose descriptor comes back is closed.

    A supervisor's programs do not inherit it. Raises CommandError when somebody holds it.
    """
    path = Path(settings.DATA_DIR) / "run" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise CommandError(
            f"chapter5 runs already on {settings.DATA_DIR}. Stop it, or set DATA_DIR."
        ) from None
    return descriptor


def _check_port(host: str, port: int) -> None:
    """Before anything is prepared: a server that cannot listen should not have migrated."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used ({error.strerror}). Set PORT to another."
            ) from None
