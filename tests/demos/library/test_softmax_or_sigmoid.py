"""softmax_or_sigmoid is right: what it gives against values derived here."""

import numpy as np
import pytest

from cards.demos import Result
from cards.demos.contract import Plot
from tests.demos.library.runs import part, run

CHAIR = [0.1, -0.4, 0.3]


def computed(activations) -> Result:
    return run("softmax_or_sigmoid", activations=",".join(map(str, activations)))


def softmax(x) -> np.ndarray:
    return np.exp(x) / np.exp(x).sum()


def sigmoid(x) -> np.ndarray:
    return 1 / (1 + np.exp(-np.asarray(x)))


@pytest.mark.parametrize("activations", [CHAIR, [4.0, 5.0, -3.0], [-20.0, 1.0], [0.0] * 8])
def test_the_bars_are_the_shares_and_the_sigmoids(activations) -> None:
    """Planted fault: another function than the sigmoid."""
    shares, sigmoids = part(computed(activations), Plot).series
    assert np.allclose(shares.y, softmax(activations))
    assert np.allclose(sigmoids.y, sigmoid(activations))
    assert shares.label == "softmax, sum 1.00"
    assert sigmoids.label == f"sigmoids, sum {sigmoid(activations).sum():.2f}"


@pytest.mark.parametrize("activations", [CHAIR, [4.0, 5.0, -3.0]])
def test_what_is_taken_from_all_changes_the_sigmoids_alone(activations) -> None:
    """Planted fault: it is added, or taken along the wrong axis."""
    result = computed(activations)
    plot = part(result, Plot, 1)
    taken = np.linspace(0, 10, len(plot.series[0].x))
    for series in plot.series:
        assert np.allclose(series.x, taken)
    assert np.allclose(plot.series[0].y, softmax(activations).max())
    assert np.allclose(plot.series[1].y, sigmoid(max(activations) - taken))
    assert f"largest share is {softmax(activations).max():.1%}, as before" in plot.finding
    before, after = sigmoid([max(activations), max(activations) - 5])
    assert f"from {before:.1%} to {after:.1%}" in plot.finding


def test_the_finding_says_what_the_sigmoids_say() -> None:
    """Planted fault: a sigmoid says yes from a quarter."""
    unsure = computed(CHAIR).finding
    assert f"largest share is {softmax(CHAIR)[2]:.1%} (brown)" in unsure
    assert f"sure of no class: the highest says {sigmoid(0.3):.1%}" in unsure
    none = computed([-4.9, -5.4, -4.7]).finding
    assert f"largest share is {softmax(CHAIR)[2]:.1%} (brown)" in none  # 5 less: the same
    assert f"No sigmoid is above {sigmoid(-4.7):.1%}" in none
    # e^-0.5 : 1 + e^-0.5 = 0.378 is above a quarter, and no yes.
    one = computed([3, -0.5, -1]).finding
    assert f"the same class, teddy: softmax with {softmax([3, -0.5, -1])[0]:.1%}" in one
    assert f"its sigmoid with {sigmoid(3):.1%}" in one
    two = computed([4, 5, -3]).finding
    assert f"largest share is {softmax([4, 5, -3])[1]:.1%} (grizzly)" in two
    assert "the sigmoids of teddy, grizzly: class by class" in two


def test_equal_activations_are_all_named() -> None:
    assert "50.0% (class\N{NO-BREAK SPACE}0, class\N{NO-BREAK SPACE}1)" in computed([0, 0]).finding


@pytest.mark.parametrize("activations", [[100] * 8, [-100] * 8, [100, -100], [-100, 100]])
def test_the_ends_of_every_range_give_a_result(activations) -> None:
    result = computed(activations)
    assert all(np.isfinite(series.y).all() for plot in result.parts for series in plot.series)
    assert result.finding.endswith(".")


FAULTS = [
    ("sigmoids = activations.sigmoid()", "sigmoids = activations.tanh()",
     lambda: test_the_bars_are_the_shares_and_the_sigmoids(CHAIR)),
    ("shares = activations.softmax(dim=0)", "shares = activations / activations.sum()",
     lambda: test_the_bars_are_the_shares_and_the_sigmoids(CHAIR)),
    ("activations - taken[:, None]", "activations + taken[:, None]",
     lambda: test_what_is_taken_from_all_changes_the_sigmoids_alone(CHAIR)),
    ("lower.softmax(dim=1)", "lower.softmax(dim=0)",
     lambda: test_what_is_taken_from_all_changes_the_sigmoids_alone(CHAIR)),
    ("YES = 0.5", "YES = 0.25", test_the_finding_says_what_the_sigmoids_say),
]  # fmt: skip
