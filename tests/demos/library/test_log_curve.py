"""log_curve is right: what it gives against values derived here."""

import math

import numpy as np
import pytest

from cards.demos.contract import Plot, Table
from tests.demos.library.runs import part, run


@pytest.mark.parametrize("x", ["-2", "0", "1.5", "100", "-100"])
def test_the_curves_are_exp_and_log_where_they_are(x) -> None:
    """Planted fault: another base, a curve of the other's numbers."""
    log, exp = part(run("log_curve", x=x), Plot).series
    assert (log.label, exp.label) == ("log(x)", "exp(x)")
    assert np.allclose(log.y, [math.log(one) for one in log.x])
    assert np.allclose(exp.y, [math.exp(one) for one in exp.x])
    span = max(4, 1.1 * abs(float(x)))
    assert min(log.x) > 0
    assert math.isclose(max(log.x), span)
    assert math.isclose(min(exp.x), -span)
    assert math.isclose(max(exp.y), span)


def test_below_zero_there_is_none_and_each_library_says_so_in_its_way() -> None:
    """Planted fault: the absolute value is taken first."""
    result = run("log_curve")
    torch, numpy, standard = part(result, Table).rows
    assert [torch[0], numpy[0], standard[0]] == ["torch.log", "np.log", "math.log"]
    assert math.isnan(torch[1])
    assert math.isnan(numpy[1])
    assert "RuntimeWarning" in numpy[2]
    assert standard[1] is None
    assert standard[2].startswith("ValueError")
    assert "no y has exp(y) = −2: torch gives nan, NumPy nan, math an error" in result.finding
    (mark,) = part(result, Plot).marks
    assert (mark.x, mark.y) == (-2, math.exp(-2))
    assert f"above 0: {math.exp(-2):.4f}" in mark.text


def test_zero_has_minus_infinity_or_an_error() -> None:
    result = run("log_curve", x="0")
    torch, numpy, standard = part(result, Table).rows
    assert (torch[1], numpy[1], standard[1]) == (-math.inf, -math.inf, None)
    assert "divide by zero" in numpy[2]
    assert "torch gives −inf, NumPy −inf, math an error" in result.finding


def test_above_zero_all_three_agree_and_the_point_is_mirrored() -> None:
    """Planted fault: the mirrored point is not. 2^0.5 is e^(ln 2 / 2)."""
    result = run("log_curve", x="1.41421356")
    half = math.log(2) / 2
    rows = part(result, Table).rows
    assert np.allclose([row[1] for row in rows], half, rtol=1e-6)
    assert all(row[2] == "" for row in rows)
    on_log, on_exp = part(result, Plot).marks
    assert np.allclose([on_log.x, on_log.y, on_exp.x, on_exp.y], [2**0.5, half, half, 2**0.5])
    assert f"torch gives {half:.4f}, NumPy {half:.4f}, math {half:.4f}" in result.finding


def test_what_32_bits_cannot_hold_is_said() -> None:
    result = run("log_curve", x="1e-300")
    torch, numpy, standard = (row[1] for row in part(result, Table).rows)
    assert torch == -math.inf
    assert math.isclose(numpy, -300 * math.log(10))
    assert math.isclose(standard, -300 * math.log(10))
    assert "torch's usual 32 bits hold no number as small as 1e−300" in result.finding
    assert part(result, Plot).marks == []


FAULTS = [
    ("y=positive.log().tolist()", "y=positive.log2().tolist()",
     lambda: test_the_curves_are_exp_and_log_where_they_are("-2")),
    ("positive = numbers.exp()", "positive = numbers.exp2()",
     lambda: test_the_curves_are_exp_and_log_where_they_are("-2")),
    ('x: float = parameters["x"]', 'x: float = abs(parameters["x"])',
     test_below_zero_there_is_none_and_each_library_says_so_in_its_way),
    ('warnings.simplefilter("always")', 'warnings.simplefilter("ignore")', test_zero_has_minus_infinity_or_an_error),
    ("            x=y,\n            y=x,\n", "            x=x,\n            y=y,\n",
     test_above_zero_all_three_agree_and_the_point_is_mirrored),
    ("if answers[0] == -math.inf:", "if answers[0] == 0:", test_what_32_bits_cannot_hold_is_said),
]  # fmt: skip
