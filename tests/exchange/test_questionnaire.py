"""A questionnaire in plain text: paragraphs, the roles guessed for them, and the cards they make."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.cardtext import TextError, Wording
from cards.exchange.draft import Draft
from cards.exchange.encoding import decode
from cards.exchange.questionnaire import (
    Heading,
    NotAQuestionnaire,
    Paragraph,
    Questionnaire,
    Role,
    drafts,
    read,
)

OURS = Path(__file__).with_name("questionnaire.txt")
# Notes that may not stand in this repository are named by the environment.
FILES = [OURS, *(Path(name) for name in [os.environ.get("EXTRA_NOTES_FILE")] if name)]


def questionnaire(path: Path) -> Questionnaire:
    return drafts(read(decode(path.read_bytes()).text))


def roles(text: str) -> str:
    """The first letters of the roles guessed."""
    return "".join(paragraph.role[0] for paragraph in read(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_reads_23_cards_of_which_2_need_an_answer(path: Path) -> None:
    found = questionnaire(path)
    assert len(found.cards) == 23
    unanswered = [number for number, card in enumerate(found.cards) if not card.answer]
    assert unanswered == [11, 12]
    assert [number for number, wording in enumerate(found.wordings()) if wording.needs_answer] == unanswered
    assert (len(found.headings), found.headings[0].first_card, found.ignored) == (1, 22, ())
    assert found.cards[16].answer == "??"
    assert found.cards[22].answer.startswith("<https://arxiv.org/")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_loses_no_line_of_a_file(path: Path) -> None:
    text = decode(path.read_bytes()).text
    found = questionnaire(path)
    pieces = [found.title, *(heading.text for heading in found.headings), *found.ignored]
    pieces += [piece for card in found.cards for piece in (card.prompt, card.answer)]
    kept = [line for piece in pieces for line in plain(piece).split("\n") if line]
    # In the order of the file, but for the title and the headings.
    assert sorted(kept) == sorted(line.strip() for line in text.split("\n") if line.strip())


def plain(markdown: str) -> str:
    """Our Markdown without its marks, for texts with no backslash of their own."""
    lines = (line.removesuffix("\\").replace("\\", "") for line in markdown.split("\n"))
    return "\n".join(line.strip("<>") if line.startswith("<http") else line for line in lines)


def test_it_reads_our_questionnaire_to_the_letter() -> None:
    found = questionnaire(OURS)
    assert found.title == "my notes on training neural networks"
    assert found.headings == (Heading("Further Exercises", 22),)
    assert " ".join(card.prompt.split()[0] for card in found.cards) == (
        "Why Which Look Read Name Which Which Can Which What When Compute Why What What Which What What How Why What"
        " What Find"
    )
    assert found.cards[2].answer == (
        "numpy.ndarray - Manual, version 1.26\\\nAttributes and methods of the `ndarray` class"
    )
    assert found.cards[8].answer == "conv2d_layer and max_pool"
    assert found.cards[11] == Draft(
        "Compute the gradients of \\<\\<tiny_network>> by hand (i.e., on paper, for x = 2 and x = -1).", ""
    )
    assert found.cards[12] == Draft(
        "Why can't accuracy be used as the loss, when a \\*smooth\\* measure can?", ""
    )
    assert found.cards[14].answer == (
        "1. Collect more data, or augment what is there.\n2. Use a smaller model, but only after after the first."
    )
    assert found.cards[18].answer == (
        "It rises in a line, then falls along half a wave.\n\nIt ends near zero."
    )
    assert found.cards[21].answer == (
        "\\# it clears the gradients, which would otherwise be added up: p.grad -= p.grad \\$0 & 1 < 2"
    )
    assert found.cards[22].answer == "<https://arxiv.org/abs/1502.03167>"
    assert found.wordings()[22].tags == ("further exercises",)
    assert found.wordings()[21].tags == ()


def test_it_keeps_the_paragraphs_as_they_were_written() -> None:
    assert read("A title\r\n\r\n \t\r\nWhy?  \r\n\r\n  1. a\r\n  2. b") == (
        Paragraph(1, "A title", Role.HEADING),
        Paragraph(2, "Why?", Role.PROMPT),
        Paragraph(3, "  1. a\n  2. b", Role.ANSWER),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Questions.
        ("Why?\n\nSo.", "pa"),
        ("Why is it so (in short)?\n\nHow (and why?)\n\nSo.", "ppa"),
        ("Waarom?\n\nなぜですか？\n\nはい。", "ppa"),
        ("What is e.g. torch.where for? Why is this important?\n\nIt picks.", "pa"),
        ("What is a loss? Give an example.\n\nWhat is a metric? (Think of people.)\n\nA number.", "ppa"),
        ("What is a loss? I never know.\n\nA number.", "pa"),
        ("Is it?\n\nIs it good? Yes, it is.", "pa"),
        # Exercises.
        ("Explain dropout\n\nIt drops.", "pa"),
        ("Explain dropout.\n\nDescribe it too.\n\nIt drops.", "ppa"),
        ("3. Explain dropout.\n\n4. list two uses\n\nNone.", "ppa"),
        ("How do you start?\n\nUse a small model.", "pa"),
        ("Use a small model.\n\nDone.\n\nTry a larger one.\n\nDone.", "papa"),
        ("What is it?\n\nList of numbers.", "pa"),
        ("What is it?\n\nState of the art.", "pa"),
        # What never asks.
        ("How is it read?\n\n??\n\nHow is it found?\n\nlearn.fit??\n\nHow?\n\n`learn.fit??`", "papapa"),
        ("What are the steps?\n\n1. List all\n2. Give one?", "pa"),
        # Headings.
        ("chapter 5\n\nquestions\n\nWhy?\n\nSo.\n\nFurther work\n\nHow?\n\nSo.", "hhpahpa"),
        ("Why?\n\nThe number of layers\n\nHow?\n\nSo.", "papa"),
        ("Why?\n\nSo.\n\nFurther work\n\nThat is all.", "pacc"),
        ("Why?\n\nSo.\n\nand a second line\n\nHow?", "pacp"),
        ("Why?\n\nSo.\n\nAnd a sentence.\n\nHow?", "pacp"),
        ("Why?\n\n## Further work\n\nHow?", "php"),
        # What is left.
        ("These are my notes.\n\nWhy?\n\n---\n\nSo.\n\nMore.\n\nEven more.", "ipiacc"),
        ("Why?\n\nSo.\n\n# Rest\n\nNot needed for now.\n\nHow?", "pahip"),
        ("Why?\n\n```\na\n\nb?\n```\n\nHow?", "pap"),
        ("", ""),
    ],
)
def test_it_guesses_what_each_paragraph_is(text: str, expected: str) -> None:
    assert roles(text) == expected


def paragraphs(*pairs: tuple[Role, str]) -> list[Paragraph]:
    return [Paragraph(number, text, role) for number, (role, text) in enumerate(pairs, start=1)]


def test_it_makes_cards_by_the_roles_alone() -> None:
    found = drafts(
        paragraphs(
            (Role.CONTINUATION, "lost"),
            (Role.HEADING, "## My C#\nnotes"),
            (Role.HEADING, "Part one"),
            (Role.PROMPT, "a prompt"),
            (Role.CONTINUATION, "goes on"),
            (Role.ANSWER, "an answer"),
            (Role.IGNORE, "---"),
            (Role.CONTINUATION, "goes on"),
            (Role.ANSWER, "and on"),
            (Role.PROMPT, "open"),
            (Role.HEADING, "Part, two"),
            (Role.ANSWER, "no prompt"),
            (Role.PROMPT, "last"),
            (Role.HEADING, "End"),
        )
    )
    assert found == Questionnaire(
        title="My C# notes",
        cards=(
            Draft("a prompt\n\ngoes on", "an answer\n\ngoes on\n\nand on"),
            Draft("open", ""),
            Draft("last", ""),
        ),
        ignored=("lost", "---", "no prompt"),
        headings=(Heading("Part one", 0), Heading("Part, two", 2), Heading("End", 3)),
    )
    assert found.wordings() == (
        Wording("a prompt\n\ngoes on", "an answer\n\ngoes on\n\nand on", "tags: Part one"),
        Wording("open", "", "tags: Part one"),
        Wording("last", "", "tags: Part  two"),
    )


def test_it_has_no_title_if_the_first_heading_comes_after_a_card() -> None:
    found = drafts(paragraphs((Role.PROMPT, "Why?"), (Role.HEADING, "Further work")))
    assert (found.title, found.headings) == ("", (Heading("Further work", 1),))


@given(st.lists(st.sampled_from(Role)))
def test_it_puts_each_paragraph_in_one_place_whatever_its_role(given_roles: list[Role]) -> None:
    texts = [f"word{number}x" for number in range(len(given_roles) + 1)]
    found = drafts(paragraphs(*zip([*given_roles, Role.PROMPT], texts, strict=True)))
    places = [found.title, *(heading.text for heading in found.headings), *found.ignored]
    places += [
        piece for card in found.cards for text in (card.prompt, card.answer) for piece in text.split("\n\n")
    ]
    assert sorted(piece for piece in places if piece) == sorted(texts)
    assert len(found.cards) == [*given_roles, Role.PROMPT].count(Role.PROMPT)


@given(st.text(st.sampled_from("ab?.# -1\n\\*é")))
def test_it_reads_each_line_once(text: str) -> None:
    lines = [line.strip() for paragraph in read(text) for line in paragraph.text.split("\n")]
    assert lines == [line.strip() for line in text.split("\n") if line.strip()]


def test_it_takes_a_role_that_a_person_corrected() -> None:
    first, second = read("Deep learning\n\nIt learns.")
    assert drafts([replace(first, role=Role.PROMPT), replace(second, role=Role.ANSWER)]).cards == (
        Draft("Deep learning", "It learns."),
    )


@pytest.mark.parametrize("text", ["", "Just a note.\n\nAnd another."])
def test_it_says_what_a_prompt_is_if_there_is_none(text: str) -> None:
    with pytest.raises(NotAQuestionnaire, match=r"No prompt was found\. A prompt ends in"):
        drafts(read(text))


def test_it_reads_2000_paragraphs_and_no_more() -> None:
    assert len(read("Why?\n\n" * 2000)) == 2000
    with pytest.raises(NotAQuestionnaire, match="2,001 paragraphs; at most 2,000"):
        read("Why?\n\n" * 2001)


def test_it_refuses_a_paragraph_that_fits_on_no_card() -> None:
    assert len(read("Why?\n\n" + "a" * 50_000)) == 2
    with pytest.raises(
        NotAQuestionnaire, match="Paragraph 2 has 50,001 characters; at most 50,000 fit on a card"
    ):
        read("Why?\n\n" + "a" * 50_001)


def test_it_says_which_card_is_too_long() -> None:
    found = drafts(read("Why?\n\nSo.\n\nHow?\n\n" + "a" * 30_000 + "\n\n" + "b" * 19_999))
    with pytest.raises(TextError, match="Card 2: The answer has 50,001 characters") as refused:
        found.wordings()
    assert refused.value.field == "answer"
