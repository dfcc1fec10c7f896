"""The pets of fastai's book onto this machine: downloaded, held against what fastai knows of them, unpacked."""

import fcntl
import gzip
import hashlib
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from cards.demos.pets import NAME, Source, images

MEGABYTE = 1_000_000
PIECE = MEGABYTE
UNPACKED = 1.1  # times the archive: photos are compressed already
TIMEOUT_SECONDS = 60
CHECKED = 2**20  # bytes that fastai's digest is of
PART, UNPACKING = f"{NAME}.tgz.part", "unpacking-"


class NotFetched(Exception):
    """Why the pets are not here, and what to do, as sentences."""


def fetch_pets(
    *,
    folder: Path,
    source: Source,
    archive: Path | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Path:
    """The folder of the photos, fetched where they are not there yet. All or nothing: they appear by one rename.

    A download that broke off goes on where it was. An `archive` that is here already is taken instead, and stays.
    Raises NotFetched.
    """
    if images(folder).is_dir():
        return images(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / PART) as part:
            for left in folder.glob(f"{UNPACKING}*"):  # by one that was killed
                shutil.rmtree(left)
            _check_space(folder, source, 0 if archive else source.size - part.tell())
            if archive is None:
                _download(source, part, say)
            path = archive or folder / PART
            _check(path, source, is_ours=archive is None)
            say("Unpacking.")
            _unpack(path, folder, is_ours=archive is None)
            (folder / PART).unlink()
    except OSError as error:
        raise NotFetched(f"{error}. Mend that and run it again; what was downloaded is kept.") from error
    return images(folder)


@contextmanager
def _alone(path: Path) -> Iterator[IO[bytes]]:
    """The file of the download, at its end; nobody else has it meanwhile."""
    with path.open("ab") as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotFetched("Another fetch_pets is at it. Let it end.") from None
        yield part


def _check_space(folder: Path, source: Source, missing: int) -> None:
    needed, free = missing + UNPACKED * source.size, shutil.disk_usage(folder).free
    if free < needed:
        raise NotFetched(
            f"It needs {_megabytes(needed)}, and {_megabytes(free)} are free in {folder}. Make room, or set DATA_DIR "
            "to another folder."
        )


def _download(source: Source, part: IO[bytes], say: Callable[[str], None]) -> None:
    """The rest of the archive onto the end of the part."""
    if part.tell() == source.size:
        return
    if part.tell() > source.size:
        _begin_anew(part)
    request = urllib.request.Request(source.url, headers={"Range": f"bytes={part.tell()}-"})  # noqa: S310  (fastai's)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            if answer.status != 206:  # it knows no ranges, and begins at the beginning
                _begin_anew(part)
            begun = part.tell()
            if begun:
                say(f"Going on after {_megabytes(begun)}.")
            length = answer.headers.get("Content-Length")
            if length is not None and begun + int(length) != source.size:
                raise NotFetched(
                    f"{source.url} has {begun + int(length):,} bytes, and fastai knows it with {source.size:,}: "
                    "it is another file, and nothing was taken."
                )
            shown = begun
            while piece := answer.read(PIECE):
                part.write(piece)
                if part.tell() - shown >= source.size / 20:
                    shown = part.tell()
                    say(f"{_megabytes(shown)} of {_megabytes(source.size)}")
    except urllib.error.HTTPError as error:
        raise NotFetched(f"{source.url} answers {error.code} {error.reason}. Try again later.") from error
    except urllib.error.URLError as error:
        raise NotFetched(
            f"{source.url} cannot be reached ({error.reason}). This machine needs a way to the internet; or fetch the "
            "file elsewhere, and name it by --archive."
        ) from error
    finally:
        part.flush()
    if part.tell() != source.size:
        raise NotFetched(
            f"The connection ended after {_megabytes(part.tell())} of {_megabytes(source.size)}. Run it again: it goes "
            "on from there."
        )


def _begin_anew(part: IO[bytes]) -> None:
    part.seek(0)
    part.truncate()


def _check(archive: Path, source: Source, *, is_ours: bool) -> None:
    with archive.open("rb") as file:
        digest = hashlib.md5(file.read(CHECKED), usedforsecurity=False).hexdigest()
    if (archive.stat().st_size, digest) != (source.size, source.digest):
        _refuse(archive, "is not the archive that fastai knows: its bytes or their MD5 sum differ", is_ours)


def _unpack(archive: Path, folder: Path, *, is_ours: bool) -> None:
    """Beside where it comes to lie, then by one rename."""
    with tempfile.TemporaryDirectory(prefix=UNPACKING, dir=folder) as beside:
        try:
            with gzip.open(archive) as whole, tarfile.open(fileobj=whole) as packed:
                for member in packed:
                    _extract(packed, member, Path(beside))
                while whole.read(PIECE):
                    pass  # to its end, where gzip's sum of all bytes stands
        except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
            _refuse(archive, f"cannot be unpacked ({error})", is_ours)
        if not images(Path(beside)).is_dir():
            _refuse(archive, f"holds no {NAME}/images", is_ours)
        (Path(beside) / NAME).rename(folder / NAME)


def _extract(packed: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One file of the archive to below the folder; tarfile's own filter for that came with Python 3.11.4.

    Raises TarError for what is neither a file nor a folder, and for what would lie elsewhere.
    """
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
        raise tarfile.TarError(f"{member.name} does not belong there")
    if member.isfile() and (read := packed.extractfile(member)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with read, path.open("wb") as file:
            shutil.copyfileobj(read, file)


def _refuse(archive: Path, why: str, is_ours: bool) -> None:
    """One that we downloaded goes: going on with it would not mend it."""
    if is_ours:
        archive.unlink()
    raise NotFetched(f"{archive.name} {why}." + (" It was removed: run it again." if is_ours else ""))


def _megabytes(size: float) -> str:
    return f"{size / MEGABYTE:,.0f} MB"
