"""where_or_index is right: what it gives against values derived here."""

import re

import numpy as np
import pytest

from cards.demos import Result
from cards.demos.contract import Plot, Table, Text
from tests.demos.library.runs import part, run

SIZES = [(4, 3), (2, 2), (8, 2), (8, 6), (2, 6), (3, 3)]


def taken_apart(result: Result) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The activations, the targets, and what three ways take from each row."""
    rows = part(result, Table).rows
    assert [row[0] for row in rows] == list(range(len(rows)))
    numbers = np.array([row[1:] for row in rows], dtype=float)
    return numbers[:, 4:], numbers[:, 0].astype(int), numbers[:, 1:4]


def computed(rows: int, classes: int) -> Result:
    return run("where_or_index", rows=str(rows), classes=str(classes))


@pytest.mark.parametrize(("rows", "classes"), SIZES)
def test_each_way_takes_what_it_says(rows, classes) -> None:
    """Planted fault: the column of the row's number, another class for torch.where, a sign of nll_loss."""
    result = computed(rows, classes)
    acts, targets, ways = taken_apart(result)
    index, nll, where = ways.T
    assert acts.shape == (rows, classes)
    assert np.allclose(acts.sum(axis=1), 1, atol=1e-6)
    wanted = np.array([acts[row][target] for row, target in enumerate(targets)])
    ones = np.array([acts[row][1] if target == 1 else 1 - acts[row][1] for row, target in enumerate(targets)])
    assert np.array_equal(index, wanted)
    assert np.array_equal(nll, wanted)
    assert np.allclose(where, ones, atol=1e-6)
    bars = part(result, Plot).series
    assert np.array_equal(bars[0].y, wanted)
    assert np.allclose(bars[1].y, ones, atol=1e-6)


@pytest.mark.parametrize(("rows", "classes"), SIZES)
def test_the_targets_are_as_many_different_classes_as_there_can_be(rows, classes) -> None:
    """Planted fault: a class that is never a target."""
    _, targets, _ = taken_apart(computed(rows, classes))
    assert set(targets) == set(range(min(rows, classes)))


@pytest.mark.parametrize(("rows", "classes"), SIZES)
def test_the_finding_counts_the_rows_in_which_where_is_right(rows, classes) -> None:
    """Planted fault: the rows in which it is wrong are counted."""
    result = computed(rows, classes)
    _, targets, _ = taken_apart(result)
    right = rows if classes == 2 else list(targets).count(1)
    assert f"in {right} of {rows} rows" in result.finding
    assert ("which is" in result.finding) == (classes > 2)
    if classes > 2:
        assert f"which is {classes - 1} classes together" in result.finding


def test_the_whole_table_is_an_error_or_silently_nonsense() -> None:
    """Planted fault: a condition for each row, which would be no broadcast over the columns.

    NumPy broadcasts as torch does: the condition of row n lands in column n.
    """
    result = computed(4, 3)
    acts, targets, _ = taken_apart(result)
    session = part(result, Text).text
    assert "RuntimeError: The size of tensor a (4) must match the size of tensor b (3)" in session
    shown = [float(number) for number in re.findall(r"\d\.\d{4}", session)]
    expected = np.where(targets[:3] == 1, acts[:3], 1 - acts[:3])
    assert np.allclose(np.array(shown).reshape(3, 3), expected, atol=1e-4)
    square = part(computed(3, 3), Text).text
    assert "Error" not in square
    assert len(re.findall(r"\d\.\d{4}", square)) == 9
    few = part(computed(2, 6), Text)
    assert "do not fit" in few.title
    assert "tensor a (2) must match the size of tensor b (6)" in few.text


def test_the_same_seed_gives_the_same_rows_and_another_others() -> None:
    assert part(computed(4, 3), Table) == part(computed(4, 3), Table)
    assert part(run("where_or_index", seed=43), Table) != part(computed(4, 3), Table)


FAULTS = [
    ("index = acts[range(n), targ]", "index = acts[range(n), 0]", lambda: test_each_way_takes_what_it_says(4, 3)),
    ("torch.where(targ == 1, acts[:, 1], 1 - acts[:, 1])\n", "torch.where(targ == 0, acts[:, 1], 1 - acts[:, 1])\n",
     lambda: test_each_way_takes_what_it_says(4, 3)),
    ("nll = -F", "nll = F", lambda: test_each_way_takes_what_it_says(4, 3)),
    ("remainder(classes)", "remainder(classes - 1)",
     lambda: test_the_targets_are_as_many_different_classes_as_there_can_be(4, 3)),
    ("< ROUNDING", "> ROUNDING", lambda: test_the_finding_counts_the_rows_in_which_where_is_right(4, 3)),
    ("torch.where(targ == 1, acts, 1 - acts).cpu()", "torch.where(targ[:, None] == 1, acts, 1 - acts).cpu()",
     test_the_whole_table_is_an_error_or_silently_nonsense),
    ("    seeded(seed)\n", "", test_the_same_seed_gives_the_same_rows_and_another_others),
]  # fmt: skip
