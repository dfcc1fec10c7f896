"""lr_find inside a worker's `run` against the same fastai code in a plain warm process, turn by turn."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from tests.bench.figure import Figure, turn_by_turn
from tests.bench.warm import warm
from tests.server import ROOT

ROUNDS = 15
AT_MOST_TIMES = 1.1


def measure() -> Iterator[Figure]:
    with warm("heavy") as site:
        from cards.management.commands.serve import WORKER
        from tests.workers.site import seeded

        plain = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT, env=os.environ | WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

        def inside() -> dict[str, float]:
            result = site.page("lr_find", **seeded()).wait_until("done").result
            assert result is not None
            return dict(result.stamp)

        def outside() -> dict[str, float]:
            assert plain.stdin is not None
            assert plain.stdout is not None
            plain.stdin.write("again\n")
            return {"seconds": float(plain.stdout.readline())}

        try:
            outside()
            rounds = turn_by_turn(ROUNDS, inside, outside)
        finally:
            plain.kill()
            plain.communicate()
    ours = [ours["seconds"] for ours, _ in rounds]
    theirs = [theirs["seconds"] for _, theirs in rounds]
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    yield Figure("lr_find inside a worker's run", "s", ours)
    yield Figure("the same fastai code in a plain warm process", "s", theirs)
    yield Figure("ratio of the two", "×", ratios, at_most=AT_MOST_TIMES)
    yield Figure("lr_find: from asked to begun", "ms", [run["wait_seconds"] * 1000 for run, _ in rounds])
    yield Figure("lr_find: drawing", "ms", [run["draw_seconds"] * 1000 for run, _ in rounds])


def serve() -> None:
    """Runs lr_find as fastai has it, once a line; the answer is the seconds that it took."""
    import time

    from cards.demos import libraries
    from cards.demos.contract import Queue

    libraries.load(Queue.HEAVY)
    libraries.prepare_child()
    for _ in sys.stdin:
        start = time.perf_counter()
        _find()
        print(time.perf_counter() - start, flush=True)


def _find() -> None:
    """lr_find, and 30 steps at each of five rates, as many as the demo has rules."""
    from fastai.callback.core import Callback, CancelFitException
    from fastai.callback.schedule import minimum, slide, steep, valley
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.metrics import accuracy
    from sklearn.datasets import load_digits
    from torch import nn, tensor

    class Stopping(Callback):
        run_valid = False

        def after_batch(self) -> None:
            if self.train_iter == 30:
                raise CancelFitException

    def learner(train: list[Any], valid: list[Any]) -> Learner:
        data = DataLoaders.from_dsets(train, valid, bs=64, num_workers=0)
        network = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Flatten(), nn.Linear(32 * 4 * 4, 10),
        )  # fmt: skip
        return Learner(data, network, nn.CrossEntropyLoss(), path=folder, metrics=accuracy)

    digits = load_digits()
    pairs = list(zip(tensor(digits.images).float()[:, None] / 16, tensor(digits.target), strict=True))
    with tempfile.TemporaryDirectory() as folder:
        first = learner(pairs, pairs[:64])
        with first.no_bar():
            found = first.lr_find(
                1e-7, 10.0, 100, show_plot=False, suggest_funcs=(valley, slide, minimum, steep)
            )
        for rate in (*found, found.minimum):
            other = learner(pairs[360:], pairs[:360])
            with other.no_bar(), other.no_logging():
                other.fit(2, rate, cbs=Stopping())
                other.validate()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
    serve()
