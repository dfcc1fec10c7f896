"""source_of is right: what it shows against the installed files, read here without `inspect`."""

import ast
import importlib.metadata
import re
from importlib.util import find_spec
from pathlib import Path

import fastai
import pytest
import torch

from cards.demos import Cancelled, Result
from cards.demos.contract import Text
from cards.demos.library.source_of import NAMES
from tests.demos.library.runs import part, run

# Where each stands that is written in Python.
FILES = {
    "Learner.fine_tune": "fastai/callback/schedule.py",
    "Learner.fit_one_cycle": "fastai/callback/schedule.py",
    "Learner.freeze": "fastai/learner.py",
    "Learner.lr_find": "fastai/callback/schedule.py",
    "Learner.to_fp16": "fastai/callback/fp16.py",
    "DataBlock.summary": "fastai/data/block.py",
    "Interpretation.plot_top_losses": "fastai/interpret.py",
    "RegexLabeller": "fastai/data/transforms.py",
    "L.attrgot": "fastcore/foundation.py",
    "error_rate": "fastai/metrics.py",
    "minimum": "fastai/callback/schedule.py",
    "steep": "fastai/callback/schedule.py",
    "F.nll_loss": "torch/nn/functional.py",
}


def written(name: str) -> tuple[ast.FunctionDef | ast.ClassDef, list[str]]:
    """Its definition, the last one of that name in its file, and the file's lines."""
    package, _, file = FILES[name].partition("/")
    lines = (Path(find_spec(package).submodule_search_locations[0]) / file).read_text().splitlines()
    nodes = [node for node in ast.walk(ast.parse("\n".join(lines))) if hasattr(node, "decorator_list")]
    return next(node for node in nodes[::-1] if node.name == name.rpartition(".")[2]), lines


def told(module: str, name: str) -> str:
    """The docs that fastai gives a method apart from it: the argument of that name in a call, or a dictionary."""
    nodes = [node for node in ast.walk(ast.parse(module)) if isinstance(node, ast.keyword)]
    return next(str(ast.literal_eval(node.value)) for node in nodes if node.arg == name)


def texts(result: Result) -> list[str]:
    return [part(result, Text, place).text for place in range(len(result.parts))]


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("name", FILES)
def test_two_question_marks_show_what_stands_in_the_file_from_the_line_that_it_names(name: str) -> None:
    """Planted fault: a line too few, the docs of another name, a source that begins after the decorator."""
    result = run("source_of", name=name)
    node, lines = written(name)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    expected = [line.strip() for line in lines[first - 1 : node.end_lineno]]
    shown = [line.strip() for line in texts(result)[1].splitlines()]
    assert shown[: len(expected)] == expected
    assert all(line.startswith("#") for line in shown[len(expected) :])  # a comment at the end of its block
    assert f"its source has {len(shown)} lines" in result.finding
    assert result.data_used.endswith(f"{FILES[name]}, from line {first}")
    assert part(result, Text, 1).language == "python"


@pytest.mark.parametrize("name", FILES)
def test_one_question_mark_shows_each_argument_with_its_default_and_the_docs(name: str) -> None:
    node, lines = written(name)
    docs = ast.get_docstring(node) or told("\n".join(lines), node.name)
    shown, _ = texts(run("source_of", name=name))
    call, _, rest = shown.partition('\n\n"""')
    assert docs
    assert words(rest) == words(docs + '"""')
    call = " ".join(call.split())
    assert call.startswith(f"{name}(")
    assert " at 0x" not in shown
    if isinstance(node, ast.FunctionDef):
        arguments, defaults = node.args.args, node.args.defaults
        for argument, default in zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True):
            try:
                said = repr(ast.literal_eval(default))
            except ValueError:  # a name, such as SuggestionMethod.Valley, which is the function valley
                said = ast.unparse(default).rpartition(".")[2].strip("()").lower()
            assert f"{argument.arg}={said}" in call
        assert all(re.search(rf"\b{argument.arg}\b", call) for argument in arguments)


def test_what_is_passed_on_stands_in_the_signature_by_its_name() -> None:
    """fine_tune passes its **kwargs on to fit_one_cycle, whose wd and cbs are therefore its own."""
    shown, source = texts(run("source_of"))
    assert "wd=None" in shown
    assert "**kwargs" not in shown
    assert "**kwargs" in source


def test_the_finding_tells_the_order_of_the_two_steps_as_the_card_has_it() -> None:
    """Planted fault: calls by the order of the syntax tree, or by name."""
    assert run("source_of").finding.endswith("freeze, fit_one_cycle, unfreeze, fit_one_cycle.")
    _, source = texts(run("source_of"))
    assert re.findall(r"self\.(\w+)\(", source) == ["freeze", "fit_one_cycle", "unfreeze", "fit_one_cycle"]


def test_what_is_compiled_has_no_source_and_says_so() -> None:
    result = run("source_of", name="torch.where")
    assert [words(text) for text in texts(result)] == [words(f'"""{torch.where.__doc__.strip()}"""')]
    assert "no source to show" in result.finding
    assert "call" not in result.finding
    assert f"torch {torch.__version__}" in result.data_used


def test_every_name_of_the_list_is_there_and_says_its_version() -> None:
    assert set(NAMES) == {*FILES, "torch.where"}
    versions = {"fastai": fastai.__version__, "fastcore": importlib.metadata.version("fastcore")}
    for name, file in FILES.items():
        package = file.partition("/")[0]
        version = versions.get(package, torch.__version__)
        result = run("source_of", name=name)
        assert result.data_used.startswith(f"{package} {version}, ")
        assert max(len(text.splitlines()) for text in texts(result)) <= 70


def test_it_is_the_same_each_time_and_stops_when_told() -> None:
    assert run("source_of", name="Learner.lr_find") == run("source_of", name="Learner.lr_find", seed=43)

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        run("source_of", report=report)


FAULTS = [
    ('"".join(lines)', '"".join(lines[1:])',
     lambda: test_two_question_marks_show_what_stands_in_the_file_from_the_line_that_it_names("Learner.lr_find")),
    ("key=lambda method: (method.lineno, method.col_offset)", "key=lambda method: method.attr",
     test_the_finding_tells_the_order_of_the_two_steps_as_the_card_has_it),
    ('r"<function (\\w+) at \\w+>", r"\\1"', '"a^", ""',
     lambda: test_one_question_mark_shows_each_argument_with_its_default_and_the_docs("Learner.lr_find")),
    ("inspect.getdoc(thing)", "thing.__name__",
     test_what_is_compiled_has_no_source_and_says_so),
]  # fmt: skip
