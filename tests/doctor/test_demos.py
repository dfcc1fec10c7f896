"""The doctor on demos: workers that are gone, runs that do not end, libraries that cannot be imported."""

import os
import subprocess
import sys
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

import chapter5.worker
from cards.actions.demo_runs import QUEUED_SECONDS, claim_run, finish_run, greet, limit_seconds, request_run
from cards.demos.draw import Drawing
from cards.demos.registry import demo
from cards.doctor import demos
from cards.doctor.demos import libraries, runs, workers
from cards.models import DemoRun, Learner
from tests.conftest import START, Clock
from tests.server import ROOT


def greeted(*queues: str) -> None:
    for queue in queues:
        environment = {} if queue == "care" else {"device": "CPU (a good one)"}
        greet(name=f"{queue}@elsewhere:1", queue=queue, environment=environment, now=START)


# --- workers ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_workers_that_were_heard_of(said, clock: Clock) -> None:
    greeted("light", "heavy", "care")
    clock.tick(seconds=30)
    assert (
        said(workers())
        == "ok: Light and heavy demos have a worker (CPU (a good one)), and lost runs a keeper."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("queue", "who"),
    [
        ("light", "the worker for light demos"),
        ("heavy", "the worker for heavy demos"),
        ("care", "the keeper"),
    ],
)
def test_a_worker_that_is_missing_is_named(said, clock: Clock, queue: str, who: str) -> None:
    greeted(*({"light", "heavy", "care"} - {queue}))
    assert said(workers()).startswith(
        f"warning: Not heard of for 30 s: {who}. Reviews work without, demos do not. Wait a minute if the site "
    )
    assert said(workers()).endswith("or `docker compose up --detach`.")


@pytest.mark.django_db
def test_workers_that_fell_silent(said, clock: Clock) -> None:
    greeted("light", "heavy", "care")
    clock.tick(seconds=31)
    assert said(workers()).startswith(
        "warning: Not heard of for 30 s: the worker for light demos, the worker for heavy demos, the keeper."
    )


@pytest.mark.django_db
def test_while_torch_is_being_installed_it_says_to_wait(said, clock: Clock, monkeypatch) -> None:
    monkeypatch.setattr(chapter5.worker, "NEEDED", ("not-there-yet",))
    assert said(workers()).endswith("compose up --detach`.")
    assert " Wait until torch and fastai are installed, or start it with `make run`" in said(workers())


# --- runs -------------------------------------------------------------------------------------------------------------


def asked(learner: Learner, seed: int) -> DemoRun:
    softmax = demo("softmax_table")
    assert softmax is not None
    return request_run(learner=learner, demo=softmax, parameters=softmax.read({}), seed=seed, now=START)


def test_runs_within_their_limits(said, ada, clock: Clock, settings) -> None:
    asked(ada, 1)
    claim_run(run_id=asked(ada, 2).pk, now=START)
    clock.tick(seconds=limit_seconds("softmax_table") + settings.DEMO_GRACE_SECONDS + 60)
    assert said(runs()) == "ok: Waiting or running: 2, none for too long."


def test_a_run_far_beyond_its_limit(said, ada, clock: Clock, settings) -> None:
    claim_run(run_id=asked(ada, 1).pk, now=START)
    clock.tick(seconds=limit_seconds("softmax_table") + settings.DEMO_GRACE_SECONDS + 61)
    assert said(runs()) == (
        "problem: 1 should have ended long ago; the oldest, softmax_table running, was asked for at 2026-03-02 10:00 "
        "UTC. Start the keeper, which ends them: with `make run`, or with `docker compose up --detach beat`."
    )


def test_a_run_that_nobody_took(said, ada, clock: Clock) -> None:
    asked(ada, 1)
    clock.tick(seconds=QUEUED_SECONDS + 60)
    assert said(runs()).startswith("ok: ")
    clock.tick(seconds=1)
    assert said(runs()).startswith("problem: 1 should have ended long ago; the oldest, softmax_table queued,")


def test_a_run_that_began_late_has_all_its_time(said, ada, clock: Clock) -> None:
    begun = START + timedelta(seconds=QUEUED_SECONDS)
    claim_run(run_id=asked(ada, 1).pk, now=begun)
    clock.set(begun)
    assert said(runs()).startswith("ok: ")


def test_a_run_that_is_over_is_no_trouble(said, ada, clock: Clock) -> None:
    run = claim_run(run_id=asked(ada, 1).pk, now=START)
    assert run is not None
    drawing = Drawing(parts=[], finding="", data_used="", pictures=[])
    finish_run(run=run, drawing=drawing, environment={}, stamp={}, now=START)
    clock.tick(days=1)
    assert said(runs()) == "ok: Waiting or running: 0, none for too long."


# --- libraries --------------------------------------------------------------------------------------------------------


def test_torch_and_fastai_are_imported_elsewhere_than_here(said) -> None:
    code = (
        "import django, sys; django.setup(); from cards.doctor.demos import libraries; print(libraries().says); "
        "print(sorted({'torch', 'fastai', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "chapter5.settings"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    says, loaded = done.stdout.splitlines()
    assert says.startswith(f"torch {version('torch').partition('+')[0]}")
    assert f", fastai {version('fastai')} compute on " in says
    assert loaded == "[]"


@pytest.fixture
def other_torch(tmp_path: Path, monkeypatch) -> Path:
    """A file that Python takes for torch, before the installed one."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "torch.py"


def test_a_torch_that_cannot_be_imported(said, other_torch: Path) -> None:
    other_torch.write_text("raise ImportError('libcudart.so.12: cannot open shared object file.')")
    assert said(libraries()).startswith(
        "problem: Torch and fastai cannot be imported: ImportError: libcudart.so.12: cannot open shared object file. "
        "Remove .venv/worker.stamp and"
    )


def test_a_torch_that_takes_its_process_down(said, other_torch: Path) -> None:
    other_torch.write_text("import os; os.kill(os.getpid(), 9)")
    assert said(libraries()).startswith(
        "problem: Torch and fastai cannot be imported: their process ended with -9."
    )


def test_a_torch_that_never_comes(said, other_torch: Path, monkeypatch) -> None:
    other_torch.write_text("import time; time.sleep(1000)")
    monkeypatch.setattr(demos, "IMPORT_SECONDS", 1.0)
    assert said(libraries()).startswith(
        "warning: Torch and fastai could not be imported within 1 s. Run this again"
    )


@pytest.mark.django_db
def test_without_torch_it_matters_whether_somebody_else_has_it(said, clock: Clock, monkeypatch) -> None:
    monkeypatch.setattr(chapter5.worker, "NEEDED", ("not-there-yet",))
    assert said(libraries()).startswith("warning: Torch and fastai are not installed here, so this machine")
    greeted("light", "heavy")
    assert said(libraries()) == "ok: Torch and fastai are not installed here; the workers have them."
