"""DataBlock.summary: fastai's own, for a block that works and for two that do not, with the step that fails."""

import io
import re
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cards.demos.code import returned
from cards.demos.contract import Cancelled, Choice, Demo, Queue, Report, Result, Table, Text
from cards.demos.libraries import seeded
from cards.demos.photos import photos
from cards.messages import Message, _

if TYPE_CHECKING:
    from fastai.data.block import DataBlock

# What fastai prints as it begins a step, in order.
STEPS = {
    "Setting-up type transforms pipelines": _("collect the items, split them, make the labels’ vocabulary"),
    "Building one sample": _("build one sample"),
    "Applying item_tfms to the first sample": _("item transforms, of each sample"),
    "Collating items in a batch": _("collate: stack the samples to a batch"),
    "Applying batch_tfms to the batch built": _("batch transforms"),
}
SHAPE = re.compile(r"torch\.Size\(\[3, (\d+), (\d+)\]\)")
BATCH = re.compile(r"TensorImage of size (\d+)x3x(\d+)x(\d+)")
FOLDER = "photos"  # what the temporary one is called in what is shown


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    make = BLOCKS[parameters["which"]]
    report(1, 2, _("collecting photos"))
    seeded(seed)
    with photos() as found:
        report(2, 2, _("building a batch step by step"))
        printed, error = summary(make(), found.folder)
    lines = printed.splitlines()
    last = max(place for place, step in enumerate(STEPS) if any(line.startswith(step) for line in lines))
    if error:
        outcomes = [_("done")] * last + [_("✗ fails here")] + [_("not reached")] * (len(STEPS) - last - 1)
    else:
        outcomes = [_("done")] * len(STEPS)
    finding = _finding(printed, error, list(STEPS.values())[last])
    steps = Table(
        title=_("How far it gets"),
        columns=[_("step"), _("outcome")],
        rows=[list(row) for row in zip(STEPS.values(), outcomes, strict=True)],
    )
    return Result(
        parts=[
            steps,
            Text(title=_("The DataBlock"), text=returned(make), language="python"),
            Text(title=_("What dblock.summary(source) prints"), text=f"{printed}{error and f'✗ {error}'}"),
        ],
        finding=finding,
        data_used=found.data_used,
    )


def summary(block: "DataBlock", folder: Path) -> tuple[str, str]:
    """What fastai prints of the block, and the error that it ends with, or ""."""
    printed, error = io.StringIO(), ""
    with redirect_stdout(printed):
        try:
            block.summary(folder)
        except Cancelled:
            raise
        except Exception as raised:  # that it may be any is what the learner came to see
            error = f"{type(raised).__name__}: {raised}"
    return printed.getvalue().replace(str(folder), FOLDER), error.replace(str(folder), FOLDER)


def works() -> "DataBlock":
    from fastai.data.all import CategoryBlock, DataBlock, RegexLabeller, get_image_files, using_attr
    from fastai.vision.all import ImageBlock, Resize

    return DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_items=lambda folder: get_image_files(folder).sorted(),
        get_y=using_attr(RegexLabeller(r"(.+)_\d+\.jpg$"), "name"),
        item_tfms=Resize(224),
    )


def broken() -> "DataBlock":
    from fastai.data.all import CategoryBlock, DataBlock, RegexLabeller, get_image_files, using_attr
    from fastai.vision.all import ImageBlock

    return DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_items=lambda folder: get_image_files(folder).sorted(),
        get_y=using_attr(RegexLabeller(r"(.+)_\d+\.jpg$"), "name"),
    )


def unlabelled() -> "DataBlock":
    from fastai.data.all import CategoryBlock, DataBlock, RegexLabeller, get_image_files, using_attr
    from fastai.vision.all import ImageBlock, Resize

    return DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_items=lambda folder: get_image_files(folder).sorted(),
        get_y=using_attr(RegexLabeller(r"breed_(.+)\.jpg$"), "name"),
        item_tfms=Resize(224),
    )


BLOCKS: dict[str, Callable[[], "DataBlock"]] = {"broken": broken, "unlabelled": unlabelled, "works": works}


def _finding(printed: str, error: str, step: str) -> Message:
    if not error:
        count, height, width = BATCH.findall(printed)[-1]
        return _(
            "All steps are done: a batch of %(count)s photos comes out, each %(width)s × %(height)s pixels.",
            count=count,
            width=width,
            height=height,
        )
    sizes = [
        f"{width}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{height}" for height, width in SHAPE.findall(printed)
    ]
    other = next((size for size in sizes if size != sizes[0]), "")
    if other:
        return _(
            "It fails where the samples are stacked: one has %(one)s pixels, another %(other)s. A Resize among the "
            "item transforms would make them equal.",
            one=sizes[0],
            other=other,
        )
    return _("It fails at this step: %(step)s. %(error)s.", step=step, error=error.partition("\n")[0])


DEMO = Demo(
    title=_("DataBlock.summary, step by step"),
    look_at=_(
        "Find the step that fails: all before it were done, so the fault is there or in what it was given. "
        "Then read the last lines that summary prints, which say what did not fit."
    ),
    try_this=_(
        "Now choose works, and see what a Resize changes. Then unlabelled, which fails at another step."
    ),
    parameters=(
        Choice(
            name="which",
            label=_("DataBlock"),
            help=_("One without a Resize, one whose pattern finds no label, or one that works."),
            default="broken",
            choices=tuple(BLOCKS),
        ),
    ),
    queue=Queue.HEAVY,
    seconds=20,
    megabytes=4000,
    run=run,
    has_pets=True,
)
