"""The start of a worker where torch is not there yet: it is installed first, by the Makefile, once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT

# A worker that lacks something, in the folder of another Makefile; and says what it would become.
STARTS = """
import os, sys
from pathlib import Path
from chapter5 import worker
worker.NEEDED, worker.ROOT = ("not-there-yet",), Path(sys.argv.pop(1))
os.execv = lambda path, arguments: print("becomes", arguments[arguments.index("-A") + 2], flush=True)
worker.main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".venv").mkdir()
    return tmp_path


def start(folder: Path, name: str, recipe: str) -> subprocess.Popen[str]:
    """Where `recipe` is what the Makefile does to install."""
    (folder / "Makefile").write_text(f".venv/worker.stamp:\n\t@{recipe}\n")
    return subprocess.Popen(
        [sys.executable, "-c", STARTS, str(folder), name],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def test_what_is_missing_is_installed_before_the_worker_starts(folder: Path) -> None:
    said = start(folder, "heavy", "echo installing, says make").communicate(timeout=60)[0].splitlines()
    assert [line.split(";")[0] for line in said] == [
        "chapter5: installing what demos need (torch and fastai, some GB)",
        "installing, says make",
        "chapter5: demos are installed.",
        "becomes worker",
    ]
    assert said[0].endswith("reviews work already.")


def test_two_workers_do_not_install_at_the_same_time(folder: Path) -> None:
    recipe = "mkdir alone && sleep 1 && rmdir alone"  # the second mkdir would fail
    both = [start(folder, name, recipe) for name in ("light", "heavy")]
    assert [each.communicate(timeout=60)[0].splitlines()[-1] for each in both] == ["becomes worker"] * 2


def test_an_installation_that_fails_is_one_sentence_and_ends_the_worker(folder: Path) -> None:
    failed = start(folder, "light", "exit 3")
    *_, said = failed.communicate(timeout=60)[0].splitlines()
    assert failed.returncode == 1
    assert said.startswith("What demos need could not be installed (")
    assert said.endswith("It is tried again; reviews work meanwhile.")


def test_the_keeper_needs_none_of_it(folder: Path) -> None:
    assert start(folder, "keeper", "exit 3").communicate(timeout=60)[0] == "becomes beat\n"
