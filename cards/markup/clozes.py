"""Clozes as cardtext.show marks them: gaps, and what fills them, as tokens, and as LaTeX in a formula."""

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from cards.cardtext.cloze import BLANK, ELLIPSIS, END, FILLED, MARKS, PLAIN
from cards.messages import _

GAP = re.compile(rf"{BLANK}\[([^{END}]*)\]{END}")
OTHERS = re.compile(rf"([{FILLED}{PLAIN}])([^{END}]*){END}")
ENCODED = re.compile("%EE%80%8[0-3]")  # the marks in the address of a link
NO_LATEX = re.compile(r"[\\{}$&#%_^~]")
# What a screen reader says of each. A page shows it by a frame.
WORDS = {BLANK: _("blank"), FILLED: _("filled in")}
CLASSES = {BLANK: "blank", FILLED: "filled"}


def marked(children: Iterable[Token]) -> Iterator[Token]:
    """The tokens of a line, with its clozes as tokens; in code, in addresses and in what a picture shows, as text.

    In a formula they stay as they are, for `in_formula`.
    """
    opened = ""
    for token in children:
        if token.type == "text" and MARKS.search(token.content):
            for piece in re.split(f"({MARKS.pattern})", token.content):
                if MARKS.fullmatch(piece):
                    yield from _closed(opened, token.level)
                    yield from _opened(piece, token.level)
                    opened = piece
                elif piece:
                    yield Token("text", "", 0, content=piece, level=token.level)
            continue
        if token.type == "code_inline":
            token.content = unmarked(token.content)
        for name in ("href", "src", "title"):
            if name in token.attrs:
                token.attrs[name] = ENCODED.sub("", unmarked(str(token.attrs[name])))
        yield token
    yield from _closed(opened, 0)


def unmarked(text: str) -> str:
    """The text without marks."""
    return MARKS.sub("", text)


def as_text(token: Token) -> str:
    """What the token says, on its own, without marks: a formula as its source, whose braces a cloze's were."""
    is_formula = token.type.startswith("math")
    return unmarked(OTHERS.sub(r"{\2}", token.content) if is_formula else token.content)


def in_formula(source: str) -> tuple[str, str]:
    """The LaTeX of a formula with its gaps, and what fills them, in frames; and the mark of what it holds, if any."""
    if not MARKS.search(source):
        return source, ""
    held = next((mark for mark in WORDS if mark in source), "")
    latex = OTHERS.sub(_framed, GAP.sub(lambda gap: rf"{{\boxed{{{_hint(gap[1])}}}}}", source))
    return unmarked(latex), held


def _framed(found: re.Match[str]) -> str:
    return rf"{{\boxed{{{found[2]}}}}}" if found[1] == FILLED else f"{{{found[2]}}}"


def _hint(text: str) -> str:
    words = NO_LATEX.sub("", text).strip()
    return r"\ldots" if words in {"", ELLIPSIS} else rf"\text{{{words}}}"


def _opened(mark: str, level: int) -> Iterator[Token]:
    if mark in WORDS:
        yield Token("cloze_open", "mark", 1, attrs={"class": CLASSES[mark]}, meta={"mark": mark}, level=level)


def _closed(mark: str, level: int) -> Iterator[Token]:
    if mark in WORDS:
        yield Token("cloze_close", "mark", -1, level=level)
