"""The deck file: many cards in one Markdown text."""

from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cards.cardtext import (
    CardText,
    DeckText,
    DemoLink,
    TextError,
    Wording,
    clean,
    normalise,
    read_deck,
    write_deck,
)

DECK = """\
# Deep learning, chapter 5

Cards on **training**.

It has a second paragraph.

## Card: presizing
tags: augmentation, gpu
demo: presizing angle=20
reference: fast.ai book, chapter 5, "Presizing"

Why large first?

```python
# a comment, no name of a deck
```

### Answer

Margins.

### A heading in an answer

More.

## Card: open-question

Why can't we use `torch.where`?
"""


def test_it_reads_a_deck_file() -> None:
    deck = read_deck(DECK)
    assert (deck.name, deck.description) == (
        "Deep learning, chapter 5",
        "Cards on **training**.\n\nIt has a second paragraph.",
    )
    presizing, question = deck.cards
    assert presizing.key == "presizing"
    assert presizing.wording.prompt == "Why large first?\n\n```python\n# a comment, no name of a deck\n```"
    assert presizing.wording.answer == "Margins.\n\n### A heading in an answer\n\nMore."
    assert presizing.wording.tags == ("augmentation", "gpu")
    assert presizing.wording.demos == (DemoLink("presizing", (("angle", "20"),)),)
    assert presizing.wording.references == ('fast.ai book, chapter 5, "Presizing"',)
    assert question == CardText("open-question", Wording("Why can't we use `torch.where`?", ""))
    assert question.wording.needs_answer
    assert not presizing.wording.needs_answer


def test_it_writes_the_file_that_it_read() -> None:
    assert write_deck(read_deck(DECK)) == DECK


def test_it_reads_files_from_any_editor() -> None:
    assert read_deck("\ufeff\r\n" + DECK.replace("\n", " \r\n")) == read_deck(DECK)
    assert read_deck("# D\n## card : a\np\n\nq".replace("p\n", "")) == DeckText(
        "D", "", (CardText("a", Wording("q", "")),)
    )


def test_it_takes_an_empty_answer_for_none() -> None:
    deck = read_deck("# D\n\n## Card: a\n\np\n\n### answer \n\n \n")
    assert deck.cards[0].wording == Wording("p", "")
    assert "Answer" not in write_deck(deck)


def test_it_ends_the_details_at_the_first_blank_line() -> None:
    [card] = read_deck("# D\n\n## Card: a\ntags: x\n\ntags: y\n\n### Answer\ntags: z").cards
    assert card.wording == Wording("tags: y", "tags: z", "tags: x")


def test_it_escapes_a_line_that_would_be_structure_with_one_backslash_even_in_code() -> None:
    wording = clean(
        "p\n```\n## Card: x\n```", "### Answer\n\\### Answer\n \\### Answer\n# Name\n\\# x\n### Answers"
    )
    text = write_deck(DeckText("D", "## Card: no card", (CardText("a", wording),)))
    assert text == dedent(
        r"""
        # D

        \## Card: no card

        ## Card: a

        p
        ```
        \## Card: x
        ```

        ### Answer

        \### Answer
        \\### Answer
         \### Answer
        # Name
        \# x
        ### Answers
        """
    ).lstrip("\n")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "The deck file is empty"),
        ("\n \n", None, "The deck file is empty"),
        ("\n## Card: a\n\np", 2, "begins with its name"),
        ("#\n\nx", 1, "begins with its name"),
        ("Words.\n\n# D\n", 1, "No text stands before it"),
        (f"# {'x' * 201}", 1, "longer than 200"),
        ("# D\n\n### Answer\n\na", 3, "belongs to no card"),
        ("# D\n\n## Card:\n\np", 3, "`## Card: key`"),
        ("# D\n\n## Card: Big Key\n\np", 3, "small letters"),
        (f"# D\n\n## Card: {'k' * 81}\n\np", 3, "at most 80"),
        ("# D\n## Card: a\n\np\n\n## Card: b\n\np\n\n## Card: a\n\np", 10, "that of line 2"),
        ("# D\n\n## Card: a\ntags: x\nWhy?\n\nno", 5, "A blank line ends the details"),
        ("# D\n\n## Card: a\ndemo: ?\n\nno", 4, "no demo's name"),
        ("# D\n\n## Card: a\n\n### Answer\n\na", 3, "needs a prompt"),
        ("# D\n\n## Card: a\n\np\n### Answer\na\n### Answer\nb", 8, "an answer in line 6 already"),
        (f"# D\n\n## Card: a\n\np\n### Answer\n{'a' * 50_001}", 6, "at most 50,000"),
    ],
)
def test_it_says_in_which_line_a_file_is_wrong(text: str, line: int | None, message: str) -> None:
    with pytest.raises(TextError) as refused:
        read_deck(text)
    assert refused.value.line == line
    assert message in refused.value.message


@pytest.mark.parametrize(
    "deck",
    [
        DeckText("two\nlines", "", ()),
        DeckText("", "", ()),
        DeckText("D", "not clean \n", ()),
        DeckText("D", "", (CardText("a", Wording("p ", "")),)),
        DeckText("D", "", (CardText("Big", Wording("p", "")),)),
        DeckText("D", "", (CardText("a", Wording("p", "")), CardText("a", Wording("q", "")))),
        DeckText("D", "", (CardText("a", Wording("p", "", "nonsense")),)),
    ],
)
def test_it_refuses_to_write_what_would_not_be_read_back(deck: DeckText) -> None:
    with pytest.raises(TextError):
        write_deck(deck)


LINES = st.sampled_from(
    [
        "# D",
        "## Card: a",
        "##Card:b",
        "## CARD : x  ",
        "### Answer",
        "### answer\t",
        "###\tAnswer  ",
        "```",
        "~~~",
        "tags: x",
    ]
    + [
        "",
        " ",
        "    code",
        "text",
        "text  ",
        "é",
        "e\u0301",
        "\u2028",
        "\x85",
        "日本",
        "\r",
        "$x$",
        "# ",
        "## Card",
    ]
) | st.text(max_size=12)
TEXTS = st.lists(
    st.builds(lambda count, line: "\\" * count + line, st.integers(0, 3), LINES), max_size=8
).map("\n".join)
DETAILS = st.lists(
    st.sampled_from(["tags: a, ## Card: b", "demo: x y='### Answer'", "reference: \\# é"]), max_size=3
).map("\n".join)
WORDINGS = st.builds(clean, TEXTS.filter(normalise), TEXTS, DETAILS)
KEYS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,79}", fullmatch=True)
NAMES = (LINES.map(lambda line: normalise(line).split("\n")[0].strip())).filter(bool)
CARDS = st.lists(st.builds(CardText, KEYS, WORDINGS), max_size=4, unique_by=lambda card: card.key).map(tuple)


@given(st.builds(DeckText, NAMES, TEXTS.map(normalise), CARDS))
@example(DeckText("# #", "", ()))
@example(DeckText("D", "", (CardText("0", Wording("### Answer  \nx", "\\\\## Card: a  \nx")),)))
def test_it_reads_every_deck_as_it_was_written(deck: DeckText) -> None:
    assert read_deck(write_deck(deck)) == deck
