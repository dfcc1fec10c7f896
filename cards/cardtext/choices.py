"""Choices at the end of a prompt: a list whose right items are marked, each with what is said to whoever took it.

    Which function takes no logarithm, despite its name?

    - [ ] `log_softmax`
      > It does: it is the logarithm of softmax.
    - [x] `nll_loss`
    - [ ] `cross_entropy`

The list is the prompt's end, has two choices or more, and at least one of them is right; any other list is text.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

CHOICE = re.compile(r"[-*][ \t]+\[(?P<mark>[ xX])\][ \t]+(?P<text>\S.*)")
INDENT = re.compile(r"[ \t]{2,}(?P<text>\S.*)")
FEEDBACK = re.compile(r">[ \t]?(?P<text>.*)")
FEWEST, MOST_CHOICES = 2, 20


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: its text, whether it is right, and what is said of it to whoever took it. Both are Markdown."""

    text: str
    is_right: bool
    feedback: str = ""


class Split(NamedTuple):
    """A prompt in two: what it asks, and its choices."""

    question: str
    choices: tuple[Choice, ...]


def split_choices(prompt: str) -> Split:
    """The prompt without its choices, and these in the order written; none where the prompt's end is no such list."""
    lines = prompt.split("\n")
    start = _start(lines)
    if not any(lines[:start]):
        return Split(prompt, ())
    choices = _read(lines[start:])
    if not FEWEST <= len(choices) <= MOST_CHOICES or not any(choice.is_right for choice in choices):
        return Split(prompt, ())
    return Split("\n".join(lines[:start]).rstrip("\n"), choices)


def _start(lines: list[str]) -> int:
    """Where the list that ends the prompt begins: each of its lines is a choice, or belongs to one above."""
    start = len(lines)
    for number in range(len(lines) - 1, -1, -1):
        if CHOICE.fullmatch(lines[number]):
            start = number
        elif lines[number] and not INDENT.fullmatch(lines[number]):
            break
    return start


def _read(lines: list[str]) -> tuple[Choice, ...]:
    heads = [number for number, line in enumerate(lines) if CHOICE.fullmatch(line)]
    return tuple(_choice(lines[start:end]) for start, end in pairwise([*heads, len(lines)]))


def _choice(lines: list[str]) -> Choice:
    head = CHOICE.fullmatch(lines[0])
    assert head is not None
    texts, said = [head["text"]], []
    for line in lines[1:]:
        inner = INDENT.fullmatch(line)
        feedback = inner and FEEDBACK.fullmatch(inner["text"])
        if feedback:
            said.append(feedback["text"])
        else:
            texts.append(line.removeprefix("  "))
    return Choice("\n".join(texts).rstrip("\n"), head["mark"] != " ", "\n".join(said))
