"""The archive file: whole or refused."""

import io
import json
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cards.exchange.archive import ArchiveWriter, BadArchive, Manifest, Table, read, verify

LINES = [json.dumps({"id": number, "text": "ü" * number}).encode() + b"\n" for number in range(50)]
FILE = random.Random(1).randbytes(20_000)
MANIFEST = Manifest(
    made_at="2026-03-02T10:00:00+00:00",
    versions={"chapter5": "1"},
    migrations=["cards.0001_initial"],
    tables={"cards.card": Table(["id", "text"], 50, 60), "cards.flag": Table(["id"], 0, None)},
    file_count=1,
)


def write(path: Path, manifest: Manifest = MANIFEST) -> Path:
    with ArchiveWriter(path) as archive:
        archive.add("tables/cards.card.jsonl", iter(LINES))
        archive.add("tables/cards.flag.jsonl", iter([]))
        archive.add("media/pictures/a b.webp", iter([FILE[:1000], FILE[1000:]]))
        archive.finish(manifest)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write(tmp_path / "site.tar.gz")


def contents(path: Path) -> dict[str, bytes]:
    return {name: file.read() for name, file in read(path)}


WHOLE = {
    "tables/cards.card.jsonl": b"".join(LINES),
    "tables/cards.flag.jsonl": b"",
    "media/pictures/a b.webp": FILE,
}


def test_what_was_written_is_read(archive) -> None:
    assert verify(archive) == MANIFEST
    assert contents(archive) == WHOLE


def test_its_owner_alone_can_read_it(archive) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600


def test_any_tar_can_read_it(archive) -> None:
    with tarfile.open(archive) as tar:
        assert [member.name for member in tar] == [*WHOLE, "manifest.json"]
        assert json.load(tar.extractfile("manifest.json"))["tables"]["cards.card"]["rows"] == 50


def test_one_that_fails_leaves_nothing_behind(tmp_path) -> None:
    with pytest.raises(ZeroDivisionError), ArchiveWriter(tmp_path / "site.tar.gz") as archive:
        archive.add("media/a", (bytes(1 // number) for number in (1, 0)))
    assert list(tmp_path.iterdir()) == []


def test_one_that_cannot_be_written_whole_takes_no_place(tmp_path) -> None:
    (tmp_path / "site.tar.gz").write_bytes(b"the old one")
    odd = Manifest("", {}, [], {"cards.other": Table([], 0, None)}, 1)
    with pytest.raises(BadArchive, match="other tables"):
        write(tmp_path / "site.tar.gz", odd)
    assert [path.name for path in tmp_path.iterdir()] == ["site.tar.gz"]
    assert (tmp_path / "site.tar.gz").read_bytes() == b"the old one"


def test_a_cut_is_found_wherever_it_is(archive) -> None:
    data = archive.read_bytes()
    for length in [*range(0, len(data), 211), *range(len(data) - 100, len(data))]:
        archive.write_bytes(data[:length])
        with pytest.raises(BadArchive):
            verify(archive)


def test_a_changed_byte_is_found_or_was_of_no_meaning(archive) -> None:
    data = archive.read_bytes()
    found = 0
    for place in [*range(40), *range(40, len(data), 101)]:
        archive.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            assert verify(archive) == MANIFEST
        except BadArchive:
            found += 1
        else:
            assert contents(archive) == WHOLE
            assert place < 40  # the name and the date in gzip's own header
    assert found > 100


@pytest.mark.parametrize("data", [b"", b"text", b"\x1f\x8b", b"SQLite format 3\0" * 99, bytes(20_000)])
def test_what_is_no_archive_is_refused(tmp_path, data) -> None:
    path = tmp_path / "site.tar.gz"
    path.write_bytes(data)
    with pytest.raises(BadArchive):
        verify(path)


def repacked(archive: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> Path:
    """The archive with other members, its manifest as it was."""
    with tarfile.open(archive) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    change(members)
    with tarfile.open(archive, "w:gz") as tar:
        for member, data in members:
            tar.addfile(member, io.BytesIO(data))
    return archive


def put(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", place: int = 0) -> Callable[..., None]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return lambda members: members.insert(place if place >= 0 else len(members), (member, b""))


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "media/../../evil", "media/a/../b", "media//etc/evil", "media/..\\evil", "media/", "media",
     "tables/../evil", "tables/a/b.jsonl", "evil", "./manifest.json", "MEDIA/a"],
)  # fmt: skip
def test_a_place_outside_is_refused(archive, name) -> None:
    with pytest.raises(BadArchive, match="does not belong"):
        verify(repacked(archive, put(name)))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE,
     tarfile.GNUTYPE_SPARSE],
)  # fmt: skip
def test_what_is_no_plain_file_is_refused(archive, kind) -> None:
    with pytest.raises(BadArchive, match=r"does not belong|no whole archive"):
        verify(repacked(archive, put("media/a", kind, "/etc/passwd")))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("media/more"), "is not what"),
        (lambda members: members.append(members[0]), "goes on after"),
        (lambda members: members.insert(0, members[0]), "twice"),
        (lambda members: members.pop(), "no manifest"),
        (lambda members: members.pop(0), "is not what"),
        (lambda members: members.reverse(), "goes on after"),
        (lambda members: members.clear(), "no manifest"),
    ],
)
def test_other_members_than_the_manifest_names_are_refused(archive, change, said) -> None:
    with pytest.raises(BadArchive, match=said):
        verify(repacked(archive, change))


def with_manifest(change: Callable[[dict], object]) -> Callable[..., None]:
    def rewrite(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        member, data = members.pop()
        given = json.loads(data)
        replaced = change(given)
        data = json.dumps(given if replaced is None else replaced).encode()
        member.size = len(data)
        members.append((member, data))

    return rewrite


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.update(format="chapter5 archive 2"),
        lambda given: given.pop("tables"),
        lambda given: given.update(tables=[]),
        lambda given: given.update(members=7),
        lambda given: given.update(file_count="many"),
        lambda given: given.update(file_count=2),
        lambda given: given["tables"].pop("cards.flag"),
        lambda given: given["tables"]["cards.card"].update(last_id=[]),
        lambda given: given["tables"]["cards.card"].pop("rows"),
        lambda given: given["members"]["tables/cards.card.jsonl"].update(sha256="0" * 64),
        lambda given: [],
        lambda given: "text",
    ],
)
def test_a_manifest_that_says_something_else_is_refused(archive, change) -> None:
    with pytest.raises(BadArchive):
        verify(repacked(archive, with_manifest(change)))


def test_a_manifest_that_never_ends_is_refused(archive) -> None:
    def deepen(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        member, _ = members.pop()
        data = b"[" * 100_000
        member.size = len(data)
        members.append((member, data))

    with pytest.raises(BadArchive):
        verify(repacked(archive, deepen))
