"""Installing what the Python console runs: by npm or by pip's, only what was pinned, and never in anybody's way."""

import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from chapter5 import pyodide
from chapter5.supervise import Program
from tests.architecture.test_dependencies import pins
from tests.commands.test_serve import Site, wait_until
from tests.server import free_port

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9/"  # where no registry answers


def install(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chapter5.pyodide"],
        cwd=ROOT, env=os.environ | {"PYODIDE_DIR": str(folder)} | environment,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip


def test_what_it_fetches_is_pinned_as_all_else_is() -> None:
    assert pins()["fastcore"] == pyodide.FASTCORE
    assert pyodide.NODE in pins()


def test_without_npm_one_that_pip_brings_fetches_the_same_and_goes_again(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    done = install(tmp_path / "pyodide", PATH=str(tmp_path / "bin"))
    assert (done.returncode, done.stdout) == (0, "chapter5: the Python console is installed.\n"), done.stderr
    folder = tmp_path / "pyodide" / pyodide.VERSION
    assert pyodide.is_installed(folder)
    large = [name for name in pyodide.LOADED if Path(name).suffix in pyodide.COMPRESSED]
    packed = {f"{name}.{way}" for name in large for way in ("br", "gz")}
    assert {path.name for path in folder.iterdir()} == {*pyodide.LOADED, *packed, "lock"}
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert (install(tmp_path / "pyodide", PATH="").stdout, before) == (
        "",
        {path: path.stat().st_mtime_ns for path in folder.iterdir()},
    )


def test_a_package_that_is_not_the_pinned_one_is_refused_and_nothing_of_it_kept(tmp_path: Path) -> None:
    """An npm that brings another package under the same name."""
    (tmp_path / "pyodide.mjs").write_text("stolen()")
    with tarfile.open(tmp_path / "other.tgz", "w:gz") as packed:
        packed.add(tmp_path / "pyodide.mjs", "package/pyodide.mjs")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\ncp {tmp_path}/other.tgz pyodide-{pyodide.VERSION}.tgz\n")
    npm.chmod(0o755)
    (tmp_path / "pyodide" / pyodide.VERSION / "of-one-that-was-ended" / "node").mkdir(parents=True)
    done = install(tmp_path / "pyodide", PATH=f"{npm.parent}:{os.environ['PATH']}")
    assert done.returncode == 1
    assert f"pyodide-{pyodide.VERSION}.tgz is not the file that was pinned" in done.stderr
    assert [path.name for path in (tmp_path / "pyodide" / pyodide.VERSION).iterdir()] == ["lock"]


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed; the test above is without it")
def test_without_a_network_one_sentence_says_so(tmp_path: Path) -> None:
    done = install(
        tmp_path,
        npm_config_registry=NOWHERE,
        npm_config_fetch_retries="0",
        npm_config_cache=str(tmp_path / "npm"),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("chapter5: the Python console could not be installed (")
    assert done.stderr.rstrip().endswith("It is tried again at the next start.")
    assert done.stderr.count("\n") == 1


def test_half_of_it_is_not_installed(tmp_path: Path) -> None:
    for name, size in pyodide.LOADED.items():
        assert not pyodide.is_installed(tmp_path)
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    assert pyodide.is_installed(tmp_path)
    (tmp_path / "pyodide.mjs").write_text("half")
    assert not pyodide.is_installed(tmp_path)


def test_a_run_serves_its_pages_whether_or_not_it_can_be_fetched(tmp_path: Path) -> None:
    site = Site(tmp_path / "data")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\necho asked >> {tmp_path}/asked\necho 'npm error no network' >&2\nexit 1\n")
    npm.chmod(0o755)
    site.environment |= {
        "PYODIDE_DIR": str(tmp_path / "pyodide"),
        "PATH": f"{npm.parent}:{os.environ['PATH']}",
    }
    site.start()
    try:
        site.wait_until_up()
        wait_until(lambda: "It is tried again at the next start." in site.log.read_text())
        assert "the Python console could not be installed (npm error no network)" in site.log.read_text()
        time.sleep(2)  # in which what is to be kept alive would have been started again
        assert (tmp_path / "asked").read_text() == "asked\n"
        assert "console ended" not in site.log.read_text()
        site.wait_until_up()
    finally:
        site.kill()


def test_what_is_there_is_not_fetched_again(settings) -> None:
    from cards.management.commands.serve import declared

    names = [program.name for program in declared("127.0.0.1", free_port())]
    assert ("console" in names) == (not pyodide.is_installed())
    assert not Program("a", []).is_once
