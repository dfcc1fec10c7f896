r"""The syntax of maths in Markdown: `$…$` in a line, `$$…$$` in a line or around lines. `\$` is a dollar.

Written for cards, in place of a general plugin: "$5 and $6" and "$HOME/$USER" stay text, `$$` may follow a line of
text, and the time is linear in the text, whatever it holds.
"""

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline


def read_dollars(markdown: MarkdownIt) -> None:
    """Adds the tokens `math_inline`, `math_inline_display` and `math_block`; their content is the LaTeX source."""
    markdown.inline.ruler.before("escape", "maths", _inline)
    may_interrupt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("fence", "maths", _block, may_interrupt)


def _inline(state: StateInline, silent: bool) -> bool:
    text, start = state.src, state.pos
    if text[start] != "$" or (start and text[start - 1] == "$"):
        return False
    marker = "$$" if text.startswith("$$", start) else "$"
    opened = start + len(marker)
    end = _closing(text, marker, opened)
    if end is None:
        return False
    closed = end + len(marker)
    source, before, after = text[opened:end], text[start - 1 : start], text[closed : closed + 1]
    if not source.strip() or after == "$":
        return False
    # A single dollar hugs its formula, and no letter or digit touches it from outside: else it is money or a shell's.
    if marker == "$" and (source != source.strip() or before.isalnum() or after.isalnum()):
        return False
    if not silent:
        token = state.push("math_inline_display" if marker == "$$" else "math_inline", "math", 0)
        token.content, token.markup = source.strip(), marker
    state.pos = closed
    return True


def _closing(text: str, marker: str, start: int) -> int | None:
    """Where the next marker stands that no backslash escapes."""
    end = text.find(marker, start)
    while end != -1:
        before = end
        while before > start and text[before - 1] == "\\":
            before -= 1
        if (end - before) % 2 == 0:
            return end
        end = text.find(marker, end + 1)
    return None


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    line = _line(state, first)
    if not line.startswith("$$"):
        return False
    body, last = [line[2:]], first
    while "$$" not in body[-1]:  # the first one that follows, so that all openings together take linear time
        last += 1
        if last >= end or state.isEmpty(last) or state.sCount[last] < state.blkIndent:
            return False
        body.append(_line(state, last))
    source = "\n".join(body).removesuffix("$$").strip()
    if not source or "$$" in source or source.endswith("\\"):
        return False
    if silent:
        return True
    state.line = last + 1
    token = state.push("math_block", "math", 0)
    token.block, token.content, token.markup, token.map = True, source, "$$", [first, state.line]
    return True


def _line(state: StateBlock, number: int) -> str:
    """The line within the quotation or list that it stands in."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()
