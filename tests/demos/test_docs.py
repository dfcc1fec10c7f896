"""docs/demos.md says what the contract asks, all of it; the check of a machine runs every demo there is."""

import json
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

from cards.demos import contract, demo, demos, draw
from cards.demos.check import run

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "demos.md").read_text()


def test_it_names_every_field_of_a_demo_and_every_kind_of_parameter_and_part() -> None:
    named = {field.name for field in fields(contract.Demo)} - {"slug"}
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


def test_the_check_of_a_machine_runs_every_demo_without_django(tmp_path: Path) -> None:
    """Of ours it needs one folder. A machine that has no Django and no network: whoever asks for one fails."""
    shutil.copytree(ROOT / "cards" / "demos", tmp_path / "cards" / "demos")
    without = (
        "import runpy, socket, sys; sys.modules['django'] = socket.getaddrinfo = socket.socket.connect = None; "
        "runpy.run_module('cards.demos.check', run_name='__main__')"
    )
    command = [sys.executable, "-c", without, "--json", str(tmp_path / "check.json"), "--device", "cpu"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "check.json").read_text())
    assert {demo["slug"] for demo in report["demos"]} == {demo.slug for demo in demos()}
    assert all(
        demo["seconds"] > 0 and demo["megabytes"] > 50 and not demo["error"] for demo in report["demos"]
    )
    assert report["device"].startswith("CPU")


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
