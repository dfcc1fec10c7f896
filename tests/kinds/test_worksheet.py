"""Worksheets: formulas, how a table is read, and what filling it in comes to."""

import math
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.cardtext import FormulaError, Place, TextError, Wording, clean, read_formula
from cards.cardtext.formula import compute
from cards.kinds import Verdict, check_worksheet, written

BEARS = """What is the softmax of these?

```worksheet
| class | activation | exp | softmax |
|---|---|---|---|
| teddy | 0.02 ~ -3..3 | ?=exp(B2) | ?=C2/sum(C2:C4) |
| grizzly | -2.49 ~ -3..3 | ?=exp(B3) | ?=C3/sum(C2:C4) |
| brown | 1.25 ~ -3..3 | ?=exp(B4) | ?=C4/sum(C2:C4) |
| sum | | =sum(C2:C4) | =sum(D2:D4) |
hint: The exponential first.
```"""
SHEET = Wording(BEARS, "").worksheet


def value(text: str, **cells: float) -> float:
    return compute(read_formula(text), lambda place: cells[str(place)])


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("=1+2*3", 7), ("(1+2)*3", 9), ("2^3^2", 512), ("-2^2", -4), ("2^-1", 0.5), ("--3", 3), ("10%", 0.1),
        ("1,5", 1.5), ("−2.49", -2.49), ("6/3/2", 1), ("1e-3*2", 0.002), (".5", 0.5), ("4·2", 8),
        ("exp(0)", 1), ("EXP(1)", math.e), ("ln(1)", 0), ("log(exp(2))", 2), ("log10(1000)", 3), ("log2(8)", 3),
        ("sqrt(16)", 4), ("abs(-3)", 3), ("max(1,5,2)", 5), ("min(4;2)", 2), ("mean(1,2,6)", 3), ("sum(B2:C3)", 10),
        ("sum(C3:B2, 1)", 11), ("b2*C3", 4), ("average(B2:B3)", 2),
    ],
)  # fmt: skip
def test_a_formula_is_computed_as_in_a_spreadsheet(formula: str, number: float) -> None:
    assert math.isclose(value(formula, B2=1, C2=2, B3=3, C3=4), number, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("", "ends too early"),
        ("=", "ends too early"),
        ("1+", "ends too early"),
        ("(1", "“)” is missing"),
        ("1)", "“)” is not expected there"),
        ("1 2", "“2” is not expected there"),
        ("B2:B3", "“:” is not expected there"),
        ("sum(B2:3)", "from a cell to a cell"),
        ("exp", "neither a cell nor a function"),
        ("AA1", "neither a cell nor a function"),
        ("__import__('os')", "“_” has no meaning"),
        ("eval(1)", "There is no function eval"),
        ("negative(1)", "There is no function negative"),
        ("exp()", "takes another number"),
        ("exp(1,2)", "takes another number"),
        ("sum()", "takes another number"),
        ("1/0", "divides by 0"),
        ("log(-2)", "a number above 0"),
        ("sqrt(-1)", "no real number"),
        ("(-8)^(1/3)", "no real number"),
        ("exp(1000)", "too large"),
        ("10^400", "too large"),
        ("1e999", "too large"),
        ("1e308*10", "too large"),
        ("(" * 60 + "1" + ")" * 60, "nested too deeply"),
        ("2" + "^2" * 60, "nested too deeply"),
        ("exp(" * 45 + "1" + ")" * 15, "nested too deeply"),
        ("(" * 10_000, "at most 200 characters"),
        ("1" * 1_000_000, "at most 200 characters"),
        ("٣", "“٣” has no meaning"),
    ],
)
def test_what_is_no_formula_says_why_at_once(formula: str, says: str) -> None:
    begun = time.process_time()
    with pytest.raises(FormulaError) as refused:
        value(formula, B2=1.0, B3=2.0)
    assert says in refused.value.message
    assert time.process_time() - begun < 0.1


@given(st.text(st.sampled_from("0123456789.eE+-*/^%(),;:AB= sumexplog"), max_size=60) | st.text(max_size=30))
def test_whatever_is_typed_is_a_finite_number_or_a_sentence(text: str) -> None:
    with suppress(FormulaError):
        assert math.isfinite(compute(read_formula(text), lambda place: 2.0))


def fill(tries: int = 0, **typed: str):
    cells = {Place(ord(name[0]) - 64, int(name[1:])): text for name, text in typed.items()}
    return check_worksheet(SHEET, cells, tries=tries)


def marks(checked) -> dict[str, bool]:
    return {str(cell.place): cell.is_right for row in checked.rows for cell in row if cell.is_asked}


def test_the_three_bears_by_hand() -> None:
    """The card's own numbers, from the facts: 1.0202, 0.0829, 3.4903 and 0.2221, 0.0180, 0.7599."""
    typed = {
        "C2": "1.0202",
        "C3": "0.0829",
        "C4": "3,4903",
        "D2": "22.21%",
        "D3": "0.018",
        "D4": "=C4/(C2+C3+C4)",
    }
    checked = fill(**typed)
    assert marks(checked) == dict.fromkeys(["C2", "C3", "C4", "D2", "D3", "D4"], True)
    assert (checked.mistakes, checked.verdict, fill(tries=1, **typed).verdict) == (
        0,
        Verdict.RIGHT,
        Verdict.CLOSE,
    )
    right = {str(cell.place): cell.right for row in checked.rows for cell in row if cell.is_asked}
    exps = [math.exp(x) for x in (0.02, -2.49, 1.25)]
    assert [right["C2"], right["C3"], right["C4"]] == pytest.approx(exps)
    assert [right["D2"], right["D3"], right["D4"]] == pytest.approx([exp / sum(exps) for exp in exps])
    assert written(right["D3"]) == "0.018"


def test_each_cell_is_marked_and_formulas_use_what_the_learner_typed() -> None:
    checked = fill(C2="2", C3="=exp(B3)", C4="exp(B4)", D2="=C2/sum(C2:C4)", D3="0.0183", D4="=Z1")
    assert marks(checked) == {"C2": False, "C3": True, "C4": True, "D2": False, "D3": False, "D4": False}
    cells = {str(cell.place): cell for row in checked.rows for cell in row}
    exps = [2, math.exp(-2.49), math.exp(1.25)]
    assert cells["D2"].number == pytest.approx(2 / sum(exps))
    assert cells["D4"].error == "Z1 has no number."
    assert checked.verdict is Verdict.WRONG
    assert fill().verdict is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"C2": "=D2", "D2": "=C2"}, "round in a circle"),
        ({"D2": "=C2"}, "C2 has no number"),
        ({"C2": "=A2"}, "A2 has no number"),
        ({"C2": "<script>"}, "“<” has no meaning"),
    ],
)
def test_a_cell_that_gives_no_number_says_why(typed, says) -> None:
    assert says in next(cell.error for row in fill(**typed).rows for cell in row if cell.error)


def test_right_is_within_the_stated_tolerance() -> None:
    exact = Wording(BEARS.replace("hint: The", "tolerance: 0.001\nhint: The"), "").worksheet
    typed = {Place(3, 2): "1.0215"}  # 0.0013 off, a seventh of a hundredth part
    assert check_worksheet(SHEET, typed).rows[2 - 1][3 - 1].is_right
    assert not check_worksheet(exact, typed).rows[2 - 1][3 - 1].is_right
    assert not check_worksheet(SHEET, {Place(3, 2): "1.031"}).rows[1][2].is_right
    assert check_worksheet(exact, {Place(3, 3): "0.0838"}).rows[2][2].is_right  # 0.0009 off, a hundredth part


@given(st.integers(0, 2**31))
def test_new_numbers_come_from_the_seed_lie_in_their_range_and_can_be_computed(seed: int) -> None:
    numbers = SHEET.numbers(seed)
    assert numbers == SHEET.numbers(seed)
    for row in (2, 3, 4):
        assert -3 <= numbers[Place(2, row)] <= 3
        assert round(numbers[Place(2, row)], 2) == numbers[Place(2, row)]
    exps = [math.exp(numbers[Place(2, row)]) for row in (2, 3, 4)]
    assert numbers[Place(4, 2)] == pytest.approx(exps[0] / sum(exps))
    assert numbers[Place(4, 5)] == pytest.approx(1)


def test_numbers_with_which_a_formula_has_no_result_are_not_drawn() -> None:
    sheet = clean("Which?\n\n```worksheet\n| 1.5 ~ -9..2 | ?=log(A1) |\n```", "").worksheet
    assert all(sheet.numbers(seed)[Place(1, 1)] > 0 for seed in range(50))


@pytest.mark.parametrize(
    ("block", "line", "says"),
    [
        ("| 1 | 2 |", 4, "No cell is asked for"),
        ("| 1 | ?=A1 |\n| 2 |", 5, "as many cells as the first: 2, not 1"),
        ("| 1 | ?=B1 |", 4, "round in a circle"),
        ("| 1 | ?=exp( |", 4, "ends too early"),
        ("| x | ?=A1 |", 4, "A1 has no number"),
        ("| 1 ~ 3..2 | ?=A1 |", 4, "from the lesser number"),
        ("| -1e999 | ?=1 |", 4, "The number is too large."),
        ("| 1 ~ 0..1e999 | ?=A1 |", 4, "The number is too large."),
        ("| 1 | ?=A1 |\nhello", 5, "rows such as"),
        ("", 4, "1 to 20 rows"),
        ("| 1 | ?=A1 |" + "\n| 1 | 2 |" * 20, 4, "1 to 20 rows"),
        ("| ?=1 |" + " 1 |" * 8, 4, "1 to 20 rows"),
        ("| 1 | ?=A1 |\n| " + "x" * 81 + " | 1 |", 5, "at most 80"),
    ],
)
def test_a_worksheet_that_cannot_be_used_is_refused_with_its_line(block, line, says) -> None:
    with pytest.raises(TextError) as refused:
        clean(f"Which?\n\n```worksheet\n{block}\n```", "")
    assert says in refused.value.message
    assert (refused.value.field, refused.value.line) == ("prompt", line)


def test_only_a_block_that_ends_the_prompt_is_a_worksheet() -> None:
    assert Wording(BEARS, "").question == "What is the softmax of these?"
    assert Wording(f"{BEARS}\n\nAnd on.", "").worksheet is None
    assert Wording("```\n```worksheet\n| 1 |\n```\n```", "").worksheet is None
    with pytest.raises(TextError, match="Write what is asked"):
        clean("```worksheet\n| 1 | ?=A1 |\n```", "")
