"""What `?` and `??` show of a name in a notebook: signature, documentation and source, as they are installed."""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from cards.demos.contract import Choice, Demo, Queue, Report, Result, Text
from cards.messages import _

# Each is there, with a documentation, after `from fastai.vision.all import *`.
NAMES = (
    "Learner.fine_tune",
    "Learner.fit_one_cycle",
    "Learner.freeze",
    "Learner.lr_find",
    "Learner.to_fp16",
    "DataBlock.summary",
    "Interpretation.plot_top_losses",
    "RegexLabeller",
    "L.attrgot",
    "error_rate",
    "minimum",
    "steep",
    "F.nll_loss",
    "torch.where",
)
WIDEST = 60  # characters of a line of the signature and the documentation


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import fastai.vision.all

    name: str = parameters["name"]
    report(1, 2, _("looking the name up"))
    thing = reduce(getattr, name.split("."), fastai.vision.all)
    package, version = _package(thing)
    docs = "\n".join(_filled(line) for line in (inspect.getdoc(thing) or "").splitlines())
    what = "\n\n".join(filter(None, (signature(name, thing), f'"""{docs}"""')))
    shown = Text(title=_("One question mark: signature and documentation"), text=what, language="python")
    report(2, 2, _("reading its file"))
    if inspect.isbuiltin(thing):
        finding = _(
            "%(name)s is compiled, not written in Python: there is no source to show, and two question marks "
            "show what one shows.",
            name=name,
        )
        data = _("%(package)s %(version)s, as it is installed here", package=package, version=version)
        return Result(parts=[shown], finding=finding, data_used=data)

    lines, first = inspect.getsourcelines(thing)
    source = textwrap.dedent("".join(lines)).rstrip()
    data = _(
        "%(package)s %(version)s, as it is installed here: %(file)s, from line %(line)s",
        package=package,
        version=version,
        file=_file(thing),
        line=str(first),  # a number of a line has no thousands
    )
    return Result(
        parts=[shown, Text(title=_("Two question marks: the source"), text=source, language="python")],
        finding=_finding(name, source),
        data_used=data,
    )


def signature(name: str, thing: Callable[..., Any]) -> str:
    """The call with its defaults, without types, in lines; "" for what is compiled and says nothing of it.

    fastai tells of most **kwargs by their names to whom they are passed on. A default that is a function stands there
    by its name: its place in memory is another each time.
    """
    try:
        said = inspect.signature(thing)
    except ValueError:
        return ""
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in said.parameters.values()]
    call = re.sub(r"<function (\w+) at \w+>", r"\1", f"{name}{inspect.Signature(bare)}")
    return _filled(call, indent="    ")


def _filled(line: str, indent: str = "") -> str:
    """The line as several, no word of it broken."""
    return textwrap.fill(
        line, WIDEST, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def calls(source: str) -> list[str]:
    """The methods of its own object that the source calls, from top to bottom, each as often as it stands there."""
    found = [
        node.func
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "self"
    ]
    return [method.attr for method in sorted(found, key=lambda method: (method.lineno, method.col_offset))]


def _finding(name: str, source: str) -> str:
    said = {"name": name, "lines": len(source.splitlines()), "calls": ", ".join(calls(source))}
    if said["calls"]:
        return _(
            "One question mark says what %(name)s is for, two show how it works: its source has %(lines)s lines, "
            "which call, from top to bottom, %(calls)s.",
            **said,
        )
    return _(
        "One question mark says what %(name)s is for, two show how it works: its source has %(lines)s lines.",
        **said,
    )


def _package(thing: Any) -> tuple[str, str]:
    """The name and the version of the package that it comes from."""
    package = (thing.__module__ or "torch").partition(".")[0]
    return package, str(sys.modules[package].__version__)


def _file(thing: Any) -> str:
    """Its file, from the package's folder on."""
    folder = Path(sys.modules[_package(thing)[0]].__path__[0])
    return Path(inspect.getsourcefile(thing) or "").relative_to(folder.parent).as_posix()


DEMO = Demo(
    title=_("One question mark, or two"),
    look_at=_(
        "See how much of a function its documentation tells, and how much only its source. "
        "Many in fastai are so short that reading them is the quickest answer."
    ),
    try_this=_("Now choose Learner.to_fp16, and see how little it does by itself. Then choose torch.where."),
    parameters=(
        Choice(
            name="name",
            label=_("Name"),
            help=_("As you would write it in a notebook, after from fastai.vision.all import *."),
            default="Learner.fine_tune",
            choices=NAMES,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=10,
    megabytes=2000,
    run=run,
)
