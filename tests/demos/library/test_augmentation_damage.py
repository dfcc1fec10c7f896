"""augmentation_damage is right: what it gives against NumPy's own warps of the same photo."""

import io
import re

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cards.demos import Cancelled, Result
from cards.demos.contract import Picture, Plot
from tests.demos.library.by_numpy import compared, sharpness, turned_and_zoomed, warped
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

PHOTO = skimage.data.chelsea()[:, 90:390] / 255
VIEW = PHOTO[44:256, 44:256]
ALL = turned_and_zoomed(30, 1.05)
PADDED = {"border": "edge", "reflection": "reflect"}


def filled(picture: np.ndarray, mode: str) -> np.ndarray:
    """Warped at once, from the picture as NumPy pads it by its own width: what is outside comes from there."""
    if mode == "zeros":
        return warped(picture, ALL, 212)
    wide = np.pad(picture, ((212, 212), (212, 212), (0, 0)), mode=PADDED[mode])
    return warped(wide, ALL * 211 / (wide.shape[0] - 1), 212)


def in_steps(picture: np.ndarray, many: int) -> np.ndarray:
    for _ in range(many):
        picture = warped(picture, turned_and_zoomed(30 / many, 1), 212)
        picture = warped(picture, turned_and_zoomed(0, 1.05 ** (1 / many)), 212)
    return picture


def decibels(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> float:
    return 10 * np.log10(1 / ((one - other)[where] ** 2).mean())


@pytest.fixture(scope="module")
def found() -> Result:
    return three_steps()


def three_steps() -> Result:
    return run("augmentation_damage", k="3")


TRUTH = warped(PHOTO, ALL * 211 / 299, 212)  # from the larger photo: in its corners stands what belongs there
ONES = np.ones_like(VIEW[..., :1])


def test_each_step_takes_it_further_from_the_photo_by_as_much_as_numpy_says(found) -> None:
    """Planted fault: one step too few, the whole rotation at each step."""
    chains = {many: in_steps(VIEW, many) for many in (1, 2, 3)}
    kept = compared(
        np.any(
            [in_steps(ONES, many)[..., 0] < 0.5 for many in chains] + [filled(ONES, "zeros")[..., 0] < 0.5],
            axis=0,
        )
    )
    real, corners = part(found, Plot).series
    assert list(real.x) == list(corners.x) == [1, 2, 3]
    assert np.allclose(real.y, [decibels(chain, TRUTH, kept) for chain in chains.values()], atol=0.05)
    everywhere = np.ones_like(kept)
    assert np.allclose(
        corners.y, [decibels(chain, TRUTH, everywhere) for chain in chains.values()], atol=0.05
    )
    assert (
        f"one step is at {real.y[0]:.1f} dB, and 3 steps are at {real.y[2]:.1f}" in part(found, Plot).finding
    )
    left = sharpness(chains[3], kept) / sharpness(TRUTH, kept)
    assert f"Interpolated 6 times instead of once, B keeps {left:.0%} of A's sharpness" in found.finding
    assert f"{(in_steps(ONES, 3)[..., 0] < 0.5).mean():.0%} of B was never in the photo" in found.finding


def test_the_corners_are_as_far_off_as_numpy_says(found) -> None:
    """Planted fault: the same filling for all, the pixels of the photo itself counted."""
    corner = filled(ONES, "zeros")[..., 0] < 0.5
    said = re.findall(r"(\d+\.\d)", part(found, Picture, 1).finding)
    expected = [decibels(filled(VIEW, mode), TRUTH, corner) for mode in ("zeros", "border", "reflection")]
    assert np.allclose(list(map(float, said)), expected, atol=0.15)


def test_the_finding_says_which_mode_comes_nearest(found) -> None:
    assert "zeros fills that worse than border would" in found.finding
    assert (
        "of the three modes, border guesses that best"
        in run("augmentation_damage", k="1", mode="border").finding
    )


def test_the_pictures_show_it(found) -> None:
    first, second = (
        Image.open(io.BytesIO(part(found, Picture, place).png)).convert("RGB") for place in (0, 1)
    )
    assert max(first.width, second.width) <= 800
    zeros, border = (np.asarray(second.crop((left, 0, left + 210, 210))) for left in (0, 218))
    assert zeros[:20, -20:].max() == 0 < border[:20, -20:].min()
    sharp, blurred = (
        np.asarray(first.crop((left, 328, left + 320, 648)), dtype=float) for left in (0, first.width - 320)
    )
    assert np.diff(sharp, axis=0).var() > 2 * np.diff(blurred, axis=0).var()


def test_the_same_parameters_give_the_same(found) -> None:
    assert three_steps() == found


def test_it_stops_when_told() -> None:
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of))
        if step == 6:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("augmentation_damage", report=report)
    assert seen == [(step, 12) for step in range(1, 7)]


@pytest.mark.parametrize("k", ["1", "20"])
@pytest.mark.parametrize("mode", ["zeros", "reflection"])
def test_the_ends_of_every_range_give_a_result(k, mode) -> None:
    result = run("augmentation_damage", k=k, mode=mode)
    assert result.finding.endswith(".")
    assert sum(len(each.png) for each in result.parts if isinstance(each, Picture)) < 1_000_000


FAULTS = [
    ("range(many):", "range(many - 1):",
     lambda: test_each_step_takes_it_further_from_the_photo_by_as_much_as_numpy_says(three_steps())),
    ("ANGLE / many", "ANGLE",
     lambda: test_each_step_takes_it_further_from_the_photo_by_as_much_as_numpy_says(three_steps())),
    ("once(view, each)", "once(view, mode)", lambda: test_the_corners_are_as_far_off_as_numpy_says(three_steps())),
    ("[0, :, where]", "[0]", lambda: test_the_corners_are_as_far_off_as_numpy_says(three_steps())),
    ("max(corners, key", "min(corners, key",
     lambda: test_the_finding_says_which_mode_comes_nearest(three_steps())),
]  # fmt: skip
