"""fine_tune is right: rates against the formula, frozen weights against their copies, the share right against torch."""

import math
import tempfile
from typing import Any

import numpy as np
import pytest

from cards.demos import Cancelled, Result
from cards.demos.contract import Plot, Table
from cards.demos.library import fine_tune
from cards.demos.library.fine_tune import Epoch
from cards.demos.training import digits_learner
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

STEPS = 60 // 4  # of an epoch
PRETRAINING = 5 * (901 // 32)  # 901 of the digits are from 0 to 4
FEW = {"epochs": "2", "freeze_epochs": "1", "rate": "0.01"}


@pytest.fixture(scope="module")
def found() -> Result:
    return run("fine_tune", **FEW)


def cycle(steps: int, peak: float, div: float, share_rising: float) -> np.ndarray:
    """1cycle: by half a cosine from a part of the peak up to it, then down to its hundred-thousandth."""
    share = np.arange(steps) / steps
    rising = peak / div + (1 - np.cos(math.pi * share / share_rising)) / 2 * (peak - peak / div)
    falling = peak + (1 - np.cos(math.pi * (share - share_rising) / (1 - share_rising))) / 2 * (
        peak / 1e5 - peak
    )
    return np.where(share < share_rising, rising, falling)


# As fastai's documentation has it: first `slice(rate)`, which is up for 0.99 of its steps, then half of the rate, as
# `slice(rate / 2 / 100, rate / 2)`, which begins at a fifth and is up for 0.3: a tenth of it for the middle group.
ALONE = cycle(STEPS, 0.01, 25, 0.99)
ALL = [cycle(2 * STEPS, 0.005 / part, 5, 0.3) for part in (100, 10, 1)]


def test_the_head_alone_has_a_rate_in_phase_1_and_each_group_its_own_in_phase_2(found) -> None:
    """Planted fault: a frozen group drawn, groups in another order."""
    head, later, first = part(found, Plot).series
    assert [series.label for series in (head, later, first)] == ["head", "later layers", "first layers"]
    assert list(head.x) == list(range(1, 3 * STEPS + 1))
    assert np.allclose(head.y, [*ALONE, *ALL[2]], rtol=1e-6)
    for series, expected in ((later, ALL[1]), (first, ALL[0])):
        assert list(series.x) == list(range(STEPS + 1, 3 * STEPS + 1))
        assert np.allclose(series.y, expected, rtol=1e-6)
    (mark,) = part(found, Plot).marks
    assert (mark.label, mark.x) == ("unfrozen", STEPS + 1)


def test_the_table_says_of_each_epoch_what_is_frozen_and_the_highest_rate_of_what_is_not(found) -> None:
    rows = part(found, Table).rows
    assert [row[:2] for row in rows] == [[1, 1], [2, 1], [2, 2]]
    assert rows[0][2:4] == ["frozen", "frozen"]
    assert math.isclose(rows[0][4], ALONE.max(), rel_tol=1e-6)
    for row, epoch in zip(rows[1:], (slice(STEPS), slice(STEPS, None)), strict=True):
        assert np.allclose(row[2:5], [rates[epoch].max() for rates in ALL], rtol=1e-6)
    assert [row[7] for row in rows] == list(part(found, Plot, 1).series[0].y)


def test_what_is_said_to_be_frozen_keeps_its_weights_and_torch_measures_the_same(
    monkeypatch,
) -> None:
    """Planted fault: gradients left from the pretraining, by which fastai lets what is frozen decay.

    The convolutions are looked at: fastai trains the batch norms of what is frozen, as the table's note says.
    """
    import torch

    learners: list[Any] = []
    weights: dict[str, list[list[torch.Tensor]]] = {}

    def kept(*arguments: Any, **given: Any) -> Any:
        learners.append(digits_learner(*arguments, **given))
        return learners[-1]

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        network = learners[-1].model
        if len(learners) == 2:
            now = [network[place].weight.detach().clone() for place in (0, 3, 7)]
            weights.setdefault(text.partition(":")[0], []).append(now)

    monkeypatch.setattr(fine_tune, "digits_learner", kept)
    result = run("fine_tune", report=report, epochs="1", rate="0.01")
    assert set(weights) == {"phase 1, the head alone", "phase 2, all layers"}
    for text, has_moved in (
        ("phase 1, the head alone", [False, False, True]),
        ("phase 2, all layers", [True] * 3),
    ):
        first, *_, last = weights[text]
        assert [not torch.equal(*pair) for pair in zip(first, last, strict=True)] == has_moved
    pretrained = learners[0].model  # its convolutions are where the tuning began
    assert not torch.equal(pretrained[7].weight, weights["phase 1, the head alone"][0][2])

    valid = learners[1].dls.valid_ds
    images, labels = (torch.stack(each) for each in zip(*valid, strict=True))
    assert len(images) == 1797 - 901 - 60
    with torch.no_grad():
        activations = learners[1].model.eval()(images.to(learners[1].dls.device)).cpu()
    row = part(result, Table).rows[-1]
    assert math.isclose(row[6], torch.nn.functional.cross_entropy(activations, labels).item(), rel_tol=1e-4)
    assert math.isclose(row[7], (activations.argmax(1) == labels).float().mean().item(), rel_tol=1e-5)


def test_the_same_seed_gives_the_same(found) -> None:
    again = run("fine_tune", **FEW)
    assert part(again, Table).rows == part(found, Table).rows
    assert [series.y for series in part(again, Plot, 1).series] == [
        series.y for series in part(found, Plot, 1).series
    ]


def test_it_says_phase_and_epoch_while_it_runs_with_the_share_right_so_far() -> None:
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of, str(text), "accuracy" in numbers))

    run("fine_tune", report=report, freeze_epochs="1", epochs="2")
    expected = [
        *[
            (f"pretraining on 0 to 4: epoch {epoch} of 5", False)
            for epoch in range(1, 6)
            for _ in range(901 // 32)
        ],
        *[("phase 1, the head alone: epoch 1 of 1", False)] * STEPS,
        *[("phase 2, all layers: epoch 1 of 2", False)] * STEPS,
        *[("phase 2, all layers: epoch 2 of 2", True)] * STEPS,
        *[("the same, not pretrained: phase 1, epoch 1 of 1", False)] * STEPS,
        *[("the same, not pretrained: phase 2, epoch 1 of 2", False)] * STEPS,
        *[("the same, not pretrained: phase 2, epoch 2 of 2", True)] * STEPS,
    ]
    assert seen == [(step, len(expected), *each) for step, each in enumerate(expected, start=1)]


def test_it_is_cancelled_in_phase_2_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        if text.startswith("phase 2"):
            raise Cancelled

    with pytest.raises(Cancelled):
        run("fine_tune", report=report)
    assert list(tmp_path.iterdir()) == []


def test_the_finding_is_true_whatever_comes_out() -> None:
    """Planted fault: the phases taken for each other."""

    def finding(*shares: float, bare: float = 0.5, alone: int = 1) -> str:
        epochs = [Epoch(2 if place < alone else 0, [], 1, 1, share) for place, share in enumerate(shares)]
        return fine_tune._finding(epochs, [Epoch(0, [], 1, 1, bare)])

    assert finding(0.6, 0.8) == (
        "With the head alone, 60.0% of new digits are right; with all layers trained then, 80.0%. "
        "The same without pretraining comes to 50.0%."
    )
    assert "no better here: 80.0% of new digits are right with the head alone, 60.0% in the end" in finding(
        0.8, 0.6
    )
    assert "no better here" in finding(0.8, 0.8)
    assert "Pretraining did not help: the same without it comes to 90.0%" in finding(0.6, 0.8, bare=0.9)
    assert "from the start, 80.0% of" in finding(0.6, 0.8, alone=0)


def test_without_a_first_phase_there_is_none_in_what_is_shown() -> None:
    result = run("fine_tune", freeze_epochs="0", epochs="1")
    assert [row[0] for row in part(result, Table).rows] == [2]
    assert [len(series.x) for series in part(result, Plot).series] == [STEPS] * 3
    assert "There is no phase 1." in part(result, Plot).finding
    assert [mark.label for mark in part(result, Plot, 1).marks] == ["all layers"]


@pytest.mark.parametrize(("epochs", "frozen", "rate"), [("1", "0", "1e-5"), ("10", "5", "0.5")])
def test_the_ends_of_the_ranges_give_a_result(epochs, frozen, rate) -> None:
    assert run("fine_tune", epochs=epochs, freeze_epochs=frozen, rate=rate).finding.endswith(".")


def frozen_weights_are_kept() -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        test_what_is_said_to_be_frozen_keeps_its_weights_and_torch_measures_the_same(monkeypatch)


FAULTS = [
    ("            network.zero_grad()  #", "            #", frozen_weights_are_kept),
    ("if group >= frozen\n", "if group >= 0\n",
     lambda: test_the_head_alone_has_a_rate_in_phase_1_and_each_group_its_own_in_phase_2(run("fine_tune", **FEW))),
    ("max(each) for each in rates]", "min(each) for each in rates]",
     lambda: test_the_table_says_of_each_epoch_what_is_frozen_and_the_highest_rate_of_what_is_not(
         run("fine_tune", **FEW))),
    ("if last > alone[-1]:", "if last < alone[-1]:",
     test_the_finding_is_true_whatever_comes_out),
]  # fmt: skip
