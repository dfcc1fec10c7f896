"""A missed limit fails the bench; a target is only said."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests import bench
from tests.bench import yardsticks
from tests.bench.__main__ import main
from tests.bench.figure import Figure, percentile, turn_by_turn


@pytest.fixture
def measurements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files are the measurements, and the bench's working directory."""
    monkeypatch.setattr(bench, "__path__", [str(tmp_path), *bench.__path__])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declare(folder: Path, name: str, figure: str) -> str:
    (folder / f"{name}.py").write_text(
        f"from tests.bench.figure import Figure\ndef measure():\n    yield Figure({figure})\n"
    )
    return name


def test_a_file_is_a_measurement_and_its_figures_are_kept(measurements: Path, capsys) -> None:
    kept = declare(measurements, "measured_kept", "'a', 'ms', [3, 1, 2], at_most=2")
    assert main([kept]) == 0
    report = json.loads(Path("bench.json").read_text())
    assert report["figures"] == [
        {
            "name": "a",
            "unit": "ms",
            "median": 2,
            "runs": [3, 1, 2],
            "target": None,
            "at_most": 2,
            "at_least": None,
            "missed": False,
        }
    ]
    assert report["machine"]["cores"] >= 1
    assert report["yardsticks_sha256"] == sha256(Path(yardsticks.__file__).read_bytes()).hexdigest()
    assert "1 … 3   at most 2" in capsys.readouterr().out


def test_a_missed_limit_fails_and_a_missed_target_does_not(measurements: Path, capsys) -> None:
    missed = declare(measurements, "measured_missed", "'b', 'x', [5], at_most=4")
    aimed = declare(measurements, "measured_aimed", "'c', 's', [5], target=4")
    assert main([aimed]) == 0
    assert "target 4, not met" in capsys.readouterr().out
    assert main([missed]) == 1
    assert "1 missed: b" in capsys.readouterr().out


def test_one_that_breaks_off_fails_and_leaves_the_others_theirs(measurements: Path, capfd) -> None:
    (measurements / "measured_broken.py").write_text(
        "import os\ndef measure():\n    os.environ['LEFT'] = 'something'\n    yield 1 / 0\n"
    )
    kept = declare(measurements, "measured_kept_too", "'a', 'ms', [len(__import__('os').getenv('LEFT', ''))]")
    assert main(["measured_broken", kept]) == 1
    (figure,) = json.loads(Path("bench.json").read_text())["figures"]
    assert (figure["name"], figure["median"]) == ("a", 0)
    said = capfd.readouterr()
    assert "broke off: measured_broken" in said.out
    assert "ZeroDivisionError" in said.err


def test_it_refuses_a_name_that_is_no_measurement(measurements: Path) -> None:
    with pytest.raises(SystemExit, match="nothing"):
        main(["nothing"])


def test_turns_are_taken_in_each_round() -> None:
    turns: list[str] = []
    assert turn_by_turn(2, lambda: turns.append("a"), lambda: turns.append("b")) == [(None, None)] * 2
    assert turns == ["a", "b", "a", "b"]


@pytest.mark.parametrize(("share", "value"), [(0, 1), (0.5, 6), (0.95, 10), (1, 10)])
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile(range(10, 0, -1), share) == value


def test_a_figure_is_the_median_of_its_runs() -> None:
    assert Figure("a", "ms", [9, 1, 2]).value == 2
