"""datablock_summary is right: it fails where the block is broken, and says what did not fit."""

import re
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from cards.demos import Cancelled, Result
from cards.demos.contract import Table, Text
from cards.demos.photos import cut
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's


def outcomes(result: Result) -> list[str]:
    return [row[1] for row in part(result, Table).rows]


def sizes() -> dict[str, str]:
    """Of each file, as Pillow has it."""
    with tempfile.TemporaryDirectory() as folder:
        cut(Path(folder))
        return {
            path.name: "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}".join(map(str, Image.open(path).size))
            for path in Path(folder).iterdir()
        }


def test_without_a_resize_it_fails_at_collating_two_photos_of_the_sizes_that_it_names() -> None:
    """Planted fault: the step before or after marked, width taken for height."""
    result = run("datablock_summary", which="broken")
    assert outcomes(result) == ["done", "done", "done", "✗ fails here", "not reached"]
    assert part(result, Table).rows[3][0].startswith("collate")
    first, second = re.search(r"one has (.+) pixels, another (.+?)\.", result.finding).groups()
    (sample,) = set(re.findall(r"photos/(\w+\.jpg)", part(result, Text, 1).text))
    assert first == sizes()[sample] != second in sizes().values()
    assert "A Resize among the item transforms would make them equal" in result.finding
    assert "Resize" not in part(result, Text).text


def test_with_a_resize_a_batch_of_four_equal_photos_comes_out() -> None:
    result = run("datablock_summary", which="works")
    assert outcomes(result) == ["done"] * 5
    assert result.finding == "All steps are done: a batch of 4 photos comes out, each 224 × 224 pixels."
    assert "item_tfms=Resize(224)" in part(result, Text).text
    assert "✗" not in part(result, Text, 1).text


def test_a_pattern_that_finds_no_label_fails_at_the_first_step_and_names_the_file() -> None:
    result = run("datablock_summary", which="unlabelled")
    assert outcomes(result) == ["✗ fails here", *["not reached"] * 4]
    (name,) = re.findall(r'in "(\w+\.jpg)"', result.finding)
    assert name in sizes()
    assert not re.match(r"breed_(.+)\.jpg$", name)


def test_the_blocks_that_are_shown_are_those_that_ran() -> None:
    """Built here from the text that a learner reads, by the names that fastai gives."""
    import fastai.vision.all as names
    from fastai.data.block import DataBlock

    from cards.demos.library.datablock_summary import summary

    for which, fails in (("broken", True), ("unlabelled", True), ("works", False)):
        block = eval(part(run("datablock_summary", which=which), Text).text, vars(names))
        assert type(block) is DataBlock
        with tempfile.TemporaryDirectory() as folder:
            cut(Path(folder))
            assert bool(summary(block, Path(folder))[1]) is fails


@pytest.mark.parametrize("which", ["works", "broken", "unlabelled"])
def test_what_it_prints_is_fastai_s_own_and_names_no_folder_of_this_machine(which) -> None:
    result = run("datablock_summary", which=which)
    text = part(result, Text, 1).text
    assert text.startswith(
        "Setting-up type transforms pipelines\nCollecting items from photos\nFound 25 items\n"
    )
    assert tempfile.gettempdir() not in text + result.finding
    assert run("datablock_summary", which=which) == result


def test_nothing_is_left_of_a_run(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        if step == 2:
            assert list(tmp_path.iterdir())
            raise Cancelled

    with pytest.raises(Cancelled):
        run("datablock_summary", report=report)
    assert list(tmp_path.iterdir()) == []


FAULTS = [
    ("last = max(", "last = min(",
     test_without_a_resize_it_fails_at_collating_two_photos_of_the_sizes_that_it_names),
    ("for height, width in SHAPE", "for width, height in SHAPE",
     test_without_a_resize_it_fails_at_collating_two_photos_of_the_sizes_that_it_names),
    ("        item_tfms=Resize(224),\n    )\n\n\ndef broken", "    )\n\n\ndef broken",
     test_with_a_resize_a_batch_of_four_equal_photos_comes_out),
]  # fmt: skip
