"""lr_find is right: what it gives against values derived here."""

import itertools
import math
import tempfile
from contextlib import suppress

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cards.demos import Cancelled, Result, tried_rates
from cards.demos.contract import DemoError, Plot, Table
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's


@pytest.fixture(scope="module")
def found() -> Result:
    return few_steps()


def few_steps() -> Result:
    return run("lr_find", steps="60", batch_size="32", then="nothing")


def test_the_rates_rise_by_equal_factors_from_the_first_to_the_last(found) -> None:
    """Planted fault: a linear rise, a rate off by one step."""
    series = part(found, Plot).series[0]
    expected = [1e-7 * (10 / 1e-7) ** (step / 60) for step in range(len(series.x))]
    assert np.allclose(series.x, expected, rtol=1e-6)
    assert 30 <= len(series.x) <= 60
    assert part(found, Plot).x_scale == "log"


def test_each_rule_stands_at_its_rate_on_the_curve(found) -> None:
    plot, table = part(found, Plot), part(found, Table)
    rates, losses = np.array(plot.series[0].x), np.array(plot.series[0].y)
    rows = {row[0]: row for row in table.rows}
    assert set(rows) == {mark.label for mark in plot.marks} == {
        "valley", "steep", "slide", "minimum ÷ 10", "last fall",
    }  # fmt: skip
    assert math.isclose(rows["minimum ÷ 10"][2], rates[losses.argmin()] / 10, rel_tol=1e-5)
    slopes = np.diff(losses) / np.diff(np.log10(rates))
    assert rows["last fall"][2] < rates[losses.argmin()] * 1.0001
    assert slopes[np.searchsorted(rates, rows["last fall"][2]) - 1] < 0
    for mark in plot.marks:
        assert math.isclose(mark.y, np.interp(math.log10(mark.x), np.log10(rates), losses), rel_tol=1e-5)
        assert mark.text


def test_it_says_what_it_is_trained_on(found) -> None:
    assert f"digits: {len(load_digits().images):,} scans of handwritten digits" in found.data_used


def test_the_same_seed_gives_the_same_curve_and_another_another(found) -> None:
    def losses(result: Result) -> list[float]:
        return list(part(result, Plot).series[0].y)

    assert losses(few_steps()) == losses(found)
    assert losses(run("lr_find", seed=43, steps="60", batch_size="32", then="nothing")) != losses(found)


def test_it_reports_each_step_with_the_loss_so_far_and_stops_when_told() -> None:
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of, numbers.get("loss")))
        if step == 7:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("lr_find", report=report, steps="60")
    assert [(step, of) for step, of, _ in seen] == [(n, 60 + 5 * 30) for n in range(1, 8)]
    assert all(loss > 0 for _, _, loss in seen)


def test_a_curve_that_cannot_be_read_says_so() -> None:
    import torch

    from cards.demos.library.lr_find import last_clear_fall

    rates = torch.logspace(-5, 1, 60)
    with pytest.raises(DemoError, match="never fell"):
        last_clear_fall(rates, torch.linspace(1, 2, 60), 60)
    with pytest.raises(DemoError, match="no curve to read"):
        last_clear_fall(rates[:10], torch.linspace(2, 1, 10), 60)


def test_the_last_clear_fall_is_where_the_slope_is_last_a_quarter_of_the_steepest() -> None:
    """Planted fault: the slope over the rate itself, or the window's beginning taken for its middle.

    By hand, in decades of the rate: level up to -4, then falling by 1 a decade up to -2, by 0.1 up to -1, then rising.
    A slope reaches over 5 of 100 steps, 0.4 decades, to each side. At -2 + d, a share f = (0.4 - d) / 0.8 of it lies in
    the steep part, and it is -(0.1 + 0.9 f): a quarter of the steepest, 1, up to f = 1/6, which is d = 0.267. The last
    step before -1.733 is number 65, at -7 + 65 * 0.08 = -1.8.
    """
    import torch

    from cards.demos.library.lr_find import last_clear_fall

    decades = np.array([-7 + 0.08 * step for step in range(100)])
    losses = np.interp(decades, [-7, -4, -2, -1, 1], [3, 3, 1, 0.9, 8])
    rate, point = last_clear_fall(torch.tensor(10**decades), torch.tensor(losses), 100)
    assert math.isclose(math.log10(rate), -1.8, abs_tol=1e-6)
    assert math.isclose(point[1], 1 - 0.1 * 0.2, rel_tol=1e-6)
    assert point[0] == rate


def test_each_rule_is_what_fastai_and_the_book_make_of_this_curve(found) -> None:
    """On the curve as fastai looks at it: without its first tenth and its last five steps."""
    import torch
    from fastai.callback.schedule import slide, valley

    curve = part(found, Plot).series[0]
    rates, losses = np.array(curve.x[6:-5]), np.array(curve.y[6:-5])
    rows = {row[0]: row[2] for row in part(found, Table).rows}
    slopes = np.diff(losses) / np.diff(np.log(rates))
    assert math.isclose(rows["steep"], rates[slopes.argmin()], rel_tol=1e-5)
    assert math.isclose(rows["minimum ÷ 10"], rates[losses.argmin()] / 10, rel_tol=1e-5)
    for rule in (valley, slide):
        rate, _ = rule(torch.tensor(rates).float(), torch.tensor(losses).float(), 60)
        assert math.isclose(rows[rule.__name__], rate, rel_tol=1e-5)


def test_an_untrained_network_guesses_so_the_curve_begins_near_the_logarithm_of_the_classes(found) -> None:
    assert abs(part(found, Plot).series[0].y[0] - math.log(10)) < 0.4


def test_the_finding_is_true_for_the_curve(found) -> None:
    curve, marks = part(found, Plot).series[0], part(found, Plot).marks
    lowest = curve.x[int(np.argmin(curve.y))]
    assert f"at a rate of {lowest:.2g}" in found.finding
    assert (
        f"{max(mark.x for mark in marks if mark.x < lowest) / min(mark.x for mark in marks):,.0f} times"
        in found.finding
    )


def test_a_curve_that_does_not_turn_says_so() -> None:
    assert "raise the last rate" in run("lr_find", steps="50", end_rate="0.01", then="nothing").finding


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_nothing_is_left_of_a_run(is_cancelled, tmp_path, monkeypatch) -> None:
    """Neither files, nor a learner with its network: else a worker would grow with every run."""
    import gc

    from fastai.learner import Learner

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gc.collect()
    before = sum(type(each) is Learner for each in gc.get_objects())

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        assert list(tmp_path.iterdir())  # fastai has written its model there
        if is_cancelled and step == 3:
            raise Cancelled

    if is_cancelled:
        with pytest.raises(Cancelled):
            run("lr_find", report=report, steps="50")
    else:
        run("lr_find", report=report, steps="50", batch_size="32")
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert sum(type(each) is Learner for each in gc.get_objects()) == before


@pytest.mark.parametrize("start", ["1e-8", "1e-3"])
@pytest.mark.parametrize("end", ["0.1", "100"])
@pytest.mark.parametrize("batch", ["8", "256"])
def test_the_ends_of_every_range_give_a_result_or_a_sentence(start, end, batch) -> None:
    with suppress(DemoError):
        result = run("lr_find", start_rate=start, end_rate=end, steps="50", batch_size=batch, then="nothing")
        assert len(part(result, Table).rows) == 5
        assert result.finding.endswith(".")


@pytest.fixture(scope="module")
def trained() -> Result:
    return run("lr_find", steps="50", batch_size="32")


def test_a_training_at_a_rate_comes_to_what_it_says(tmp_path) -> None:
    """Planted fault: not each from the same beginning. Trained here by a loop of torch's, with fastai's optimizer."""
    import torch
    from fastai.optimizer import Adam

    from cards.demos.libraries import seeded
    from cards.demos.training import digits, digits_learner, split

    outcomes = tried_rates.tried(digits(), [0.1, rate := 0.01], 42, 32, str(tmp_path), None)
    seeded(42)
    train, valid = split(digits(), 360)
    learner = digits_learner(train, valid, 32, str(tmp_path))
    optimizer = Adam(list(learner.model.parameters()), lr=rate, wd=0.01, mom=0.9)
    norms = [learner.model[place] for place in (1, 4)]
    unregularized = {
        *norms[0].parameters(),
        *norms[1].parameters(),
        learner.model[0].bias,
        learner.model[3].bias,
        learner.model[7].bias,
    }
    for weight in unregularized:
        optimizer.state[weight] = {"do_wd": False}
    batches = itertools.chain.from_iterable(iter(learner.dls.train) for _ in range(2))
    for images, labels in itertools.islice(batches, 30):
        torch.nn.functional.cross_entropy(learner.model(images), labels).backward()
        optimizer.step()
        optimizer.zero_grad()
    images, labels = (torch.stack(each) for each in zip(*valid, strict=True))
    with torch.no_grad():
        activations = learner.model.eval()(images.to(learner.dls.device)).cpu()
    assert math.isclose(
        outcomes[1][0], torch.nn.functional.cross_entropy(activations, labels).item(), rel_tol=1e-3
    )
    assert math.isclose(
        outcomes[1][1], (activations.argmax(1) == labels).float().mean().item(), abs_tol=0.003
    )


def test_it_says_which_rule_was_right(trained) -> None:
    """Planted fault: the highest loss taken for the lowest."""
    after, rows = part(trained, Plot, 1), part(trained, Table).rows
    (losses,) = after.series
    assert [(mark.label, mark.x) for mark in after.marks] == [(row[0], row[2]) for row in rows]
    assert list(zip(losses.x, losses.y, strict=True)) == [(mark.x, mark.y) for mark in after.marks]
    best, worst = min(after.marks, key=lambda mark: mark.y), max(after.marks, key=lambda mark: mark.y)
    assert f"the rate of {best.label}, " in trained.finding
    assert f"that of {worst.label}, " in trained.finding
    assert trained.finding == after.finding


def test_what_is_said_of_the_trainings_is_true_whatever_comes_out() -> None:
    def finding(*losses: float) -> str:
        outcomes = [(loss, 0.5) for loss in losses]
        return tried_rates.tried_plot(["a", "b"], [0.1, 0.2], outcomes).finding

    assert "rate of b, 0.2, has the lowest loss, 0.5; that of a, 0.1, has the highest, 1" in finding(1, 0.5)
    assert "rate of a, 0.1, has the lowest loss, 0.5; at that of b, 0.2, the training blew up" in finding(
        0.5, math.nan
    )
    assert "come to the same loss, 0.5" in finding(0.5, 0.5)
    assert "nothing is learned" in finding(2.3, 2.4)
    assert "nothing is learned" in finding(math.nan, math.nan)


@pytest.mark.parametrize("batch_size", [8, 256])
def test_a_training_at_the_ends_of_the_range_of_rates_comes_to_something(batch_size, tmp_path) -> None:
    from cards.demos.training import digits, reporting

    reports = reporting(lambda *a, **n: None, 60, lambda learner: "")
    outcomes = tried_rates.tried(digits(), [1e-9, 100], 42, batch_size, str(tmp_path), reports)
    assert all(0 <= right <= 1 for _, right in outcomes)
    assert tried_rates.tried_plot(["a", "b"], [1e-9, 100], outcomes).finding.endswith(".")


def test_the_trainings_are_reported_too() -> None:
    seen = []
    run("lr_find", report=lambda step, of, text="", **numbers: seen.append((step, of, str(text))), steps="50")
    assert seen[-1] == (200, 200, "training a little at each rule's rate")
    assert [step for step, _, text in seen if text == seen[-1][2]] == list(range(51, 201))


FAULTS = [
    ("    seeded(seed)\n", "",
     lambda: test_the_same_seed_gives_the_same_curve_and_another_another(few_steps())),
    ("list(map(float, learner.recorder.lrs))", "list(map(float, learner.recorder.lrs))[1:] + [10.0]",
     lambda: test_the_rates_rise_by_equal_factors_from_the_first_to_the_last(few_steps())),
    ("rates.log10(), int", "rates, int",
     test_the_last_clear_fall_is_where_the_slope_is_last_a_quarter_of_the_steepest),
    (".nonzero()[-1]) + reach", ".nonzero()[-1])",
     test_the_last_clear_fall_is_where_the_slope_is_last_a_quarter_of_the_steepest),
    ("np.interp(math.log10(rate), np.log10(rates), losses)", "np.interp(rate, rates, losses)",
     lambda: test_each_rule_stands_at_its_rate_on_the_curve(few_steps())),
]  # fmt: skip
