"""What augmentation does to a photo: blur with each interpolation, and corners that were never in it."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cards.demos import pictures, warps
from cards.demos.contract import Choice, Demo, Integer, Picture, Plot, Queue, Report, Result, Series
from cards.demos.libraries import device, seeded
from cards.messages import Message, Number, _, ngettext

if TYPE_CHECKING:
    import torch

CAT = (slice(0, 300), slice(90, 390))  # of the photograph: a square with the cat's face in its middle
MARGIN = 44  # pixels of that around what is augmented: by them it is known what belongs into the corners
ANGLE, ZOOM = 30.0, 1.05  # all steps together
THIRD = 210  # pixels of a square, of which three stand side by side
MODES = ("zeros", "border", "reflection")


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch
    from fastai.vision.core import TensorImage

    seeded(seed)
    k, mode = parameters["k"], parameters["mode"]
    steps = k + 1 + len(MODES)
    report(1, steps, _("warping it once"))
    cat = torch.tensor(pictures.photo("chelsea")[CAT], device=device()).permute(2, 0, 1)[None] / 255
    whole = TensorImage(cat)
    view = TensorImage(cat[..., MARGIN:-MARGIN, MARGIN:-MARGIN])
    seen = TensorImage(torch.ones_like(view))
    size = view.shape[-1]
    truth = once(whole, "zeros", (whole.shape[-1] - 1) / (size - 1), size)

    single, inside = once(view, mode), once(seen, "zeros")
    chains, kept = [], []
    for many in range(1, k + 1):
        report(1 + many, steps, _("warping it step by step"))
        chains.append(step_by_step(view, mode, many))
        kept.append(step_by_step(seen, "zeros", many))
    by_mode = []
    for place, each in enumerate(MODES, start=1):
        report(1 + k + place, steps, _("filling the corners"))
        by_mode.append(once(view, each))

    invented = (inside[0, 0] < 0.5, kept[-1][0, 0] < 0.5)
    real = warps.real(*invented, *(each[0, 0] < 0.5 for each in kept))
    sharpness = [warps.sharpness(each[0], real) for each in (single, chains[-1])]
    corners = {each: psnr(filled, truth, invented[0]) for each, filled in zip(MODES, by_mode, strict=True)}
    share = invented[1].float().mean().item()
    finding = _finding(k, sharpness, share, mode, corners)
    counts = list(range(1, k + 1))
    return Result(
        parts=[
            Picture(
                title=ngettext(
                    "A: turned and zoomed at once. B: by a rotation, then a zoom",
                    "A: turned and zoomed at once. B: the same in %(k)s steps",
                    k,
                    k=k,
                ),
                alt=_(
                    "Two squares of one photo of a cat, turned by %(angle)s° and zoomed %(zoom)s times: A at once, "
                    "B step by step. Lines mark corners that were never in the photo; the marked detail of each stands "
                    "enlarged below.",
                    angle=Number(f"{ANGLE:g}"),
                    zoom=Number(f"{ZOOM:g}"),
                ),
                png=warps.beside(single[0], chains[-1][0], invented),
                finding=finding,
            ),
            Plot(
                title=_("How near B stays to the photo turned at once"),
                x_label=_("steps"),
                y_label=_("PSNR in decibels: higher is nearer"),
                series=[
                    Series(
                        label=_("where the photo is real"),
                        x=counts,
                        y=[psnr(chain, truth, real) for chain in chains],
                    ),
                    Series(
                        label=_("with the corners, filled by %(mode)s", mode=mode),
                        x=counts,
                        y=[psnr(chain, truth, torch.ones_like(real)) for chain in chains],
                    ),
                ],
                finding=_fall([psnr(chain, truth, real) for chain in chains]),
            ),
            Picture(
                title=_("The corners as each mode fills them"),
                alt=_(
                    "Three times the upper right quarter of A, with a line around its corner: black for zeros, smeared "
                    "edge pixels for border, a mirror image for reflection."
                ),
                png=_modes(by_mode, invented[0]),
                finding=_corners(corners),
            ),
        ],
        finding=finding,
        data_used=_(
            "scikit-image's photo of the cat Chelsea: %(size)s by %(size)s pixels of its face, and %(margin)s more on "
            "each side, which show what belongs into the corners",
            size=size,
            margin=MARGIN,
        ),
    )


def once(batch: "torch.Tensor", mode: str, margin: float = 1.0, size: int | None = None) -> "torch.Tensor":
    """All of it as one warp by fastai; of the middle alone where the batch has a margin, as so many pixels."""
    from fastai.vision.augment import Rotate, Zoom, setup_aug_tfms

    zoom = Zoom(draw=margin * ZOOM, draw_x=0.5, draw_y=0.5, p=1.0, size=size, pad_mode=mode)
    for warp in setup_aug_tfms([zoom, Rotate(draw=ANGLE, p=1.0)]):  # composed into one
        batch = warp(batch)
    return batch


def step_by_step(batch: "torch.Tensor", mode: str, many: int) -> "torch.Tensor":
    """The same in equal steps by fastai, each a rotation and a zoom."""
    from fastai.vision.augment import Rotate, Zoom

    for _step in range(many):
        batch = Rotate(draw=ANGLE / many, p=1.0, pad_mode=mode)(batch)
        batch = Zoom(draw=ZOOM ** (1 / many), draw_x=0.5, draw_y=0.5, p=1.0, pad_mode=mode)(batch)
    return batch


def psnr(batch: "torch.Tensor", truth: "torch.Tensor", where: "torch.Tensor") -> float:
    """The peak signal-to-noise ratio in decibels, for values from 0 to 1, where the mask says; inf for the same."""
    error = (batch - truth)[0, :, where].pow(2).mean().item()
    return -10 * math.log10(error) if error else math.inf


def _modes(batches: list["torch.Tensor"], invented: "torch.Tensor") -> bytes:
    """The upper right quarter as each mode fills it, above the mode's name."""
    half = invented.shape[-1] // 2
    quarters = [pictures.square(pictures.image(batch[0, :, :half, half:]), side=THIRD) for batch in batches]
    marked = [pictures.outlined(each, invented[:half, half:].cpu().numpy()) for each in quarters]
    return pictures.sheet([[pictures.named(each, mode) for each, mode in zip(marked, MODES, strict=True)]])


def _finding(k: int, sharpness: list[float], share: float, mode: str, corners: dict[str, float]) -> Message:
    said: dict[str, object] = {
        "times": 2 * k, "left": Number(f"{sharpness[1] / sharpness[0]:.0%}"), "share": Number(f"{share:.0%}"),
        "mode": mode, "best": max(corners, key=lambda each: corners[each]),
    }  # fmt: skip
    if mode == said["best"]:
        filled = _(
            "%(share)s of B was never in the photo; of the three modes, %(mode)s guesses that best.", **said
        )
    else:
        filled = _(
            "%(share)s of B was never in the photo; %(mode)s fills that worse than %(best)s would.",
            **said,
        )
    blurred = _("Interpolated %(times)s times instead of once, B keeps %(left)s of A's sharpness.", **said)
    return _("%(blurred)s %(filled)s", blurred=blurred, filled=filled)


def _fall(near: list[float]) -> Message:
    said: dict[str, object] = {
        "steps": len(near),
        "first": Number(f"{near[0]:.1f}"),
        "last": Number(f"{near[-1]:.1f}"),
    }
    if len(near) == 1:
        return _("A single step, its rotation and its zoom apart, is at %(first)s dB already.", **said)
    return _(
        "Where the photo is real, one step is at %(first)s dB, and %(steps)s steps are at %(last)s.", **said
    )


def _corners(corners: dict[str, float]) -> Message:
    said: dict[str, object] = {mode: Number(f"{near:.1f}") for mode, near in corners.items()}
    return _(
        "Against what belongs into the corners, zeros has a PSNR of %(zeros)s dB, border of %(border)s, and reflection "
        "of %(reflection)s: all of it is guessed.",
        **said,
    )


DEMO = Demo(
    title=_("What augmentation does to a photo"),
    look_at=_(
        "Compare the two details: A was interpolated once, B again and again, and the fur is gone. "
        "Then look at the outlined corners, which no pixel of the photo fills."
    ),
    try_this=_("Now make it 1 step, then 20, and see the fur go. Then fill the corners by reflection."),
    parameters=(
        Integer(
            name="k",
            label=_("Steps"),
            help=_("In how many the same rotation and zoom are done; each interpolates twice."),
            default=8,
            least=1,
            most=20,
        ),
        Choice(
            name="mode",
            label=_("Corners"),
            help=_("What fills them: black, the edge's pixels, or a mirror image."),
            default="zeros",
            choices=MODES,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=30,
    megabytes=4000,
    run=run,
)
