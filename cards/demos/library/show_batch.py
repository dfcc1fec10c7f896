"""show_batch: fastai's own, of the same photos and labels as files and as a table."""

import csv
import math
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cards.demos import pictures
from cards.demos.code import returned
from cards.demos.contract import Cell, Choice, Demo, Integer, Picture, Queue, Report, Result, Table, Text
from cards.demos.libraries import device, seeded
from cards.demos.photos import PATTERN, photos
from cards.messages import Message, _, ngettext

if TYPE_CHECKING:
    import torch
    from fastai.data.block import DataBlock
    from fastai.data.core import DataLoaders

WITH_LABEL = 1.16  # heights of a photo
FIRST = 4  # rows of the source that are shown


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import pandas

    source, items, is_unique = parameters["source"], parameters["items"], parameters["unique"] == "true"
    with photos() as found, tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "photos.csv"
        names = sorted(path.name for path in found.folder.iterdir() if path.suffix == ".jpg")
        write_table(table, names)

        def loaders(source: str) -> "DataLoaders":
            seeded(seed)
            block = as_files() if source == "files" else as_table(found.folder)
            given = found.folder if source == "files" else pandas.read_csv(table)
            return block.dataloaders(given, bs=items, num_workers=0, device=device())

        report(1, 3, _("drawing a batch"))
        rows = int(math.sqrt(items))  # as fastai sets them out
        columns = math.ceil(items / rows)
        size = (pictures.INCHES * columns, pictures.INCHES * rows * WITH_LABEL)
        png = pictures.by_pyplot(
            lambda: loaders(source).show_batch(max_n=items, unique=is_unique, figsize=size), columns
        )
        report(2, 3, _("loading the files"))
        batches = [batch(loaders("files"), items, is_unique=is_unique)]
        report(3, 3, _("loading the table"))
        batches.append(batch(loaders("table"), items, is_unique=is_unique))

    shown, other = batches if source == "files" else batches[::-1]
    is_same = bool((shown[0] == other[0]).all()) and shown[1] == other[1]
    finding = _finding(shown, is_same=is_same, is_unique=is_unique)
    return Result(
        parts=[
            Picture(
                title="dls.show_batch(unique=True)" if is_unique else "dls.show_batch()",
                alt=_(
                    "Photos in a grid, with their labels above: %(labels)s.",
                    labels=", ".join(shown[1]),
                ),
                png=png,
                finding=finding,
            ),
            _source(source, names),
            Text(
                title=_("The DataBlock"),
                text=returned(as_files if source == "files" else as_table),
                language="python",
            ),
        ],
        finding=finding,
        data_used=found.data_used,
    )


def as_files() -> "DataBlock":
    from fastai.data.all import CategoryBlock, DataBlock, RegexLabeller, get_image_files, using_attr
    from fastai.vision.all import ImageBlock, Resize, aug_transforms

    return DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_items=lambda folder: get_image_files(folder).sorted(),
        get_y=using_attr(RegexLabeller(r"(.+)_\d+\.jpg$"), "name"),
        item_tfms=Resize(256),
        batch_tfms=aug_transforms(size=160),
    )


def as_table(folder: Path) -> "DataBlock":
    from fastai.data.all import CategoryBlock, ColReader, DataBlock
    from fastai.vision.all import ImageBlock, Resize, aug_transforms

    return DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_x=ColReader("file", pref=f"{folder}/"),
        get_y=ColReader("label"),
        item_tfms=Resize(256),
        batch_tfms=aug_transforms(size=160),
    )


def write_table(table: Path, names: list[str]) -> None:
    """A CSV file with a row for each of the files: its name and its label."""
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label"])
        writer.writerows([name, label_of(name)] for name in names)


def label_of(name: str) -> str:
    found = re.match(PATTERN, name)
    return found[1] if found else ""


def batch(loaders: "DataLoaders", items: int, *, is_unique: bool) -> tuple["torch.Tensor", list[str]]:
    """What show_batch shows: the pictures and their labels."""
    import torch

    pixels, labels, _samples = loaders.show_batch(max_n=items, unique=is_unique, show=False)
    return pixels.as_subclass(torch.Tensor).cpu(), [loaders.vocab[label] for label in labels]


def _source(source: str, names: list[str]) -> Table:
    rows: list[list[Cell]] = [[name, label_of(name)] for name in names[:FIRST]]
    if source == "table":
        return Table(title=_("The table’s first rows"), columns=["file", "label"], rows=rows)
    return Table(title=_("The first of the files"), columns=[_("file")], rows=[row[:1] for row in rows])


def _finding(shown: tuple["torch.Tensor", list[str]], *, is_same: bool, is_unique: bool) -> Message:
    pixels, labels = shown
    versions = len({each.numpy().tobytes() for each in pixels})
    said: dict[str, object] = {
        "items": len(labels), "kinds": len(set(labels)), "label": labels[0], "versions": versions,
    }  # fmt: skip
    if is_unique:
        batch = ngettext(
            "One photo, labelled %(label)s, as augmentation made it this time.",
            "One photo, labelled %(label)s, in the %(versions)s versions that augmentation made of it.",
            len(labels),
            **said,
        )
    else:
        batch = ngettext(
            "One photo with its label, %(label)s.",
            "%(items)s photos with their labels, of %(kinds)s kinds.",
            len(labels),
            **said,
        )
    if is_same:
        other = _("The files and the table give this same batch, pixel for pixel.")
    else:
        other = _("The files and the table give different batches.")
    return _("%(batch)s %(other)s", batch=batch, other=other)


DEMO = Demo(
    title=_("show_batch, from files and from a table"),
    look_at=_(
        "Look whether each label fits its photo: that is what show_batch is for, before any training. "
        "Below stands what the same photos look like as a source: names of files, or rows of a table."
    ),
    try_this=_("Now set “One item” to true, and see what augmentation makes of a single photo."),
    parameters=(
        Choice(
            name="source",
            label=_("Source"),
            help=_("Files whose names hold the label, or a table that names file and label."),
            default="files",
            choices=("files", "table"),
        ),
        Choice(
            name="unique",
            label=_("One item"),
            help=_("Whether one item is shown again and again, augmented anew each time."),
            default="false",
            choices=("false", "true"),
        ),
        Integer(
            name="items",
            label=_("Items"),
            help=_("How many pictures are shown."),
            default=9,
            least=1,
            most=16,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=30,
    megabytes=4000,
    run=run,
    has_pets=True,
)
