r"""Clozes in a prompt: gaps that the learner fills in. Each number is a part of the card, asked by itself.

    The {{c1::learning rate}} is what {{c2::`lr_find`::which function?}} helps to choose.

What stands after `::` is a hint, shown in the gap. Clozes of one number are asked together; a cloze stands within one
paragraph and in no other cloze. In maths one may be a part of a formula: it ends where its braces are closed. Code is
left as it is, so a template language's own `{{` is none; `\{{c1::` is none either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cards.messages import _

MOST_CLOZES = 30  # the highest number
# What `show` puts around a cloze, for markup to read. Nobody has use for these characters in a card.
BLANK, FILLED, PLAIN, END = "\ue000", "\ue001", "\ue002", "\ue003"
ELLIPSIS = "…"
MARKS = re.compile(f"[{BLANK}{FILLED}{PLAIN}{END}]")
SIGN = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})"
    r"|(?P<ticks>`+)|\{\{c(?P<number>\d{1,9})::|(?P<end>\}\})|(?P<brace>[{}])|(?P<hint>::)|(?P<blank>\n\n)|\\.",
    re.MULTILINE | re.DOTALL,
)


class ClozeError(ValueError):
    """What is wrong with a cloze, and in which line of the prompt, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message, line)
        self.message, self.line = message, line


@dataclass(frozen=True, slots=True)
class Cloze:
    """A gap: its number, what belongs there and, where one is given, the hint that stands there meanwhile."""

    number: int
    text: str
    hint: str = ""


def read_clozes(prompt: str) -> tuple[str | Cloze, ...]:
    """The prompt as its clozes and the text between them. Raises ClozeError for one that cannot be read."""
    return tuple(_Reader(prompt).pieces())


def cloze_numbers(prompt: str) -> tuple[int, ...]:
    """The numbers of the prompt's clozes, the lowest first; none where one of them cannot be read."""
    return tuple(sorted({piece.number for piece in _pieces(prompt) if isinstance(piece, Cloze)}))


def show(prompt: str, part: int = 0, *, is_filled: bool = False) -> str:
    """The prompt for `markup`: clozes of that number as gaps, with their hint or an ellipsis in brackets, or filled in,
    the others as text. For part 0 all are gaps, or filled in."""
    pieces = _pieces(prompt)
    if len(pieces) < 2 and not any(isinstance(piece, Cloze) for piece in pieces):
        return prompt
    return "".join(_shown(piece, part, is_filled=is_filled) for piece in pieces)


def hidden(prompt: str, part: int) -> list[str]:
    """What is asked for with that part: the texts of its gaps, in their order."""
    return [piece.text for piece in _pieces(prompt) if isinstance(piece, Cloze) and piece.number == part]


def _pieces(prompt: str) -> tuple[str | Cloze, ...]:
    if "{{c" not in prompt:
        return (prompt,)
    try:
        return read_clozes(prompt)
    except ClozeError:  # stored before there were clozes: it is text
        return (prompt,)


def _shown(piece: str | Cloze, part: int, *, is_filled: bool) -> str:
    if isinstance(piece, str):
        return MARKS.sub("", piece)
    if part not in {0, piece.number}:
        mark, text = PLAIN, piece.text
    else:
        mark, text = (FILLED, piece.text) if is_filled else (BLANK, f"[{piece.hint or ELLIPSIS}]")
    return f"{mark}{MARKS.sub('', text)}{END}"


@dataclass(slots=True)
class _Reader:
    """Reads a prompt once from its beginning to its end."""

    text: str
    at: int = 0
    unclosed: set[int] = field(default_factory=set)  # lengths of backticks that nothing closes any more

    def pieces(self) -> Iterator[str | Cloze]:
        begun = 0
        while sign := SIGN.search(self.text, self.at):
            self.at = sign.end()
            if sign["fence"]:
                self._skip_fence(sign["fence"])
            elif sign["ticks"]:
                self._skip_code(sign["ticks"])
            elif sign["number"]:
                yield self.text[begun : sign.start()]
                yield self._cloze(sign)
                begun = self.at
            elif sign["end"] or sign["blank"]:
                self.at -= 1  # what begins with its second sign is looked at too
        yield self.text[begun:]

    def _skip_fence(self, fence: str) -> None:
        end = re.compile(rf"^[ \t>]*{fence[0]}{{{len(fence)},}}[ \t]*$", re.MULTILINE).search(
            self.text, self.at
        )
        self.at = end.end() if end else len(self.text)

    def _skip_code(self, ticks: str) -> None:
        if len(ticks) in self.unclosed:
            return
        end = re.compile(rf"(?<!`){ticks}(?!`)").search(self.text, self.at)
        if end:
            self.at = end.end()
        else:
            self.unclosed.add(len(ticks))

    def _cloze(self, opening: re.Match[str]) -> Cloze:
        """The one that begins there; reads on behind it."""
        number, start = int(opening["number"]), opening.end()
        if not 1 <= number <= MOST_CLOZES:
            raise self._error(
                _("A cloze’s number is from 1 to %(most)s: `{{c1::…}}`.", most=MOST_CLOZES), opening
            )
        end, hint = self._end(opening)
        self.at = end + len("}}")
        text = self.text[start : end if hint is None else hint]
        if not text.strip():
            raise self._error(_("The cloze says nothing. Write `{{c1::what is asked for}}`."), opening)
        return Cloze(number, text, "" if hint is None else self.text[hint + len("::") : end].strip())

    def _end(self, opening: re.Match[str]) -> tuple[int, int | None]:
        """Where it ends, and where its hint's `::` stands. At braces that are its text's own it does not end."""
        depth, first, hint = 0, None, None
        while sign := SIGN.search(self.text, self.at):
            self.at = sign.end()
            if sign["ticks"] or sign["fence"]:
                self._skip_code(sign["ticks"] or sign["fence"])
            elif sign["hint"]:
                hint = sign.start() if hint is None and first is None else hint
            elif sign["end"] and not depth:
                return sign.start(), hint
            elif sign["end"] or sign["brace"]:
                first = sign.start() if sign["end"] and first is None else first
                self.at = sign.start() + 1
                depth = max(0, depth + (1 if sign[0] == "{" else -1))
            elif sign["number"] and first is None:
                said = _("A cloze stands in no other cloze. Close the one before it with `}}` first.")
                raise self._error(said, sign)
            elif sign["number"] or sign["blank"]:
                break
        if first is None:
            said = _(
                "This cloze is not closed in its paragraph. Write `}}` at its end, or `\\{{` where it is text."
            )
            raise self._error(said, opening)
        return first, hint  # its braces are not in pairs: they are text

    def _error(self, message: str, at: re.Match[str]) -> ClozeError:
        return ClozeError(message, self.text.count("\n", 0, at.start()) + 1)
