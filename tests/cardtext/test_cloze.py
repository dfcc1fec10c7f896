"""Clozes: what is one, what is none, and what is wrong with one that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.cardtext import (
    CardText,
    Cloze,
    ClozeError,
    DeckText,
    TextError,
    clean,
    hidden,
    read_clozes,
    read_deck,
    show,
    write_deck,
)
from cards.cardtext.cloze import MARKS, MOST_CLOZES


def clozes(prompt: str) -> list[Cloze]:
    return [piece for piece in read_clozes(prompt) if isinstance(piece, Cloze)]


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a {{c1::b}} c", [Cloze(1, "b")]),
        ("{{c2::b::a hint}} and {{c10::d}}", [Cloze(2, "b", "a hint"), Cloze(10, "d")]),
        ("{{c1::b::}}", [Cloze(1, "b")]),
        ("{{c1::b::c::d}}", [Cloze(1, "b", "c::d")]),
        ("{{c1::`a::b`::or so}}", [Cloze(1, "`a::b`", "or so")]),
        ("{{c1::`}}`}}", [Cloze(1, "`}}`")]),
        ("{{c1::two\nlines}}", [Cloze(1, "two\nlines")]),
        (r"$\frac{{c1::a}}{b}$", [Cloze(1, "a")]),
        (r"${{c1::\frac{a}{b}}}$", [Cloze(1, r"\frac{a}{b}")]),
        ("{{c1::a { b}} and {{c2::c}}", [Cloze(1, "a { b"), Cloze(2, "c")]),
        ("{{{c1::a}}}", [Cloze(1, "a")]),
        (r"\\{{c1::a}}", [Cloze(1, "a")]),
        ("[{{c1::a}}](https://example.org)", [Cloze(1, "a")]),
        ("`open {{c1::a}}", [Cloze(1, "a")]),
    ],
)
def test_a_cloze_is_read(prompt, found) -> None:
    assert clozes(prompt) == found


@pytest.mark.parametrize(
    "prompt",
    [
        r"\{{c1::a}}",
        "`{{c1::a}}`",
        "``a ` {{c1::b}}``",
        "```jinja\n{{c1::\n```",
        "- a list\n  ~~~\n  {{c1::a}}\n  ~~~",
        "> ```\n> {{c1::a}}\n> ```",
        "```worksheet\n| {{c1::a}} |\n```",
        "{{ user.name }} {{c::a}} {{cl::a}} {c1::a}",
        "{{C1::a}}",
        "a }} b",
    ],
)
def test_code_and_other_braces_are_none(prompt) -> None:
    assert clozes(prompt) == []
    assert show(prompt) == prompt


@pytest.mark.parametrize(
    ("prompt", "line", "said"),
    [
        ("{{c1::a {{c2::b}} }}", 1, "in no other cloze"),
        ("a\n\n{{c1::never closed", 3, "not closed in its paragraph"),
        ("{{c1::two\n\nparagraphs}}", 1, "not closed in its paragraph"),
        ("a\n{{c0::b}}", 2, "from 1 to 30"),
        (f"{{{{c{MOST_CLOZES + 1}::b}}}}", 1, "from 1 to 30"),
        ("{{c1::}}", 1, "says nothing"),
        ("{{c1:: ::hint}}", 1, "says nothing"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(prompt, line, said) -> None:
    with pytest.raises(ClozeError) as error:
        read_clozes(prompt)
    assert (error.value.line, said in str(error.value.message)) == (line, True)
    with pytest.raises(TextError) as refused:
        clean(prompt, "")
    assert (refused.value.field, refused.value.line) == ("prompt", line)
    assert show(prompt) == prompt


@pytest.mark.parametrize(
    ("prompt", "details", "field"),
    [
        ("{{c1::a}}\n\n- [ ] b\n- [x] c", "", "prompt"),
        ("{{c1::a}}\n\n```worksheet\n| ?=1 |\n```", "", "prompt"),
        ("{{c1::a}}", "accept: a", "details"),
    ],
)
def test_a_card_is_one_kind_of_exercise(prompt, details, field) -> None:
    with pytest.raises(TextError) as refused:
        clean(prompt, "", details)
    assert refused.value.field == field


def test_the_part_that_is_asked_is_hidden_and_the_others_are_text() -> None:
    prompt = "{{c1::one::what?}} {{c2::two}} {{c1::uno}}"
    shown = [MARKS.sub("", show(prompt, part)) for part in (0, 1, 2)]
    assert shown == ["[what?] […] […]", "[what?] two […]", "one […] uno"]
    filled = [MARKS.sub("", show(prompt, part, is_filled=True)) for part in (0, 1, 2)]
    assert filled == ["one two uno"] * 3
    assert (hidden(prompt, 1), hidden(prompt, 2)) == (["one", "uno"], ["two"])
    assert clean(prompt, "").parts == (1, 2)
    assert clean("one", "").parts == (0,)


HOSTILE = [
    "{{c1::" * 10_000,
    "{{c1::a{{" * 1_000,
    "{{c1::" * 1_600,
    "{{c1::a{b}} " * 830,
    "{{c1::`" * 1_400,
    "`" * 9_999,
    "{" * 9_999,
    "}" * 9_999,
    "```\n" * 2_400,
    "$`{{c1::" * 1_200,
    "{{c1::x}}" * 120_000,  # 1 MB
    "\\" * 9_999 + "{{c1::x}}",
]


@pytest.mark.parametrize("prompt", HOSTILE, ids=lambda prompt: prompt[:9])
def test_hostile_text_is_read_or_refused_with_a_sentence(prompt) -> None:
    """None of it takes long; the bench measures that."""
    try:
        wording = clean(prompt, "")
    except TextError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert wording.prompt == prompt.strip()
    assert bool(refusal) == (
        len(prompt) > 10_000 or prompt.startswith(("{{c1::a{{", "{{c1::{{", "{{c1::`", "$`{{"))
    )


TEXT = st.text(st.sampled_from("ab {}:`$\\\n*_[]()…é~>-0"), max_size=12)
WORD = st.text(st.sampled_from("ab é*_$()[]-0"), min_size=1, max_size=8).filter(str.strip)
CLOZES = st.builds(
    lambda number, text, hint, after: f"{{{{c{number}::{text}{'::' + hint if hint else ''}}}}} {after}",
    st.integers(1, MOST_CLOZES),
    WORD,
    st.just("") | WORD,
    WORD,
)
PROMPTS = st.lists(CLOZES, min_size=1, max_size=5).map("".join)


@given(TEXT | PROMPTS)
def test_reading_never_fails_otherwise_and_loses_nothing(prompt) -> None:
    try:
        pieces = read_clozes(prompt)
    except ClozeError:
        return
    rest = prompt
    for piece in pieces:
        text = piece if isinstance(piece, str) else f"{{{{c{piece.number}::{piece.text}"
        assert rest.startswith(text)
        rest = rest[len(text) :]
        if isinstance(piece, Cloze):
            rest = rest[rest.index("}}") + 2 :]
    assert rest == ""


@given(PROMPTS, st.integers(0, 30))
def test_no_part_shows_what_it_asks_for_and_filled_in_all_is_there(prompt, part) -> None:
    found = clozes(prompt)
    alone = {each.text for each in found if each.number == part}
    shown = show(prompt, part)
    marked = [piece[1:].split("\ue003")[0] for piece in shown.split("\ue000")[1:]]
    assert len(shown.split("\ue000")) - 1 == sum(part in {0, each.number} for each in found)
    assert not alone.intersection(marked) or all(each.startswith("[") for each in marked)
    assert all(each.text in show(prompt, part, is_filled=True) for each in found)


@given(PROMPTS)
def test_a_deck_file_gives_the_card_back(prompt) -> None:
    wording = clean(prompt, "Because.", "tags: one")
    deck = DeckText("Deck", "", (CardText("one", wording),))
    assert read_deck(write_deck(deck)) == deck
    assert read_deck(write_deck(deck)).cards[0].wording.parts == wording.parts
