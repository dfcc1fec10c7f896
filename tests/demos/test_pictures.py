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


def test_a_name_stands_on_a_plate_of_its_own_and_around_it_is_the_page() -> None:
    """In the dark theme, too: light behind the ink, nothing else but the picture."""
    whole = pictures.named(Image.new("RGB", (320, 100), (0, 0, 255)), "border")
    assert whole.size == (320, 168)
    assert whole.getpixel((0, 0)) == (0, 0, 255, 255)
    assert all(whole.getpixel((x, y))[3] == 0 for x, y in ((0, 110), (319, 110), (0, 167), (319, 167)))
    plate = np.asarray(whole)[100:]
    light = (plate == (*pictures.PAPER, 255)).all(axis=2)
    assert light.sum() > (plate[:, :, 3] == 255).sum() / 2
    assert light.any(axis=0).sum() > 100


def test_so_do_the_names_that_pyplot_draws() -> None:
    from matplotlib import pyplot

    def draw() -> None:
        _, axes = pyplot.subplots(1, 1, figsize=(3, 3.5))
        axes.set_title("cat")
        axes.set_axis_off()

    drawn = np.asarray(Image.open(io.BytesIO(pictures.by_pyplot(draw, 1))))
    assert drawn[-1, -1, 3] == drawn[0, 0, 3] == 0
    light = (drawn == 255).all(axis=2)
    assert 0 < light.sum() < light.size / 10


def test_on_a_sheet_the_page_shows_through_between_the_pictures() -> None:
    whole = Image.open(io.BytesIO(pictures.sheet([[Image.new("RGB", (10, 10))] * 2] * 2)))
    assert whole.size == (10 + pictures.GAP + 10, 10 + pictures.GAP + 10)
    assert np.asarray(whole)[:, :, 3].sum() == 255 * 400
