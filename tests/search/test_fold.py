"""The form in which texts are compared."""

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.search import fold


@given(st.text(st.characters()))
def test_it_changes_nothing_when_it_folds_twice(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once.encode().decode() == once
    assert not any(character.isascii() and character.isupper() for character in once)


def test_no_single_character_is_an_exception() -> None:
    known = (
        character for character in map(chr, range(0x110000)) if category(character) not in {"Cn", "Co", "Lo"}
    )
    folded = {character: fold(character) for character in known}
    assert [character for character, once in folded.items() if fold(once) != once] == []
    assert all(letter == letter.lower() for once in folded.values() for letter in once if letter.isascii())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SOFTMAX", "softmax"),
        ("Poincaré", "poincare"),
        ("Cafe\u0301", "café"),
        ("STRASSE", "Straße"),
        ("ẞ", "ss"),
        ("İstanbul", "istanbul"),
        ("IĞDIR", "ığdır"),
        ("ΣΑΣ", "σας"),
        ("ﬁne－tune", "fine-tune"),
        ("H₂O", "h2o"),
        ("x\u0302", "X"),
        ("don’t “stop” – now", 'don\'t "stop" - now'),
        ("a\u00a0\t\n b", "a b"),
        (" soft\u00admax\u200b ", "softmax"),
        ("a\x00b\ud800", "ab"),
    ],
)
def test_it_makes_alike_what_looks_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("=", "≠"), ("∈", "∉"), ("か", "が"), ("o", "ø"), ("a b", "ab")])
def test_it_leaves_apart_what_is_something_else(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_syllable_is_not_found_in_another() -> None:
    assert fold("가") not in fold("각")
