"""The same training in float32 and in mixed precision, and what of its gradients float16 cannot hold."""

import math
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from cards.demos.contract import Cell, Demo, Integer, Plot, Queue, Report, Result, Series, Table
from cards.demos.libraries import device, seeded
from cards.demos.memory import kept_bytes
from cards.demos.training import digits, reporting
from cards.messages import Number, _

if TYPE_CHECKING:
    import torch
    from fastai.learner import Learner
    from torch import nn

STEPS, WARM_UP = (
    4,
    1,
)  # few: a step in bfloat16 takes ten times as long where a CPU has no instructions for it
RATE = 1e-3
SIDE, ENLARGED = 8, 8  # pixels of a scan, and how many times as many the network sees
FILTERS = (32, 64, 128, 256)
SCALE = 2**16  # that loss scaling begins with, in fastai and torch
SMALLEST, SMALLEST_EXACT = (
    -24,
    -14,
)  # powers of 2: float16's least number above 0, and its least with all digits
MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Training:
    """What a few steps took: seconds of one, the bytes that it keeps, the loss in the last."""

    seconds: float
    kept_bytes: int
    loss: float


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    batch: int = parameters["batch"]
    images = list(islice(cycle(digits()), STEPS * batch))
    trainings = []
    with tempfile.TemporaryDirectory() as folder:
        for place, is_mixed in enumerate((True, False)):
            seeded(seed)
            learner = learner_of(images, batch, folder)
            kept = kept_by_a_step(learner, is_mixed=is_mixed)
            if is_mixed:
                mix(learner)
            seconds, losses = trained(learner, _from(place * STEPS, report))
            trainings.append(Training(seconds, kept, losses[-1]))
    report(2 * STEPS + 1, 2 * STEPS + 1, _("looking at the gradients"))
    mixed, full = trainings
    name = str(short_numbers()).removeprefix("torch.")
    return Result(
        parts=[_table(full, mixed, name), _plot(gradients(learner))],
        finding=_finding(full, mixed, name),
        data_used=_(
            "scikit-learn's digits, enlarged to %(pixels)s by %(pixels)s pixels", pixels=SIDE * ENLARGED
        ),
    )


def _from(before: int, report: Report) -> Report:
    """Tells of the steps of one training as steps of both."""

    def tell(step: int, of: int, text: str = "", **numbers: float) -> None:
        report(before + step, 2 * STEPS + 1, text, **numbers)

    return tell


def learner_of(images: "list[tuple[torch.Tensor, torch.Tensor]]", batch: int, folder: str) -> "Learner":
    """A network that has learned nothing, and the images in their order, where they are computed."""
    from fastai.data.core import DataLoaders
    from fastai.layers import SimpleCNN
    from fastai.learner import Learner
    from torch import nn

    data = DataLoaders.from_dsets(images, images[:2], bs=batch, shuffle=False, num_workers=0, device=device())
    network = nn.Sequential(
        nn.Upsample(scale_factor=ENLARGED), SimpleCNN([1, *FILTERS], bn=True), nn.Linear(FILTERS[-1], 10)
    )
    return Learner(data, network.to(data.device), nn.CrossEntropyLoss(), path=folder)


def short_numbers() -> "torch.dtype":
    """Those of mixed precision here: a CPU's float16 is many times slower than float32, its bfloat16 is not."""
    import torch

    return torch.float16 if device().type == "cuda" else torch.bfloat16


def mix(learner: "Learner") -> None:
    """Lets it train in mixed precision: by fastai's to_fp16 on CUDA, on a CPU, where that does nothing, by torch's own.

    bfloat16 has float32's range, and needs no loss scaling.
    """
    import torch
    from torch import nn

    class Mixed(nn.Module):
        def __init__(self, network: "nn.Module") -> None:
            super().__init__()
            self.network = network

        def forward(self, images: "torch.Tensor") -> "torch.Tensor":
            with torch.autocast("cpu", torch.bfloat16):
                answer: torch.Tensor = self.network(images)
            return answer.float()

    if device().type == "cuda":
        learner.to_fp16(init_scale=SCALE)
    else:
        learner.model = Mixed(learner.model)


def kept_by_a_step(learner: "Learner", *, is_mixed: bool) -> int:
    """The bytes that a step of the training keeps until its way back."""
    import torch

    images, _labels = learner.dls.train.one_batch()
    with torch.autocast(device().type, short_numbers(), enabled=is_mixed):
        return kept_bytes(learner.model, lambda: learner.model(images))


def trained(learner: "Learner", report: Report) -> tuple[float, list[float]]:
    """Seconds of a step in the middle of the first few, and the loss of each."""
    from fastai.callback.core import Callback

    class Timing(Callback):  # type: ignore[misc]
        order = 60  # after whatever else a step does
        run_valid = False

        def before_fit(self) -> None:
            self.seconds: list[float] = []
            self.losses: list[float] = []

        def before_batch(self) -> None:
            self.begun = time.perf_counter()

        def after_batch(self) -> None:
            self.losses.append(float(self.learn.loss.detach()))  # which waits for the GPU
            self.seconds.append(time.perf_counter() - self.begun)

    timing = Timing()
    learner.add_cbs([timing, reporting(report, STEPS, lambda _learner: _("training a few steps"))])
    with learner.no_bar(), learner.no_logging():
        learner.fit(1, RATE)
    return statistics.median(timing.seconds[WARM_UP:]), timing.losses


def gradients(learner: "Learner") -> "torch.Tensor":
    """The loss' gradients by what each layer with weights gives for a batch, in float32, those that are 0 left out.

    In mixed precision these are the ones that are float16.
    """
    import torch
    from torch import nn

    images, labels = learner.dls.train.one_batch()
    found: list[torch.Tensor] = []

    def look(_layer: "nn.Module", _into: object, given: "torch.Tensor") -> None:
        given.register_hook(lambda gradient: found.append(gradient.flatten()))  # type: ignore[no-untyped-call]

    layers = [layer for layer in learner.model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(look) for layer in layers]
    learner.model.train()
    learner.loss_func(learner.model(images), labels).backward()
    for hook in hooks:
        hook.remove()
    every = torch.cat(found)
    return every[every != 0]


def vanishing(found: "torch.Tensor", scale: float = 1) -> int:
    """How many of these numbers become 0 in float16 when they are multiplied by the scale."""
    return int(((found * scale).half() == 0).sum())


def _table(full: Training, mixed: Training, name: str) -> Table:
    def row(label: str, first: float, second: float, digits: int | None = None) -> list[Cell]:
        return [label, round(first, digits), round(second, digits), round(second / first, 2)]

    return Table(
        title=_("The same training twice"),
        columns=["", "float32", name, _("ratio")],
        rows=[
            row(_("ms a step"), full.seconds * 1000, mixed.seconds * 1000),
            row(_("MB kept by a step"), full.kept_bytes / MILLION, mixed.kept_bytes / MILLION),
            row(_("loss in the last step"), full.loss, mixed.loss, 3),
        ],
        note=_(
            "After %(steps)s steps with the same weights, images and rate. A step keeps what the layers give until the "
            "way back; that is what grows with the batch. The weights themselves stay float32.",
            steps=STEPS,
        ),
    )


def _plot(found: "torch.Tensor") -> Plot:
    """How many gradients there are of each size, by powers of two, and what becomes of them in float16."""
    import torch

    powers = found.frexp().exponent - 1  # the number 1 is 2 to the 0
    least, most = int(powers.min()), int(powers.max())
    counts = torch.bincount(powers - least).tolist()
    # What is more than half of the smallest number is rounded up to it.
    borders = [least, SMALLEST - 1, SMALLEST_EXACT, most + 1]
    kinds = [_("become 0"), _("lose digits"), _("keep all digits")]
    series = []
    for kind, low, high in zip(kinds, borders, borders[1:], strict=False):
        inside = range(max(low, least), min(high, most + 1))
        if inside:
            bars = [counts[power - least] for power in inside]
            series.append(Series(label=kind, x=list(inside), y=bars, style="bars"))
    lost = vanishing(found)
    return Plot(
        title=_("Gradients in float16, without loss scaling"),
        x_label=_("size of a gradient"),
        y_label=_("how many"),
        series=series,
        y_scale="log",
        is_layered=True,
        x_ticks=[(math.log2(10) * power, f"1e\N{MINUS SIGN}{-power}") for power in range(-15, 0, 3)],
        finding=_(
            "Of %(gradients)s gradients of a batch %(lost)s, %(share)s, would become 0 in float16. With the loss, and "
            "so each of them, multiplied by %(scale)s before, %(left)s would.",
            gradients=len(found),
            lost=lost,
            share=Number(f"{lost / len(found):.1%}"),
            scale=SCALE,
            left=vanishing(found, SCALE),
        ),
    )


def _finding(full: Training, mixed: Training, name: str) -> str:
    said = {
        "name": name, "seconds": Number(f"{mixed.seconds / full.seconds:.2f}"),
        "memory": Number(f"{mixed.kept_bytes / full.kept_bytes:.2f}"), "after": Number(f"{mixed.loss:.3f}"),
        "before": Number(f"{full.loss:.3f}"),
    }  # fmt: skip
    taken = _(
        "A step takes %(seconds)s times the seconds of float32 and keeps %(memory)s times the memory; the loss comes "
        "to %(after)s instead of %(before)s.",
        **said,
    )
    if name == "float16":
        return taken
    told = _(
        "This is a CPU: instead of float16, which is slow here, mixed precision uses %(name)s. %(taken)s",
        taken=taken,
        **said,
    )
    if mixed.seconds < full.seconds:
        return told
    return _("%(told)s This one saves memory alone; a GPU's tensor cores save time, too.", told=told)


DEMO = Demo(
    title=_("Mixed precision"),
    look_at=_(
        "See what half as many bits save in time and in memory, and whether the loss suffers. Then see how many "
        "gradients are so small that float16 would make them 0, which is why the loss is scaled."
    ),
    try_this=_(
        "Now make the batch 128: each image has a smaller share in the loss, and far more gradients become 0."
    ),
    parameters=(
        Integer(
            name="batch",
            label=_("Batch size"),
            help=_("How many images a step looks at."),
            default=64,
            least=8,
            most=128,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=60,
    megabytes=4000,
    run=run,
)
