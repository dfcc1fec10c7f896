"""What was searched for is marked where it stands."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cards.search import fold, parse
from cards.search.mark import ROOM, Piece, excerpt, mark, wanted


def shown(pieces: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.is_found else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "needles", "expected"),
    [
        ("Softmax is soft.", ["soft"], "[Soft]max is [soft]."),
        ("Die Straße", ["strasse"], "Die [Straße]"),
        ("Die Straße", ["stras"], "Die [Straß]e"),
        ("Poincare\u0301 und I\u0307", ["e", "i"], "Po[i]ncar[e\u0301] und [I\u0307]"),
        ("a  \n b", ["a b"], "[a  \n b]"),
        ("aaa bcd", ["aa", "bc", "cd"], "[aaa] [bcd]"),
        ("soft\u00admax", ["softmax"], "[soft\u00admax]"),
        ("東京", ["京"], "東[京]"),
        ("nothing", ["x"], "nothing"),
        ("", ["x"], ""),
    ],
)
def test_it_marks_what_is_found_as_it_is_written(text: str, needles: list[str], expected: str) -> None:
    assert shown(mark(text, needles)) == expected


TEXTS = st.text(st.sampled_from("aAbßÉé \u0301\u00ad\n京İı‘"), max_size=12)


@given(TEXTS | st.text(st.sampled_from("aAb \t~'"), max_size=12), TEXTS.map(fold).filter(bool))
@example(" a ", "a")
@example("a  b", "a b")
@example("A\tb", "a b")
def test_nothing_is_lost_and_what_is_there_is_found(text: str, needle: str) -> None:
    pieces = mark(text, [needle])
    assert "".join(piece.text for piece in pieces) == text
    assert any(piece.is_found for piece in pieces) == (needle in fold(text))


def test_an_excerpt_has_whole_words_around_the_first_place() -> None:
    text = f"{'word ' * 40}a loss and a loss{' word' * 40}"
    found = shown(excerpt(text, ["loss"]))
    assert found.startswith("… word ")
    assert found.endswith(" word …")
    assert " a [loss] and a [loss] word " in found
    assert len(found) < 2 * ROOM + 30
    assert shown(excerpt("a loss here", ["loss"])) == "a [loss] here"
    assert excerpt(text, ["gain"]) == []


def test_what_is_wanted_is_what_a_card_can_be_found_by() -> None:
    assert wanted(parse('Loss (GAIN or "loss") -tax tag:gpu is:due')) == ("loss", "gain")
