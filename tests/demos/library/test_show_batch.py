"""show_batch is right: the photos and labels that it shows are those of the files."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cards.demos import Cancelled, Result
from cards.demos.contract import Picture, Table, Text
from cards.demos.photos import cut
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's


@pytest.fixture(scope="module")
def found() -> Result:
    return table()


def table() -> Result:
    return run("show_batch", source="table", unique="false", items="9")


def files(items: int = 9) -> Result:
    return run("show_batch", source="files", unique="true", items=str(items))


def labels_of(result: Result) -> list[str]:
    """As who cannot see the picture has them."""
    return part(result, Picture).alt.partition(": ")[2].rstrip(".").split(", ")


def squares_of(result: Result) -> list[np.ndarray]:
    """The photos of the picture, three by three, each as a square of 20 pixels' means."""
    whole = Image.open(io.BytesIO(part(result, Picture).png)).convert("RGB")
    width, height = whole.width / 3, whole.height / 3
    for row in range(3):
        for column in range(3):
            box = (column * width + 20, row * height + 50, (column + 1) * width - 20, (row + 1) * height - 20)
            yield np.asarray(whole.crop(tuple(map(int, box))).resize((20, 20), Image.Resampling.BOX)) / 255


def test_each_label_stands_at_a_photo_of_its_kind(found) -> None:
    """Planted fault: the labels of other rows. A photo's kind is told by its mean colour, here computed from files."""
    kinds = {}
    with tempfile.TemporaryDirectory() as folder:
        cut(Path(folder))
        for path in Path(folder).iterdir():
            mean = np.asarray(Image.open(path)).mean(axis=(0, 1)) / 255
            kinds.setdefault(path.name.rpartition("_")[0], []).append(mean)
    means = {kind: np.mean(each, axis=0) for kind, each in kinds.items()}
    nearest = [
        min(means, key=lambda kind: np.linalg.norm(means[kind] - square.mean(axis=(0, 1))))
        for square in squares_of(found)
    ]
    assert set(means) == {"astronaut", "cat", "coffee", "galaxies", "rocket"}
    right = sum(one == other for one, other in zip(nearest, labels_of(found), strict=True))
    assert right >= 7
    assert f"9 photos with their labels, of {len(set(labels_of(found)))} kinds." in found.finding


def test_the_table_has_a_row_for_each_file_with_its_label(found) -> None:
    rows = part(found, Table).rows
    assert list(part(found, Table).columns) == ["file", "label"]
    assert [row[0] for row in rows] == [
        "astronaut_1.jpg",
        "astronaut_2.jpg",
        "astronaut_3.jpg",
        "astronaut_4.jpg",
    ]
    assert {row[1] for row in rows} == {"astronaut"}
    assert 'ColReader("label")' in part(found, Text).text


def test_files_and_table_give_the_same_batch_and_it_says_so_only_then(found, monkeypatch) -> None:
    from cards.demos.library import show_batch

    assert "give this same batch, pixel for pixel" in found.finding
    monkeypatch.setattr(show_batch, "label_of", lambda name: "cat" if name == "rocket_2.jpg" else name[:-6])
    assert "give different batches" in run("show_batch", items="16").finding


def test_unique_shows_one_item_augmented_anew_each_time() -> None:
    result = files()
    assert set(labels_of(result)) == {labels_of(result)[0]}
    squares = list(squares_of(result))
    differences = [
        np.abs(one - other).mean() for place, one in enumerate(squares) for other in squares[:place]
    ]
    assert min(differences) > 0.01  # flipped, turned, brighter …
    means = [square.mean(axis=(0, 1)) for square in squares]
    assert np.ptp(means, axis=0).max() < 0.35  # … but one photo
    assert "in the 9 versions" in result.finding
    assert "RegexLabeller" in part(result, Text).text


def test_one_item_is_said_as_one() -> None:
    assert "as augmentation made it this time" in files(1).finding
    assert "One photo with its label" in run("show_batch", items="1").finding


def test_the_same_seed_gives_the_same_batch_and_another_another(found) -> None:
    assert table() == found
    assert run("show_batch", seed=43, source="table").parts != found.parts


def test_nothing_is_left_of_a_run(tmp_path, monkeypatch) -> None:
    """Neither files nor figures."""
    from matplotlib import pyplot

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        assert list(tmp_path.iterdir())
        if step == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("show_batch", report=report, items="2")
    assert list(tmp_path.iterdir()) == []
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("unique", ["true", "false"])
def test_sixteen_are_the_most_and_small_enough(unique) -> None:
    result = run("show_batch", source="table", unique=unique, items="16")
    assert len(labels_of(result)) == 16
    assert len(part(result, Picture).png) < 1_500_000
    assert Image.open(io.BytesIO(part(result, Picture).png)).width <= 800


FAULTS = [
    ("writer.writerows([name, label_of(name)] for name in names)",
     "writer.writerows([name, label_of(other)] for name, other in zip(names, names[6:] + names[:6]))",
     lambda: test_each_label_stands_at_a_photo_of_its_kind(table())),
    ("unique=is_unique, figsize", "unique=False, figsize", test_unique_shows_one_item_augmented_anew_each_time),
    ("            seeded(seed)\n", "",
     lambda: test_the_same_seed_gives_the_same_batch_and_another_another(table())),
]  # fmt: skip
