"""Pictures: what is drawn by pyplot fits its columns and leaves no figure, marks lie where the mask says."""

import io

import numpy as np
import pytest
from PIL import Image

from cards.demos import pictures


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("cat", ["cat"]),
        ("great_pyrenees", ["great_", "pyrenees"]),
        ("american_pit_bull_terrier", ["american_pit_", "bull_terrier"]),
        ("staffordshire", ["staffordshire"]),
    ],
)
def test_a_long_name_is_broken_behind_its_underscores(name, lines) -> None:
    from matplotlib import pyplot

    def draw() -> None:
        _, axes = pyplot.subplots(1, 3, figsize=(9, 3.5))
        axes[1].set_title(name)
        drawn.append(axes[1])

    drawn: list = []
    png = pictures.by_pyplot(draw, 3)
    assert drawn[0].get_title().split("\n") == lines
    assert Image.open(io.BytesIO(png)).size == (720, 280)
    assert pyplot.get_fignums() == []


def test_a_drawing_that_fails_leaves_no_figure() -> None:
    from matplotlib import pyplot

    def draw() -> None:
        pyplot.subplots()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pictures.by_pyplot(draw, 1)
    assert pyplot.get_fignums() == []


def test_a_line_goes_round_what_the_mask_holds_and_nowhere_else() -> None:
    """A square of 4 of 8 pixels becomes one of 160 of 320; a line of 3 within its edge has 160² - 154² pixels."""
    mask = np.zeros((8, 8), dtype=bool)
    mask[2:6, 2:6] = True
    marked = np.asarray(pictures.outlined(Image.new("RGB", (320, 320)), mask))
    line = (marked == pictures.MARK).all(axis=2)
    assert abs(line.sum() - (160**2 - 154**2)) < 100
    assert not line[90:230, 90:230].any()
    assert not line[:70].any()


def test_on_a_sheet_the_page_shows_through_between_the_pictures() -> None:
    whole = Image.open(io.BytesIO(pictures.sheet([[Image.new("RGB", (10, 10))] * 2] * 2)))
    assert whole.size == (10 + pictures.GAP + 10, 10 + pictures.GAP + 10)
    assert np.asarray(whole)[:, :, 3].sum() == 255 * 400
