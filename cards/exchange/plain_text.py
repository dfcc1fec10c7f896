"""Plain text as Markdown that reads the same when it is rendered."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from cards.cardtext import normalise

INDENT = re.compile(r"^[ \t]+")
FENCE = re.compile(r" *```[\w+-]*")
ITEM = re.compile(r"(?P<indent> *)(?:[-*+•]|(?P<number>0|[1-9]\d{0,8})[.)])[ \t]+(?P<text>\S.*)", re.ASCII)
DEEPEST_LIST = 6
ADDRESS = re.compile(r"https?://[\w/.,~:?#&=+@()!;*'$-]+", re.ASCII)
# What Markdown, HTML or maths would act on inside a line. An underscore within a word (fit_one_cycle) is text.
INLINE = re.compile(
    r"[\\`*$]"
    r"|(?<!\w)_+|(?<!_)_+(?!\w)"
    r"|<(?![\s=])"
    r"|\](?=[(\[:])"
    r"|&(?=#?\w+;)"
    r"|~{2,}"
)
# And at its beginning: headings, bullets, quotes, underlines, rows of a table; numbers of a list.
LINE_START = re.compile(r"(?:#{1,6}|[-+])(?=\s|$)|>|=+$|[|:-][|:\s-]*$")
NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)", re.ASCII)


def paragraphs(text: str) -> list[str]:
    """What stands between blank lines, normalised, its line breaks and indentation kept.

    A blank line between two ``` lines divides nothing.
    """
    lines = [line.rstrip() for line in normalise(text).split("\n")]
    found: list[list[str]] = [[]]
    position = 0
    closings = _closings(lines)
    while position < len(lines):
        end = _code_end(lines, position, closings)
        found[-1] += lines[position:end] if lines[position] else []
        if not lines[position] and found[-1]:
            found.append([])
        position = end
    return ["\n".join(paragraph) for paragraph in found if paragraph]


def to_markdown(text: str) -> str:
    """Markdown that, rendered, shows what the text says.

    Paragraphs, the line breaks in them, lists, `code` between backticks, code between ``` lines and web
    addresses (as links) stay what they are. Lines of which some are indented against the others become code.
    Whatever else Markdown, HTML or maths would act on is escaped.
    """
    blocks = [
        block
        for paragraph in paragraphs(text)
        for block in _parse(
            [INDENT.sub(lambda match: match[0].expandtabs(4), line) for line in paragraph.split("\n")]
        )
    ]
    return "\n".join(_written(blocks))


@dataclass(frozen=True, slots=True)
class _Text:
    lines: list[str]


@dataclass(frozen=True, slots=True)
class _Code:
    lines: list[str]
    language: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    first: int | None  # None for bullets
    items: "list[list[_Block]]"


_Block = _Text | _Code | _List


def _parse(lines: list[str], depth: int = 0) -> list[_Block]:
    blocks: list[_Block] = []
    plain: list[str] = []
    closings = _closings(lines)
    position = 0
    while position < len(lines):
        start, position = position, _code_end(lines, position, closings)
        block: _Block
        if position > start + 1:
            block = _Code(
                _dedented(lines[start + 1 : position - 1]), lines[start].strip().removeprefix("```")
            )
        elif depth < DEEPEST_LIST and ITEM.fullmatch(lines[start]):
            block, position = _parse_list(lines, start, depth)
        else:
            plain.append(lines[start])
            continue
        blocks += [*_plain(plain), block]
        plain = []
    return blocks + _plain(plain)


def _parse_list(lines: list[str], start: int, depth: int) -> tuple[_List, int]:
    """The list that begins there, and the position behind it. Lines indented more than a marker are its item's."""
    indent, first = _indent(lines[start]), _number(lines[start])
    items: list[list[_Block]] = []
    position = start
    while position < len(lines) and (match := ITEM.fullmatch(lines[position])):
        expected = None if first is None else first + len(items)
        if len(match["indent"]) != indent or _number(lines[position]) != expected:
            break
        position += 1
        inner = position
        while position < len(lines) and (not lines[position] or _indent(lines[position]) > indent):
            position += 1
        items.append(_parse([match["text"], *_dedented(lines[inner:position])], depth + 1))
    return _List(first, items), position


def _plain(lines: list[str]) -> list[_Block]:
    if not any(lines):
        return []
    lines = _dedented(lines)
    if any(line.startswith(" ") for line in lines):
        return [_Code(lines)]
    return [_Text([line for line in lines if line])]


def _dedented(lines: list[str]) -> list[str]:
    margin = min((_indent(line) for line in lines if line), default=0)
    return [line[margin:] for line in lines]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _number(line: str) -> int | None:
    match = ITEM.fullmatch(line)
    return int(match["number"]) if match and match["number"] else None


def _closings(lines: list[str]) -> list[int]:
    """The lines that can end a block of code."""
    return [number for number, line in enumerate(lines) if line.strip() == "```"]


def _code_end(lines: list[str], start: int, closings: list[int]) -> int:
    """The position behind the block of code that begins there; behind the line itself where none does."""
    following = bisect_right(closings, start)
    return (
        closings[following] + 1 if following < len(closings) and FENCE.fullmatch(lines[start]) else start + 1
    )


def _written(blocks: list[_Block]) -> Iterator[str]:
    """The blocks as lines of Markdown."""
    delimiter = "."
    for previous, block in pairwise([None, *blocks]):
        # A list of bullets, or from 1, may follow a text without a blank line, and is not spread out then.
        joins = isinstance(previous, _Text) and isinstance(block, _List) and block.first in (None, 1)
        if previous is not None and not joins:
            yield ""
        match block:
            case _Text(lines):
                # A backslash at a line's end is a line break.
                yield from "\\\n".join(map(_line, lines)).split("\n")
            case _Code(lines, language):
                fence = "`" * max(3, 1 + max(map(len, re.findall("`+", "\n".join(lines))), default=0))
                yield from [fence + language, *lines, fence]
            case _List(first, items):
                # To Markdown two lists in a row are one, counted on, unless their markers differ.
                if isinstance(previous, _List) and first != _following(previous):
                    delimiter = ")" if delimiter == "." else "."
                for number, item in enumerate(items, start=first or 0):
                    marker = "- " if first is None else f"{number}{delimiter} "
                    for index, line in enumerate(_written(item)):
                        yield (" " * len(marker) if index else marker) + line if line else ""


def _following(numbered: _List) -> int | None:
    return None if numbered.first is None else numbered.first + len(numbered.items)


def _line(line: str) -> str:
    if match := NUMBER_START.match(line):
        return f"{match[1]}\\{match[2]}{_inline(line[match.end() :])}"
    return ("\\" if LINE_START.match(line) else "") + _inline(line)


def _inline(line: str) -> str:
    parts = []
    position = 0
    for start, end in _code_spans(line):
        parts += [_escaped(line[position:start]), line[start:end]]
        position = end
    return "".join([*parts, _escaped(line[position:])])


def _code_spans(line: str) -> Iterator[tuple[int, int]]:
    """Where `code` stands: from a run of backticks to the next of the same length."""
    runs = [match.span() for match in re.finditer("`+", line)]
    closing: dict[int, int | None] = {}
    next_end: dict[int, int] = {}
    for start, end in reversed(runs):
        closing[start] = next_end.get(end - start)
        next_end[end - start] = end
    position = 0
    for start, _ in runs:
        if start >= position and (closed := closing[start]) is not None:
            yield start, closed
            position = closed


def _escaped(text: str) -> str:
    """The text with its web addresses as links and everything else as it reads."""
    return "".join(
        _link(part) if part.startswith(("http://", "https://")) else _as_text(part)
        for part in re.split(r"(\bhttps?://[^\s<>]+)", text)
    )


def _link(word: str) -> str:
    address = word.rstrip(".,;:!?'*")
    if address.endswith(")") and address.count("(") < address.count(")"):
        address = address.removesuffix(")")
    # What a renderer would show in another form, such as %20 or an international name, stays text.
    if not ADDRESS.fullmatch(address) or "xn--" in address:
        return _as_text(word)
    return f"<{address}>{_as_text(word.removeprefix(address))}"


def _as_text(text: str) -> str:
    return INLINE.sub(lambda match: "".join(f"\\{character}" for character in match[0]), text)
