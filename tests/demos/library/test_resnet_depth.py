"""resnet_depth is right: what it counts against the architecture's own arithmetic, done here."""

from dataclasses import dataclass

import pytest

from cards.demos import Cancelled, ParameterError, Result, demo
from cards.demos.contract import Plot, Table
from cards.demos.library import resnet_depth
from tests.demos.library.runs import part, run

# From the paper's first table (He and others, 2015): blocks of each stage, and which kind they are of.
BLOCKS = {
    18: ([2, 2, 2, 2], "basic"),
    34: ([3, 4, 6, 3], "basic"),
    50: ([3, 4, 6, 3], "bottleneck"),
    101: ([3, 4, 23, 3], "bottleneck"),
    152: ([3, 8, 36, 3], "bottleneck"),
}
DEPTHS = sorted(BLOCKS)


@dataclass
class Convolution:
    """A convolution without bias, its batch norm, and what stands behind it: its share of a network's arithmetic."""

    size: int
    into: int
    out: int
    pixels: int  # of a side, of what it gives
    is_shortcut: bool = False

    @property
    def parameters(self) -> int:
        return self.size**2 * self.into * self.out + 2 * self.out

    @property
    def operations(self) -> int:
        return 2 * self.size**2 * self.into * self.out * self.pixels**2

    @property
    def kept(self) -> int:
        """Bytes: what the batch norm takes and, but for a shortcut, what the ReLU gives; two statistics a channel."""
        return 4 * ((1 if self.is_shortcut else 2) * self.out * self.pixels**2 + 2 * self.out)


def convolutions(depth: int) -> list[Convolution]:
    """By hand: 7x7 to 112 pixels; four stages of 64, 128, 256, 512 channels and 56, 28, 14, 7 pixels.

    The first block of a stage but the first halves the pixels, in its first 3x3 convolution; it has a shortcut's 1x1
    convolution where the number of channels or pixels changes.
    """
    counts, kind = BLOCKS[depth]
    widening = 4 if kind == "bottleneck" else 1
    found, into, pixels = [Convolution(7, 3, 64, 112)], 64, 56
    for stage, count in enumerate(counts):
        width, before = 64 * 2**stage, pixels
        pixels = 56 // 2**stage
        for _block in range(count):
            if kind == "basic":
                found += [Convolution(3, into, width, pixels), Convolution(3, width, width, pixels)]
            else:
                found += [
                    Convolution(1, into, width, before), Convolution(3, width, width, pixels),
                    Convolution(1, width, 4 * width, pixels),
                ]  # fmt: skip
            if into != widening * width:
                found.append(Convolution(1, into, widening * width, pixels, is_shortcut=True))
            into, before = widening * width, pixels
    return found


@pytest.mark.parametrize("depth", DEPTHS)
def test_it_counts_what_the_architecture_comes_to(depth: int) -> None:
    """Planted fault: the shortcuts counted as layers, multiplications without additions, the last layer forgotten."""
    by_hand = convolutions(depth)
    features = by_hand[-1].out
    blocks, in_block, layers, parameters, operations = resnet_depth.count(f"resnet{depth}")
    assert blocks == BLOCKS[depth][0]
    assert in_block == {"basic": 2, "bottleneck": 3}[BLOCKS[depth][1]]
    assert layers == depth == sum(not each.is_shortcut for each in by_hand) + 1
    assert parameters == sum(each.parameters for each in by_hand) + 1000 * features + 1000
    assert operations == sum(each.operations for each in by_hand) + 2 * 1000 * features


@pytest.mark.parametrize("depth", [18, 50])
def test_training_keeps_what_the_layers_give(depth: int) -> None:
    """Planted fault: weights counted too, or what is in one place counted twice."""
    photo, pooled = (
        4 * 3 * 224**2,
        (4 + 8) * 64 * 56**2,
    )  # the pooling keeps what it gives, and from where each is
    by_hand = (
        photo + pooled + sum(each.kept for each in convolutions(depth)) + 4 * convolutions(depth)[-1].out
    )
    assert resnet_depth.measured(f"resnet{depth}")[1] == pytest.approx(by_hand, rel=0.02)


@pytest.fixture(scope="module")
def small() -> Result:
    return run("resnet_depth", depths="34,18")


def test_the_plot_and_the_table_say_what_was_counted(small) -> None:
    plot, table = part(small, Plot), part(small, Table)
    assert [(one.label, list(one.y)) for one in plot.series] == [
        ("resnet18", [2, 2, 2, 2]), ("resnet34", [3, 4, 6, 3]),
    ]  # fmt: skip
    rows = {row[0]: row[1:] for row in table.rows}
    sums = [sum(each.parameters for each in convolutions(depth)) + 513_000 for depth in (18, 34)]
    assert rows["layers with weights"] == [18, 34, 1.89]
    assert rows["parameters, millions"] == [round(sums[0] / 1e6, 1), round(sums[1] / 1e6, 1), 1.86]
    assert rows["operations, billions"][:2] == [3.6, 7.3]
    assert all(value > 0 for row in rows.values() for value in row)


def test_the_finding_says_where_the_blocks_are() -> None:
    """Planted fault: the stages counted from 0, or the shallower one taken for the deeper."""

    def found(shallow: int, deep: int) -> str:
        costs = [
            resnet_depth.Costs(f"resnet{depth}", *resnet_depth.count(f"resnet{depth}"), depth / 100, depth)
            for depth in (shallow, deep)
        ]
        return resnet_depth._finding(*costs)

    more = found(50, 101)
    assert more.startswith("resnet101 has 17 blocks more than resnet50, all of them in stage 3.")
    assert "1.7 times the parameters, 1.9 times the operations, 2.0 times the seconds" in more
    assert "34 blocks more than resnet50, in the stages 2 and 3." in found(50, 152)
    assert "in the stages 1, 2, 3 and 4." in found(18, 34)
    assert "as many blocks as resnet34 in each stage, but 3 layers in a block instead of 2." in found(34, 50)


def test_the_seconds_are_those_of_a_forward_pass_here(small) -> None:
    """Within ten times of one that is timed here: the machine has other things to do."""
    import time

    import torch
    from torchvision.models import resnet18

    network = resnet18().eval()
    with torch.inference_mode():
        network(torch.rand(1, 3, 224, 224))
        begun = time.perf_counter()
        network(torch.rand(1, 3, 224, 224))
        seconds = time.perf_counter() - begun
    told = {row[0]: row[1] for row in part(small, Table).rows}["ms forward"] / 1000
    assert 0.1 < told / seconds < 10


@pytest.mark.parametrize("text", ["50", "50,50", "50,51", "18,34,50", "50;101", "fifty"])
def test_what_are_not_two_depths_is_refused(text: str) -> None:
    (depths,) = demo("resnet_depth").parameters
    with pytest.raises(ParameterError, match="two of 18, 34, 50, 101, 152"):
        depths.read(text)
    assert depths.read("101, 50") == [50, 101]


def test_it_stops_when_told() -> None:
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of))
        if step == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("resnet_depth", report=report)
    assert seen == [(1, 4), (2, 4)]


FAULTS = [
    (' and "downsample" not in path', "", lambda: test_it_counts_what_the_architecture_comes_to(50)),
    ("isinstance(module, nn.Conv2d | nn.Linear)", "isinstance(module, nn.Conv2d)",
     lambda: test_it_counts_what_the_architecture_comes_to(18)),
    ("counter.get_total_flops()", "counter.get_total_flops() // 2",
     lambda: test_it_counts_what_the_architecture_comes_to(34)),
    ("lambda: network(photo))", "lambda: network(photo[..., ::2]))",
     lambda: test_training_keeps_what_the_layers_give(18)),
    ("enumerate(more, start=1)", "enumerate(more)", test_the_finding_says_where_the_blocks_are),
]  # fmt: skip
