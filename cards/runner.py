"""Runs demos in a worker's child, under watch.

The child's one thread beside the demo (the pulse) says that the worker is there, writes a running demo's heartbeat and
progress, learns that nobody wants it any more, and kills the child when the demo is over its time or its memory: no
demo has to be trusted to stop. A demo that holds even the pulse back is found by `reap_runs`, and killed by Celery.
"""

import fcntl
import json
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import psutil
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, close_old_connections

from cards.actions.demo_runs import (
    GPU_WAIT_SECONDS,
    TOO_LONG,
    claim_run,
    fail_run,
    finish_run,
    greet,
    limit_seconds,
    lower,
    report_run,
)
from cards.clock import now
from cards.demos import libraries, pets
from cards.demos.contract import Cancelled, Demo, DemoError, Queue
from cards.demos.draw import draw
from cards.demos.registry import demo as demo_of
from cards.messages import _, kept
from cards.models import DemoRun, DemoWorker
from chapter5.logs import request_id

TICK_SECONDS = 0.1
GREETING_SECONDS = 5.0
MEGABYTE = 1_000_000

logger = logging.getLogger(__name__)


class Watched:
    """A run in progress, as the demo's thread reports on it and the pulse looks at it."""

    def __init__(self, run: DemoRun, demo: Demo) -> None:
        self.run = run
        self.progress: dict[str, Any] = {}
        self.is_wanted = True
        self.unwanted_since = 0.0
        self.deadline = time.monotonic() + limit_seconds(run.slug)
        self.most_bytes = lower(demo.megabytes, settings.DEMO_MOST_MEGABYTES) * MEGABYTE

    def report(self, step: int, of: int, text: str = "", **numbers: float) -> None:
        """What a demo calls as it goes on. Raises Cancelled once nobody wants its result."""
        if not self.is_wanted:
            raise Cancelled
        finite = {name: number for name, number in numbers.items() if math.isfinite(number)}  # as JSON can
        self.progress = {"step": step, "of": of, "text": text, "numbers": finite, "messages": kept([text])}


class Child:
    """A worker's child: one demo at a time, and the pulse."""

    def __init__(self, queue: str) -> None:
        libraries.prepare_child()
        self.queue = queue
        self.name = DemoWorker.name_here(queue)
        pets.use(settings.DEMO_PHOTOS)
        self.begun_with = libraries.environment()
        self.watched: Watched | None = None
        threading.Thread(target=self._pulse, name="pulse", daemon=True).start()

    @property
    def environment(self) -> libraries.Environment:
        """What it computes with now: the pets may have come while it lives."""
        return replace(self.begun_with, pets=pets.digest())

    def run(self, run_id: UUID) -> bool:
        """Claims the run and sees it through. Does nothing when another has it, or when it is over.

        False when another run had the GPU all the while, and this one is as it was.
        """
        with self._gpu() as is_ours:
            if is_ours:
                self._see_through(run_id)
        return is_ours

    def _see_through(self, run_id: UUID) -> None:
        run = claim_run(run_id=run_id, now=now())
        if run is None:
            return
        demo = demo_of(run.slug)
        if demo is None:
            fail_run(run=run, error=_("That demo is not there any more."), now=now())
            return
        request_id.set(run.request_id)
        logger.info("run %s of %s: attempt %s", run.pk, run.slug, run.attempt)
        try:
            with self._watching(run, demo) as watched:
                self._compute(run, demo, watched)
        except Cancelled:
            logger.info("run %s is wanted no more", run.pk)
        except DemoError as error:  # the demo's own sentence for the learner
            fail_run(run=run, error=str(error), now=now())
        except MemoryError:
            fail_run(run=run, error=_too_much_memory(watched.most_bytes), now=now())
        except (OperationalError, InterfaceError):
            raise  # the database's fault, not the demo's: the run is reaped, and tried once more
        except Exception as error:  # whatever the libraries raise: the row says it, the child goes on
            logger.exception("run %s failed", run.pk)
            fail_run(
                run=run,
                error=_("The demo failed: %(error)s. It has been logged.", error=type(error).__name__),
                now=now(),
            )
        finally:
            libraries.tidy_child()

    def _compute(self, run: DemoRun, demo: Demo, watched: Watched) -> None:
        environment = asdict(self.environment)
        run.parameters = demo.completed(run.parameters)
        begun = time.perf_counter()
        result = demo.run(run.parameters, run.seed, watched.report)
        ran = time.perf_counter()
        drawing = draw(result, prefix=f"r{run.pk.hex[:12]}")
        drawn = time.perf_counter()
        size = len(json.dumps(drawing.parts, allow_nan=False)) + sum(map(len, drawing.pictures))
        if size > settings.DEMO_RESULT_BYTES:
            most = settings.DEMO_RESULT_BYTES / MEGABYTE
            raise DemoError(
                _(
                    "Its result has %(size)s MB, and %(most)s MB is the most.",
                    size=f"{size / MEGABYTE:.2g}",
                    most=f"{most:.2g}",
                )
            )
        stamp = environment | {
            "seconds": ran - begun,
            "draw_seconds": drawn - ran,
            "wait_seconds": (run.started_at - run.created_at).total_seconds() if run.started_at else 0.0,
            "data_used": drawing.data_used,
        }
        close_old_connections()  # a database that was restarted meanwhile is connected to anew
        finish_run(run=run, drawing=drawing, environment=environment, stamp=stamp, now=now())
        logger.info("run %s took %.2f s", run.pk, ran - begun)

    @contextmanager
    def _watching(self, run: DemoRun, demo: Demo) -> Iterator[Watched]:
        watched = self.watched = Watched(run, demo)
        try:
            yield watched
        finally:
            self.watched = None

    @contextmanager
    def _gpu(self) -> Iterator[bool]:
        """Heavy runs of one machine have its GPU one after the other, whichever container they are in.

        By a file's lock in the shared data folder, which the kernel lets go when its holder is killed. False when that
        is not to be had within GPU_WAIT_SECONDS: Celery counts them towards the run's time.
        """
        gpu = self.environment.gpu_uuid if self.queue == Queue.HEAVY else ""
        if not gpu:
            yield True
            return
        path = Path(settings.DATA_DIR) / "run" / f"gpu-{gpu}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            deadline = time.monotonic() + GPU_WAIT_SECONDS
            while not (is_ours := _locked(file)) and time.monotonic() < deadline:
                time.sleep(TICK_SECONDS)
            yield is_ours

    # --- the pulse ---

    def _pulse(self) -> None:
        """Ends with the child alone: a demo that nobody watches could not be stopped."""
        try:
            self._watch()
        except Exception:
            logger.exception("the pulse stopped, and so does this child")
            os.kill(os.getpid(), signal.SIGKILL)

    def _watch(self) -> None:
        process = psutil.Process()
        greeted = reported = float("-inf")
        while True:
            time.sleep(TICK_SECONDS)
            instant = time.monotonic()
            watched = self.watched
            request_id.set(watched.run.request_id if watched else "")  # a thread has its own
            if watched is not None:
                self._hold_to_limits(watched, process)
            try:
                if watched is not None and instant - reported >= settings.DEMO_HEARTBEAT_SECONDS:
                    reported = instant
                    self._beat(watched)
                if instant - greeted >= GREETING_SECONDS:
                    greeted = instant
                    greet(name=self.name, queue=self.queue, environment=asdict(self.environment), now=now())
            except DatabaseError:
                logger.warning("the pulse could not write", exc_info=True)
                close_old_connections()

    def _beat(self, watched: Watched) -> None:
        is_wanted = report_run(run=watched.run, progress=watched.progress, now=now())
        if not is_wanted and watched.is_wanted:
            watched.is_wanted, watched.unwanted_since = False, time.monotonic()

    def _hold_to_limits(self, watched: Watched, process: psutil.Process) -> None:
        if time.monotonic() > watched.deadline:
            self._kill(watched, TOO_LONG)
        if (used := process.memory_info().rss) > watched.most_bytes:
            logger.error("run %s uses %.0f MB", watched.run.pk, used / MEGABYTE)
            self._kill(watched, _too_much_memory(watched.most_bytes))
        if not watched.is_wanted and time.monotonic() - watched.unwanted_since > settings.DEMO_GRACE_SECONDS:
            self._kill(watched, "")  # it does not hear

    def _kill(self, watched: Watched, error: str) -> None:
        """Ends the run's row, then this child: its parent starts another."""
        try:
            if error:
                fail_run(run=watched.run, error=error, now=now())
        except DatabaseError:
            logger.warning("run %s: its end could not be written", watched.run.pk, exc_info=True)
        if self.watched is watched:  # else it came to its end in this very moment
            logger.error("run %s: its child is killed. %s", watched.run.pk, error or "It did not hear.")
            os.kill(os.getpid(), signal.SIGKILL)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _too_much_memory(most_bytes: float) -> str:
    return _(
        "It needed more than %(most)s MB of memory, and was stopped.", most=f"{most_bytes / MEGABYTE:.0f}"
    )
