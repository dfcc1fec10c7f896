"""The Python of a card's console. It runs in the learner's browser, by Pyodide in a worker, and nowhere on the server.

`run` is called by worker.js with what the learner wrote. What that prints goes to stdout, and so does its value.
"""

import ast
import builtins
import inspect
import json
import linecache
import pydoc
import re
import sys
import textwrap
import traceback
from pathlib import Path
from types import CodeType
from typing import Any

from fastcore.foundation import L

# name? and name??, as in Jupyter, before the name or behind it.
HELP = re.compile(r"\s*(?:(?P<before>\?\??)\s*)?(?P<name>[^\W\d][\w.]*)\s*(?P<behind>\?\??)?\s*")
OURS = "<run "  # begins the name of the file that a run's lines are said to be in
APART = {"js", "pyodide", "pyodide_js", "_pyodide", "_pyodide_core"}
READY = {"L": L, "Path": Path, "re": re}
names: dict[str, Any] = {}
number = 0


def anew() -> None:
    """Forgets all that was run; what is imported for everybody is there again."""
    names.clear()
    names.update({"__name__": "__main__", "__builtins__": builtins}, **READY)


def run(text: str, value: str = "") -> str:
    """Runs it, and prints the value of its last line where that is an expression.

    As JSON: `error`, the traceback of what went wrong, and `error_type`, its class; whether the value is that of the
    goal, which the expression `value` gives (`is_reached`); what is wrong with that expression (`goal_error`). Each is
    missing where there is nothing to say.
    """
    global number
    number += 1
    said: dict[str, Any] = {}
    try:
        body, last, asked = _compiled(text.rstrip(), f"{OURS}{number}>")
        exec(body, names)
        if asked:
            print(_help(*asked))
        elif last is not None:
            found = eval(last, names)
            if found is not None:
                names["_"] = found
                print(repr(found))
                said |= _goal(found, value) if value else {}
    except BaseException as error:
        said |= {"error": _traceback(error), "error_type": type(error).__name__}
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return json.dumps(said)


def _compiled(text: str, file: str) -> tuple[CodeType, CodeType | None, tuple[str, bool] | None]:
    """All but a last line that is an expression; that; or the name whose help, or source, that line asks for."""
    linecache.cache[file] = (len(text), None, [f"{line}\n" for line in text.split("\n")], file)
    above, _newline, line = text.rpartition("\n")
    asked = None
    found = HELP.fullmatch(line)
    if found and (marks := found["before"] or found["behind"]):
        text, asked = above, (found["name"], len(marks) == 2)
    tree = ast.parse(text, file)
    last = None
    if not asked and tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), file, "eval")  # type: ignore[attr-defined]
    return compile(tree, file, "exec"), last, asked


def _goal(found: object, value: str) -> dict[str, Any]:
    try:
        wanted = eval(value, dict(READY))
    except Exception as error:
        return {"goal_error": f"{type(error).__name__}: {error}"}
    return {"is_reached": isinstance(found, bool) == isinstance(wanted, bool) and bool(wanted == found)}


def _help(name: str, with_source: bool) -> str:
    """What Jupyter shows of it: where it is from and its text; or how it is called, and what it says of itself."""
    first, *rest = name.split(".")
    if first not in names and not hasattr(builtins, first):
        raise NameError(f"name {first!r} is not defined")
    thing = names.get(first, getattr(builtins, first, None))
    for part in rest:
        thing = getattr(thing, part)
    if with_source:
        try:
            return textwrap.dedent(inspect.getsource(thing)).rstrip()
        except (TypeError, OSError):
            return f"{name} is not written in Python. {pydoc.plain(pydoc.getdoc(thing))}".strip()
    try:
        called = f"{name}{inspect.signature(thing)}"
    except (TypeError, ValueError):
        called = f"{name}: {type(thing).__name__}"
    return f"{called}\n\n{pydoc.getdoc(thing)}".strip()


def _traceback(error: BaseException) -> str:
    """As Python says it, but of the learner's own lines alone."""
    whole = _own(traceback.TracebackException.from_exception(error))
    return "".join(whole.format() if whole.stack else whole.format_exception_only()).rstrip()


def _own(said: traceback.TracebackException) -> traceback.TracebackException:
    """The same without other people's lines, and without what went wrong before in theirs alone."""
    said.stack = traceback.StackSummary.from_list(
        [each for each in said.stack if each.filename.startswith(OURS)]
    )
    for each in said.exceptions or ():
        _own(each)
    for name in ("__cause__", "__context__"):
        if (before := getattr(said, name)) and not _own(before).stack:
            setattr(said, name, None)
    return said


def _no_input(*prompt: object) -> str:
    raise EOFError("This console has no input(): write the text in the code.")


class Apart:
    """Finds no module that would lead out of Python. The worker's own walls are behind it."""

    @staticmethod
    def find_spec(name: str, *where: object) -> None:
        if name.partition(".")[0] in APART:
            raise ImportError(f"{name} is not there: this console is apart from the page and the network.")


def wall_off() -> None:
    """From here on no module leads to the browser."""
    builtins.input = _no_input
    for name in list(sys.modules):
        if name.partition(".")[0] in APART:
            del sys.modules[name]
    sys.meta_path[:] = [Apart, *(finder for finder in sys.meta_path if "Js" not in type(finder).__name__)]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


anew()
