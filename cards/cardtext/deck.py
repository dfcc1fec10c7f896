"""The deck file: many cards in one Markdown text that also reads well on a code-hosting site.

    # Deck name

    Description

    ## Card: key
    tags: one, two

    Prompt

    ### Answer

    Answer

Two kinds of line are structure wherever they stand, in code fences too: `## Card: key` and `### Answer`.
One that is meant as text has a backslash before it; a text's own such line with backslashes has one more.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from cards.cardtext.wording import TextError, Wording, clean, lines_of, normalise
from cards.messages import _

NAME_LIMIT = 200
KEY_LIMIT = 80
KEY = re.compile(rf"(?=.{{1,{KEY_LIMIT}}}\Z)[a-z0-9][a-z0-9-]*")
NAME_LINE = re.compile(r"#[ \t]+(?P<name>\S.*)")
CARD_LINE = re.compile(r"##[ \t]*card[ \t]*:(?P<key>.*)", re.IGNORECASE)
ANSWER_LINE = re.compile(r"###[ \t]*answer[ \t]*", re.IGNORECASE)
STRUCTURE = rf"(?:{CARD_LINE.pattern.replace('(?P<key>.*)', '.*')}|{ANSWER_LINE.pattern})$"
TO_ESCAPE = re.compile(rf"^(?=\\*{STRUCTURE})", re.IGNORECASE | re.MULTILINE)
ESCAPED = re.compile(rf"^\\(?=\\*{STRUCTURE})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CardText:
    """A card of a deck file. Its key, `[a-z0-9][a-z0-9-]*`, at most 80, stays when the wording changes."""

    key: str
    wording: Wording


@dataclass(frozen=True, slots=True)
class DeckText:
    """A deck file: its name (one line of at most 200), its description (Markdown or empty), its cards."""

    name: str
    description: str
    cards: tuple[CardText, ...]


def read_deck(text: str) -> DeckText:
    """The deck in that text, its wordings clean.

    Raises TextError, with the line in the file, for no name, text before the name, a key that is missing,
    malformed or there twice, a bad detail, no prompt, two answers, an answer before the first card.
    """
    lines = lines_of(text)
    start = next((number for number, line in enumerate(lines) if line), None)
    if start is None:
        raise TextError(_("The deck file is empty. It begins with a line `# Deck name`."), "deck")
    name = NAME_LINE.fullmatch(lines[start])
    if name is None:
        raise TextError(
            _("A deck file begins with its name: `# Deck name`. No text stands before it."), "deck", start + 1
        )
    if len(name["name"].strip()) > NAME_LIMIT:
        raise TextError(
            _("The deck's name is longer than %(name_limit)s characters. Shorten it.", name_limit=NAME_LIMIT),
            "deck",
            start + 1,
        )
    heads = [number for number, line in enumerate(lines) if CARD_LINE.fullmatch(line)]
    end = heads[0] if heads else len(lines)
    for number in range(start, end):
        if ANSWER_LINE.fullmatch(lines[number]):
            raise TextError(
                _("This answer belongs to no card. Write `## Card: key` before its prompt."),
                "deck",
                number + 1,
            )
    cards: list[CardText] = []
    first_lines: dict[str, int] = {}
    for head, next_head in pairwise([*heads, len(lines)]):
        key = _key(lines[head], head + 1)
        if key in first_lines:
            raise TextError(
                _(
                    "The key `%(key)s` is that of line %(first_lines)s already. Use another.",
                    key=key,
                    first_lines=str(first_lines[key]),
                ),
                "deck",
                head + 1,
            )
        first_lines[key] = head + 1
        cards.append(CardText(key, _read_card(lines, head, next_head)))
    return DeckText(name["name"].strip(), _text(lines[start + 1 : end]), tuple(cards))


def write_deck(deck: DeckText) -> str:
    """The deck as a file's text, which `read_deck` reads as the same deck.

    Raises TextError for a deck that no file can hold: a bad name or key, a key there twice, texts not clean.
    """
    parts = [f"# {deck.name}"]
    if deck.description:
        parts.append(_escape(deck.description))
    for card in deck.cards:
        head, wording = f"## Card: {card.key}", card.wording
        parts.append(f"{head}\n{wording.details}" if wording.details else head)
        parts.append(_escape(wording.prompt))
        if wording.answer:
            parts += ["### Answer", _escape(wording.answer)]
    text = "\n\n".join(parts) + "\n"
    if read_deck(text) != deck:
        raise TextError(_("The deck cannot be written: its texts are not clean."), "deck")
    return text


def _key(line: str, number: int) -> str:
    match = CARD_LINE.fullmatch(line)
    key = match["key"].strip() if match else ""
    if not KEY.fullmatch(key):
        raise TextError(
            _(
                "A card's line reads `## Card: key`. The key has small letters, digits and hyphens, at most "
                "%(key_limit)s in all.",
                key_limit=KEY_LIMIT,
            ),
            "deck",
            number,
        )
    return key


def _read_card(lines: list[str], head: int, end: int) -> Wording:
    answers = [number for number in range(head, end) if ANSWER_LINE.fullmatch(lines[number])]
    if len(answers) > 1:
        raise TextError(
            _(
                "The card has an answer in line %(answers)s already. Keep one, or write `\\### Answer` where it "
                "is text.",
                answers=str(answers[0] + 1),
            ),
            "deck",
            answers[1] + 1,
        )
    answer = answers[0] if answers else end
    # The details end at the first blank line.
    prompt = next((number for number in range(head + 1, answer) if not lines[number]), answer)
    details = "\n".join(lines[head + 1 : prompt])
    try:
        return clean(_text(lines[prompt:answer]), _text(lines[answer + 1 : end]), details)
    except TextError as error:
        first = {"details": head + 2, "prompt": head + 1, "answer": answer + 1}[error.field]
        said = error.message
        if error.field == "details":
            said = _("%(message)s A blank line ends the details.", message=said)
        raise TextError(said, error.field, first + (error.line or 1) - 1) from error


def _text(lines: list[str]) -> str:
    return normalise(ESCAPED.sub("", "\n".join(lines)))


def _escape(text: str) -> str:
    r"""The text with one backslash more before each line that is structure but for leading backslashes."""
    return TO_ESCAPE.sub(r"\\", text)
