"""softmax_table is right: what it gives against values derived here."""

import math

import numpy as np
import pytest

from cards.demos.contract import Table
from tests.demos.library.runs import part, run

BEARS = [0.02, -2.49, 1.25]


@pytest.mark.parametrize(
    "activations", [[0.02, -2.49, 1.25], [5.0, 5.0], [-30.0, 0.0, 3.0, 7.5], [1.0, -1.0]]
)
def test_softmax_is_the_exponentials_shares(activations) -> None:
    """Planted fault: another base than e, another axis, a sum of the activations."""
    table = part(run("softmax_table", activations=",".join(map(str, activations))), Table)
    exp = np.exp(np.array(activations))
    expected = np.column_stack([activations, exp, exp / exp.sum()])
    assert list(table.columns) == ["class", "activation", "exp", "softmax"]
    *rows, sums = table.rows
    assert np.allclose([row[1:] for row in rows], expected, rtol=1e-5)
    assert (sums[0], sums[1]) == ("sum", None)
    assert np.allclose(sums[2:], [exp.sum(), 1.0], rtol=1e-5)


def test_the_three_bears_are_the_cards_own_numbers() -> None:
    *rows, sums = part(run("softmax_table"), Table).rows
    assert [row[0] for row in rows] == ["teddy", "grizzly", "brown"]
    assert [[round(cell, 4) for cell in row[2:]] for row in rows] == [
        [1.0202, 0.2221], [0.0829, 0.0180], [3.4903, 0.7599],
    ]  # fmt: skip
    assert round(sums[2], 4) in (4.5934, 4.5935)


def test_a_thousand_overflows_and_the_shares_are_right_all_the_same() -> None:
    result = run("softmax_table", activations="1000, 999")
    table = part(result, Table)
    first = dict(zip(table.columns, table.rows[0], strict=True))
    assert first["exp"] == math.inf
    assert first["exp(x − max)"] == 1
    assert math.isclose(first["softmax"], 1 / (1 + math.exp(-1)), rel_tol=1e-5)
    assert "subtracts the largest" in table.note


def test_the_finding_names_the_largest_share() -> None:
    exp = np.exp([0.02, -2.49, 5])
    finding = run("softmax_table", activations="0.02,-2.49,5").finding
    assert "brown" in finding
    assert f"{exp[2] / exp.sum():.1%}" in finding


def test_the_finding_names_equal_ones_and_of_many_says_that_all_are() -> None:
    """By hand: a share of 1 of 2, and of 1 of 20."""
    assert run("softmax_table", activations="1,1,-90").finding == (
        "teddy and grizzly have the same activation, and so the same share: 50.0% each."
    )
    assert run("softmax_table", activations=",".join(["1"] * 20)).finding == (
        "All 20 classes have the same activation, and so the same share: 5.0% each."
    )


FAULTS = [
    ("activations.exp()\n", "activations.exp2()\n", lambda: test_softmax_is_the_exponentials_shares(BEARS)),
    ("softmax = activations.softmax(dim=0)", "softmax = exp / activations.sum()",
     lambda: test_softmax_is_the_exponentials_shares(BEARS)),
    ("activations - activations.max()", "activations",
     test_a_thousand_overflows_and_the_shares_are_right_all_the_same),
    ("key=lambda place: -activations[place]", "key=lambda place: activations[place]",
     test_the_finding_names_the_largest_share),
    ("== len(names) > 2", "> len(names) > 2", test_the_finding_names_equal_ones_and_of_many_says_that_all_are),
]  # fmt: skip
