"""train_early is right: what it plants, finds and says against the digits themselves, and losses computed here."""

import math

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from cards.demos import Cancelled, Result, pictures
from cards.demos.contract import Picture, Plot, Table
from cards.demos.library import train_early
from cards.demos.training import digits, digits_learner
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

TRUTH = load_digits().target
IMAGES = len(TRUTH)


@pytest.fixture(scope="module")
def found() -> Result:
    return quick()


def quick(**texts: str) -> Result:
    return run("train_early", **{"epochs": "1"} | texts)


def test_a_planted_label_is_another_digit_and_as_many_are_planted_as_asked() -> None:
    """Planted fault: labels that may happen to be right, a share of something else."""
    truth = torch.tensor(TRUTH)
    for share in (0.0, 0.1, 0.9):
        torch.manual_seed(1)
        given = train_early.planted(truth, share)
        assert int((given != truth).sum()) == round(share * IMAGES)
        assert set(given.tolist()) <= set(range(10))
    assert not torch.equal(given, truth)
    assert torch.equal(truth, torch.tensor(TRUTH))  # the truth stays as it was


def test_the_top_are_the_highest_losses_by_the_label_that_was_given(tmp_path) -> None:
    """Planted fault: the lowest ones, the losses of other images.

    Cross-entropy here by NumPy from the network's own activations: log(sum(exp(a))) - a[label].
    """
    torch.manual_seed(3)
    labelled = [(scan, (label + 1) % 10) for scan, label in digits()[:300]]
    learner = digits_learner(labelled, labelled[:64], 64, str(tmp_path))
    with learner.no_bar():
        losses, order, says = train_early.judged(learner)
    with torch.inference_mode():
        network = learner.model.eval()
        activations = (
            network(torch.stack([scan for scan, _ in labelled]).to(learner.dls.device)).cpu().numpy()
        )
    targets = np.array([int(label) for _, label in labelled])
    expected = np.log(np.exp(activations).sum(axis=1)) - activations[np.arange(300), targets]
    assert np.allclose(losses.cpu(), np.sort(expected)[::-1], rtol=1e-3, atol=1e-4)
    assert np.allclose(expected[order.cpu()], losses.cpu(), rtol=1e-3, atol=1e-4)
    assert np.array_equal(says.cpu(), activations.argmax(axis=1))


def test_the_table_says_the_truth_of_each_and_the_finding_how_many_were_planted(found) -> None:
    """Planted fault: a hit counted where the model contradicts, one too few, the truth of another image."""
    rows = part(found, Table).rows
    assert len(rows) == 10
    assert [row[3] for row in rows] == [int(TRUTH[row[0]]) for row in rows]
    assert [row[4] for row in rows] == sorted((row[4] for row in rows), reverse=True)
    hits = sum(row[1] != row[3] for row in rows)
    assert f"Planted wrong labels make up {hits} of the 10 highest losses" in found.finding
    assert hits >= 8  # a model that learned anything contradicts a label drawn by lot
    assert found.finding.endswith("it would be about 1.")  # a tenth of ten


def test_the_curve_counts_what_is_found_and_ends_with_all_that_were_planted() -> None:
    """Planted fault: off by one image."""
    flags = [1, 1, 0, 1, 0, 0, 1, 0, 0, 0]
    plot = train_early._curve(np.cumsum(flags).tolist())
    by_loss, by_chance = plot.series
    assert list(by_loss.x) == list(range(11))
    assert list(by_loss.y) == [sum(flags[:count]) for count in range(11)]
    assert np.allclose(by_chance.y, [0.4 * count for count in range(11)])
    assert "4, finds 3 of them; in any order it would be about 1.6." in plot.finding


def test_the_picture_shows_each_scan_framed_where_its_label_was_planted(found) -> None:
    """Planted fault: the frame of another one."""
    import io

    from PIL.Image import open as opened

    picture = opened(io.BytesIO(part(found, Picture).png)).convert("RGB")
    side, gap = train_early.SIDE, 8
    scans = load_digits().images
    for number, row in enumerate(part(found, Table).rows):
        left = number % 5 * (side + gap)
        top = number // 5 * (side + 2 * pictures.LETTER + gap)
        is_framed = picture.getpixel((left + 2, top + side // 2)) == (255, 122, 0)
        assert is_framed == (row[1] != row[3])
        inside = (
            picture.crop((left + 8, top + 8, left + side - 8, top + side - 8)).convert("L").resize((8, 8))
        )
        assert np.corrcoef(np.array(inside).ravel(), -scans[row[0]].ravel())[0, 1] > 0.9
    assert picture.width <= 800


def test_with_no_wrong_label_or_labels_by_lot_the_finding_says_so() -> None:
    none = quick(share="0", k="5")
    contradicted = sum(row[1] != row[2] for row in part(none, Table).rows)
    assert none.finding.startswith("No wrong label was planted: the 5 highest losses")
    assert f"contradicts the label of {contradicted} of them" in none.finding
    assert part(none, Picture).finding == "None is framed: all of these labels are right."
    assert "make up only 1 of the 2 highest losses" in train_early._finding([0, 1, 2, 3], 2, 0)
    assert (
        "finds 898 of them; in any order it would be about 449."
        in train_early._curve([min(count, 898) for count in range(1, 1798)]).finding
    )
    assert "no more than" in train_early._finding([0, 1, 2, 3], 2, 0)


def test_the_same_seed_gives_the_same_and_another_another(found) -> None:
    def rows(result: Result) -> list:
        return [list(row) for row in part(result, Table).rows]

    assert rows(quick()) == rows(found)
    assert rows(run("train_early", seed=43, epochs="1")) != rows(found)


@pytest.mark.parametrize(("share", "k"), [("0", "2"), ("0.9", "50"), ("0.9", "2"), ("0", "50")])
def test_the_ends_of_every_range_give_a_result(share: str, k: str) -> None:
    result = quick(share=share, k=k)
    assert len(part(result, Table).rows) == int(k)
    plots = [each for each in result.parts if isinstance(each, Plot)]
    assert len(plots) == (share != "0")
    assert all(math.isfinite(y) for plot in plots for y in plot.series[0].y)


def test_it_reports_each_step_and_stops_when_told(tmp_path, monkeypatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of))
        if step == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("train_early", report=report)
    assert seen == [(step, 2 * (IMAGES // 64)) for step in range(1, 6)]
    assert list(tmp_path.iterdir()) == []


FAULTS = [
    ("if any(is_wrong[at] for at in top)", "if True",
     test_with_no_wrong_label_or_labels_by_lot_the_finding_says_so),
    ("torch.randint(1, 10,", "torch.randint(0, 10,",
     test_a_planted_label_is_another_digit_and_as_many_are_planted_as_asked),
    ("found[count - 1] if count", "found[count - 2] if count > 1",
     test_the_curve_counts_what_is_found_and_ends_with_all_that_were_planted),
    ("hits, wrong, images = found[k - 1]", "hits, wrong, images = contradicted + 1",
     lambda: test_the_table_says_the_truth_of_each_and_the_finding_how_many_were_planted(quick())),
    ("int(says[at]), bool(is_wrong[at])", "int(says[at]), bool(is_wrong[at - 1])",
     lambda: test_the_picture_shows_each_scan_framed_where_its_label_was_planted(quick())),
    ("    seeded(seed)\n", "", lambda: test_the_same_seed_gives_the_same_and_another_another(quick())),
]  # fmt: skip
