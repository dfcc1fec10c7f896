"""Card Markdown as tokens: CommonMark with tables, strikethrough, maths and bare addresses; HTML is text."""

import logging
import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cards.markup.content import fit
from cards.markup.dollars import read_dollars
from cards.markup.urls import is_allowed

# What no card needs, and what would take long to read: such a text is not taken for Markdown.
LONGEST = 50_000  # characters: the longest answer
MOST_BRACKETS = 5_000
MOST_CELLS = 30_000  # if all lines made one table: short rows are filled up
DEEPEST = 40  # blocks within blocks; a list takes two

SURROGATES = re.compile("[\ud800-\udfff]")  # halves of characters, which cannot be sent or stored
logger = logging.getLogger(__name__)


def parse(markdown: str) -> list[Token] | None:
    """The tokens of the text, fit for a card; None for a text that is too long or too entangled."""
    if len(markdown) > LONGEST or markdown.count("[") > MOST_BRACKETS or _cells(markdown) > MOST_CELLS:
        return None
    try:
        tokens = MARKDOWN.parse(SURROGATES.sub("\ufffd", markdown))
    except Exception:  # a fault of the parser must not take the page away, nor the text
        logger.exception("A text of %d characters could not be read as Markdown.", len(markdown))
        return None
    # The parser leaves out what stands deeper than it goes.
    deepest = max((inner.level for token in tokens for inner in (token, *(token.children or ()))), default=0)
    return tokens if deepest < DEEPEST - 1 else None


def _cells(markdown: str) -> int:
    lines = markdown.split("\n")
    return len(lines) * max(line.count("|") for line in lines)


def _build() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False, "maxNesting": DEEPEST})
    markdown.enable(["table", "strikethrough"])
    read_dollars(markdown)
    markdown.core.ruler.push("fit", fit)
    markdown.validateLink = is_allowed  # type: ignore[method-assign]
    markdown.parse("_a_")  # the lists of rules are made by the first text, which two threads must not both be
    return markdown


MARKDOWN = _build()
