"""A questionnaire in plain text: prompts and answers between blank lines, as people keep them in their notes.

`read` divides the text into paragraphs and guesses the role of each; a person may correct the guesses; `drafts`
makes cards of them. The guess goes from top to bottom, and by the first of these rules that fits:

1. A line of signs alone (`---`, `***`) is ignored. A short line that begins with `#` is a heading.
2. A paragraph **asks** if it holds a cloze (`{{c1::…}}`); if it ends in a question mark; if its first sentence
   does, and then an exercise or a bracket follows; or if it begins with a verb that sets an exercise (explain, list,
   calculate). It is a prompt, even right after a prompt, which then needs an answer.
3. A paragraph **may ask** if its first sentence ends in a question mark, or if it begins with a verb that can set
   an exercise but as well begin an answer (use, try, find, look up). It is a prompt unless an answer is awaited.
   A list of several items, a lone word such as `learn.fit??`, and a text without letters (`??`) never ask.
4. After a prompt an answer is awaited: the next paragraph that does not ask is the answer, however short.
5. A short line without a full stop or the like is a heading before the first prompt, after another heading,
   and, if it begins with a capital, between an answer and a prompt.
6. After an answer all else continues it. Before the first prompt and after a heading all else is ignored.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cards.cardtext import TextError, Wording, clean, cloze_numbers
from cards.cardtext.wording import LIMITS
from cards.exchange.draft import Draft
from cards.exchange.plain_text import paragraphs as divided
from cards.exchange.plain_text import to_markdown
from cards.messages import _

PARAGRAPH_LIMIT = 2_000
LENGTH_LIMIT = LIMITS["answer"]

# Verbs that set an exercise, wherever they begin a paragraph.
ASKING = frozenset(
    re.findall(
        r"\w+",
        """
    analyse analyze argue calculate compare compute contrast define derive describe discuss distinguish explain
    give identify illustrate justify list mention name outline prove recall sketch state summarise summarize write
    """,
    )
)
# Verbs that do so unless an answer is awaited: "Use a smaller rate." is an exercise or an answer.
DOING = frozenset(
    re.findall(
        r"\w+",
        """
    add apply build change check choose collect complete consider convert copy create debug demonstrate design
    determine do download draw estimate evaluate examine experiment explore extend fill find fit fix follow
    implement improve install investigate look make measure modify open pick plot practise practice predict
    prepare print read redo repeat replace replicate reproduce research rewrite run search select set show solve
    study suggest take test think train translate try use verify visit watch work
    """,
    )
)
# What follows such a word where it is a noun: "List comprehensions are …", "State of the art".
NOUN_FOLLOWED_BY = frozenset({"and", "are", "can", "has", "have", "is", "of", "or", "was", "were", "will"})

SIGNS_ALONE = re.compile(r"[-=*_~#\s]{3,}")
HASHES = re.compile(r"#{1,6}\s+(?=\S)")
ITEM = re.compile(r"\s*(?:[-*+•]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s+(?=\S)")
QUESTION_END = re.compile(r"[?？؟][)\]\"'”’»*_`]*$")
QUESTION_FIRST = re.compile(r"[^.!?？؟]*(?:\.\w[^.!?？؟]*)*[?？؟][\"'”’»]*\s+(?=\S)")
CODE_WORD = re.compile(r"\S*\?\?\S*")
HEADING_LENGTH, HEADING_WORDS = 60, 8


class Role(StrEnum):
    """What a paragraph is to a questionnaire."""

    PROMPT = "prompt"
    ANSWER = "answer"
    CONTINUATION = "continuation"
    HEADING = "heading"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of the text, numbered from 1, as it was written."""

    number: int
    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading after the title, and the index of the card that follows it: the number of cards if none does."""

    text: str
    first_card: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What a questionnaire holds. Each paragraph is in one place only: the title, a heading, a card, or ignored.

    The title is the first heading if no card stands before it, else empty. Prompts and answers are Markdown, all
    else is plain text.
    """

    title: str
    cards: tuple[Draft, ...]
    ignored: tuple[str, ...]
    headings: tuple[Heading, ...]

    def wordings(self) -> tuple[Wording, ...]:
        """The cards, cleaned, each tagged with the heading that it stands under.

        Raises TextError, which names the card, for one that is too long.
        """
        wordings = []
        for index, card in enumerate(self.cards):
            under = [heading.text for heading in self.headings if heading.first_card <= index][-1:]
            tags = [f"tags: {tag}" for heading in under if (tag := heading.replace(",", " ").strip())]
            try:
                wordings.append(clean(card.prompt, card.answer, "\n".join(tags)))
            except TextError as error:
                raise TextError(
                    _("Card %(index)s: %(message)s", index=str(index + 1), message=error.message),
                    error.field,
                    error.line,
                ) from error
        return tuple(wordings)


class NotAQuestionnaire(ValueError):
    """A text that no cards can be made of. The message tells its writer what to do."""


def read(text: str) -> tuple[Paragraph, ...]:
    """The text's paragraphs, each with the role that the rules above give it.

    Raises NotAQuestionnaire for more than 2,000 paragraphs, and for one that no card can hold.
    """
    texts = divided(text)
    if len(texts) > PARAGRAPH_LIMIT:
        raise NotAQuestionnaire(
            _(
                "The text has %(texts)s paragraphs; at most %(paragraph_limit)s can be read. Divide it.",
                texts=len(texts),
                paragraph_limit=PARAGRAPH_LIMIT,
            )
        )
    for number, paragraph in enumerate(texts, start=1):
        if len(paragraph) > LENGTH_LIMIT:
            raise NotAQuestionnaire(
                _(
                    "Paragraph %(number)s has %(paragraph)s characters; at most %(length_limit)s fit on a card. "
                    "Divide it by blank lines.",
                    number=str(number),
                    paragraph=len(paragraph),
                    length_limit=LENGTH_LIMIT,
                )
            )
    found: list[Paragraph] = []
    # The last prompt or answer; None before the first and after a heading.
    last: Role | None = None
    for number, paragraph in enumerate(texts, start=1):
        following = texts[number] if number < len(texts) else ""
        role = _guess(paragraph, following, last)
        if role is Role.HEADING:
            last = None
        elif role in (Role.PROMPT, Role.ANSWER):
            last = role
        found.append(Paragraph(number, paragraph, role))
    return tuple(found)


def drafts(paragraphs: Sequence[Paragraph]) -> Questionnaire:
    """The cards that the paragraphs make, by their roles alone.

    A prompt begins a card. An answer or a continuation joins the answer of the card before it; a continuation
    joins the prompt where no answer has begun. With no prompt since the last heading both are ignored. Raises
    NotAQuestionnaire if there is no prompt at all.
    """
    cards: list[tuple[list[str], list[str]]] = []
    title = ""
    headings: list[Heading] = []
    ignored: list[str] = []
    is_open = False
    for paragraph in paragraphs:
        if paragraph.role is Role.HEADING:
            heading = " ".join(_without(HASHES, paragraph.text).split())
            if not cards and not title:
                title = heading
            else:
                headings.append(Heading(heading, len(cards)))
            is_open = False
        elif paragraph.role is Role.PROMPT:
            cards.append(([paragraph.text], []))
            is_open = True
        elif paragraph.role is Role.IGNORE or not is_open:
            ignored.append(paragraph.text)
        else:
            prompt, answer = cards[-1]
            joins_prompt = paragraph.role is Role.CONTINUATION and not answer
            (prompt if joins_prompt else answer).append(paragraph.text)
    if not cards:
        raise NotAQuestionnaire(
            _(
                "No prompt was found. A prompt ends in a question mark or begins with a verb such as “Explain”. "
                "Leave a blank line before and after it."
            )
        )
    return Questionnaire(
        title,
        tuple(
            Draft(to_markdown("\n\n".join(prompt)), to_markdown("\n\n".join(answer)))
            for prompt, answer in cards
        ),
        tuple(ignored),
        tuple(headings),
    )


def _guess(text: str, following: str, last: Role | None) -> Role:
    if SIGNS_ALONE.fullmatch(text):
        return Role.IGNORE
    if HASHES.match(text) and _is_short_line(text):
        return Role.HEADING
    if _asks(text) or (last is not Role.PROMPT and _may_ask(text)):
        return Role.PROMPT
    if last is Role.PROMPT:
        return Role.ANSWER
    if last is None:
        return Role.HEADING if _is_short_line(text) else Role.IGNORE
    begins_section = (
        _is_short_line(text) and not text[0].islower() and (_asks(following) or _may_ask(following))
    )
    return Role.HEADING if begins_section else Role.CONTINUATION


def _asks(text: str) -> bool:
    if cloze_numbers(text):
        return True
    if _never_asks(text):
        return False
    first = QUESTION_FIRST.match(text)
    rest = text[first.end() :] if first else ""
    hint = rest.startswith(("(", "[")) or _begins_with(ASKING, rest) or _begins_with(DOING, rest)
    return bool(QUESTION_END.search(text)) or hint or _begins_with(ASKING, text)


def _may_ask(text: str) -> bool:
    return not _never_asks(text) and (QUESTION_FIRST.match(text) is not None or _begins_with(DOING, text))


def _never_asks(text: str) -> bool:
    items = sum(ITEM.match(line) is not None for line in text.split("\n"))
    return items > 1 or CODE_WORD.fullmatch(text) is not None or not any(map(str.isalpha, text))


def _begins_with(verbs: frozenset[str], text: str) -> bool:
    """Whether the text, a number before it aside, begins with one of the verbs and something for it to act on."""
    words = _without(ITEM, text).lower().split(maxsplit=2)
    return len(words) > 1 and words[0] in verbs and words[1] not in NOUN_FOLLOWED_BY


def _without(beginning: re.Pattern[str], text: str) -> str:
    match = beginning.match(text)
    return text[match.end() :] if match else text


def _is_short_line(text: str) -> bool:
    words = text.split()
    return (
        "\n" not in text
        and len(text) <= HEADING_LENGTH
        and len(words) <= HEADING_WORDS
        and not text.endswith((".", "!", "?", ";", ","))
        and any(map(str.isalpha, text))
        and "://" not in text
        and ITEM.match(text) is None
    )
