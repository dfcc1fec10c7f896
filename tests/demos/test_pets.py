"""Where the pets are, demos load them as fastai does, and a result's key tells them from the photos of ours."""

import os
import socket
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from cards.demos import demos, libraries, pets
from cards.demos.contract import Picture, Table, Text
from cards.models.demo_runs import result_key
from tests.demos.library.conftest import loaded  # noqa: F401
from tests.demos.library.runs import part, run
from tests.pets import BREEDS, make_pets

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Iterator[Path]:
    """Where a worker looks for them; nothing can be downloaded, nor written there."""

    def connect(*args: object) -> None:
        raise AssertionError("It wants to download something.")

    monkeypatch.setattr(socket.socket, "connect", connect)
    pets.use(tmp_path)
    yield tmp_path
    pets.use(None)


def test_show_batch_shows_the_pets_where_they_are(folder: Path) -> None:
    ours = run("show_batch", items="4")
    make_pets(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    for source in ("files", "table"):
        result = run("show_batch", source=source, items="4")
        assert set(part(result, Picture).alt.partition(": ")[2].rstrip(".").split(", ")) <= set(
            BREEDS.values()
        )
        assert part(result, Table).rows[0][0] == "Abyssinian_1.jpg"
        assert result.data_used == "the Oxford-IIIT pets of fastai’s URLs.PETS: 25 photos"
        assert "give this same batch" in result.finding
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert "scikit-image" in ours.data_used


def test_so_does_datablock_summary(folder: Path) -> None:
    make_pets(folder)
    result = run("datablock_summary", which="broken")
    assert "✗ fails here" in [row[1] for row in part(result, Table).rows]
    assert any(f"photos/{breed}_" in part(result, Text, 1).text for breed in BREEDS.values())
    assert str(folder) not in part(result, Text, 1).text
    assert "URLs.PETS" in result.data_used


def test_a_folder_that_is_not_whole_is_not_taken(folder: Path) -> None:
    (folder / pets.NAME / "annotations").mkdir(parents=True)
    assert not pets.are_here()
    assert "scikit-image" in run("datablock_summary").data_used


def key(slug: str = "show_batch") -> str:
    return result_key(slug, {"items": 9}, 42, asdict(libraries.environment()))


def test_other_data_is_another_result(folder: Path) -> None:
    """Also when a photo comes, goes, or has another size: then the folder, or its time, has changed."""
    keys = [key(), key()]
    images = make_pets(folder)
    keys.append(key())
    (images / "pug_9.jpg").write_bytes(b"x")
    keys.append(key())
    (images / "pug_9.jpg").write_bytes(b"xy")
    os.utime(images)
    keys.append(key())
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_a_demo_without_photos_has_the_same_result_with_and_without_pets(folder: Path) -> None:
    others = [one.slug for one in demos() if not one.has_pets]
    before = list(map(key, others))
    make_pets(folder)
    assert list(map(key, others)) == before
    assert len(others) == len(demos()) - 2


def test_a_worker_s_child_finds_pets_that_came_while_it_lived(folder: Path, settings, monkeypatch) -> None:
    from cards import runner

    settings.DEMO_PHOTOS = folder
    monkeypatch.setattr(runner.Child, "_pulse", lambda self: None)
    child = runner.Child("heavy")
    assert child.environment.pets == ""
    make_pets(folder)
    assert child.environment.pets == pets.digest() != ""


def test_the_archive_s_address_and_its_sums_are_fastai_s_own() -> None:
    from fastai.data.external import URLs

    assert pets.source() == pets.Source(URLs.PETS, 811_706_944, "e4db5c768afd933bb91f5f594d7417a4")
