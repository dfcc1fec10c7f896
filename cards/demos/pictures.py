"""Arrays as pictures: real photographs, and sheets of squares that are legible at the width of a phone.

A picture is on the page in light and in dark, so that its names stand on plates of their own; and in every language:
its marks are lines and letters, and what they mean stands beside it.
"""

import io
import math
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

WIDTH = 720  # pixels of what pyplot draws
WIDE = 0.6  # of a letter's height, about
INCHES, POINTS = 3, 72  # of fastai's axes; to the inch
SIDE = 320  # pixels of a square on a sheet, of which two stand side by side
GAP = 8
LETTER = 34  # pixels that letters are high, of which a phone's page shows less than half
MARK = (255, 122, 0)
PAPER = (255, 255, 255)
INK = (20, 20, 20)


def photo(name: str) -> Any:
    """A photograph that comes inside scikit-image, such as "astronaut": an array of bytes, height × width × RGB."""
    import skimage.data

    return getattr(skimage.data, name)()


def image(pixels: "torch.Tensor") -> "Image":
    """The image of a tensor RGB × height × width of numbers from 0 to 1."""
    from PIL.Image import fromarray

    return fromarray(pixels.detach().cpu().mul(255).round().clamp(0, 255).byte().permute(1, 2, 0).numpy())


def square(picture: "Image", *, side: int = SIDE, is_smooth: bool = True) -> "Image":
    """The picture as a square of that many pixels; where it is not smooth its own pixels are seen."""
    from PIL.Image import Resampling

    return picture.resize((side, side), Resampling.BICUBIC if is_smooth else Resampling.NEAREST)


def outlined(picture: "Image", mask: Any) -> "Image":
    """The picture with a line around what the mask, an array of booleans as large as what is pictured, holds."""
    from PIL import ImageChops
    from PIL.Image import fromarray
    from PIL.ImageFilter import MinFilter

    held = fromarray(mask).convert("L").resize(picture.size).point([0] * 128 + [255] * 128)
    edge = ImageChops.subtract(held, held.filter(MinFilter(7)))
    marked = picture.copy()
    marked.paste(MARK, mask=edge)
    return marked


def framed(picture: "Image", box: tuple[float, float, float, float]) -> "Image":
    """The picture with a line around the box: left, top, right and bottom as shares of its width and height."""
    from PIL.ImageDraw import Draw

    marked = picture.copy()
    left, right = box[0] * picture.width, box[2] * picture.width
    top, bottom = box[1] * picture.height, box[3] * picture.height
    Draw(marked).rectangle((left, top, right - 1, bottom - 1), outline=MARK, width=4)
    return marked


def lettered(picture: "Image", letter: str) -> "Image":
    """The picture with a large letter in its upper left corner."""
    marked = picture.copy()
    _plate(marked, (16, 10), letter, anchor="la")
    return marked


def named(picture: "Image", name: str) -> "Image":
    """The picture above a name, which is one in every language, such as that of a function; around that is nothing."""
    from PIL.Image import new

    whole = new("RGBA", (picture.width, picture.height + 2 * LETTER))
    whole.paste(picture, (0, 0))
    _plate(whole, (picture.width / 2, picture.height + LETTER), name, anchor="mm")
    return whole


def _plate(picture: "Image", place: tuple[float, float], text: str, *, anchor: str) -> None:
    """Writes into the picture, on a light plate that is legible on every page. The anchor is Pillow's."""
    from PIL.ImageDraw import Draw
    from PIL.ImageFont import load_default

    draw, font = Draw(picture), load_default(LETTER)
    left, top, right, bottom = draw.textbbox(place, text, font=font, anchor=anchor)
    draw.rounded_rectangle((left - 10, top - 8, right + 10, bottom + 8), radius=8, fill=PAPER)
    draw.text(place, text, fill=INK, font=font, anchor=anchor)


def sheet(rows: Sequence[Sequence["Image"]]) -> bytes:
    """A PNG file of the pictures in rows; between them the page shows through."""
    from PIL.Image import new

    widths = [sum(picture.width + GAP for picture in row) - GAP for row in rows]
    heights = [max(picture.height for picture in row) for row in rows]
    whole = new("RGBA", (max(widths), sum(heights) + GAP * (len(rows) - 1)))
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for picture in row:
            whole.paste(picture, (left, top))
            left += picture.width + GAP
        top += height + GAP
    return png(whole)


def by_pyplot(draw: Callable[[], object], columns: int) -> bytes:
    """A PNG file of what a library draws by pyplot, in so many columns of square axes; its figures are closed."""
    from matplotlib import pyplot

    before = set(pyplot.get_fignums())
    column, dots = WIDTH / columns, WIDTH / (columns * INCHES)
    title = min(LETTER, column / 8)
    try:
        with pyplot.rc_context(
            {
                "axes.titlesize": title * POINTS / dots,
                "figure.constrained_layout.use": True,
                "figure.constrained_layout.hspace": 0.03,
            }
        ):
            draw()
            for axes in pyplot.gcf().axes:
                axes.title.set_text(_lines(axes.get_title(), math.ceil(column / (WIDE * title))))
                axes.title.set_bbox({"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none"})
            file = io.BytesIO()
            pyplot.savefig(file, format="png", dpi=dots, facecolor="none")
            return file.getvalue()
    finally:
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)


def _lines(name: str, width: int) -> str:
    """The name in lines of about so many characters, each but the last ending in a _."""
    pieces = name.replace("_", "_ ")
    lines = textwrap.wrap(pieces, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(line.replace("_ ", "_") for line in lines)


def png(picture: "Image") -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
