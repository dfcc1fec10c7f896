"""Leslie Smith's cyclical learning rates (arXiv 1506.01186): the range test, and the triangular policy."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cards.demos.contract import Mark, Plot, Report, Series
from cards.demos.libraries import seeded
from cards.demos.shown import short
from cards.demos.training import digits_learner, reporting, split
from cards.messages import Message, Number, _

if TYPE_CHECKING:
    from fastai.learner import Learner

    from cards.demos.training import Pair

BATCH_SIZE = 64
HELD_OUT = 360  # images, of 1,797
TOP = 2.0  # where the range test ends: for plain SGD, as in the paper, far too much
RANGE_EPOCHS = 4
EVERY = 4  # steps, the accuracy is measured
BELOW = 4  # times, the lower bound is below the upper one: by the paper's rule of thumb 3 or 4
STEP_EPOCHS = 2  # from one bound to the other; the paper found 2 to 10 to be good
EPOCHS = 4 * STEP_EPOCHS  # two cycles

Schedule = Callable[[int], float]  # the rate of a step, counted from 0


def triangular(step: int, low: float, high: float, step_size: int) -> float:
    """The rate of a step, counted from 0: from `low` to `high` in so many steps, back in as many, and so on."""
    cycle = step // (2 * step_size)
    away = abs(step / step_size - 2 * cycle - 1)  # from the peak of its cycle: 1 at both its ends
    return low + (high - low) * (1 - away)


def cycles(images: "Sequence[Pair]", seed: int, folder: str, report: Report, done: int) -> list[Plot]:
    """What both come to on the images, as plots; the last one's finding says whether cycling paid.

    The steps are reported as if so many had been `done` before.
    """
    an_epoch = (len(images) - HELD_OUT) // BATCH_SIZE
    doing = _("the range test: the rate rises along a line")
    reports = reporting(report, done + steps_of(len(images)), lambda _learner: doing)
    reports.done = done

    def fit(epochs: int, rate_of: Schedule, *callbacks: Any) -> "Learner":
        from fastai.callback.schedule import ParamScheduler
        from fastai.metrics import accuracy
        from fastai.optimizer import SGD

        seeded(seed)  # the same network, the same images in the same order
        train, valid = split(images, HELD_OUT)
        learner = digits_learner(
            train, valid, BATCH_SIZE, folder, opt_func=SGD, metrics=accuracy, cbs=reports
        )
        schedule = ParamScheduler({"lr": lambda share: rate_of(round(share * epochs * an_epoch))})
        with learner.no_bar(), learner.no_logging():
            learner.fit(epochs, cbs=[schedule, *callbacks])
        return learner

    measured: list[tuple[float, float]] = []
    fit(RANGE_EPOCHS, lambda step: TOP * (step + 1) / (RANGE_EPOCHS * an_epoch), _measuring(measured))
    high, _right = max(measured, key=lambda point: point[1])
    low = high / BELOW
    policies: list[tuple[str, Schedule]] = [
        (_("triangular"), lambda step: triangular(step, low, high, STEP_EPOCHS * an_epoch)),
        (_("lower bound"), lambda _step: low),
        (_("upper bound"), lambda _step: high),
    ]
    shares: list[list[float]] = []
    for label, rate_of in policies:
        doing = _("training, the rate: %(policy)s", policy=label)
        learner = fit(EPOCHS, rate_of)
        shares.append([float(right) for _training_loss, _loss, right in learner.recorder.values])
    labels = [label for label, _rate_of in policies]
    rates = [policies[0][1](step) for step in range(EPOCHS * an_epoch)]
    return [
        _range_plot(measured, low, high),
        _rate_plot(rates, an_epoch),
        _shares_plot(labels, shares, low, high),
    ]


def steps_of(images: int) -> int:
    """How many steps all the trainings on so many images have together."""
    return (images - HELD_OUT) // BATCH_SIZE * (RANGE_EPOCHS + 3 * EPOCHS)


def _measuring(measured: list[tuple[float, float]]) -> Any:
    """A callback that adds the rate and the share of held-out images that is right, every few steps."""
    import torch
    from fastai.callback.core import Callback

    class Measuring(Callback):  # type: ignore[misc]
        order = 70  # after the step
        run_valid = False

        def before_fit(self) -> None:
            images, labels = zip(*self.dls.valid_ds, strict=True)
            self.images, self.labels = (torch.stack(each).to(self.dls.device) for each in (images, labels))

        def after_batch(self) -> None:
            if self.train_iter % EVERY:
                return
            self.learn.model.eval()
            with torch.no_grad():
                right = (self.learn.model(self.images).argmax(dim=1) == self.labels).float().mean()
            self.learn.model.train()
            measured.append((self.recorder.lrs[-1], float(right)))

    return Measuring()


def _range_plot(measured: Sequence[tuple[float, float]], low: float, high: float) -> Plot:
    rates, shares = zip(*measured, strict=True)
    best = max(shares)
    near = min(measured, key=lambda point: abs(point[0] - low))
    return Plot(
        title=_("Smith's range test"),
        x_label=_("learning rate"),
        y_label=_("right"),
        series=[Series(label=_("right"), x=rates, y=shares)],
        marks=[
            Mark(label=_("lower bound"), x=low, y=near[1], text=_("A quarter of the upper one.")),
            Mark(label=_("upper bound"), x=high, y=best, text=_("Where most images held out are right.")),
        ],
        x_spans=[0],
        y_spans=[0, 1],
        finding=_(
            "The rate rises along a line, in one short training. The accuracy is highest, %(best)s, at %(high)s; so "
            "the rate is then let cycle between a quarter of that, %(low)s, and that.",
            best=_share(best),
            high=short(high),
            low=short(low),
        ),
    )


def _rate_plot(rates: Sequence[float], an_epoch: int) -> Plot:
    return Plot(
        title=_("The triangular policy"),
        x_label=_("step"),
        y_label=_("rate"),
        series=[Series(label=_("rate"), x=range(1, len(rates) + 1), y=rates)],
        y_spans=[0],
        finding=_(
            "From bound to bound and back, %(epochs)s epochs each way: %(steps)s steps.",
            epochs=STEP_EPOCHS,
            steps=STEP_EPOCHS * an_epoch,
        ),
    )


def _shares_plot(labels: Sequence[str], shares: Sequence[Sequence[float]], low: float, high: float) -> Plot:
    return Plot(
        title=_("A rate that cycles, and fixed ones"),
        x_label=_("epoch"),
        y_label=_("right"),
        series=[
            Series(label=label, x=range(1, EPOCHS + 1), y=line)
            for label, line in zip(labels, shares, strict=True)
        ],
        y_spans=[1],
        finding=_finding([line[-1] for line in shares], low, high),
    )


def _finding(shares: Sequence[float], low: float, high: float) -> Message:
    cycling, at_low, at_high = shares
    said: dict[str, object] = {
        "epochs": EPOCHS, "cycling": _share(cycling), "at_low": _share(at_low), "at_high": _share(at_high),
        "low": short(low), "high": short(high),
    }  # fmt: skip
    if cycling > max(at_low, at_high):
        return _(
            "After %(epochs)s epochs the rate that cycles has %(cycling)s right: more than a fixed %(low)s with "
            "%(at_low)s, and a fixed %(high)s with %(at_high)s.",
            **said,
        )
    return _(
        "In this run cycling was not ahead: after %(epochs)s epochs it has %(cycling)s right, a fixed %(low)s has "
        "%(at_low)s, and a fixed %(high)s has %(at_high)s. Try another seed.",
        **said,
    )


def _share(share: float) -> Number:
    return Number(f"{share:.1%}")
