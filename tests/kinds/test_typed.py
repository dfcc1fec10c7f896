"""A typed answer beside those that a card accepts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.kinds import Verdict, check_typed

RIGHT, CLOSE, WRONG = Verdict.RIGHT, Verdict.CLOSE, Verdict.WRONG


@pytest.mark.parametrize(
    ("typed", "accepted", "verdict"),
    [
        ("Cross-Entropy", "cross-entropy", RIGHT),
        ("cross entropy.", "cross-entropy", RIGHT),
        ("“CROSS\u2010ENTROPY”", "cross-entropy", RIGHT),
        ("cafe\u0301", "caf\u00e9", RIGHT),
        ("\uff33oftmax", "softmax", RIGHT),
        ("か", "が", WRONG),
        ("crossentropi", "cross-entropy", CLOSE),
        ("corss-entropy", "cross-entropy", CLOSE),
        ("cross-entorpyy", "cross-entropy", CLOSE),
        ("crass-antropi", "cross-entropy", WRONG),
        ("softmin", "softmax", WRONG),
        ("sotfmax", "softmax", CLOSE),
        ("log", "exp", WRONG),
        ("lag", "log", WRONG),
        ("0.222", "0.222", RIGHT),
        ("0,222", "0.222", RIGHT),
        (".222", "0.222", WRONG),
        ("0.223", "0.222", WRONG),
        ("1,000", "1000", RIGHT),
        ("\N{MINUS SIGN}2.49", "-2.49", RIGHT),
        ("2.49", "-2.49", WRONG),
        ("10%", "10", WRONG),
        ("a / b", "a/b", RIGHT),
        ("a * b", "a/b", WRONG),
        ("resnet 50", "resnet50", RIGHT),
        ("resnet 34", "resnet50", WRONG),
        ("torch.where( a,b )", "`torch.where(a, b)`", RIGHT),
        ("`torch.where(a, b)`", "`torch.where(a, b)`", RIGHT),
        ("torch.where(b, a)", "`torch.where(a, b)`", WRONG),
        ("Torch.Where(a, b)", "`torch.where(a, b)`", CLOSE),
        ("x['a b']", '`x["a b"]`', RIGHT),
        ("x['ab']", '`x["a b"]`', WRONG),
        ("torch.where(a b)", "`torch.where(a, b)`", WRONG),
        ("ab", "`a b`", WRONG),
        ("??", "??", RIGHT),
        ("?", "??", WRONG),
        ("", "softmax", WRONG),
        ("...", "softmax", WRONG),
    ],
)  # fmt: skip
def test_words_are_compared_leniently_and_code_as_code(typed, accepted, verdict) -> None:
    assert check_typed(typed, [accepted]).verdict is verdict


def test_the_best_of_several_counts_and_is_named_without_its_backticks() -> None:
    found = check_typed(
        "F.cross_entropy", ["cross-entropy loss", "`F.cross_entropy`", "`nn.CrossEntropyLoss()`"]
    )
    assert (found.verdict, found.nearest) == (RIGHT, "F.cross_entropy")
    assert check_typed("something else", ["one", "two"]).nearest == "one"


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_whatever_is_typed_has_a_verdict_and_what_is_accepted_is_right(typed, accepted) -> None:
    assert check_typed(typed, [accepted]).verdict in Verdict
    assert check_typed(accepted, [accepted]).verdict is RIGHT


def test_long_answers_take_no_time() -> None:
    begun = time.process_time()
    for typed in ("x" * 4000, "`" * 4000, "' " * 2000, "1," * 2000):
        check_typed(typed, ["y" * 200, "`" + "z" * 198 + "`"] * 20)
    assert time.process_time() - begun < 2
