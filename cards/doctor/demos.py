"""Demos: what computes them, who does, and whether runs come to an end."""

import json
import subprocess
import sys
from datetime import timedelta

from django.conf import settings

from cards.actions.demo_runs import QUEUED_SECONDS, WORKER_SEEN_SECONDS, limit_seconds
from cards.clock import now
from cards.demos.contract import Queue
from cards.doctor.finding import Finding, first_line, listed, ok, problem, warning
from cards.models import DemoRun, DemoWorker
from chapter5.worker import is_installed

IMPORT_SECONDS = 180.0  # from a cold disk on a busy machine
STUCK_SECONDS = 60  # beyond its limit, in which whoever looks after runs comes several times
LOADS = """
import dataclasses, json
from cards.demos import libraries
from cards.demos.contract import Queue
for queue in Queue:
    libraries.load(queue)
print(json.dumps(dataclasses.asdict(libraries.environment())))
"""
WHO = {"light": "the worker for light demos", "heavy": "the worker for heavy demos", "care": "the keeper"}


def libraries() -> Finding:
    """Torch and fastai can be imported as a worker does it, in a process of its own; what they compute on."""
    if not is_installed():
        if all(_lately(queue) for queue in Queue):
            return ok("Torch and fastai are not installed here; the workers have them.")
        return warning(
            "Torch and fastai are not installed here, so this machine cannot compute demos.",
            "Start `make run` and let it install them, or the worker of the compose deployment, which has them.",
        )
    try:
        done = subprocess.run(
            [sys.executable, "-c", LOADS],
            cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=IMPORT_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return warning(
            f"Torch and fastai could not be imported within {IMPORT_SECONDS:.0f} s.",
            "Run this again when the machine is less busy.",
        )
    except subprocess.CalledProcessError as error:
        why = first_line(
            error.stderr.strip().rpartition("\n")[2] or f"their process ended with {error.returncode}"
        )
        return problem(
            f"Torch and fastai cannot be imported: {why}.",
            "Remove .venv/worker.stamp and start `make run`, or build the worker's image anew.",
        )
    found = json.loads(done.stdout.splitlines()[-1])
    versions = ", ".join(f"{name} {found['versions'][name]}" for name in ("torch", "fastai"))
    return ok(f"{versions} compute on {found['device']}.")


def workers() -> Finding:
    """Each queue has a worker, and somebody looks after lost runs."""
    seen = {queue: _lately(queue) for queue in WHO}
    if missing := [who for queue, who in WHO.items() if seen[queue] is None]:
        until = (
            "a minute if the site has just started"
            if is_installed()
            else "until torch and fastai are installed"
        )
        return warning(
            f"Not heard of for {WORKER_SEEN_SECONDS} s: {listed(missing)}. Reviews work without, demos do not.",
            f"Wait {until}, or start it with `make run` (without DEMO_WORKERS=0) or `docker compose up --detach`.",
        )
    devices = {
        worker.environment.get("device") for worker in seen.values() if worker and worker.queue != "care"
    }
    return ok(
        f"Light and heavy demos have a worker ({listed(sorted(map(str, devices)))}), and lost runs a keeper."
    )


def _lately(queue: str) -> DemoWorker | None:
    return DemoWorker.lately(queue, now() - timedelta(seconds=WORKER_SEEN_SECONDS))


def runs() -> Finding:
    """None waits or runs far longer than it may."""
    unfinished = DemoRun.objects.unfinished()
    if stuck := [run for run in unfinished if _is_stuck(run)]:
        oldest = min(stuck, key=lambda run: run.created_at)
        return problem(
            f"{len(stuck)} should have ended long ago; the oldest, {oldest}, was asked for at "
            f"{oldest.created_at:%Y-%m-%d %H:%M} UTC.",
            "Start the keeper, which ends them: with `make run`, or with `docker compose up --detach beat`.",
        )
    return ok(f"Waiting or running: {len(unfinished)}, none for too long.")


def _is_stuck(run: DemoRun) -> bool:
    seconds = (
        QUEUED_SECONDS
        if run.status == DemoRun.Status.QUEUED
        else limit_seconds(run.slug) + settings.DEMO_GRACE_SECONDS
    )
    since = run.created_at if run.status == DemoRun.Status.QUEUED else run.started_at
    return since is not None and now() - since > timedelta(seconds=seconds + STUCK_SECONDS)
