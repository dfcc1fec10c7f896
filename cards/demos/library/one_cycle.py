"""The 1cycle policy: rate and momentum over the steps; stopped half-way, run to the end, and run shorter instead."""

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cards.demos.contract import Demo, Integer, Mark, Plot, Queue, Real, Report, Result, Series, Table
from cards.demos.libraries import seeded
from cards.demos.shown import short
from cards.demos.training import digits, digits_learner, reporting, split
from cards.messages import Message, Number, _

if TYPE_CHECKING:
    from fastai.learner import Learner

HELD_OUT = 797  # images; 1,000 are trained on
BATCH_SIZE = 16  # small, so that a high rate leaves the weights restless, as in a large training
LEARNED = 0.97  # of the loss that guessing has: what stays above it has learned nothing
POINTS = 120  # of a line over the steps, about


@dataclass(frozen=True, slots=True)
class Cycle:
    """What fastai recorded of one training: of each step rate and momentum, of each epoch the losses and the accuracy.

    Of the two losses the first is on the images that are trained on, the second on those held out, as is the accuracy.
    """

    rates: Sequence[float]
    momenta: Sequence[float]
    epochs: Sequence[tuple[float, float, float]]


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    from fastai.metrics import accuracy

    epochs, max_rate = parameters["epochs"], parameters["max_rate"]
    stopped = epochs // 2
    seeded(seed)
    train, valid = split(digits(), HELD_OUT)
    a_epoch = len(train) // BATCH_SIZE
    reports = reporting(report, a_epoch * (epochs + stopped), _what)
    with tempfile.TemporaryDirectory() as folder:

        def cycle(epochs: int) -> Cycle:
            seeded(seed)  # each begins with the same network and sees the images in the same order
            learner = digits_learner(train, valid, BATCH_SIZE, folder, metrics=accuracy, cbs=reports)
            with learner.no_bar(), learner.no_logging():
                learner.fit_one_cycle(epochs, max_rate)
            recorded = learner.recorder
            return Cycle(
                [float(rate) for rate in recorded.hps["lr"]],
                [float(momentum) for momentum in recorded.hps["mom"]],
                [(float(own), float(other), float(right)) for own, other, right in recorded.values],
            )

        whole, shorter = cycle(epochs), cycle(stopped)

    finding = _finding(whole, shorter)
    ways = (  # the step and the epoch at which each is left, and what it is
        (_("stopped"), whole, stopped, _("The long cycle, left before its rate was small.")),
        (_("shorter"), shorter, stopped, _("As many epochs, but of a cycle that is planned for them.")),
        (_("to the end"), whole, epochs, _("The long cycle as it was planned.")),
    )
    labels = [_("planned for %(epochs)s", epochs=len(each.epochs)) for each in (whole, shorter)]
    losses = Plot(
        title=_("Loss on images that are held out"),
        x_label=_("epoch"),
        y_label=_("loss"),
        series=[
            Series(label=label, x=range(1, len(each.epochs) + 1), y=[loss for _, loss, _ in each.epochs])
            for label, each in zip(labels, (whole, shorter), strict=True)
        ],
        marks=sorted(  # the labels over one epoch as the points lie
            (Mark(label=name, x=at, y=each.epochs[at - 1][1], text=text) for name, each, at, text in ways),
            key=lambda mark: mark.y,
        ),
        x_ticks=[(epoch, str(epoch)) for epoch in range(1, epochs + 1)],
        x_spans=[0.9, epochs + 0.1],
        y_spans=[0],
        finding=finding,
    )
    step = stopped * a_epoch
    rates = _over_steps(
        title=_("The rate over the steps"),
        y_label=_("rate"),
        labels=labels,
        lines=(whole.rates, shorter.rates),
        stopped=Mark(
            label=_("stopped"), x=step, y=whole.rates[step - 1], text=_("The last step before it is stopped.")
        ),
        finding=_(
            "It rises to %(highest)s in the first quarter of the steps and falls to %(last)s at the end. Where "
            "the long cycle is stopped, it is still %(stopped)s.",
            highest=short(max(whole.rates)),
            last=short(whole.rates[-1]),
            stopped=short(whole.rates[step - 1]),
        ),
    )
    momenta = _over_steps(
        title=_("The momentum over the steps"),
        y_label=_("momentum"),
        labels=labels,
        lines=(whole.momenta, shorter.momenta),
        stopped=None,
        finding=_(
            "It goes the other way, from %(first)s down to %(lowest)s while the rate is high, and back.",
            first=Number(f"{whole.momenta[0]:.2f}"),
            lowest=Number(f"{min(whole.momenta):.2f}"),
        ),
    )
    table = Table(
        title=_("Side by side"),
        columns=[_("cycle"), _("epochs"), _("loss"), _("right"), _("last rate")],
        rows=[
            [name, at, each.epochs[at - 1][1], each.epochs[at - 1][2], each.rates[at * a_epoch - 1]]
            for name, each, at, _text in ways
        ],
        note=_("Loss, and the share that is right, on the images that are held out."),
    )
    data = _(
        "scikit-learn's digits, 8 by 8 pixels: %(train)s to train on, %(valid)s held out",
        train=len(train),
        valid=len(valid),
    )
    return Result(parts=[losses, rates, momenta, table], finding=finding, data_used=data)


def _what(learner: "Learner") -> str:
    return _("epoch %(epoch)s of a cycle of %(epochs)s", epoch=learner.epoch + 1, epochs=learner.n_epoch)


def _over_steps(
    *,
    title: str,
    y_label: str,
    labels: Sequence[str],
    lines: Sequence[Sequence[float]],
    stopped: Mark | None,
    finding: str,
) -> Plot:
    every = max(1, len(lines[0]) // POINTS)
    return Plot(
        title=title,
        x_label=_("step"),
        y_label=y_label,
        series=[
            Series(label=label, x=range(1, len(line) + 1, every), y=line[::every])
            for label, line in zip(labels, lines, strict=True)
        ],
        marks=[stopped] if stopped else [],
        finding=finding,
    )


def _finding(whole: Cycle, shorter: Cycle) -> Message:
    epochs, stopped = len(whole.epochs), len(shorter.epochs)
    early, planned, late = whole.epochs[stopped - 1][1], shorter.epochs[-1][1], whole.epochs[-1][1]
    if not all(map(math.isfinite, (early, planned, late))):
        return _("The training blew up: a loss is no number any more. Take a lower rate.")
    if min(early, planned, late) > LEARNED * math.log(10):
        return _(
            "Nothing is learned at this rate: a loss of %(loss)s is what guessing among ten digits costs. Try another.",
            loss=short(math.log(10)),
        )
    said: dict[str, object] = {
        "epochs": epochs, "stopped": stopped,
        "early": _loss(early), "planned": _loss(planned), "late": _loss(late),
    }  # fmt: skip
    if planned < early:
        return _(
            "Stopped after %(stopped)s of %(epochs)s epochs, the long cycle has a loss of %(early)s; a cycle planned "
            "for %(stopped)s comes to %(planned)s with the same work. To the end, the long one has %(late)s.",
            **said,
        )
    return _(
        "In this run the cycle planned for %(stopped)s is no better, with a loss of %(planned)s, than the one planned "
        "for %(epochs)s and stopped there, with %(early)s; to the end, that has %(late)s. Try a higher rate, or "
        "another seed.",
        **said,
    )


def _loss(loss: float) -> Number:
    return Number(f"{loss:.3g}")


DEMO = Demo(
    title=_("The 1cycle policy, and stopping early"),
    look_at=_(
        "See the loss where the long cycle is stopped half-way, and where a cycle planned for as many epochs ends. "
        "Below, the rate says why: only at the end of a cycle is it small."
    ),
    try_this=_(
        "Now make the highest rate 0.001, so that no rate is high, and see which of the two is ahead."
    ),
    parameters=(
        Integer(
            name="epochs",
            label=_("Epochs"),
            help=_("Of the long cycle; the shorter one has half as many, rounded down."),
            default=6,
            least=2,
            most=12,
        ),
        Real(
            name="max_rate",
            label=_("Highest rate"),
            help=_("Which the rate rises to and falls from."),
            default=1e-2,
            least=1e-5,
            most=1,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=45,
    megabytes=4000,
    run=run,
)
