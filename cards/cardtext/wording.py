"""What a card says: its prompt, its answer and its details, as three texts.

The details are `key: value` lines: `reference: fast.ai book, chapter 5`, `tags: gpu, softmax`,
`demo: softmax_table activations=0.02,-2.49 title="two words"`, and `accept: cross-entropy` for an answer that is to be
typed. Each key may come several times.
"""

import re
import shlex
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cards.cardtext.choices import Choice, split_choices
from cards.cardtext.cloze import ClozeError, cloze_numbers, read_clozes, show
from cards.cardtext.console import Console, read_console, split_console
from cards.cardtext.fence import BlockError
from cards.cardtext.worksheet import Worksheet, read_worksheet, split_worksheet
from cards.messages import _

LIMITS = {"prompt": 10_000, "answer": 50_000, "details": 5_000}  # characters, after `normalise`
KEYS = ("reference", "tags", "demo", "accept")
ACCEPTED_LIMIT = 200  # characters

LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Control characters but tab and newline; halves of surrogate pairs, which cannot be stored; byte order marks.
REMOVED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
DETAIL = re.compile(r"(?P<key>[A-Za-z]+)[ \t]*:(?P<value>.*)")
TOO_LONG = {
    "prompt": _("The prompt has %(length)s characters; at most %(limit)s fit. Shorten it."),
    "answer": _("The answer has %(length)s characters; at most %(limit)s fit. Shorten it."),
    "details": _("The details has %(length)s characters; at most %(limit)s fit. Shorten it."),
}
NAME = re.compile(r"[a-z][a-z0-9_]*")
PLAIN_VALUE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


class TextError(ValueError):
    """What is wrong with a text, in words for the person who wrote it.

    `field` is "prompt", "answer", "details" or "deck". `line` counts from 1 in that field, or in the file
    where a deck file was read; None where the whole field is meant.
    """

    def __init__(self, message: str, field: str, line: int | None = None) -> None:
        super().__init__(message, field, line)
        self.message, self.field, self.line = message, field, line

    def __str__(self) -> str:
        return (
            self.message
            if self.line is None
            else _("Line %(line)s: %(message)s", line=str(self.line), message=self.message)
        )


@dataclass(frozen=True, slots=True)
class DemoLink:
    """A demo that belongs to a card: its slug, and its parameters as names and values in the order written.

    `str(link)` is the text behind `demo:`, such as `softmax_table activations=0.02,-2.49 title="two words"`.
    """

    slug: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return " ".join([self.slug, *(f"{name}={_quoted(value)}" for name, value in self.parameters)])


@dataclass(frozen=True, slots=True)
class Wording:
    """A card's prompt, answer and details. One that `clean` returned can be stored and written to a file."""

    prompt: str
    answer: str
    details: str = ""

    @property
    def references(self) -> tuple[str, ...]:
        """Where to read on, in the order written."""
        return tuple(self._values("reference"))

    @property
    def tags(self) -> tuple[str, ...]:
        """Lower-cased, each once, in the order written."""
        tags = (tag.strip().lower() for value in self._values("tags") for tag in value.split(","))
        return tuple(dict.fromkeys(tag for tag in tags if tag))

    @property
    def demos(self) -> tuple[DemoLink, ...]:
        """The demos that belong to the card. Raises TextError only if the details were never cleaned."""
        return tuple(_demo(value, None) for value in self._values("demo"))

    @property
    def accepted(self) -> tuple[str, ...]:
        """What counts as right where the answer is typed; code stands in backticks. None on a card to think about."""
        return tuple(self._values("accept"))

    @property
    def question(self) -> str:
        """The prompt without its choices, its worksheet and its console, its clozes as gaps."""
        return question_of(self.prompt)

    @property
    def filled(self) -> str:
        """The prompt with its choices or its worksheet, its clozes filled in."""
        return show(self.prompt, is_filled=True)

    @property
    def clozes(self) -> tuple[int, ...]:
        """The numbers of its clozes, the lowest first; none on most cards."""
        return cloze_numbers(self.prompt)

    @property
    def parts(self) -> tuple[int, ...]:
        """What of the card is asked by itself and has a schedule: each number of its clozes; or 0, the whole card."""
        return self.clozes or (0,)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is chosen from, in the order written; none on most cards."""
        return split_choices(split_console(self.prompt)[0]).choices

    @property
    def worksheet(self) -> Worksheet | None:
        """The table that is to be filled in, or None."""
        return split_worksheet(split_console(self.prompt)[0])[1]

    @property
    def console(self) -> Console | None:
        """What stands beside the Python console below all else of the prompt, or None."""
        return split_console(self.prompt)[1]

    @property
    def has_several_right(self) -> bool:
        """Whether all that are right are to be chosen, and not the one."""
        return sum(choice.is_right for choice in self.choices) > 1

    @property
    def needs_answer(self) -> bool:
        """Whether nothing says what is right: a cloze says so itself."""
        return not self.answer.strip() and not self.clozes

    def tagged(self, tag: str) -> "Wording":
        """The same with that tag as the last one. Raises TextError where the details would be too long for it."""
        if tag in self.tags:
            return self
        lines = self.details.split("\n") if self.details else []
        last = max((number for number, line in enumerate(lines) if line.startswith("tags:")), default=None)
        if last is None:
            lines.append(f"tags: {tag}")
        else:
            lines[last] += f", {tag}"
        return clean(self.prompt, self.answer, "\n".join(lines))

    def untagged(self, tag: str) -> "Wording":
        """The same without that tag; the others as they were written."""
        if tag not in self.tags:
            return self
        lines = []
        for line in self.details.split("\n"):
            key, _, value = line.partition(":")
            if key == "tags":
                kept = [each.strip() for each in value.split(",") if each.strip().lower() not in {tag, ""}]
                line = f"tags: {', '.join(kept)}" if kept else ""
            lines.append(line)
        return replace(self, details="\n".join(filter(None, lines)))

    def _values(self, key: str) -> Iterator[str]:
        for line in self.details.split("\n"):
            found, _, value = line.partition(":")
            if found == key:
                yield value.strip()


def clean(prompt: str, answer: str, details: str = "") -> Wording:
    """The wording as it is stored: each text as `normalise` gives it, the details one `key: value` a line.

    Cleaning what is clean changes nothing. Raises TextError for a blank prompt, a text longer than LIMITS, a worksheet
    that cannot be computed, a console that cannot be read, a cloze that cannot be read or stands beside another kind of
    exercise, and a line of the details that is not one of KEYS with its value.
    """
    wording = Wording(normalise(prompt), normalise(answer), normalise(details))
    if not wording.prompt:
        raise TextError(_("A card needs a prompt. Write what it asks."), "prompt")
    # Before the details are read too, which takes long for long ones; cleaning can make them a little longer.
    _check_lengths(wording)
    wording = replace(wording, details=_clean_details(details))
    try:
        read_worksheet(read_console(wording.prompt)[0])
    except BlockError as error:
        raise TextError(error.message, "prompt", error.line) from error
    _check_clozes(wording)
    _check_lengths(wording)
    return wording


def question_of(prompt: str) -> str:
    """A clean prompt without its choices, its worksheet and its console, its clozes as gaps, for `markup` to read."""
    above = split_console(prompt)[0]
    question, sheet = split_worksheet(above)
    return show(question if sheet else split_choices(above).question)


def demo_texts(details: str) -> list[str]:
    """What stands behind each `demo:` in details as they are typed, readable or not."""
    found = (DETAIL.fullmatch(line.strip()) for line in lines_of(details))
    return [match["value"].strip() for match in found if match and match["key"].lower() == "demo"]


def with_demo(details: str, link: DemoLink) -> str:
    """Details as they are typed, with that demo as their last line."""
    return "\n".join([*filter(None, [normalise(details)]), f"demo: {link}"])


def without_demo(details: str, text: str) -> str:
    """Details as they are typed, without the first `demo:` that says so."""
    lines = lines_of(details)
    for number, line in enumerate(lines):
        if demo_texts(line) == [text]:
            return normalise("\n".join([*lines[:number], *lines[number + 1 :]]))
    return details


def clean_tag(text: str) -> str:
    """One tag as it is compared. Raises TextError where it is none, or several."""
    tag = " ".join(normalise(text).split()).lower()
    if not tag:
        raise TextError("Write a tag.", "details")
    if "," in tag:
        raise TextError("One tag at a time: a comma stands between two.", "details")
    return tag


def normalise(text: str) -> str:
    """The text in the one form in which it is stored, compared and written. Doing it again changes nothing.

    Every kind of line end becomes a newline. Control characters other than tab and newline go, and so do
    byte order marks. Characters are composed (Unicode NFC). Spaces and tabs at the end of a line go; but
    where two or more spaces make a Markdown line break, for which the next line must not be blank, exactly
    two stay. Blank lines become empty, and go at the beginning and the end. The first line keeps its
    indentation.
    """
    lines = lines_of(text)
    for number, line in enumerate(lines):
        makes_break = line.endswith("  ") and number + 1 < len(lines) and lines[number + 1]
        lines[number] = line.rstrip(" \t") + ("  " if makes_break else "")
    return "\n".join(lines).strip("\n")


def lines_of(text: str) -> list[str]:
    """All lines of a text, blank ones as "": `normalise` but for line ends and outer blank lines."""
    text = unicodedata.normalize("NFC", REMOVED.sub("", LINE_ENDS.sub("\n", text)))
    return ["" if line.isspace() else line for line in text.split("\n")]


def _check_lengths(wording: Wording) -> None:
    for field, limit in LIMITS.items():
        if (length := len(getattr(wording, field))) > limit:
            raise TextError(_(TOO_LONG[field], length=length, limit=limit), field)


def _check_clozes(wording: Wording) -> None:
    try:
        read_clozes(wording.prompt)
    except ClozeError as error:
        raise TextError(error.message, "prompt", error.line) from error
    if wording.clozes and (wording.choices or wording.worksheet or wording.console):
        raise TextError(
            _("A card has clozes, or choices, a worksheet or a console. Make two cards of this one."),
            "prompt",
        )
    if wording.clozes and wording.accepted:
        raise TextError(
            _("A card with clozes has no `accept:` line: what is right stands in its clozes."), "details"
        )


def _clean_details(details: str) -> str:
    cleaned = []
    known = ", ".join(f"`{key}:`" for key in KEYS)
    for number, line in enumerate(lines_of(details), start=1):
        if not line:
            continue
        match = DETAIL.fullmatch(line.strip())
        if match is None:
            raise TextError(
                _("A detail reads `key: value`, with one of %(known)s.", known=known), "details", number
            )
        key, value = match["key"].lower(), match["value"].strip()
        if key not in KEYS:
            raise TextError(
                _("`%(key)s:` is no detail. Use one of %(known)s.", key=key, known=known), "details", number
            )
        if not value:
            raise TextError(
                _("`%(key)s:` says nothing. Write its value after the colon, or remove it.", key=key),
                "details",
                number,
            )
        if key == "demo":
            _demo(value, number)
        if key == "accept" and len(value) > ACCEPTED_LIMIT:
            raise TextError(
                _("An accepted answer has at most %(limit)s characters.", limit=ACCEPTED_LIMIT),
                "details",
                number,
            )
        cleaned.append(f"{key}: {value}")
    return "\n".join(cleaned)


def _demo(text: str, line: int | None) -> DemoLink:
    try:
        slug, *words = shlex.split(text)
    except ValueError as error:
        raise TextError(
            _('The demo line ends inside a quote. Write title="two words".'), "details", line
        ) from error
    if not NAME.fullmatch(slug):
        raise TextError(
            _(
                "`%(slug)s` is no demo's name: small letters, digits and _, such as `softmax_table`.",
                slug=slug,
            ),
            "details",
            line,
        )
    parameters: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not NAME.fullmatch(name):
            raise TextError(
                _(
                    '`%(word)s` is no parameter of a demo. Write `name=value`, or `name="a value"` with quotes.',
                    word=word,
                ),
                "details",
                line,
            )
        if name in parameters:
            raise TextError(
                _("The demo's parameter `%(name)s` stands there twice. Keep one.", name=name), "details", line
            )
        parameters[name] = value
    return DemoLink(slug, tuple(parameters.items()))


def _quoted(value: str) -> str:
    if PLAIN_VALUE.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
