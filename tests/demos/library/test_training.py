"""What the demos that train share does what it says."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cards.demos.training import digits, digits_learner, reporting

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's


def test_the_digits_are_scikit_learns_as_shares_of_full_ink() -> None:
    scans = load_digits()
    images, labels = zip(*digits(), strict=True)
    assert np.array_equal(16 * np.array([image.numpy()[0] for image in images]), scans.images)
    assert list(map(int, labels)) == list(scans.target)


def test_some_digits_are_labelled_by_their_place_among_them() -> None:
    scans = load_digits()
    images, labels = zip(*digits((7, 5)), strict=True)
    is_wanted = np.isin(scans.target, (5, 7))
    assert np.array_equal(16 * np.array([image.numpy()[0] for image in images]), scans.images[is_wanted])
    assert list(map(int, labels)) == [0 if digit == 7 else 1 for digit in scans.target[is_wanted]]


def test_the_steps_of_all_trainings_are_reported_and_those_that_only_validate_are_not(tmp_path) -> None:
    seen = []

    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        seen.append((step, of, text, numbers["rate"]))

    pairs = digits()[:40]
    learner = digits_learner(pairs, pairs, 10, str(tmp_path))
    learner.add_cb(reporting(report, 12, lambda learner: f"epoch {learner.epoch + 1}"))
    with learner.no_bar(), learner.no_logging():
        learner.fit(2, 0.25)
        learner.fit(1, 0.125)
    expected = [(step, 12, "epoch 1" if step <= 4 or step > 8 else "epoch 2") for step in range(1, 13)]
    assert [each[:3] for each in seen] == expected
    assert [each[3] for each in seen] == [0.25] * 8 + [0.125] * 4
