"""Two depths of resnet, built without their weights: where the layers are, and what they cost."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cards.demos.contract import Cell, Demo, Parameter, Plot, Queue, Report, Result, Series, Table
from cards.demos.libraries import device, seeded
from cards.demos.memory import kept_bytes
from cards.messages import Number, _

if TYPE_CHECKING:
    import torch
    from torch import nn

DEPTHS = (18, 34, 50, 101, 152)
PIXELS = 224
PASSES = 3  # that are timed, after one that is not
MILLION, BILLION = 1e6, 1e9


@dataclass(frozen=True, kw_only=True)
class Depths(Parameter):
    """Two depths of resnet, the shallower first. The value is a list."""

    @property
    def range(self) -> str:
        return _("two of %(depths)s, with a comma between them", depths=", ".join(map(str, DEPTHS)))

    def value(self, text: str) -> list[int]:
        items = text.replace(",", " ").split()
        if any(item not in map(str, DEPTHS) for item in items):
            raise ValueError(_("There is no resnet of each of these depths."))
        if len(items) != 2 or items[0] == items[1]:
            raise ValueError(_("These are not two different depths."))
        return sorted(map(int, items))

    def write(self, value: Sequence[int]) -> str:
        return ",".join(map(str, value))


@dataclass(frozen=True, slots=True)
class Costs:
    """What a network is and takes: `kept_bytes` are those that training keeps of one photo for its way back."""

    name: str
    blocks: list[int]
    layers_in_block: int
    layers: int
    parameters: int
    operations: int
    seconds: float
    kept_bytes: int


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    seeded(seed)
    depths: list[int] = parameters["depths"]
    costs = []
    for place, depth in enumerate(depths):
        name = f"resnet{depth}"
        report(2 * place + 1, 4, _("counting %(name)s", name=name))
        counted = count(name)
        report(2 * place + 2, 4, _("sending a photo through %(name)s", name=name))
        costs.append(Costs(name, *counted, *measured(name)))
    shallow, deep = costs
    finding = _finding(shallow, deep)
    stages = [_("stage %(number)s", number=number) for number in (1, 2, 3, 4)]
    plot = Plot(
        title=_("Blocks in each stage"),
        x_label="",
        y_label=_("blocks"),
        series=[Series(label=one.name, x=stages, y=one.blocks, style="bars") for one in costs],
        finding=finding,
    )
    return Result(
        parts=[plot, _table(shallow, deep)],
        finding=finding,
        data_used=_("a photo of random colours, %(pixels)s by %(pixels)s pixels", pixels=PIXELS),
    )


def count(name: str) -> tuple[list[int], int, int, int, int]:
    """Blocks by stage, layers in a block, layers, parameters, and operations for one photo; nothing is computed.

    What has weights and stands on the main way is a layer; the shortcuts' convolutions are none. A multiplication and
    an addition are two operations.
    """
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    network = built(name, torch.device("meta"))
    stages = [getattr(network, f"layer{number}") for number in (1, 2, 3, 4)]
    layers = [
        path
        for path, module in network.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear) and "downsample" not in path
    ]
    counter = FlopCounterMode(display=False)
    with counter:
        network(torch.empty(1, 3, PIXELS, PIXELS, device="meta"))
    return (
        [len(stage) for stage in stages],
        sum(path.startswith("layer1.0.") for path in layers),
        len(layers),
        sum(parameter.numel() for parameter in network.parameters()),
        counter.get_total_flops(),
    )


def measured(name: str) -> tuple[float, int]:
    """Seconds of one photo's way through the network, and the bytes that training keeps of it for the way back."""
    import torch

    network = built(name, device())
    photo = torch.rand(1, 3, PIXELS, PIXELS, device=device())
    network.eval()
    with torch.inference_mode():
        passes = [_timed(network, photo) for _pass in range(1 + PASSES)]
    network.train()
    return statistics.median(passes[1:]), kept_bytes(network, lambda: network(photo))


def built(name: str, place: "torch.device") -> "nn.Module":
    """The network with random weights; on the device "meta" with none at all."""
    from fastai.vision.all import models

    with place:
        return getattr(models, name)(weights=None)  # type: ignore[no-any-return]


def _timed(network: "nn.Module", photo: "torch.Tensor") -> float:
    begun = time.perf_counter()
    network(photo).sum().item()  # which waits for the GPU
    return time.perf_counter() - begun


def _table(shallow: Costs, deep: Costs) -> Table:
    def row(label: str, first: float, second: float, digits: int | None = None) -> list[Cell]:
        return [label, round(first, digits), round(second, digits), round(second / first, 2)]

    return Table(
        title=_("What the depth costs"),
        columns=["", shallow.name, deep.name, _("ratio")],
        rows=[
            row(_("layers in a block"), shallow.layers_in_block, deep.layers_in_block),
            row(_("layers with weights"), shallow.layers, deep.layers),
            row(_("parameters, millions"), shallow.parameters / MILLION, deep.parameters / MILLION, 1),
            row(_("operations, billions"), shallow.operations / BILLION, deep.operations / BILLION, 1),
            row(_("ms forward"), shallow.seconds * 1000, deep.seconds * 1000, 1),
            row(_("MB that training keeps"), shallow.kept_bytes / MILLION, deep.kept_bytes / MILLION, 1),
        ],
        note=_(
            "All for one photo of %(pixels)s by %(pixels)s pixels. Layers are convolutions and the last linear one, as "
            "the name counts them, without the shortcuts’. A multiplication and an addition are two operations. "
            "What the layers give is kept in training until the way back, for each photo of a batch.",
            pixels=PIXELS,
        ),
    )


def _finding(shallow: Costs, deep: Costs) -> str:
    more = [after - before for before, after in zip(shallow.blocks, deep.blocks, strict=True)]
    places = [str(number) for number, blocks in enumerate(more, start=1) if blocks]
    said: dict[str, object] = {
        "deep": deep.name, "shallow": shallow.name, "blocks": sum(more), "first": deep.layers_in_block,
        "second": shallow.layers_in_block, "stages": ", ".join(places[:-1]), "stage": places[-1] if places else "",
        "parameters": _times(deep.parameters, shallow.parameters),
        "operations": _times(deep.operations, shallow.operations),
        "seconds": _times(deep.seconds, shallow.seconds), "memory": _times(deep.kept_bytes, shallow.kept_bytes),
    }  # fmt: skip
    if not places:
        where = _(
            "%(deep)s has as many blocks as %(shallow)s in each stage, but %(first)s layers in a block instead of "
            "%(second)s.",
            **said,
        )
    elif len(places) == 1:
        where = _(
            "%(deep)s has %(blocks)s blocks more than %(shallow)s, all of them in stage %(stage)s.", **said
        )
    else:
        where = _(
            "%(deep)s has %(blocks)s blocks more than %(shallow)s, in the stages %(stages)s and %(stage)s.",
            **said,
        )
    return _(
        "%(where)s Here that is %(parameters)s times the parameters, %(operations)s times the operations, "
        "%(seconds)s times the seconds and %(memory)s times the memory in training.",
        where=where,
        **said,
    )


def _times(after: float, before: float) -> Number:
    return Number(f"{after / before:.1f}")


DEMO = Demo(
    title=_("Two depths of resnet"),
    look_at=_(
        "Compare the four stages, and see where the deeper net has its other blocks. Then see in the table what they "
        "cost, in numbers to learn, in time and in memory."
    ),
    try_this=_("Now compare 34 with 50, and see what makes the difference where the blocks are as many."),
    parameters=(
        Depths(
            name="depths",
            label=_("Depths"),
            help=_("Which two are compared; none of them has been trained."),
            default=[50, 101],
        ),
    ),
    queue=Queue.HEAVY,
    seconds=30,
    megabytes=3000,
    run=run,
)
