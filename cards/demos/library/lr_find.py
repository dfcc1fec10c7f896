"""The learning-rate finder: fastai's own, with what each of its rules and each of the book's makes of the curve."""

import math
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cards.demos.contract import (
    Choice,
    Demo,
    DemoError,
    Integer,
    Mark,
    ParameterError,
    Plot,
    Queue,
    Real,
    Report,
    Result,
    Series,
    Table,
)
from cards.demos.cycles import cycles, steps_of
from cards.demos.libraries import seeded
from cards.demos.shown import short
from cards.demos.training import digits, digits_learner, reporting
from cards.demos.tried_rates import STEPS, tried, tried_plot
from cards.messages import Number, _

if TYPE_CHECKING:
    import torch

SPAN = 100  # how many times the start rate the end rate is at least
FEWEST = 20  # points of a curve that says something; fastai's `slide` needs 16
CLEAR = 0.25  # of the steepest fall
TURNED = 1.2  # times the lowest loss: what a curve that has turned rises to
# By the names of the functions: what stands at the mark, whose rule it is, what it does.
RULES = {
    "valley": (
        _("valley"),
        "fastai",
        _("Half-way down the longest stretch over which the loss keeps falling: fastai's usual one."),
    ),
    "steep": (_("steep"), "fastai", _("Where the loss falls most steeply.")),
    "slide": (
        _("slide"),
        "fastai",
        _("From the right, until the slope is about the same as 15 steps further left."),
    ),
    "minimum": (
        _("minimum ÷ 10"),
        _("the book, fastai"),
        _("A tenth of the rate at which the loss is lowest."),
    ),
    "last_clear_fall": (
        _("last fall"),
        _("the book"),
        _(
            "The last rate at which the loss still clearly falls; here, a quarter as steeply as at its steepest."
        ),
    ),
}


def last_clear_fall(
    rates: "torch.Tensor", losses: "torch.Tensor", steps: int
) -> tuple[float, tuple[float, float]]:
    """The book's second rule as one of fastai's suggestion functions: the rate, and its point of the curve.

    Slopes are taken over the decimal logarithm of the rate, each across a tenth of the steps, and only up to the
    lowest loss. Raises DemoError for a curve too short to judge, and for one that never falls.
    """
    if len(losses) < FEWEST:
        raise DemoError(
            _(
                "The loss blew up, or was no number, after a few steps: there is no curve to read. "
                "Begin with a lower rate, or end with a lower one."
            )
        )
    reach = max(1, steps // 20)
    logs, lowest = rates.log10(), int(losses.argmin())
    slopes = (losses[2 * reach :] - losses[: -2 * reach]) / (logs[2 * reach :] - logs[: -2 * reach])
    slopes = slopes[: max(lowest - reach + 1, 1)]  # slopes[n] is that at point n + reach
    if slopes.min() >= 0:
        raise DemoError(
            _("The loss never fell between these rates. Let the rate run further, or begin lower.")
        )
    last = int((slopes <= CLEAR * slopes.min()).nonzero()[-1]) + reach
    return float(rates[last]), (float(rates[last]), float(losses[last]))


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import numpy as np
    from fastai.callback.schedule import minimum, slide, steep, valley

    seeded(seed)
    rules = (last_clear_fall, valley, slide, minimum, steep)
    start, end, steps = (parameters[name] for name in ("start_rate", "end_rate", "steps"))
    then, batch, images = parameters["then"], parameters["batch_size"], digits()
    more = {"train": STEPS * len(rules), "cycle": steps_of(len(images)), "nothing": 0}[then]
    further: list[Plot] = []
    with tempfile.TemporaryDirectory() as folder:
        # lr_find looks at no validation loss: all images are trained on, a few stand in for the set that must be there.
        learner = digits_learner(images, images[:batch], batch, folder)
        doing = _("training, the rate rising")
        reports = reporting(report, steps + more, lambda _learner: doing)
        learner.add_cb(reports)
        with learner.no_bar(), np.errstate(all="ignore"):
            suggested = learner.lr_find(start, end, steps, show_plot=False, suggest_funcs=rules)
        rates, losses = list(map(float, learner.recorder.lrs)), list(map(float, learner.recorder.losses))
        by_rate = sorted(suggested._asdict().items(), key=lambda item: item[1])
        if then == "train":
            doing = _("training a little at each rule's rate")
            reports.done = steps  # a curve may have ended early
            found = [rate for _name, rate in by_rate]
            outcomes = tried(images, found, seed, batch, folder, reports)
            further = [tried_plot([RULES[name][0] for name, _rate in by_rate], found, outcomes)]
        elif then == "cycle":
            further = cycles(images, seed, folder, report, steps)

    def loss_at(rate: float) -> float:
        return float(np.interp(math.log10(rate), np.log10(rates), losses))

    marks = [
        Mark(label=RULES[name][0], x=rate, y=loss_at(rate), text=RULES[name][2]) for name, rate in by_rate
    ]
    finding = _finding(rates, losses, marks)
    plot = Plot(
        title=_("Loss against learning rate"),
        x_label=_("learning rate"),
        y_label=_("loss"),
        series=[Series(label=_("loss, smoothed over the batches"), x=rates, y=losses)],
        marks=marks,
        x_scale="log",
        finding=finding,
    )
    table = Table(
        title=_("What each rule takes from the curve"),
        columns=[_("rule"), _("of"), _("rate"), _("loss there")],
        rows=[
            [mark.label, RULES[name][1], mark.x, mark.y]
            for mark, (name, _rate) in zip(marks, by_rate, strict=True)
        ],
    )
    data = _(
        "scikit-learn's digits: %(images)s scans of handwritten digits, 8 by 8 pixels, in memory",
        images=len(images),
    )
    last = further[-1].finding if further else finding
    return Result(parts=[plot, *further, table], finding=last, data_used=data)


def _finding(rates: list[float], losses: list[float], marks: list[Mark]) -> str:
    lowest, place = min((loss, place) for place, loss in enumerate(losses) if math.isfinite(loss))
    if losses[-1] < TURNED * lowest:
        return _(
            "The loss has hardly risen again at %(rate)s, where the curve ends. The rules need a curve that "
            "turns: raise "
            "the last rate.",
            rate=short(rates[-1]),
        )
    below = [mark for mark in marks if mark.x < rates[place]]
    if not below:
        return _(
            "The loss is lowest at a rate of %(rate)s, before any rule's: begin with a lower one.",
            rate=short(rates[place]),
        )
    said: dict[str, object] = {
        "loss": Number(f"{lowest:.2g}"), "rate": short(rates[place]), "below": len(below), "marks": len(marks),
        "first": short(below[0].x), "first_rule": below[0].label, "last": short(below[-1].x),
        "last_rule": below[-1].label, "times": Number(f"{below[-1].x / below[0].x:,.0f}"),
    }  # fmt: skip
    if len(below) == len(marks):
        return _(
            "The loss is lowest, %(loss)s, at a rate of %(rate)s, and rises beyond it. All rules stay below that: from "
            "%(first)s (%(first_rule)s) to %(last)s (%(last_rule)s), %(times)s times as much.",
            **said,
        )
    return _(
        "The loss is lowest, %(loss)s, at a rate of %(rate)s, and rises beyond it. %(below)s of %(marks)s rules stay "
        "below that: from %(first)s (%(first_rule)s) to %(last)s (%(last_rule)s), %(times)s times as much.",
        **said,
    )


def check(parameters: Mapping[str, Any]) -> None:
    if parameters["end_rate"] < SPAN * parameters["start_rate"]:
        raise ParameterError(
            "end_rate",
            _(
                "The last rate is at least %(span)s times the first, or the curve is too short to read: "
                "write %(least)s or more.",
                span=SPAN,
                least=str.__str__(short(SPAN * parameters["start_rate"])),
            ),
        )


DEMO = Demo(
    title=_("The learning-rate finder"),
    look_at=_(
        "The rate rises with every batch: see where the loss begins to fall, where it falls most steeply, and where it "
        "turns. Then compare where the rules would have you train, and what a short training at each comes to."
    ),
    try_this=_(
        "Now make the batch size 16, and see how much noisier the curve is, and how far the rules move."
    ),
    parameters=(
        Real(
            name="start_rate",
            label=_("First rate"),
            help=_("So low that nothing is learned yet."),
            default=1e-7,
            least=1e-8,
            most=1e-3,
        ),
        Real(
            name="end_rate",
            label=_("Last rate"),
            help=_("So high that the loss blows up."),
            default=10.0,
            least=1e-2,
            most=100,
        ),
        Integer(
            name="steps",
            label=_("Steps"),
            help=_("How many batches; the rate is multiplied by the same factor at each."),
            default=100,
            least=50,
            most=300,
        ),
        Integer(
            name="batch_size",
            label=_("Batch size"),
            help=_("How many images a step looks at."),
            default=64,
            least=8,
            most=256,
        ),
        Choice(
            name="then",
            label=_("Then"),
            help=_(
                "Train a little at each rule's rate, to see which was right; let the rate cycle, as Smith's paper has "
                "it; or leave it at the curve."
            ),
            default="train",
            choices=("train", "cycle", "nothing"),
        ),
    ),
    queue=Queue.HEAVY,
    seconds=60,
    megabytes=4000,
    run=run,
    check=check,
)
