"""The pets of fastai's book, `URLs.PETS`: where a worker has them, demos load them as the book does.

They are 0.8 GB, which nothing loads by itself: `manage.py fetch_pets` does.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

NAME = "oxford-iiit-pet"
_folder: Path | None = None
_digests: dict[tuple[Path, int], str] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the archive is, and how one knows that it is whole: its bytes, the MD5 sum of its first 2**20."""

    url: str
    size: int
    digest: str


def source() -> Source:
    """As fastai itself says it."""
    import fastai.data
    from fastai.data.external import URLs
    from fastdownload import checks_module, read_checks

    size, digest = read_checks(checks_module(fastai.data))[URLs.PETS]
    return Source(URLs.PETS, size, digest)


def use(folder: Path | None) -> None:
    """From here on demos look there for the folder that the archive holds."""
    global _folder
    _folder = folder


def images(folder: Path) -> Path:
    """The photos, where that folder holds what the archive does."""
    return folder / NAME / "images"


def are_here() -> bool:
    """Whether demos can load them."""
    return _folder is not None and images(_folder).is_dir()


def load() -> Path:
    """The folder of the photos, by fastai's own `untar_data`, which finds them unpacked. Only where they are here."""
    from fastai.data.external import URLs, untar_data

    if _folder is None:
        raise FileNotFoundError("Nobody said where the pets are.")
    with tempfile.TemporaryDirectory() as own:  # else its settings and locks would lie with the photos
        path = untar_data(URLs.PETS, base=own, archive=Path(own) / "archive", data=_folder)
    return Path(path) / "images"


def digest() -> str:
    """Names the photos that are here, by their names and sizes; "" where there are none."""
    if _folder is None or not are_here():
        return ""
    folder = images(_folder)
    try:
        known = (folder, folder.stat().st_mtime_ns)  # looked at before every run
        if known not in _digests:
            listed = sorted(f"{path.name} {path.stat().st_size}" for path in folder.iterdir())
            _digests.clear()
            _digests[known] = hashlib.sha256("\n".join(listed).encode()).hexdigest()[:12]
    except OSError:  # taken away in this very moment
        return ""
    return _digests[known]
