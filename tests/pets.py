"""The pets of fastai's book in small: photos of ours under names of breeds, in the form of the real archive."""

import hashlib
import random
import tarfile
from pathlib import Path

from cards.demos.pets import NAME, Source
from cards.demos.photos import cut

BREEDS = {
    "astronaut": "great_pyrenees", "cat": "Abyssinian", "coffee": "Bengal", "galaxies": "pug",
    "rocket": "yorkshire_terrier",
}  # fmt: skip


def make_pets(folder: Path) -> Path:
    """What the archive holds, unpacked in that folder: 25 photos, and two files that are none."""
    images = folder / NAME / "images"
    images.mkdir(parents=True)
    (folder / NAME / "annotations").mkdir()
    (folder / NAME / "annotations" / "trimaps").write_bytes(random.Random(1).randbytes(500_000))
    cut(images)
    for path in list(images.iterdir()):
        label, _, rest = path.name.rpartition("_")
        path.rename(images / f"{BREEDS[label]}_{rest}")
    (images / "Abyssinian_1.mat").write_bytes(b"MATLAB 5.0")
    return images


def make_archive(folder: Path) -> Path:
    """That as oxford-iiit-pet.tgz."""
    make_pets(folder / "unpacked")
    with tarfile.open(folder / f"{NAME}.tgz", "w:gz") as archive:
        archive.add(folder / "unpacked" / NAME, NAME)
    assert (folder / f"{NAME}.tgz").stat().st_size > 2**20  # the digest is of less than all
    return folder / f"{NAME}.tgz"


def source_of(archive: Path, url: str = "http://127.0.0.1:9/") -> Source:
    """What fastai would know of it."""
    data = archive.read_bytes()
    return Source(url, len(data), hashlib.md5(data[: 2**20]).hexdigest())
