"""What the demos that train share: the digits, a small network that learns them, and word of each step."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cards.demos.contract import Report
from cards.demos.libraries import device
from cards.messages import _

if TYPE_CHECKING:
    import torch
    from fastai.learner import Learner
    from torch import nn

    Pair = tuple[torch.Tensor, torch.Tensor]


VALID_BATCH_SIZE = 256  # nothing is learned from these, so they come as many at once as is fast


def digits(wanted: Sequence[int] = range(10)) -> "list[Pair]":
    """scikit-learn's scans of the wanted digits: 1 by 8 by 8 pixels from 0 to 1, and the digit's place among them."""
    from sklearn.datasets import load_digits
    from torch import tensor

    scans = load_digits()
    chosen = [place for place, digit in enumerate(scans.target) if digit in wanted]
    images = tensor(scans.images[chosen]).float()[:, None] / 16
    labels = tensor([wanted.index(digit) for digit in scans.target[chosen]])
    return list(zip(images, labels, strict=True))


def split(pairs: "Sequence[Pair]", held_out: int) -> "tuple[list[Pair], list[Pair]]":
    """Those to train on, and so many that are held out, by chance."""
    import torch

    order = torch.randperm(len(pairs)).tolist()
    return [pairs[place] for place in order[held_out:]], [pairs[place] for place in order[:held_out]]


def small_network(labels: int = 10) -> "nn.Sequential":
    """An untrained convolutional network for the digits: two blocks of three layers each, and a head of two."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 4 * 4, labels),
    )


def digits_learner(
    train: "Sequence[Pair]",
    valid: "Sequence[Pair]",
    batch_size: int,
    folder: str,
    *,
    network: "nn.Module | None" = None,
    **given: Any,
) -> "Learner":
    """A fastai Learner of the network, or of a small one for ten digits, where it is computed; it writes to the folder.

    What else is `given`, such as metrics, goes to the Learner.
    """
    from fastai.data.core import DataLoaders, TfmdDL
    from fastai.learner import Learner
    from torch import nn

    data = DataLoaders(
        TfmdDL(train, bs=batch_size, shuffle=True, drop_last=True, num_workers=0),
        TfmdDL(valid, bs=VALID_BATCH_SIZE, num_workers=0),
        device=device(),
    )
    network = (network or small_network()).to(data.device)
    return Learner(data, network, nn.CrossEntropyLoss(), path=folder, **given)


def reporting(report: Report, steps: int, say: "Callable[[Learner], str]") -> Any:
    """A callback that reports each step of all trainings that it is in, of so many together.

    Its numbers are the rate, the smoothed loss and, where the learner has that metric, the accuracy of the last epoch;
    `say` gives the few words for what is done. Cancelled goes through fastai untouched.
    """
    from fastai.callback.core import Callback

    class Reporting(Callback):  # type: ignore[misc]
        order = 55  # after the Recorder, which smooths; before the LRFinder, which may stop the run
        run_valid = False
        done = 0

        def after_batch(self) -> None:
            self.done += 1
            numbers: dict[str, float] = {_("rate"): self.recorder.lrs[-1], _("loss"): float(self.smooth_loss)}
            if self.learn.metrics and self.recorder.values:
                numbers[_("accuracy")] = self.recorder.values[-1][-1]
            finite = {name: number for name, number in numbers.items() if math.isfinite(number)}
            report(self.done, steps, say(self.learn), **finite)

    return Reporting()
