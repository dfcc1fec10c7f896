"""What a demo declares and takes: every wrong value has a message, nothing is computed to list demos."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.demos import (
    Choice,
    Demo,
    Integer,
    ParameterError,
    ParametersRefused,
    Queue,
    Real,
    Reals,
    ShortText,
    demo,
    demos,
    library,
)
from cards.demos.contract import DemoError

LIBRARY = Path(library.__path__[0])
NAMED = {"label": "L", "help": "H"}
WHOLE = Integer(name="k", default=3, least=1, most=8, **NAMED)
REAL = Real(name="rate", default=0.1, least=1e-6, most=10, **NAMED)
REALS = Reals(name="x", default=[1.0, 2.0], least=-1000, most=1000, fewest=2, most_items=20, **NAMED)
WORD = Choice(name="mode", default="zeros", choices=("zeros", "border"), **NAMED)
LINE = ShortText(name="pattern", default=".", most_length=10, **NAMED)


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (WHOLE, " 8 ", 8),
        (WHOLE, "+1", 1),
        (REAL, "1e-3", 0.001),
        (REAL, ".5", 0.5),
        (REALS, "0.02, \N{MINUS SIGN}2.49 1.25", [0.02, -2.49, 1.25]),
        (REALS, "-0,0", [0.0, 0.0]),
        (WORD, "border", "border"),
        (LINE, r"(.+)_\d+", r"(.+)_\d+"),
    ],
)
def test_it_reads_what_a_learner_writes(parameter, text, value) -> None:
    assert parameter.read(text) == value


@pytest.mark.parametrize(
    ("parameter", "text", "says"),
    [
        (WHOLE, "", "Nothing is written"),
        (WHOLE, "9", "out of range"),
        (WHOLE, "1.5", "no whole number"),
        (WHOLE, "٣", "no whole number"),
        (WHOLE, "9" * 5000, "out of range"),
        (REAL, "nan", "no number"),
        (REAL, "inf", "no number"),
        (REAL, "1e308", "out of range"),
        (REAL, "1e999", "out of range"),
        (REAL, "0x10", "no number"),
        (REAL, "1_0", "no number"),
        (REALS, "1", "too few"),
        (REALS, ",,", "too few"),
        (REALS, ",".join(["1"] * 10_000), "10,000 numbers are too many"),
        (REALS, "1, nan", "no number"),
        (REALS, "1; drop table", "no number"),
        (WORD, "<script>", "no choice"),
        (LINE, "x" * 11, "too many"),
        (LINE, "a\x00b", "cannot be shown"),
    ],
)
def test_a_wrong_value_has_a_message_that_says_what_may_be_written(parameter, text, says) -> None:
    with pytest.raises(ParameterError) as raised:
        parameter.read(text)
    assert says in raised.value.message
    assert f"Write {parameter.range}." in raised.value.message
    assert len(raised.value.message) < 300


@given(st.lists(st.floats(-1000, 1000), min_size=2, max_size=20))
def test_what_is_written_is_read_back(values) -> None:
    assert REALS.read(REALS.write(values)) == values


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_value_that_json_holds_or_a_message(text) -> None:
    for parameter in (WHOLE, REAL, REALS, WORD, LINE):
        try:
            json.dumps(parameter.read(text), allow_nan=False)
        except ParameterError:
            continue


def test_a_demo_names_every_wrong_parameter_at_once() -> None:
    softmax = demo("softmax_table")
    assert softmax.read({}) == {"activations": [0.02, -2.49, 1.25]}
    assert softmax.read(softmax.write({"activations": [1.0, 5.0]})) == {"activations": [1.0, 5.0]}
    with pytest.raises(ParametersRefused) as raised:
        softmax.read({"activations": "one", "depth": "3"})
    assert set(raised.value.errors) == {"activations", "depth"}


def test_parameters_that_do_not_fit_each_other_are_refused() -> None:
    with pytest.raises(ParametersRefused) as raised:
        demo("lr_find").read({"start_rate": "0.001", "end_rate": "0.01"})
    assert "at least 100 times" in raised.value.errors["end_rate"]


def test_each_file_of_the_library_is_a_demo_and_says_all_that_is_asked() -> None:
    files = {path.stem for path in LIBRARY.glob("*.py")} - {"__init__"}
    assert {one.slug for one in demos()} == files >= {"softmax_table", "lr_find"}
    for one in demos():
        assert isinstance(one, Demo)
        assert one.title
        assert one.try_this
        assert one.queue in Queue
        assert one.look_at.count(". ") + one.look_at.endswith(".") == 2, f"{one.slug}: two sentences"
        assert 0 < one.seconds <= 60
        assert 0 < one.megabytes <= 8000
        assert one.read({}) == {parameter.name: parameter.default for parameter in one.parameters}
        for parameter in one.parameters:
            assert parameter.label
            assert parameter.help
            assert parameter.range
            assert parameter.read(parameter.write(parameter.default)) == parameter.default
    assert demo("no_such_demo") is None


def test_a_run_that_was_asked_for_has_the_defaults_of_parameters_that_came_since() -> None:
    softmax = demo("softmax_table")
    assert softmax.completed({}) == {"activations": [0.02, -2.49, 1.25]}
    assert softmax.completed({"activations": [1.0, 5.0]}) == {"activations": [1.0, 5.0]}
    with pytest.raises(DemoError, match="it has no depth, steps any more"):
        softmax.completed({"steps": 9, "depth": 3})


def test_those_demos_have_pets_that_load_photos() -> None:
    sources = {path.stem: path.read_text() for path in LIBRARY.glob("*.py")}
    loading = {slug for slug, source in sources.items() if "cards.demos.photos" in source}
    assert {one.slug for one in demos() if one.has_pets} == loading
    assert not any("cards.demos.pets" in source for source in sources.values())


def test_a_demo_s_code_is_its_own_file_and_all_that_demos_share(tmp_path: Path) -> None:
    for path in [LIBRARY.parents[1] / "messages.py", *LIBRARY.parent.rglob("*.py")]:
        copy = tmp_path / path.relative_to(LIBRARY.parents[2])
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)

    def changed(name: str) -> set[str]:
        """The demos that are others once that file has one more line."""
        before = codes(tmp_path)
        with (tmp_path / "cards" / "demos" / name).open("a") as file:
            file.write("# mended\n")
        after = codes(tmp_path)
        return {slug for slug, code in after.items() if code != before[slug]}

    assert codes(tmp_path) == {one.slug: one.code for one in demos()}
    assert changed("library/log_curve.py") == {"log_curve"}
    assert changed("shown.py") == {one.slug for one in demos()}


def codes(folder: Path) -> dict[str, str]:
    show = "import json; from cards.demos import demos; print(json.dumps({one.slug: one.code for one in demos()}))"
    done = subprocess.run(
        [sys.executable, "-c", show], cwd=folder, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_listing_demos_loads_nothing_that_computes() -> None:
    show = (
        "import sys; from cards.demos import demos; demos();"
        "print(sorted({'torch', 'fastai', 'numpy', 'matplotlib', 'sklearn', 'django'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
