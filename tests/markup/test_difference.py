"""The difference of two texts, word by word."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.markup import difference

WORDS = st.sampled_from(
    ["the", "a", "loss", "rate", "1.25", "(", ")", ",", " ", "  ", "\n", "\n\n", "é", "𝐱", "$"]
)
TEXTS = st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=40)


def shown(old: str, new: str) -> str:
    marks = {"same": "{}", "removed": "[{}]", "added": "<{}>"}
    return "".join(marks[piece.kind].format(piece.text) for piece in difference(old, new))


@settings(max_examples=400)
@given(TEXTS, TEXTS)
def test_it_holds_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert all(piece.text for piece in pieces)
    neighbours = list(pairwise(piece.kind for piece in pieces))
    assert all(one != other and (one, other) != ("added", "removed") for one, other in neighbours)


@given(TEXTS)
def test_it_finds_no_difference_between_a_text_and_itself(text: str) -> None:
    assert all(piece.kind == "same" for piece in difference(text, text))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("", "new", "<new>"),
        ("old", "", "[old]"),
        ("The cat sat.", "The dog sat.", "The [cat]<dog> sat."),
        ("The cat sat.", "The dog ran.", "The [cat sat]<dog ran>."),
        ("0.20, 0.02, 0.78", "0.22, 0.02, 0.76", "[0.20]<0.22>, 0.02, [0.78]<0.76>"),
        ("1,000 items", "1,500 items", "[1,000]<1,500> items"),
        ("a learning rate finder", "a training rate search", "a [learning]<training> rate [finder]<search>"),
        (
            "explain the gradient",
            "describe the derivative",
            "[explain the gradient]<describe the derivative>",
        ),
        ("one\n\ntwo\n\nthree", "one\n\n2\n\nthree", "one\n\n[two]<2>\n\nthree"),
        ("one\n\ntwo", "1\n\n2", "[one\n\ntwo]<1\n\n2>"),
        ("It is so.", "It is not so.", "It is <not >so."),
        ("f(x)", "f(y)", "f([x]<y>)"),
        ("a  b", "a b", "a[  ]< >b"),
    ],
)
def test_it_reads_well(old: str, new: str, expected: str) -> None:
    assert shown(old, new) == expected


def test_it_finds_one_word_in_a_long_text() -> None:
    old = "\n".join(f"Line {number}: the loss falls, and then the loss rises." for number in range(900))
    new = old.replace("Line 450: the loss falls", "Line 450: the loss drops")
    pieces = difference(old, new)
    assert [piece.text for piece in pieces if piece.kind != "same"] == ["falls", "drops"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 25_000, "a b " * 12_500),
        ("a\n" * 25_000, "b\na\n" * 12_500),
        ("\n" * 50_000, "\n\n " * 16_000),
        ("a b c " * 8_000, "c a b\n" * 8_000),
        (" ".join(map(str, range(9_000))), " ".join(map(str, range(9_000, 0, -1)))),
        ("ab" * 25_000, "ba" * 25_000),
        ("(" * 50_000, ")(" * 25_000),
    ],
)
def test_it_takes_bounded_time(old: str, new: str) -> None:
    start = time.process_time()
    pieces = difference(old, new)
    assert time.process_time() - start < 5
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
