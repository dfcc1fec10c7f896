"""Keeps the programs of `make run` alive: what dies is started again, and nothing outlives this process.

One that has but something to do (`is_once`) is left alone when it has ended, however it did.

`python -m chapter5.supervise programs.json`, a list of objects with the fields of Program.

Each program leads a process group of its own. When its leader dies, the rest of the group is killed before a new one
starts, so that no orphan holds the port. SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal was closed) end all groups;
were this process itself killed, the kernel tells each leader to end. (supervisord leaves a dead leader's children
running, and takes SIGHUP for "reload".)
"""

import contextlib
import ctypes
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chapter5 import logs

GRACE_SECONDS = 10.0
CALM_SECONDS = 10.0  # a program that lived this long starts again at once
MOST_PAUSE_SECONDS = 15.0
PR_SET_PDEATHSIG = 1
logger = logging.getLogger("chapter5.supervise")
LIBC = (
    ctypes.CDLL(None) if sys.platform == "linux" else None
)  # loaded here: after a fork it is too late to be safe


@dataclass(frozen=True)
class Program:
    """What is to run: a name for people, a command, and what its environment has beyond the supervisor's."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    is_once: bool = False


class Kept:
    """A program, and what is known of its current process."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.pause = 0.0
        self.start_at = 0.0
        self.is_done = False

    def look_after(self) -> float | None:
        """Starts the program if it is due, once what its predecessor left is gone. Seconds until it is due, if not."""
        if self.is_done:
            return None
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return None
            self.kill_group(signal.SIGKILL)
            self.process = None
            if self.program.is_once:
                self.is_done = True
                return None
            calm = now - self.started > CALM_SECONDS
            self.pause = 0.0 if calm else min(MOST_PAUSE_SECONDS, self.pause * 2 or 0.5)
            self.start_at = now + self.pause
            logger.warning(
                "%s ended with %s; starting it again in %g s.", self.program.name, code, self.pause
            )
        if now < self.start_at:
            return self.start_at - now
        self.started = now
        self.process = subprocess.Popen(
            self.program.command,
            env=os.environ | self.program.environment,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        return None

    def kill_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def group_is_alive(self) -> bool:
        """Whether any process of the group is left, the reaped leader aside."""
        if self.process is None:
            return False
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


def supervise(programs: list[Program]) -> None:
    """Returns once a signal asked for the end and every process of every program is gone."""
    logs.configure()
    kept = [Kept(program) for program in programs]
    asked = False

    def ask(number: int, frame: object) -> None:
        nonlocal asked
        asked = True

    with _woken_by_signals() as wakes:
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, ask)
        events = select.poll()
        events.register(wakes, select.POLLIN)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it, to outlive the terminal
            signal.signal(signal.SIGHUP, ask)
            if os.isatty(
                0
            ):  # the kernel tells a closed terminal's first process alone, which may be a make that waits
                events.register(0, select.POLLHUP)
        while not asked:
            pauses = [pause for each in kept if (pause := each.look_after()) is not None]
            for descriptor, _ in events.poll(min(pauses) * 1000 if pauses else None):
                if descriptor == wakes:
                    os.read(wakes, 4096)
                else:
                    asked = True
    _end(kept)


def _end(kept: list[Kept]) -> None:
    for each in kept:
        each.kill_group(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while (
        any(each.group_is_alive() for each in kept) and time.monotonic() < deadline
    ):  # a list: each is reaped
        time.sleep(0.02)
    for each in kept:
        if each.group_is_alive():
            logger.warning("%s did not end within %g s; it is killed.", each.program.name, GRACE_SECONDS)
            each.kill_group(signal.SIGKILL)
        if each.process is not None:
            each.process.wait()


@contextlib.contextmanager
def _woken_by_signals() -> Iterator[int]:
    """A descriptor that becomes readable with every signal, those just before the wait included."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)


def end_with_parent() -> None:
    """In the new process: the kernel ends it when the supervisor is killed, which then can tell it nothing."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_left_overs(name: str, value: str) -> None:
    """Kills every process of ours whose environment says name=value, but this one, and waits until they are gone.

    What is left when a supervisor and a leader were killed together. Linux tells; elsewhere nothing is found.
    """
    mark = f"{name}={value}".encode()
    deadline = time.monotonic() + GRACE_SECONDS
    while (found := list(_processes_with(mark))) and time.monotonic() < deadline:
        for process in found:
            with contextlib.suppress(ProcessLookupError), open(os.pidfd_open(process)) as killed:
                signal.pidfd_send_signal(killed.fileno(), signal.SIGKILL)
                select.select(
                    [killed], [], [], GRACE_SECONDS
                )  # its environment goes first, its port after that


def _processes_with(mark: bytes) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if mark in (folder / "environ").read_bytes().split(b"\0") and int(folder.name) != os.getpid():
                yield int(folder.name)


if __name__ == "__main__":
    supervise([Program(**fields) for fields in json.loads(Path(sys.argv[1]).read_text())])
