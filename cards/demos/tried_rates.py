"""Which rate was right: a short training at each, from the same beginning."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cards.demos.contract import Mark, Plot, Series
from cards.demos.libraries import seeded
from cards.demos.shown import short
from cards.demos.training import digits_learner, split
from cards.messages import Message, Number, _

if TYPE_CHECKING:
    from cards.demos.training import Pair

STEPS = 30
HELD_OUT = 360  # images, of 1,797
LEARNED = 0.97  # of the loss that guessing has: what stays above it has learned nothing

Outcome = tuple[float, float]  # the loss on images that are held out, and the share of them that is right


def tried(
    images: "Sequence[Pair]", rates: Sequence[float], seed: int, batch_size: int, folder: str, reports: Any
) -> list[Outcome]:
    """What so many steps on the images come to at each rate. `reports` is a callback for each training."""
    from fastai.callback.core import Callback, CancelFitException
    from fastai.metrics import accuracy

    class Stopping(Callback):  # type: ignore[misc]
        order = 60  # after the last step is reported
        run_valid = False

        def after_batch(self) -> None:
            if self.train_iter == STEPS:
                raise CancelFitException

    def outcome(rate: float) -> Outcome:
        seeded(seed)  # the same network, the same images in the same order
        train, valid = split(images, HELD_OUT)
        learner = digits_learner(train, valid, batch_size, folder, metrics=accuracy, cbs=reports)
        with learner.no_bar(), learner.no_logging():
            epochs = math.ceil(STEPS / len(learner.dls.train))
            learner.fit(epochs, rate, cbs=Stopping())
            loss, right = learner.validate()
        return float(loss), float(right)

    return [outcome(rate) for rate in rates]


def tried_plot(labels: Sequence[str], rates: Sequence[float], outcomes: Sequence[Outcome]) -> Plot:
    """The loss that each rate comes to, over the rates, which rise; each has its label."""
    return Plot(
        title=_("After %(steps)s steps at each rule's rate", steps=STEPS),
        x_label=_("learning rate"),
        y_label=_("loss on images held out"),
        series=[Series(label=_("loss"), x=rates, y=[loss for loss, _right in outcomes])],
        marks=[
            Mark(label=label, x=rate, y=loss, text=_mark_text(rate, loss, right))
            for label, rate, (loss, right) in zip(labels, rates, outcomes, strict=True)
        ],
        x_scale="log",
        y_scale="log",
        finding=_finding(labels, rates, outcomes),
    )


def _mark_text(rate: float, loss: float, right: float) -> Message:
    return _(
        "At %(rate)s a loss of %(loss)s, and %(right)s right.",
        rate=short(rate), loss=Number(f"{loss:.3g}"), right=Number(f"{right:.1%}"),
    )  # fmt: skip


def _finding(labels: Sequence[str], rates: Sequence[float], outcomes: Sequence[Outcome]) -> Message:
    losses = [loss if math.isfinite(loss) else math.inf for loss, _right in outcomes]
    best, worst = losses.index(min(losses)), losses.index(max(losses))
    said: dict[str, object] = {
        "steps": STEPS,
        "rule": labels[best], "rate": short(rates[best]), "loss": Number(f"{losses[best]:.3g}"),
        "other": labels[worst], "other_rate": short(rates[worst]), "other_loss": Number(f"{losses[worst]:.3g}"),
    }  # fmt: skip
    if losses[best] > LEARNED * math.log(10):
        return _("In %(steps)s steps nothing is learned at any of these rates.", **said)
    if losses[best] == losses[worst]:
        return _("After %(steps)s steps all rules' rates come to the same loss, %(loss)s.", **said)
    if math.isinf(losses[worst]):
        return _(
            "After %(steps)s steps at each, the rate of %(rule)s, %(rate)s, has the lowest loss, %(loss)s; at that of "
            "%(other)s, %(other_rate)s, the training blew up.",
            **said,
        )
    return _(
        "After %(steps)s steps at each, the rate of %(rule)s, %(rate)s, has the lowest loss, %(loss)s; that of "
        "%(other)s, %(other_rate)s, has the highest, %(other_loss)s.",
        **said,
    )
