"""The Python of the console, by this Python; tests/browser/test_console.py runs it in a browser."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cards.cardtext import read_deck

PATH = Path(__file__).parents[2] / "static" / "console" / "repl.py"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, dict]]:
    """Runs code; gives what it prints, and what is said of it."""
    spec = importlib.util.spec_from_file_location("repl", PATH)
    assert spec
    assert spec.loader
    repl = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(repl)

    def run(code: str, value: str = "") -> tuple[str, dict]:
        said = json.loads(repl.run(code, value))
        return capsys.readouterr().out, said

    return run


def test_the_value_of_the_last_line_is_printed_below_what_is_printed(run) -> None:
    assert run("print('a')\n1 + 1") == ("a\n2\n", {})
    assert run("x = 5") == ("", {})
    assert run("None") == ("", {})
    assert run("x, _") == ("(5, 2)\n", {})


def test_what_the_chapter_needs_is_imported(run) -> None:
    assert run("L(1, 2).map(str), Path('a') / 'b', re.findall('a', 'aa')")[1] == {}


def test_a_traceback_has_the_learner_s_own_lines_alone(run) -> None:
    printed, said = run("def f(n):\n    return L(n).map(lambda x: 1 / x)\nf(0)")
    assert (printed, said["error_type"]) == ("", "ZeroDivisionError")
    lines = said["error"].split("\n")
    assert [line for line in lines if line.startswith("  File")] == [
        '  File "<run 1>", line 3, in <module>',
        '  File "<run 1>", line 2, in f',
        '  File "<run 1>", line 2, in <lambda>',
    ]
    assert "    return L(n).map(lambda x: 1 / x)" in lines
    assert lines[-1].startswith("ZeroDivisionError: ")


@pytest.mark.parametrize("code", ["1 +", "def f(:\n    pass", "print('a"])
def test_a_line_that_is_no_python_is_shown_with_the_place(run, code: str) -> None:
    said = run(code)[1]
    assert said["error_type"] == "SyntaxError"
    assert said["error"].startswith('  File "<run 1>", line 1\n')
    assert "^" in said["error"]


def test_what_went_wrong_in_other_people_s_lines_before_is_left_out(run) -> None:
    said = run("import json\njson.loads('{')")[1]
    assert said["error"].count("Traceback") == 1
    assert "JSONDecodeError" in said["error"]


def test_an_error_of_an_error_of_one_s_own_is_told_whole(run) -> None:
    said = run("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('so') from error")[
        1
    ]
    assert "ZeroDivisionError" in said["error"]
    assert "ValueError: so" in said["error"]


@pytest.mark.parametrize("code", ["raise SystemExit", "exit()", "raise KeyboardInterrupt"])
def test_no_exit_ends_the_console(run, code: str) -> None:
    assert "error" in run(code)[1]
    assert run("1")[0] == "1\n"


@pytest.mark.parametrize("code", ["L.map??", "??L.map", "x = 1\nL.map ??"])
def test_two_question_marks_show_the_source_as_jupyter_does(run, code: str) -> None:
    printed, said = run(code)
    assert said == {}
    assert "def map(self:L, f, *args" in printed


def test_the_source_of_what_was_written_here_is_shown(run) -> None:
    run("class A:\n    def f(self):\n        return 1  # mine")
    assert run("A.f??")[0] == "def f(self):\n    return 1  # mine\n"


def test_one_question_mark_shows_the_call_and_what_it_says_of_itself(run) -> None:
    printed = run("L.map?")[0]
    assert printed.startswith("L.map(self: ")
    assert "Create new `L` with `f` applied" in printed
    assert "Return the number of items" in run("len?")[0]
    assert "len is not written in Python." in run("len??")[0]


@pytest.mark.parametrize(("code", "kind"), [("nope??", "NameError"), ("L.nope?", "AttributeError")])
def test_a_name_that_is_not_there_is_said(run, code: str, kind: str) -> None:
    assert run(code)[1]["error_type"] == kind


EVEN = "[0, 4, 16, 36, 64]"


@pytest.mark.parametrize(
    ("code", "is_reached"),
    [
        ("[n * n for n in range(10) if n % 2 == 0]", True),
        ("L(range(10)).filter(lambda n: n % 2 == 0).map(lambda n: n ** 2)", True),
        ("squares = [0, 4, 16, 36, 64]\nsquares", True),
        ("'[0, 4, 16, 36, 64]'", False),
        ("[n * n for n in range(10)]", False),
        ("(0, 4, 16, 36, 64)", False),
    ],
)
def test_the_goal_is_reached_by_the_value_and_not_by_the_text(run, code: str, is_reached: bool) -> None:
    assert run(code, EVEN)[1] == {"is_reached": is_reached}


def test_what_is_only_printed_or_kept_reaches_no_goal(run) -> None:
    assert run(f"print({EVEN})", EVEN)[1] == {}
    assert run(f"x = {EVEN}", EVEN)[1] == {}


def test_true_is_not_one_and_a_goal_that_cannot_be_computed_is_said(run) -> None:
    assert run("1", "True")[1] == {"is_reached": False}
    assert run("1 == 1", "True")[1] == {"is_reached": True}
    assert run("1", "nope")[1] == {"goal_error": "NameError: name 'nope' is not defined"}


def test_the_goal_does_not_know_the_learner_s_names(run) -> None:
    run("n = 3")
    assert "goal_error" in run("n", "n")[1]


DECK = read_deck((Path(__file__).parents[2] / "cards" / "content" / "chapter5.md").read_text())
CONSOLES = {card.key: console for card in DECK.cards if (console := card.wording.console)}
SOLUTIONS = {
    "regex-labels": r"""re.fullmatch(r"([a-z_]+)_\d+[.]jpg", "great_pyrenees_173.jpg")[1]""",
    "fastcore-l": "L(n ** 2 for n in range(0, 10, 2))",
    "pathlib": 'Path("pets/train/pug_7.jpg").stem',
}


@pytest.mark.parametrize("key", SOLUTIONS)
def test_the_deck_s_examples_give_what_the_card_says_and_its_goals_can_be_reached(
    run, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    console = CONSOLES[key]
    assert console.goal
    for example in console.examples:
        printed, said = run(example.code, console.goal.value)
        assert printed.rstrip("\n") == example.output
        assert said == {"is_reached": False}
    assert run(SOLUTIONS[key], console.goal.value)[1] == {"is_reached": True}


def test_the_server_has_no_such_module() -> None:
    assert "repl" not in sys.modules
