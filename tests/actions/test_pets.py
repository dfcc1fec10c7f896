"""The pets are fetched whole or not at all, from a server of this machine."""

import fcntl
import http.server
import io
import re
import shutil
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cards.actions.pets import PART, NotFetched, fetch_pets
from cards.demos.pets import NAME, Source
from cards.management.commands import fetch_pets as command
from tests.pets import make_archive, source_of


class Server(http.server.ThreadingHTTPServer):
    """Gives one file. Once it has sent `most` bytes of an answer it hangs up; `ranges`: whether it knows them."""

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.data, self.most, self.ranges, self.status = data, len(data), True, 200
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{NAME}.tgz"


class Answers(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.asked.append(asked)
        begun = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if self.server.ranges else 0
        rest = self.server.data[begun:]
        self.send_response(206 if self.server.ranges and self.server.status == 200 else self.server.status)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: self.server.most])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("pets"))


@pytest.fixture
def server(archive: Path) -> Iterator[Server]:
    with Server(archive.read_bytes()) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def source(archive: Path, server: Server) -> Source:
    return source_of(archive, server.url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "photos"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_they_are_downloaded_and_unpacked_and_nothing_else_is_left(folder, source, server) -> None:
    images = fetch_pets(folder=folder, source=source)
    assert images == folder / NAME / "images"
    assert len(list(images.glob("*.jpg"))) == 25
    assert left(folder) == [NAME]
    assert fetch_pets(folder=folder, source=source) == images
    assert server.asked == ["bytes=0-"]


def test_a_download_that_broke_off_goes_on_where_it_was(folder, source, server) -> None:
    server.most = 100_000
    with pytest.raises(NotFetched, match=r"The connection ended after 0 MB of .* goes on from there"):
        fetch_pets(folder=folder, source=source)
    assert left(folder) == [PART]
    server.most = len(server.data)
    said: list[str] = []
    fetch_pets(folder=folder, source=source, say=said.append)
    assert server.asked == ["bytes=0-", "bytes=100000-"]
    assert said[0].startswith("Going on after")
    assert left(folder) == [NAME]


def test_a_server_without_ranges_begins_at_the_beginning(folder, source, server) -> None:
    folder.mkdir(parents=True)
    (folder / PART).write_bytes(b"x" * 1000)
    server.ranges = False
    assert len(list(fetch_pets(folder=folder, source=source).glob("*.jpg"))) == 25


def test_a_part_that_is_too_long_is_begun_anew(folder, source, server) -> None:
    folder.mkdir(parents=True)
    (folder / PART).write_bytes(b"x" * (source.size + 1))
    fetch_pets(folder=folder, source=source)
    assert server.asked == ["bytes=0-"]


def test_another_file_is_refused_before_it_is_taken(folder, source, server) -> None:
    server.data += b"more"
    with pytest.raises(NotFetched, match="it is another file"):
        fetch_pets(folder=folder, source=source)
    assert (folder / PART).stat().st_size == 0


@pytest.mark.parametrize(("place", "says"), [(100, "MD5 sum differ"), (-5, "cannot be unpacked")])
def test_a_damaged_one_is_refused_and_removed(folder, source, server, place, says) -> None:
    """Of the first 2**20 bytes fastai knows the sum; of all of it gzip does."""
    damaged = bytearray(server.data)
    damaged[place] ^= 1
    server.data = bytes(damaged)
    with pytest.raises(NotFetched, match=f"{says}.* It was removed"):
        fetch_pets(folder=folder, source=replace(source, size=len(damaged)))
    assert left(folder) == []


@pytest.mark.parametrize("status", [403, 404, 503])
def test_it_says_what_the_server_answers(folder, source, server, status) -> None:
    server.status = status
    with pytest.raises(NotFetched, match=f"answers {status}"):
        fetch_pets(folder=folder, source=source)


def test_without_a_way_there_it_says_so(folder, archive) -> None:
    with pytest.raises(NotFetched, match=r"cannot be reached .* --archive"):
        fetch_pets(folder=folder, source=source_of(archive))


def test_a_full_disk_is_said_before_anything_is_downloaded(folder, source, server, monkeypatch) -> None:
    """Needed are the archive and once more its photos; of an archive that is here already, these alone."""
    usage = shutil.disk_usage(folder.parents[1])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=2 * source.size))
    with pytest.raises(NotFetched, match=r"It needs .* free in .*/photos\. Make room, or set DATA_DIR"):
        fetch_pets(folder=folder, source=source)
    assert server.asked == []


def test_two_at_once_do_not_disturb_each_other(folder, source) -> None:
    folder.mkdir(parents=True)
    with (folder / PART).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(NotFetched, match="Another fetch_pets"):
            fetch_pets(folder=folder, source=source)


def test_what_a_killed_one_had_unpacked_goes(folder, source) -> None:
    (folder / "unpacking-x" / NAME / "images").mkdir(parents=True)
    fetch_pets(folder=folder, source=source)
    assert left(folder) == [NAME]


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "other/images/a.jpg"])
def test_an_archive_that_holds_something_else_is_refused(folder, tmp_path, name) -> None:
    file = tmp_path / "evil.tgz"
    with tarfile.open(file, "w:gz") as packed:
        packed.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    with pytest.raises(NotFetched, match=r"cannot be unpacked|holds no oxford-iiit-pet/images"):
        fetch_pets(folder=folder, source=source_of(file), archive=file)
    assert left(folder) in ([PART], [])
    assert not (folder.parent / "evil").exists()
    assert file.exists()


def test_the_command_takes_an_archive_that_is_here_and_leaves_it(
    folder, archive, settings, monkeypatch
) -> None:
    settings.DEMO_PHOTOS = folder
    monkeypatch.setattr(command, "source", lambda: source_of(archive))
    said = io.StringIO()
    call_command("fetch_pets", archive=archive, stdout=said)
    assert f"{folder / NAME / 'images'}: 25 photos" in said.getvalue()
    assert archive.exists()
    settings.DEMO_PHOTOS = folder / "other"
    with pytest.raises(CommandError, match="is not the archive that fastai knows"):
        call_command("fetch_pets", archive=Path(__file__))
