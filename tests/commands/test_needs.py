"""What the tests need beside Python is asked for in one line, where it is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT, free_port

BASH = shutil.which("bash") or "/bin/bash"


def find_chromium(path: Path, chromium: Path) -> subprocess.CompletedProcess[str]:
    """Runs .ci/chromium where that folder has all the programs there are."""
    return subprocess.run(
        [BASH, ".ci/chromium"], cwd=ROOT, env={"PATH": str(path), "CHROMIUM": str(chromium)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def put(path: Path, name: str, script: str) -> None:
    """A program of that name."""
    (path / name).write_text(f"#!{BASH}\n{script}\n")
    (path / name).chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with hardly anything, for somebody who may install."""
    put(tmp_path, "id", "echo 0")
    return tmp_path


@pytest.mark.parametrize(
    "apt_get",
    [None, "exit 100", '[ "$1" = update ] || exit 100', "exit 0"],
    ids=["absent", "no network", "no such package", "installs elsewhere"],
)
def test_without_chromium_one_line_says_what_to_install(programs: Path, apt_get: str | None) -> None:
    if apt_get:
        put(programs, "apt-get", apt_get)
    done = find_chromium(programs, programs / "nowhere")
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert f"{programs / 'nowhere'} is not there" in line
    assert "apt-get install chromium" in line
    assert "CHROMIUM" in line


def test_who_may_not_install_is_told_the_same(programs: Path) -> None:
    put(programs, "id", "echo 1000")
    put(programs, "apt-get", "echo tried all the same >&2")
    put(programs, "sudo", "echo a password is required >&2; exit 1")
    done = find_chromium(programs, programs / "nowhere")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "apt-get install chromium" in line


def test_chromium_is_installed_where_that_is_allowed(programs: Path) -> None:
    put(
        programs,
        "apt-get",
        f'[ "$1" = update ] || {shutil.which("touch")} {programs}/new; {shutil.which("chmod")} +x {programs}/new; true',
    )
    done = find_chromium(programs, programs / "new")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_chromium_that_is_there_is_taken(programs: Path) -> None:
    put(programs, "apt-get", "echo why >&2")
    put(programs, "mine", "")
    done = find_chromium(programs, programs / "mine")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_services_that_do_not_answer_are_named_each_in_a_line() -> None:
    database = f"postgres://chapter5@127.0.0.1:{free_port()}/chapter5"
    cache = f"redis://127.0.0.1:{free_port()}/0"
    done = subprocess.run(
        [sys.executable, "-m", "tests.services"], cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database, "REDIS_URL": cache},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert first.startswith(f"PostgreSQL does not answer at DATABASE_URL={database}: ")
    assert second.startswith(f"Redis does not answer at REDIS_URL={cache}: ")
    assert all("Connection refused" in line for line in (first, second))
