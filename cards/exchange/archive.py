"""An archive: all of a site's data in one portable file, a tar.gz of plain texts and files.

    tables/cards.learner.jsonl …   a table's rows, one JSON object a line
    media/…                        files as they are
    manifest.json                  the last member: what made it, each table's columns, each member's size and SHA-256

An archive is read to its end before anything in it is believed: a cut or damaged one has no sound manifest.
"""

import gzip
import hashlib
import json
import os
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self, cast

FORMAT = "chapter5 archive 1"
MANIFEST = "manifest.json"
PIECE = 1 << 20


class BadArchive(ValueError):
    """Why a file is no archive that can be used, as a sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """What an archive says of one table. `last_id` is the highest id ever given, where the database gives them."""

    columns: list[str]
    rows: int
    last_id: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    made_at: str
    versions: dict[str, str]
    migrations: list[str]
    tables: dict[str, Table]
    file_count: int


def table_name(label: str) -> str:
    """The member that holds a table's rows."""
    return f"tables/{label}.jsonl"


class ArchiveWriter:
    """Writes an archive beside its place, under another name; it takes its place whole, or not at all.

    Readable by its owner alone, since it holds addresses and password hashes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sums: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        self._file = tempfile.NamedTemporaryFile(
            dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".part", delete=False
        )
        self._tar = tarfile.open(fileobj=self._file, mode="w:gz", compresslevel=6)
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """A member, of which only one piece at a time is in memory."""
        digest = hashlib.sha256()
        with tempfile.TemporaryFile(dir=self.path.parent) as spool:  # a tar wants the size first
            for piece in pieces:
                digest.update(piece)
                spool.write(piece)
            self._sums[name] = {"bytes": spool.tell(), "sha256": digest.hexdigest()}
            spool.seek(0)
            self._add(name, spool, self._sums[name]["bytes"])

    def finish(self, manifest: Manifest) -> None:
        """Adds the manifest, reads all of it back from the disk, and puts the archive in its place."""
        text = {"format": FORMAT, **asdict(manifest), "members": self._sums}
        with tempfile.TemporaryFile(dir=self.path.parent) as spool:
            spool.write(json.dumps(text, indent=1).encode())
            size = spool.tell()
            spool.seek(0)
            self._add(MANIFEST, spool, size)
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        verify(Path(self._file.name))
        os.replace(self._file.name, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)  # the name, too, outlives a power cut
        os.close(folder)

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(time.time())
        self._tar.addfile(member, file)


def verify(path: Path) -> Manifest:
    """Reads the whole archive. Raises BadArchive unless it is complete, undamaged, and holds nothing odd."""
    sums: dict[str, dict[str, Any]] = {}
    text = b""
    with _opened(path) as members:
        for name, file in members:
            if text:
                raise BadArchive("The archive goes on after its manifest.")
            if name == MANIFEST:
                text = b"".join(_pieces(file))
                continue
            if name in sums:
                raise BadArchive(f"The archive has {name!r} twice.")
            digest, size = hashlib.sha256(), 0
            for piece in _pieces(file):
                digest.update(piece)
                size += len(piece)
            sums[name] = {"bytes": size, "sha256": digest.hexdigest()}
    if not text:
        raise BadArchive("The archive has no manifest: it was cut off, or is of something else.")
    try:
        given = json.loads(text)
        if given["format"] != FORMAT:
            raise BadArchive(f"The archive is in a format that is not known here: {given['format']!r}.")
        manifest = _manifest(given)
        said = dict(given["members"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, BadArchive):
            raise
        raise BadArchive(f"The archive's manifest cannot be read ({error!r}).") from None
    for name in sorted(said.keys() | sums.keys()):
        if said.get(name) != sums.get(name):
            raise BadArchive(f"{name!r} is not what the archive's manifest says: the archive is damaged.")
    tables = {name for name in sums if name.startswith("tables/")}
    if (
        tables != {table_name(label) for label in manifest.tables}
        or len(sums) - len(tables) != manifest.file_count
    ):
        raise BadArchive("The archive has other tables or files than its manifest says.")
    return manifest


def read(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The members of an archive that `verify` has found sound, the manifest aside, in their order.

    Each is read before the next is asked for. Raises BadArchive should the file have changed in between.
    """
    with _opened(path) as members:
        yield from ((name, file) for name, file in members if name != MANIFEST)


def _pieces(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    try:
        with gzip.open(path) as file, tarfile.open(fileobj=cast(IO[bytes], file), mode="r:") as tar:
            yield _members(tar)
            for _ in _pieces(file):  # to its end, where gzip's own sum stands
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BadArchive(f"The file is no whole archive: it is cut off or damaged ({error}).") from None


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    while (member := tar.next()) is not None:
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or not _is_expected(member.name):
            raise BadArchive(f"The archive has a member that does not belong there: {member.name!r}.")
        file = tar.extractfile(member)
        assert file is not None
        yield member.name, file
        tar.members.clear()  # type: ignore[attr-defined]  # a site may have very many files


def _is_expected(name: str) -> bool:
    """Whether it is the manifest, a table, or a file that lies below the media folder."""
    if name == MANIFEST:
        return True
    folder, *parts = name.split("/")
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        return False
    return (folder == "tables" and len(parts) == 1) or (folder == "media" and len(parts) > 0)


def _manifest(given: dict[str, Any]) -> Manifest:
    tables = {
        str(label): Table(
            columns=[str(column) for column in table["columns"]],
            rows=int(table["rows"]),
            last_id=None if table["last_id"] is None else int(table["last_id"]),
        )
        for label, table in given["tables"].items()
    }
    return Manifest(
        made_at=str(given["made_at"]),
        versions={str(name): str(version) for name, version in given["versions"].items()},
        migrations=[str(name) for name in given["migrations"]],
        tables=tables,
        file_count=int(given["file_count"]),
    )
