"""to_fp16 is right: what vanishes against NumPy's float16, gradients and losses against those computed here."""

import math
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch

from cards.demos import Cancelled, Result
from cards.demos.contract import Plot, Table
from cards.demos.libraries import device, seeded
from cards.demos.library import to_fp16
from cards.demos.training import digits
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's


@pytest.fixture(scope="module")
def small() -> Result:
    return run("to_fp16", batch="8")


def test_what_vanishes_is_what_numpy_makes_0() -> None:
    """Planted fault: another number type, a scale that divides, what is not 0 counted.

    By hand: float16's smallest number is 2**-24 = 6e-8; half of it, 3e-8, is the border, which itself becomes 0.
    """
    by_hand = torch.tensor([1e-3, 1e-7, 4e-8, 2**-25, 2e-8, -1e-9])
    assert to_fp16.vanishing(by_hand) == 3
    assert to_fp16.vanishing(by_hand, 2**16) == 0
    drawn = 10 ** np.random.default_rng(1).uniform(-14, 0, 10_000).astype(np.float32)
    for scale in (1, 2**8, 2**16):
        expected = int((np.float16(np.minimum(drawn * np.float32(scale), 60_000)) == 0).sum())
        assert to_fp16.vanishing(torch.tensor(drawn), scale) == expected
        assert 0 < expected < len(drawn)


def test_the_bars_are_as_many_as_there_are_gradients_in_each_power_of_two() -> None:
    """Planted fault: off by one power."""
    found = torch.tensor(
        [1.0, 1.5, -1.9, 2.0**-14, 2.0**-15, 2.0**-24, 1.5 * 2.0**-25, 2.0**-25, 2.0**-26, 2.0**-30]
    )
    plot = to_fp16._plot(found)
    bars = {series.label: dict(zip(series.x, series.y, strict=True)) for series in plot.series}
    some = {label: {x: y for x, y in each.items() if y} for label, each in bars.items()}
    assert some == {
        "become 0": {-26: 1, -30: 1},
        "lose digits": {-25: 2, -24: 1, -15: 1},
        "keep all digits": {-14: 1, 0: 3},
    }
    assert "Of 10 gradients of a batch 3, 30.0%, would become 0" in plot.finding


def test_the_gradients_are_those_by_what_the_layers_give(tmp_path) -> None:
    """Planted fault: gradients of the weights. By hand, of the last layer: (softmax - target) / batch."""
    seeded(1)
    images = list(islice(cycle(digits()), 16))
    learner = to_fp16.learner_of(images, 16, str(tmp_path))
    found = to_fp16.gradients(learner).cpu().numpy()
    scans = torch.stack([scan for scan, _ in images]).to(device())
    with torch.inference_mode():
        activations = learner.model.train()(scans).double().cpu().numpy()
    exp = np.exp(activations - activations.max(axis=1, keepdims=True))
    expected = exp / exp.sum(axis=1, keepdims=True)
    expected[np.arange(16), [int(label) for _, label in images]] -= 1
    assert np.allclose(found[:160], (expected / 16).ravel(), rtol=1e-3, atol=1e-6)
    assert np.all(found != 0)
    # What the four convolutions give: 32 numbers at 32 x 32 pixels, then half as many each; a ReLU's 0 stops some.
    assert 16 * 61_440 / 4 < len(found) <= 16 * (61_440 + 10)


def test_the_first_loss_is_the_cross_entropy_of_the_network_as_it_was_made(tmp_path) -> None:
    """Planted fault: other images, or another order of them, in one of the two trainings."""
    images = list(islice(cycle(digits()), 4 * 8))
    losses = []
    for is_mixed in (False, True):
        seeded(5)
        learner = to_fp16.learner_of(images, 8, str(tmp_path))
        scans = torch.stack([scan for scan, _ in images[:8]]).to(device())
        with torch.inference_mode():
            activations = learner.model.train()(scans).double().cpu().numpy()
        if is_mixed:
            to_fp16.mix(learner)
        targets = [int(label) for _, label in images[:8]]
        by_hand = np.log(np.exp(activations).sum(axis=1)) - activations[np.arange(8), targets]
        losses = to_fp16.trained(learner, lambda *a, **n: None)[1]
        assert len(losses) == 4
        assert losses[0] == pytest.approx(by_hand.mean(), rel=1e-2 if is_mixed else 1e-4)


def test_half_the_bits_keep_about_half_the_memory(tmp_path) -> None:
    """Planted fault: nothing computed in short numbers.

    By hand, in float32: what each convolution takes and what its ReLU gives; a batch norm keeps its input, too. Of 8
    images: 64 x 64 once, and of 32, 64, 128 numbers at 32, 16, 8 pixels two each; 256 at 4 pixels once, and pooled.
    """
    learner = to_fp16.learner_of(digits()[:16], 8, str(tmp_path))
    numbers = 64 * 64 + 2 * (32 * 32**2 + 64 * 16**2 + 128 * 8**2) + 256 * 4**2 + 256
    assert to_fp16.kept_by_a_step(learner, is_mixed=False) == pytest.approx(8 * 4 * numbers, rel=0.03)
    weights = 9 * (32 + 32 * 64 + 64 * 128 + 128 * 256) + 2560  # whose short copies are kept
    by_hand = 8 * 2 * numbers + 2 * weights
    assert to_fp16.kept_by_a_step(learner, is_mixed=True) == pytest.approx(by_hand, rel=0.1)


def test_both_trainings_come_to_nearly_the_same_loss(small) -> None:
    rows = {row[0]: row[1:] for row in part(small, Table).rows}
    full, mixed, ratio = rows["loss in the last step"]
    assert full != mixed
    assert ratio == pytest.approx(1, abs=0.05)
    assert f"the loss comes to {mixed:.3f} instead of {full:.3f}" in small.finding


def test_on_a_cpu_it_is_bfloat16_and_says_so_plainly(small) -> None:
    if device().type == "cuda":
        assert part(small, Table).columns[2] == "float16"
    else:
        assert part(small, Table).columns[2] == "bfloat16"
        assert small.finding.startswith("This is a CPU: instead of float16, which is slow here")


@pytest.mark.parametrize(("seconds", "is_slower"), [(0.5, False), (2.0, True)])
def test_a_cpu_that_saves_no_time_is_said_to_save_memory_alone(seconds, is_slower) -> None:
    full, mixed = to_fp16.Training(1.0, 100, 2.0), to_fp16.Training(seconds, 50, 2.0)
    found = to_fp16._finding(full, mixed, "bfloat16")
    assert f"A step takes {seconds:.2f} times the seconds of float32" in found
    assert ("saves memory alone" in found) == is_slower
    assert "memory alone" not in to_fp16._finding(full, mixed, "float16")


def test_on_cuda_it_is_fastais_own(monkeypatch, tmp_path) -> None:
    """Which only adds fastai's callback, so that it can be seen without a GPU."""
    from fastai.callback.fp16 import MixedPrecision

    learner = to_fp16.learner_of(digits()[:16], 8, str(tmp_path))
    monkeypatch.setattr(to_fp16, "device", lambda: torch.device("cuda"))
    to_fp16.mix(learner)
    (callback,) = [each for each in learner.cbs if isinstance(each, MixedPrecision)]
    assert callback.kwargs == {"init_scale": 65536}
    assert to_fp16.short_numbers() == torch.float16


def test_the_same_seed_gives_the_same_but_for_seconds() -> None:
    def told(result: Result) -> list:
        return [*part(result, Table).rows[1:], *(list(series.y) for series in part(result, Plot).series)]

    assert told(run("to_fp16", batch="8")) == told(run("to_fp16", batch="8"))
    assert told(run("to_fp16", batch="8")) != told(run("to_fp16", batch="8", seed=43))


def test_more_gradients_vanish_the_more_images_share_the_loss(tmp_path) -> None:
    shares = []
    for batch in (8, 64):
        seeded(1)
        found = to_fp16.gradients(to_fp16.learner_of(digits()[:batch], batch, str(tmp_path)))
        shares.append(to_fp16.vanishing(found) / len(found))
    assert shares[0] < shares[1]
    assert all(map(math.isfinite, shares))


def test_it_reports_each_step_and_stops_when_told(tmp_path, monkeypatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of))
        if step == 6:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("to_fp16", batch="8", report=report)
    assert seen == [(step, 9) for step in range(1, 7)]
    assert list(tmp_path.iterdir()) == []
    assert not torch.is_autocast_enabled("cpu")


def in_a_folder(test: Callable[[Path], None]) -> Callable[[], None]:
    def begin() -> None:
        with TemporaryDirectory() as folder:
            test(Path(folder))

    return begin


FAULTS = [
    ("(found * scale).half()", "(found * scale).bfloat16()", test_what_vanishes_is_what_numpy_makes_0),
    ("found.frexp().exponent - 1", "found.frexp().exponent",
     test_the_bars_are_as_many_as_there_are_gradients_in_each_power_of_two),
    ("enabled=is_mixed)", "enabled=False)", in_a_folder(test_half_the_bits_keep_about_half_the_memory)),
    ("given.register_hook(", "_layer.weight.register_hook(",
     in_a_folder(test_the_gradients_are_those_by_what_the_layers_give)),
    ("mixed.seconds < full.seconds", "mixed.seconds > full.seconds",
     lambda: test_a_cpu_that_saves_no_time_is_said_to_save_memory_alone(2.0, True)),
    ("            seeded(seed)\n", "", test_the_same_seed_gives_the_same_but_for_seconds),
]  # fmt: skip
