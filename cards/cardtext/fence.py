"""Blocks of a kind of their own at the end of a prompt: a code fence that says which."""

import re
from typing import NamedTuple

from cards.messages import _

FENCE = re.compile(r"`{3,}")


class BlockError(ValueError):
    """What is wrong with a block, and in which line from 1: of the block's own; of the prompt where that was split."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message, line)
        self.message, self.line = message, line


class Block(NamedTuple):
    """The prompt above the fences, the lines between them, and where in the prompt the first of these is, from 1."""

    question: str
    lines: list[str]
    first: int


def split_block(prompt: str, kind: str) -> Block | None:
    """The block of that kind in which the prompt ends, or None. Raises BlockError where nothing stands above it."""
    lines = prompt.split("\n")
    if not FENCE.fullmatch(lines[-1]):
        return None
    fences = [number for number, line in enumerate(lines[:-1]) if line.startswith(lines[-1])]
    if not fences or lines[fences[-1]] != f"{lines[-1]}{kind}":
        return None
    start = fences[-1]
    question = "\n".join(lines[:start]).rstrip("\n")
    if not question.strip():
        raise BlockError(_("Write what is asked above the block."), 1)
    return Block(question, lines[start + 1 : -1], start + 2)
