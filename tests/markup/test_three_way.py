"""Two changes of one text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.markup import Hunk, merge, three_way
from cards.markup.three_way import Kind

LINES = st.sampled_from(["a\n", "b\n", "c\n", "d d\n", "\n", "a", "e"])
TEXTS = st.lists(LINES, max_size=8).map("".join) | st.text(max_size=10)
MIRRORED: dict[Kind, Kind] = {"mine": "theirs", "theirs": "mine"}


@settings(max_examples=400)
@given(TEXTS, TEXTS, TEXTS)
def test_it_holds_all_three_texts(base: str, mine: str, theirs: str) -> None:
    hunks = three_way(base, mine, theirs)
    assert "".join(hunk.base for hunk in hunks) == base
    assert "".join(hunk.mine for hunk in hunks) == mine
    assert "".join(hunk.theirs for hunk in hunks) == theirs
    for hunk in hunks:
        kinds = {
            "same": hunk.base == hunk.mine == hunk.theirs,
            "mine": hunk.base == hunk.theirs != hunk.mine,
            "theirs": hunk.base == hunk.mine != hunk.theirs,
            "both": hunk.mine == hunk.theirs != hunk.base,
            "conflict": hunk.base != hunk.mine != hunk.theirs != hunk.base,
        }
        assert [kind for kind, is_so in kinds.items() if is_so] == [hunk.kind]


@settings(max_examples=400)
@given(TEXTS, TEXTS, TEXTS)
def test_it_is_the_same_seen_from_the_other_side(base: str, mine: str, theirs: str) -> None:
    mirrored = tuple(
        Hunk(MIRRORED.get(hunk.kind, hunk.kind), hunk.base, hunk.theirs, hunk.mine)
        for hunk in three_way(base, mine, theirs)
    )
    assert three_way(base, theirs, mine) == mirrored
    assert merge(base, mine, theirs) == merge(base, theirs, mine)


@given(TEXTS, TEXTS)
def test_it_merges_a_change_with_no_change_and_with_itself(base: str, text: str) -> None:
    assert merge(base, base, text) == text
    assert merge(base, text, base) == text
    assert merge(base, text, text) == text


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("a\nb\nc\n", "a\nc\n", "a\nb\nc\nd\n", "a\nc\nd\n"),
        ("a\nb\nc\n", "b\nc\n", "a\nb\nc\nd\n", "b\nc\nd\n"),
        ("a\nb\nc\n", "x\na\nb\nc\n", "a\nb\nc\nx\n", "x\na\nb\nc\nx\n"),
        ("a\nb\n", "A\nb\n", "A\nB\n", None),
        ("a\nb\n", "A\nb\n", "a\nB\n", None),
        ("a\n", "b\n", "c\n", None),
        ("a\n", "", "c\n", None),
        ("", "a", "b", None),
        ("a\nm\nc\n", "b\nm\nc\n", "b\nm\nd\n", "b\nm\nd\n"),
    ],
)
def test_it_merges_what_does_not_touch(base: str, mine: str, theirs: str, merged: str | None) -> None:
    assert merge(base, mine, theirs) == merged


def test_it_names_who_changed_what() -> None:
    hunks = three_way("a\n1\nb\n2\nc\n3\nd\n", "A\n1\nb\n2\nC\n3\nD\n", "a\n1\nB\n2\nC\n3\nX\n")
    assert [(hunk.kind, hunk.base) for hunk in hunks] == [
        ("mine", "a\n"),
        ("same", "1\n"),
        ("theirs", "b\n"),
        ("same", "2\n"),
        ("both", "c\n"),
        ("same", "3\n"),
        ("conflict", "d\n"),
    ]
    assert [hunk.merged for hunk in hunks] == ["A\n", "1\n", "B\n", "2\n", "C\n", "3\n", None]


def test_it_shows_the_words_within_a_hunk() -> None:
    (hunk,) = three_way("the loss falls", "the loss drops", "a loss falls")
    assert hunk.kind == "conflict"
    assert [(piece.kind, piece.text) for piece in hunk.my_difference][1:] == [
        ("removed", "falls"),
        ("added", "drops"),
    ]
    assert [(piece.kind, piece.text) for piece in hunk.their_difference][:2] == [
        ("removed", "the"),
        ("added", "a"),
    ]


def test_it_takes_bounded_time() -> None:
    start = time.process_time()
    base, mine, theirs = "a\nb\n" * 12_000, "b\na\n" * 12_000, "a\n" * 25_000
    assert "".join(hunk.base for hunk in three_way(base, mine, theirs)) == base
    assert time.process_time() - start < 5
