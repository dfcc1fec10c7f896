"""Smith's range test and triangular policy, as lr_find shows them, against the paper's formulas."""

import math

import numpy as np
import pytest

from cards.demos import Result, cycles
from cards.demos.contract import Plot
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

AN_EPOCH = (1797 - 360) // 64
seen: list[tuple[int, int, str, float]] = []


@pytest.fixture(scope="module")
def found() -> Result:
    seen.clear()
    return run(
        "lr_find",
        report=lambda step, of, text="", **numbers: seen.append((step, of, str(text), numbers["rate"])),
        steps="50",
        then="cycle",
    )


def paper(iteration: int, base: float, top: float, step_size: int) -> float:
    """The triangular policy as the paper's section 3.1 writes it."""
    cycle = math.floor(1 + iteration / (2 * step_size))
    x = abs(iteration / step_size - 2 * cycle + 1)
    return base + (top - base) * max(0, 1 - x)


def test_the_triangular_policy_is_the_papers() -> None:
    """Planted fault: the peak at the wrong place."""
    for step_size in (1, 7, 44):
        ours = [cycles.triangular(step, 0.1, 0.9, step_size) for step in range(5 * step_size)]
        assert np.allclose(
            ours, [paper(step, 0.1, 0.9, step_size) for step in range(5 * step_size)], rtol=1e-12
        )


def test_the_range_test_rises_along_a_line_and_gives_the_bounds(found) -> None:
    plot = part(found, Plot, 1)
    rates, shares = np.array(plot.series[0].x), np.array(plot.series[0].y)
    steps = np.arange(4, 4 * AN_EPOCH + 1, 4)
    assert np.allclose(rates, 2.0 * steps / (4 * AN_EPOCH), rtol=1e-6)
    low, high = plot.marks
    assert (high.x, high.y) == (rates[shares.argmax()], shares.max())
    assert math.isclose(low.x, high.x / 4)
    assert plot.x_scale == "linear"


def test_the_rates_that_are_trained_with_are_those_that_are_drawn(found) -> None:
    low, high = (mark.x for mark in part(found, Plot, 1).marks)
    expected = [paper(step, low, high, 2 * AN_EPOCH) for step in range(8 * AN_EPOCH)]
    assert np.allclose(part(found, Plot, 2).series[0].y, expected, rtol=1e-6)
    used = [rate for *_, text, rate in seen if text.startswith("training, the rate: ")]
    assert np.allclose(used, [*expected, *[low] * 8 * AN_EPOCH, *[high] * 8 * AN_EPOCH], rtol=1e-6)


def test_all_steps_are_reported_and_each_training_by_its_name(found) -> None:
    in_all = 50 + (4 + 3 * 8) * AN_EPOCH
    assert [step for step, of, text, _ in seen if of == in_all and "rising" not in text] == list(
        range(51, in_all + 1)
    )
    texts = list(dict.fromkeys(text for *_, text, _ in seen))
    assert texts == [
        "training, the rate rising", "the range test: the rate rises along a line",
        "training, the rate: triangular", "training, the rate: lower bound", "training, the rate: upper bound",
    ]  # fmt: skip


def test_the_curve_comes_first_and_the_finding_is_of_the_last_plot(found) -> None:
    assert [plot.x_scale for plot in found.parts if isinstance(plot, Plot)] == [
        "log",
        "linear",
        "linear",
        "linear",
    ]
    last = part(found, Plot, 3)
    shares = [series.y[-1] for series in last.series]
    assert all(f"{share:.1%}" in found.finding for share in shares)
    assert found.finding == last.finding
    assert ("more than" in found.finding) == (shares[0] > max(shares[1:]))


def test_the_finding_is_true_whichever_is_ahead() -> None:
    """Planted fault: the other way round."""
    said = cycles._finding([0.98, 0.97, 0.9], 0.1, 0.4)
    assert "cycles has 98.0% right: more than a fixed 0.1 with 97.0%, and a fixed 0.4 with 90.0%" in said
    assert "cycling was not ahead: after 8 epochs it has 97.0% right" in cycles._finding(
        [0.97, 0.97, 0.9], 0.1, 0.4
    )
