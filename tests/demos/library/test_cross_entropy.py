"""cross_entropy is right: what it gives against values derived here."""

import math

import numpy as np
import pytest

from cards.demos import Result, demo
from cards.demos.contract import ParametersRefused, Plot, Table
from tests.demos.library.runs import part, run

BEARS = ([[0.02, -2.49, 1.25], [2.1, 0.3, -1.0]], [2, 0])
WRONG = ([[3.0, 1.0, 0.2, 0.0], [0.5, 0.5, 0.5, 0.5], [-2.0, 4.0, 0.0, 1.0]], [1, 3, 0])


def computed(activations, targets) -> Result:
    return run(
        "cross_entropy",
        activations=";".join(",".join(map(str, row)) for row in activations),
        targets=",".join(map(str, targets)),
    )


@pytest.mark.parametrize(("activations", "targets"), [BEARS, WRONG])
def test_each_step_is_a_column_and_nll_takes_the_targets_number(activations, targets) -> None:
    """Planted fault: the softmax over the rows instead of the classes, another class than the target."""
    table = part(computed(activations, targets), Table)
    assert list(table.columns) == ["row, class", "x", "log_softmax", "nll_loss", "F.cross_entropy"]
    x = np.array(activations)
    logs = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    losses = [-logs[row, target] for row, target in enumerate(targets)]
    *rows, means = table.rows
    assert [row[0][0] for row in rows] == [str(row) for row in range(len(x)) for _ in x[0]]
    assert np.allclose([row[1] for row in rows], x.ravel(), rtol=1e-5)
    assert np.allclose([row[2] for row in rows], logs.ravel(), rtol=1e-5)
    at_targets = [row * len(x[0]) + target for row, target in enumerate(targets)]
    assert [place for place, row in enumerate(rows) if "←" in row[0]] == at_targets
    for column in (3, 4):
        assert [place for place, row in enumerate(rows) if row[column] is not None] == at_targets
        assert np.allclose([rows[place][column] for place in at_targets], losses, rtol=1e-5)
        assert math.isclose(means[column], sum(losses) / len(losses), rel_tol=1e-5)


def test_the_plot_has_each_row_on_the_curve_of_minus_log() -> None:
    """Planted fault: the decimal logarithm."""
    plot = part(computed(*WRONG), Plot)
    assert np.allclose(plot.series[0].y, -np.log(plot.series[0].x), atol=1e-9)
    x = np.array(WRONG[0])
    shares = (np.exp(x) / np.exp(x).sum(axis=1, keepdims=True))[range(3), WRONG[1]]
    assert [mark.label for mark in plot.marks] == ["row 0", "row 1", "row 2"]
    assert np.allclose([mark.x for mark in plot.marks], shares, rtol=1e-5)
    assert np.allclose([mark.y for mark in plot.marks], -np.log(shares), rtol=1e-5)
    assert plot.series[0].x[0] <= shares.min()


def test_the_findings_are_true_of_the_rows() -> None:
    """Planted fault: the cheapest row is said to cost most. Row 2's share is e^-2 of e^-2 + e^4 + 1 + e."""
    result = computed(*WRONG)
    share = math.exp(-2) / (math.exp(-2) + math.exp(4) + 1 + math.e)
    assert f"Row 2 costs most, {-math.log(share):.4f}" in part(result, Plot).finding
    assert f"class\N{NO-BREAK SPACE}0, has {share:.1%} of its probability" in part(result, Plot).finding
    x = np.array(WRONG[0])
    losses = np.log(np.exp(x).sum(axis=1)) - x[range(3), WRONG[1]]
    assert f"the mean is {losses.mean():.4f}" in result.finding
    assert "to the last digit in each row" in result.finding
    assert "All rows cost the same, 0.6931 each" in part(computed([[1, 1], [1, 1]], [0, 1]), Plot).finding
    assert f"The row costs {math.log(2):.4f}" in part(computed([[1, 1]], [0]), Plot).finding


def test_the_logarithm_of_softmax_is_lost_where_log_softmax_is_not() -> None:
    """Planted fault: log(softmax) for log_softmax. Here log_softmax is [0, -300]: e^-300 is 0 to float32."""
    result = computed([[200, -100]], [1])
    table = part(result, Table)
    second = dict(zip(table.columns, table.rows[1], strict=True))
    assert (second["log_softmax"], second["log(softmax)"], second["nll_loss"]) == (-300, -math.inf, 300)
    assert "stays finite" in table.note
    assert "log(softmax)" not in part(computed(*BEARS), Table).columns


@pytest.mark.parametrize("most", [1000, -1000])
@pytest.mark.parametrize(("rows", "classes"), [(1, 2), (5, 6)])
def test_the_ends_of_every_range_give_a_result(most, rows, classes) -> None:
    activations = [[most, *[-most] * (classes - 1)]] * rows
    result = computed(activations, [classes - 1] * rows)
    assert all(
        math.isfinite(cell) for row in part(result, Table).rows for cell in row[1:5] if cell is not None
    )
    assert result.finding.endswith(".")


@pytest.mark.parametrize(
    ("activations", "targets", "name", "says"),
    [
        ("1,2;3,4,5", "0,0", "activations", "Row 1 has another length"),
        ("1,2;;3,4", "0,0,0", "activations", "too few"),
        ("1,2;" * 6, "0", "activations", "6 rows are too many"),
        ("1,2;3,x", "0,0", "activations", "no number"),
        ("1,2;3,4", "0", "targets", "one target for each row"),
        ("1,2;3,4", "0,2", "targets", "no column 2: counted from 0, the last is 1"),
        ("1,2", "0.5", "targets", "no whole number"),
        ("1,2", "-1", "targets", "out of range"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(activations, targets, name, says) -> None:
    with pytest.raises(ParametersRefused) as refused:
        demo("cross_entropy").read({"activations": activations, "targets": targets})
    assert says in refused.value.errors[name]


FAULTS = [
    ("log_softmax(activations, dim=1)", "log_softmax(activations, dim=0)",
     lambda: test_each_step_is_a_column_and_nll_takes_the_targets_number(*BEARS)),
    ("log_softmax = F.log_softmax(activations, dim=1)", "log_softmax = activations.softmax(dim=1).log()",
     test_the_logarithm_of_softmax_is_lost_where_log_softmax_is_not),
    ("if place == target else None", "if place == targets[0] else None",
     lambda: test_each_step_is_a_column_and_nll_takes_the_targets_number(*BEARS)),
    ("(-curve.log())", "(-curve.log10())", test_the_plot_has_each_row_on_the_curve_of_minus_log),
    ("max(range(len(losses))", "min(range(len(losses))", test_the_findings_are_true_of_the_rows),
]  # fmt: skip
