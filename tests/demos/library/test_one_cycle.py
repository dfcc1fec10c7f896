"""one_cycle is right: the schedule against the formula, the losses against a training that is really stopped."""

import math
import tempfile

import numpy as np
import pytest

from cards.demos import Cancelled, Result
from cards.demos.contract import Plot, Table
from cards.demos.libraries import seeded
from cards.demos.library import one_cycle
from cards.demos.library.one_cycle import Cycle
from cards.demos.training import digits, digits_learner, split
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

STEPS = 1000 // 16  # of an epoch
FEW = {"epochs": "2", "max_rate": "0.03"}  # so it is stopped after 1


@pytest.fixture(scope="module")
def found() -> Result:
    return run("one_cycle", **FEW)


def schedule(steps: int, first: float, middle: float, last: float) -> np.ndarray:
    """By half a cosine from the first to the middle in a quarter of the steps, and from there to the last."""
    share = np.arange(steps) / steps
    rising = first + (1 - np.cos(math.pi * share / 0.25)) / 2 * (middle - first)
    falling = middle + (1 - np.cos(math.pi * (share - 0.25) / 0.75)) / 2 * (last - middle)
    return np.where(share < 0.25, rising, falling)


def test_rate_and_momentum_go_by_the_1cycle_policy(found) -> None:
    """Planted fault: the steps off by one."""
    for place, (first, middle, last) in enumerate(
        [(0.03 / 25, 0.03, 0.03 / 1e5), (0.95, 0.85, 0.95)], start=1
    ):
        for series, epochs in zip(part(found, Plot, place).series, (2, 1), strict=True):
            expected = schedule(epochs * STEPS, first, middle, last)
            assert series.x[0] == 1
            assert epochs * STEPS - 3 < series.x[-1] <= epochs * STEPS
            assert np.allclose(series.y, expected[np.array(series.x) - 1], rtol=1e-6)


def test_the_table_is_of_the_half_way_epoch_the_shorter_cycle_and_the_last_epoch(found) -> None:
    """Planted fault: an epoch too late."""
    whole, shorter = part(found, Plot).series
    rows = part(found, Table).rows
    assert [row[:2] for row in rows] == [["stopped", 1], ["shorter", 1], ["to the end", 2]]
    assert [row[2] for row in rows] == [whole.y[0], shorter.y[0], whole.y[1]]
    rates = [schedule(epochs * STEPS, 0.03 / 25, 0.03, 0.03 / 1e5) for epochs in (2, 1, 2)]
    expected = [rates[0][STEPS - 1], rates[1][-1], rates[2][-1]]
    assert np.allclose([row[4] for row in rows], expected, rtol=1e-6)
    marks = {(mark.label, mark.x, mark.y) for mark in part(found, Plot).marks}
    assert marks == {(row[0], row[1], row[2]) for row in rows}


def trained(epochs: int) -> tuple[float, float]:
    """Loss and accuracy of a cycle of so many epochs, left after the first; measured by torch alone."""
    import torch
    from fastai.callback.core import Callback, CancelFitException

    def stop(_callback: Callback) -> None:
        raise CancelFitException

    seeded(42)
    train, valid = split(digits(), 797)
    assert (len(train), len(valid)) == (1000, 797)
    seeded(42)
    with tempfile.TemporaryDirectory() as folder:
        learner = digits_learner(train, valid, 16, folder)
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(epochs, 0.03, cbs=Callback(after_epoch=stop))
    images, labels = (torch.stack(each) for each in zip(*valid, strict=True))
    with torch.no_grad():
        activations = learner.model.eval()(images.to(learner.dls.device)).cpu()
    loss = torch.nn.functional.cross_entropy(activations, labels).item()
    return loss, (activations.argmax(1) == labels).float().mean().item()


def test_a_cycle_that_is_really_stopped_and_one_that_is_planned_so_have_what_it_says(found) -> None:
    """Planted fault: the second training not seeded."""
    stopped, shorter, _ = part(found, Table).rows
    assert np.allclose(stopped[2:4], trained(2), rtol=1e-4)
    assert np.allclose(shorter[2:4], trained(1), rtol=1e-4)


def test_the_finding_is_true_whichever_wins() -> None:
    """Planted fault: the two taken for each other."""

    def finding(early: float, planned: float, late: float) -> str:
        whole = Cycle([], [], [(9, early, 0), (9, late, 0)])
        return one_cycle._finding(whole, Cycle([], [], [(9, planned, 0)]))

    assert "a loss of 0.2; a cycle planned for 1 comes to 0.1 with" in finding(0.2, 0.1, 0.05)
    assert "no better, with a loss of 0.2, than the one planned for 2 and stopped there, with 0.1" in finding(
        0.1, 0.2, 0.05
    )
    assert "no better" in finding(0.1, 0.1, 0.05)
    assert "guessing" in finding(2.3, 2.4, 2.3)
    assert "blew up" in finding(0.1, math.nan, 0.1)


def test_it_reports_each_step_of_both_cycles_and_stops_when_told() -> None:
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of, str(text)))
        assert numbers["rate"] > 0
        if step == 2 * STEPS + 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("one_cycle", report=report, epochs="2")
    texts = (
        ["epoch 1 of a cycle of 2"] * STEPS
        + ["epoch 2 of a cycle of 2"] * STEPS
        + ["epoch 1 of a cycle of 1"]
    )
    assert seen == [(step, 3 * STEPS, text) for step, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(("epochs", "rate"), [("2", "1e-5"), ("12", "1")])
def test_the_ends_of_the_ranges_give_a_result(epochs, rate) -> None:
    assert run("one_cycle", epochs=epochs, max_rate=rate).finding.endswith(".")


def test_nothing_is_left_in_the_folders_for_temporary_files(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run("one_cycle", epochs="2")
    assert list(tmp_path.iterdir()) == []


FAULTS = [
    ("            seeded(seed)  # each begins", "            # each begins",
     lambda: test_a_cycle_that_is_really_stopped_and_one_that_is_planned_so_have_what_it_says(run("one_cycle", **FEW))),
    ("x=range(1, len(line) + 1, every)", "x=range(2, len(line) + 2, every)",
     lambda: test_rate_and_momentum_go_by_the_1cycle_policy(run("one_cycle", **FEW))),
    ("(_(\"stopped\"), whole, stopped,", "(_(\"stopped\"), whole, stopped + 1,",
     lambda: test_the_table_is_of_the_half_way_epoch_the_shorter_cycle_and_the_last_epoch(run("one_cycle", **FEW))),
    ("if planned < early:", "if early < planned:",
     test_the_finding_is_true_whichever_wins),
]  # fmt: skip
