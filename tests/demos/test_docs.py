"""docs/demos.md says what the contract asks, all of it; docs/gpu.md what the check of a machine needs, and no less.

That check runs every demo there is.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from importlib.metadata import distribution
from pathlib import Path

import pytest

from cards.demos import contract, demo, demos, draw
from cards.demos.check import run
from tests.architecture.test_dependencies import installed, pins

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "demos.md").read_text()
GPU = " ".join((ROOT / "docs" / "gpu.md").read_text().split())
# "with torchvision, numpy, scikit-learn, scikit-image and matplotlib": what is on the machine that is checked.
FOUND = ("torch", "torchvision", "numpy", "scikit-learn", "scikit-image", "matplotlib")
CARRIED = GPU.split("-c constraints.txt \\ ")[1].split(" # ")[0].replace("\\ ", "").split()
MEGABYTE = 1_000_000


def test_it_names_every_field_of_a_demo_and_every_kind_of_parameter_and_part() -> None:
    named = {field.name for field in fields(contract.Demo)} - {"slug", "code"}
    kinds = {"Integer", "Real", "Reals", "Choice", "ShortText", "Table", "Plot", "Text", "Picture"}
    errors = {"ParameterError", "DemoError", "Cancelled"}
    for name in named | kinds | errors:
        assert f"`{name}`" in TEXT, name
        assert name in named or hasattr(contract, name)


def test_the_demo_that_it_shows_runs_and_is_drawn() -> None:
    shown: dict = {}
    exec(TEXT.split("```python\n")[1].split("```")[0], shown)
    demo = shown["DEMO"]
    (plot,) = draw(demo.run(demo.read({"most": "1000"}), 1, lambda *a, **n: None), prefix="p").parts
    assert len(plot["rows"]) == 20
    assert all(abs(back - x) <= 1e-5 * x for x, back in plot["rows"])
    assert demo.look_at.count(". ") + demo.look_at.endswith(".") == 2


SLOW = re.compile(r"It took longer than the \d+ s that it may\.")


def test_the_check_of_a_machine_runs_every_demo_without_django(tmp_path: Path) -> None:
    """This Python has nothing but what is found there, what is carried, and the little of ours; no network."""
    copy_ours(tmp_path)
    link({*installed(FOUND), *CARRIED}, tmp_path)
    without = (
        "import runpy, socket; socket.getaddrinfo = socket.socket.connect = None; "
        "runpy.run_module('cards.demos.check', run_name='__main__')"
    )
    command = [sys.executable, "-S", "-c", without, "--json", "check.json", "--device", "cpu"]
    given = {name: text for name, text in os.environ.items() if name.startswith(("OPENBLAS_", "PATH"))}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=given | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads((tmp_path / "check.json").read_text())
    assert {demo["slug"] for demo in report["demos"]} == {demo.slug for demo in demos()}
    assert all(demo["seconds"] > 0 and demo["megabytes"] > 50 for demo in report["demos"])
    errors = {demo["error"] for demo in report["demos"]} - {""}
    assert all(SLOW.fullmatch(error) for error in errors), (
        done.stderr
    )  # which other work beside this makes a demo
    assert done.returncode == bool(errors), done.stderr
    assert report["device"].startswith("CPU")


def copy_ours(folder: Path) -> None:
    """What docs/gpu.md says that the check needs of ours, not compiled."""
    said = re.search(r"Of ours it needs `(\S+)` and the one module that says its texts, `(\S+)`;", GPU)
    assert said
    shutil.copytree(ROOT / said[1], folder / said[1], ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / said[2], folder / said[2])


def places(name: str) -> Iterator[tuple[str, Path]]:
    """What a wheel of the installed package holds: the names in it, and where they lie."""
    for file in distribution(name).files or ():
        if not str(file).startswith("..") and file.suffix != ".pyc":
            yield str(file), Path(str(file.locate()))


def link(names: Iterable[str], folder: Path) -> None:
    """The packages as if they were installed there."""
    for name in names:
        for file, path in places(name):
            parts = Path(file).parts
            if not (folder / parts[0]).exists():
                (folder / parts[0]).symlink_to(path.parents[len(parts) - 1] / parts[0])


def test_what_is_carried_for_the_check_is_as_small_as_it_says(tmp_path: Path) -> None:
    said = re.search(r"These (\d+) wheels .* (\d+) MB together \((\d+) MB is the most", GPU)
    assert said
    count, about, most = map(int, said.groups())
    assert (len(CARRIED), most) == (count, 64)
    assert all(name.lower() in pins() for name in CARRIED)
    with zipfile.ZipFile(tmp_path / "wheels", "w", zipfile.ZIP_DEFLATED) as wheels:
        for name in CARRIED:
            for file, path in places(name):
                wheels.write(path, file)
    megabytes = (tmp_path / "wheels").stat().st_size / MEGABYTE
    assert megabytes < most
    assert megabytes == pytest.approx(about, rel=0.2)


@pytest.mark.parametrize("version", re.findall(r"3\.\d+", GPU.split("on Python ")[1].split(", and")[0]))
def test_the_check_is_for_each_python_that_it_names(version: str, tmp_path: Path) -> None:
    """All of it compiles, and what needs no library runs: the list of demos, their defaults, the check's options."""
    if not (python := python_of(version)):
        pytest.skip(f"Python {version} is not installed")
    copy_ours(tmp_path)
    look = "from cards.demos import demos; print(*(demo.read({}) for demo in demos()))"
    for arguments in (
        ["-m", "compileall", "-q", "cards"],
        ["-c", look],
        ["-m", "cards.demos.check", "--help"],
    ):
        done = subprocess.run(
            [python, "-S", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def python_of(version: str) -> str | None:
    """A Python of that version which runs, on the path or kept by pyenv."""
    kept = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for python in filter(None, (shutil.which(f"python{version}"), *map(str, kept))):
        show = [python, "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(show, capture_output=True, text=True, check=False).stdout.strip() == version:
            return python
    return None


def test_the_figures_of_a_machine_are_there_for_every_demo() -> None:
    for each in demos():
        assert f"| {each.slug} | " in GPU


def test_a_demo_that_takes_longer_than_it_may_fails_the_check() -> None:
    slow = replace(demo("softmax_table"), seconds=0)
    assert run(slow)["error"] == "It took longer than the 0 s that it may."


def test_all_demos_together_may_take_eight_minutes() -> None:
    assert sum(demo.seconds for demo in demos()) <= 8 * 60


def test_the_check_fails_where_cuda_is_asked_for_and_absent(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "cards.demos.check",
        "--json",
        str(tmp_path / "c.json"),
        "--device",
        "cuda",
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"CUDA_VISIBLE_DEVICES": "", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "torch finds none here" in done.stderr
