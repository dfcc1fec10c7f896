"""Heavy runs of one host share its GPU by a lock: one after the other, and none is punished for waiting."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from cards.clock import now
from cards.models import DemoWorker
from chapter5.supervise import end_with_parent
from tests.server import ROOT
from tests.workers.site import MOST_SECONDS, QUICK, Workers, seeded, wait_until, working

pytestmark = pytest.mark.xdist_group("workers")

# What a worker computes with, but for a GPU's name, which decides on the lock.
WITH_A_GPU = """
import dataclasses
import sys
from importlib.util import find_spec

class WithAGpu:
    def find_spec(name, path=None, target=None):
        if name != "cards.demos.libraries":
            return None
        sys.meta_path.remove(WithAGpu)
        spec = find_spec(name)
        own = spec.loader.exec_module

        def exec_module(module):
            own(module)
            environment = module.environment
            module.environment = lambda: dataclasses.replace(environment(), gpu_uuid="of-the-test")

        spec.loader.exec_module = exec_module
        return spec

sys.meta_path.insert(0, WithAGpu)
"""
# The wait for a GPU, a run's time, twice the grace.
CELERYS_LIMIT_SECONDS = 2 + MOST_SECONDS + 2 * float(QUICK["DEMO_GRACE_SECONDS"])


@pytest.fixture(scope="module")
def sharing(reach_database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with with_a_gpu(tmp_path_factory.mktemp("sharing"), "web", "heavy", "keeper") as sharing:
        yield sharing


@contextmanager
def with_a_gpu(folder: Path, *names: str) -> Iterator[Workers]:
    """A site whose heavy workers have a GPU, or so they think. A run has MOST_SECONDS."""
    (folder / "python").mkdir()
    (folder / "python" / "sitecustomize.py").write_text(WITH_A_GPU)
    environment = {
        "DEMO_MOST_SECONDS": str(MOST_SECONDS),
        "LOG_FORMAT": "json",
        "PYTHONPATH": str(folder / "python"),
    }
    with working(folder, *names, **environment) as site:
        yield site


@contextmanager
def gpu_in_use(workers: Workers) -> Iterator[None]:
    path = workers.folder / "run" / "gpu-of-the-test.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_a_run_that_waits_for_the_gpu_is_not_killed_for_it(sharing) -> None:
    child = sharing.child("heavy")
    with gpu_in_use(sharing):
        page = sharing.page("lr_find", **seeded(steps="50"))
        time.sleep(CELERYS_LIMIT_SECONDS + 2)
        assert page.run.status == "queued"
    assert page.wait_until("done").attempt == 1
    assert sharing.child("heavy") == child
    if settings.REDIS_URL:  # a file broker does not know what came back; at home no GPU is shared
        sent = 1 + sharing.log.count(f"run {page.run_id}, or its message, was lost: it is sent again")
        assert 1 <= sharing.log.count(f"run {page.run_id} waits: another has the GPU") <= sent


def test_a_run_that_waits_for_the_gpu_goes_back_into_the_queue(reach_database, tmp_path: Path) -> None:
    """Without a keeper, who would send it again: what comes is its own message."""
    with with_a_gpu(tmp_path, "web", "heavy") as alone:
        with gpu_in_use(alone):
            page = alone.page("lr_find", **seeded(steps="50"))
            wait_until(lambda: f"run {page.run_id} waits" in alone.log, "it waits", alone)
        assert page.wait_until("done").attempt == 1


def test_two_workers_of_one_gpu_compute_one_after_the_other(sharing) -> None:
    with second_worker(sharing):
        pages = [sharing.page("lr_find", **seeded(steps="100")) for _ in range(2)]
        first, second = sorted((page.wait_until("done") for page in pages), key=lambda run: run.started_at)
    assert first.finished_at <= second.started_at, "both had the GPU at once"
    assert (first.attempt, second.attempt) == (1, 1)


@contextmanager
def second_worker(workers: Workers) -> Iterator[None]:
    with (workers.folder / "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "chapter5.worker", "heavy"],
            cwd=ROOT, env=workers.server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, preexec_fn=end_with_parent,
        )  # fmt: skip
    try:
        seen = DemoWorker.objects.filter(queue="heavy", seen_at__gte=now())
        wait_until(lambda: seen.count() == 2, "both greet", workers)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
