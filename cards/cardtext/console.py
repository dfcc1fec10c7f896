"""Consoles at the end of a prompt: examples in Python, ready to run and to change, and perhaps a goal.

    Try it: square the even numbers below 10.

    ```try
    goal: the list of their squares
    value: [0, 4, 16, 36, 64]
    >>> [n for n in range(4)]
    [0, 1, 2, 3]
    >>> for n in range(2):
    ...     print(n)
    0
    1
    ```

An example is its lines of code and, below them, what they give, which is shown to whoever cannot run it. The goal is
said in words, and reached by whatever has that value. Nothing of it is ever run here, but in the learner's browser.
"""

import ast
from dataclasses import dataclass

from cards.cardtext.fence import BlockError, split_block
from cards.messages import _

MOST_EXAMPLES, MOST_GOAL, MOST_VALUE = 20, 300, 500  # the latter two in characters
CODE = (">>>", "...")


@dataclass(frozen=True, slots=True)
class Example:
    """Python, one line or several, and below it what it prints and its value; "" for nothing."""

    code: str
    output: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be found, in words; and a Python expression that has its value."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Console:
    """What stands beside a Python console."""

    examples: tuple[Example, ...] = ()
    goal: Goal | None = None


def split_console(prompt: str) -> tuple[str, Console | None]:
    """The prompt without its console, and that; None where it does not end in one, or one that cannot be read."""
    try:
        return read_console(prompt)
    except BlockError:
        return prompt, None


def read_console(prompt: str) -> tuple[str, Console | None]:
    """The same. Raises BlockError, with the line in the prompt, for a console that cannot be read."""
    block = split_block(prompt, "try")
    if block is None:
        return prompt, None
    try:
        return block.question, _read(block.lines)
    except BlockError as error:
        raise BlockError(error.message, block.first + error.line - 1) from error


def _read(lines: list[str]) -> Console:
    start = next((number for number, line in enumerate(lines) if _is_code(line)), len(lines))
    goal = _goal(lines[:start])
    examples = _examples(lines[start:])
    if len(examples) > MOST_EXAMPLES:
        raise BlockError(_("A console has at most %(most)s examples.", most=MOST_EXAMPLES), 1)
    if not examples and goal is None:
        raise BlockError(
            _("A console has an example such as `>>> 1 + 1`, or a `goal:` with its `value:`."), 1
        )
    return Console(examples, goal)


def _goal(lines: list[str]) -> Goal | None:
    """What the lines above the examples say."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        key, colon, text = line.partition(":")
        if not colon or key not in {"goal", "value"} or key in found or not text.strip():
            raise BlockError(
                _("Above its examples (`>>> 1 + 1`) a console has one `goal:` and one `value:`, or none."),
                number,
            )
        most = MOST_GOAL if key == "goal" else MOST_VALUE
        if len(text.strip()) > most:
            raise BlockError(_("This has at most %(most)s characters.", most=most), number)
        if key == "value" and not _is_expression(text.strip()):
            raise BlockError(_("The goal’s value is no Python expression, such as `[0, 4, 16]`."), number)
        found[key] = text.strip()
    if not found:
        return None
    if len(found) == 1:
        raise BlockError(_("A goal has words and a value: `goal: their sum`, `value: 12`."), 1)
    return Goal(found["goal"], found["value"])


def _is_expression(text: str) -> bool:
    """Whether it can be read as one. It is read, and never run; one as short does that no harm."""
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _is_code(line: str) -> bool:
    return line.startswith(CODE[0]) and line[3:4] in {"", " "}


def _goes_on(line: str) -> bool:
    return line.startswith(CODE[1]) and line[3:4] in {"", " "}


def _examples(lines: list[str]) -> tuple[Example, ...]:
    """Code lines that follow one another are one example; below a blank line, or an output, begins the next."""
    found: list[tuple[list[str], list[str]]] = []
    is_open = False
    for line in lines:
        if is_open and (_is_code(line) or _goes_on(line)):
            found[-1][0].append(line[4:])
        elif _is_code(line):
            found.append(([line[4:]], []))
            is_open = True
        else:
            found[-1][1].append(line)
            is_open = False
    return tuple(Example("\n".join(code), "\n".join(output).strip("\n")) for code, output in found)
