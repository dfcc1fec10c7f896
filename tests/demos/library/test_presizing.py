"""presizing is right: what it gives against NumPy's own warps of the same photo."""

import io

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cards.demos import Cancelled, Result
from cards.demos.contract import Picture, Table
from tests.demos.library.by_numpy import compared, sharpness, turned_and_zoomed, warped
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's


def both_ways(angle: float, zoom: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    """One warp of the large crop; and the crop, the zoom and the rotation one by one. A fourth channel of ones."""
    photo = Image.fromarray(skimage.data.astronaut()[:384, 32:416])
    large = np.asarray(photo.resize((2 * size, 2 * size), Image.Resampling.BILINEAR)) / 255
    large = np.concatenate([large, np.ones((2 * size, 2 * size, 1))], axis=2)
    crop = np.eye(2) / np.sqrt(2)  # half the area
    together = warped(large, crop @ turned_and_zoomed(0, zoom) @ turned_and_zoomed(angle, 1), size)
    steps = warped(large, crop, size)
    steps = warped(warped(steps, turned_and_zoomed(0, zoom), size), turned_and_zoomed(angle, 1), size)
    return together, steps


def rows_of(result: Result) -> list:
    return [row[1:3] for row in part(result, Table).rows]


def small() -> Result:
    return run("presizing", size="64")


@pytest.fixture(scope="module")
def found() -> Result:
    return small()


@pytest.mark.parametrize(("angle", "zoom"), [(20, 1.2), (-33, 0.7)])
def test_both_ways_are_what_numpy_makes_of_the_photo(angle, zoom) -> None:
    """Planted fault: the transforms not composed, a margin of another size, the sum of a pixel's neighbours."""
    ways = both_ways(angle, zoom, 64)
    empty = [way[..., 3] < 0.5 for way in ways]
    kept = compared(empty[0] | empty[1])
    rows = rows_of(run("presizing", angle=str(angle), zoom=str(zoom), size="64"))
    assert np.allclose([row[0] for row in rows], [100 * mask.mean() for mask in empty], atol=0.1)
    assert np.allclose(
        [row[1] for row in rows], [1000 * sharpness(way[..., :3], kept) for way in ways], rtol=0.01
    )


def test_a_is_sharper_and_has_its_corners_and_the_finding_says_by_how_much(found) -> None:
    """Turned by 20°, a square's corner of half-side 1 stands at cos 20° + sin 20° = 1.28, and the margin is 1.41."""
    (empty_a, sharp_a), (empty_b, sharp_b) = rows_of(found)
    assert empty_a == 0 < empty_b
    assert f"{empty_b:.0f}% of B is empty" in found.finding
    assert f"only {sharp_b / sharp_a:.0%} of A's sharpness" in found.finding
    assert "3 times" in found.finding


def test_the_picture_shows_a_on_the_left_and_the_empty_corners_of_b(found) -> None:
    sheet = Image.open(io.BytesIO(part(found, Picture).png)).convert("RGB")
    assert sheet.width <= 800
    a, b = (np.asarray(sheet.crop((left, 0, left + 320, 320))) for left in (0, sheet.width - 320))
    assert a[2:20, -20:-2].max() > 40 > b[2:20, -20:-2].max()  # the upper right corner
    assert ((b == (255, 122, 0)).all(axis=2)).sum() > ((a == (255, 122, 0)).all(axis=2)).sum() > 500


def test_where_there_is_no_difference_it_says_so() -> None:
    for angle in ("0", "90"):
        assert "the same picture" in run("presizing", angle=angle, zoom="1", size="64").finding


def test_zoomed_out_even_the_large_crop_is_too_small() -> None:
    """At 0.5 times each side shows 1.41 times the large crop's, so that half the area is empty; of B three quarters."""
    result = run("presizing", angle="0", zoom="0.5", size="128")
    a, b = (row[0] for row in rows_of(result))
    assert (a, b) == pytest.approx((50, 75), abs=1)
    assert f"margin is used up: {a:.0f}% of it is empty, and {b:.0f}% of B" in result.finding
    assert "2 times" in result.finding


def test_it_takes_seconds_of_both_ways(found) -> None:
    assert all(0 < row[3] < 10 for row in part(found, Table).rows)


def test_the_same_parameters_give_the_same_picture(found) -> None:
    again = small()
    assert part(again, Picture).png == part(found, Picture).png
    assert rows_of(again) == rows_of(found)


def test_it_stops_when_told() -> None:
    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        assert 1 <= step <= of
        if step == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("presizing", report=report, size="64")


@pytest.mark.parametrize("angle", ["-180", "180"])
@pytest.mark.parametrize("zoom", ["0.5", "3"])
@pytest.mark.parametrize("size", ["32", "320"])
def test_the_ends_of_every_range_give_a_result(angle, zoom, size) -> None:
    result = run("presizing", angle=angle, zoom=zoom, size=size)
    assert result.finding.endswith(".")
    assert len(part(result, Picture).png) < 1_000_000


FAULTS = [
    ("in setup_aug_tfms(steps(angle, zoom, size))", "in steps(angle, zoom, size)",
     lambda: test_both_ways_are_what_numpy_makes_of_the_photo(20, 1.2)),
    ("draw=1 / VIEW", "draw=1 / VIEW**2", lambda: test_both_ways_are_what_numpy_makes_of_the_photo(20, 1.2)),
    ("warps.beside(one, other, empty)", "warps.beside(other, one, empty[::-1])",
     lambda: test_the_picture_shows_a_on_the_left_and_the_empty_corners_of_b(small())),
]  # fmt: skip
