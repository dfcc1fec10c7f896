"""Photos in files whose names carry their labels: the pets of fastai's book where they are here, else some of ours."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cards.demos import pets, pictures
from cards.messages import Message, _

PATTERN = r"(.+)_\d+\.jpg$"  # of a file's name: the label, and a number
# By label: a photograph that comes inside scikit-image.
OURS = {
    "astronaut": "astronaut", "cat": "chelsea", "coffee": "coffee", "galaxies": "hubble_deep_field",
    "rocket": "rocket",
}  # fmt: skip
CUTS = 5  # of each
LONGEST = 500  # pixels, as those of the pets


@dataclass(frozen=True, slots=True)
class Photos:
    """A folder of JPEG files of different sizes, such as cat_1.jpg, and what they are."""

    folder: Path
    data_used: Message


@contextmanager
def photos() -> Iterator[Photos]:
    """The photos that demos load, for as long as they are needed."""
    if pets.are_here():
        folder = pets.load()
        count = sum(path.suffix == ".jpg" for path in folder.iterdir())
        yield Photos(folder, _("the Oxford-IIIT pets of fastai’s URLs.PETS: %(count)s photos", count=count))
        return
    with tempfile.TemporaryDirectory() as own:
        cut(Path(own))
        yield Photos(
            Path(own),
            _(
                "%(files)s files cut from %(photos)s photos of scikit-image’s",
                files=len(OURS) * CUTS,
                photos=len(OURS),
            ),
        )


def cut(folder: Path) -> None:
    """Writes our files: of each photo pieces that are each another shape, placed along its diagonal."""
    from PIL.Image import fromarray

    for label, name in OURS.items():
        whole = fromarray(pictures.photo(name))
        whole.thumbnail((LONGEST, LONGEST))
        for number in range(CUTS):
            share = number / (CUTS - 1)
            width, height = int(whole.width * (1 - share / 3)), int(whole.height * (2 / 3 + share / 3))
            left, top = int((whole.width - width) * share), int((whole.height - height) * (1 - share))
            piece = whole.crop((left, top, left + width, top + height))
            piece.save(folder / f"{label}_{number + 1}.jpg", quality=90)
