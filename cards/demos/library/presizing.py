"""Presizing: fastai's large crop and one combined warp, beside the same transforms one after the other."""

import math
import statistics
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cards.demos import pictures, warps
from cards.demos.contract import Demo, Integer, Picture, Queue, Real, Report, Result, Table
from cards.demos.libraries import device, seeded
from cards.messages import Message, Number, _

if TYPE_CHECKING:
    import torch

HEAD = (slice(0, 384), slice(32, 416))  # of the photograph: the square around the face
LARGE = 2  # the large crop's side, in those of the final picture
VIEW = math.sqrt(1 / 2)  # the side of what is shown, as a share of the large crop's: half the area is margin
BATCH = 16
TIMES = 3
SAME = 0.005  # shares that differ by less are the same on the page


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch
    from fastai.vision.augment import Resize, setup_aug_tfms
    from fastai.vision.core import PILImage, TensorImage, image2tensor

    seeded(seed)
    angle, zoom, size = (parameters[name] for name in ("angle", "zoom", "size"))
    report(1, 3 + TIMES, _("cropping the photo"))
    large = Resize(LARGE * size)(PILImage.create(pictures.photo("astronaut")[HEAD]), split_idx=1)
    crop = TensorImage(image2tensor(large)[None] / 255).to(device())

    def combined(batch: "torch.Tensor") -> "torch.Tensor":
        for step in setup_aug_tfms(steps(angle, zoom, size)):  # composed into one
            batch = step(batch)
        return batch

    def one_by_one(batch: "torch.Tensor") -> "torch.Tensor":
        for step in steps(angle, zoom, size):
            batch = step(batch)
        return batch

    ways = (combined, one_by_one)
    report(2, 3 + TIMES, _("warping it both ways"))
    one, other = (way(crop)[0] for way in ways)
    first, second = (way(torch.ones_like(crop))[0, 0] < 0.5 for way in ways)
    empty = (first, second)
    real = warps.real(*empty)
    sharpness = [warps.sharpness(picture, real) for picture in (one, other)]
    seconds = _seconds(ways, crop, lambda turn: report(3 + turn, 3 + TIMES, _("timing a batch")))

    shares = [mask.float().mean().item() for mask in empty]
    is_same = bool((one - other).abs().max() < 1 / 255)
    times = 1 + (zoom != 1) + (angle != 0)  # that B's pixels are interpolated
    finding = _finding(shares, sharpness, times, is_same=is_same)
    picture = Picture(
        title=_("A: one warp of the large crop. B: crop, zoom, rotation one by one"),
        alt=_(
            "Two squares of the same photo of an astronaut, turned by %(angle)s° and zoomed %(zoom)s times: A by one "
            "warp, B step by step. Lines mark empty corners; the marked detail of each stands enlarged below.",
            angle=Number(f"{angle:g}"),
            zoom=Number(f"{zoom:g}"),
        ),
        png=warps.beside(one, other, empty),
        finding=finding,
    )
    table = Table(
        title=_("The two ways in numbers"),
        columns=[
            _("way"),
            _("empty, %"),
            _("sharpness"),
            _("seconds"),
        ],
        rows=[
            [name, round(100 * share, 1), round(1000 * sharp, 2), round(took, 3)]
            for name, share, sharp, took in zip(warps.LETTERS, shares, sharpness, seconds, strict=True)
        ],
        note=_(
            "Sharpness: the variance of the Laplacian, how much a pixel differs from its neighbours, where neither "
            "picture is empty; times 1000. Seconds: of a batch of %(count)s photos.",
            count=BATCH,
        ),
    )
    data = _(
        "scikit-image's photo of the astronaut Eileen Collins, its head, cropped to %(pixels)s by %(pixels)s pixels",
        pixels=LARGE * size,
    )
    return Result(parts=[picture, table], finding=finding, data_used=data)


def steps(angle: float, zoom: float, size: int) -> list[Any]:
    """fastai's transforms, new each time since composing changes them: the crop to `size`, the zoom, the rotation."""
    from fastai.vision.augment import PadMode, Rotate, Zoom

    middle: dict[str, Any] = {"draw_x": 0.5, "draw_y": 0.5, "p": 1.0, "pad_mode": PadMode.Zeros}
    return [
        Zoom(draw=1 / VIEW, size=size, **middle),
        Zoom(draw=zoom, **middle),
        Rotate(draw=angle, p=1.0, pad_mode=PadMode.Zeros),
    ]


def _seconds(
    ways: tuple[Callable[["torch.Tensor"], "torch.Tensor"], ...],
    crop: "torch.Tensor",
    report: Callable[[int], None],
) -> list[float]:
    """What each way takes for a batch, the median of some times."""
    import torch

    batch = crop.expand(BATCH, -1, -1, -1).contiguous()
    taken: list[list[float]] = [[] for _way in ways]
    for turn in range(1, TIMES + 1):
        report(turn)
        for way, times in zip(ways, taken, strict=True):
            begun = time.perf_counter()
            way(batch)
            if batch.is_cuda:
                torch.cuda.synchronize()
            times.append(time.perf_counter() - begun)
    return [statistics.median(times) for times in taken]


def _finding(shares: list[float], sharpness: list[float], times: int, *, is_same: bool) -> Message:
    if is_same:
        return _("Both ways give the same picture: after the crop, no pixel had to be interpolated again.")
    said: dict[str, object] = {
        "a": Number(f"{shares[0]:.0%}"),
        "b": Number(f"{shares[1]:.0%}"),
        "left": Number(f"{sharpness[1] / sharpness[0]:.0%}" if sharpness[0] else "100%"),
        "times": times,
    }
    if max(shares) < SAME:
        corners = _("Neither way leaves empty corners.")
    elif shares[0] < SAME:
        corners = _("A finds real pixels for its corners; %(b)s of B is empty.", **said)
    else:
        corners = _("Even A's margin is used up: %(a)s of it is empty, and %(b)s of B.", **said)
    if sharpness[1] < (1 - SAME) * sharpness[0]:
        detail = _(
            "Interpolated %(times)s times instead of once, B has only %(left)s of A's sharpness.", **said
        )
    else:
        detail = _("Here B is no less sharp than A.")
    return _("%(corners)s %(detail)s", corners=corners, detail=detail)


DEMO = Demo(
    title=_("Presizing: one warp or many"),
    look_at=_(
        "Look at the corners first: A was cut from a larger crop, so that turning it finds real pixels there. "
        "Then compare the enlarged details: B was interpolated at every step, and each time lost some sharpness."
    ),
    try_this=_("Now make the zoom 0.7, and see when even the large crop runs out of margin."),
    parameters=(
        Real(
            name="angle",
            label=_("Angle"),
            help=_("Degrees by which the photo is turned."),
            default=20.0,
            least=-180,
            most=180,
        ),
        Real(
            name="zoom",
            label=_("Zoom"),
            help=_("How many times it is enlarged; below 1, made smaller."),
            default=1.2,
            least=0.5,
            most=3,
        ),
        Integer(
            name="size",
            label=_("Size"),
            help=_("Pixels of the final picture's side; the large crop has twice as many."),
            default=224,
            least=32,
            most=320,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=30,
    megabytes=4000,
    run=run,
)
