"""The two phases of fine_tune: the new head alone, then all layers at rates that rise from the first to the last."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cards.demos.contract import (
    Cell,
    Demo,
    Integer,
    Mark,
    Part,
    Plot,
    Queue,
    Real,
    Report,
    Result,
    Series,
    Table,
)
from cards.demos.libraries import seeded
from cards.demos.shown import short
from cards.demos.training import digits, digits_learner, reporting, small_network, split
from cards.messages import Message, Number, _

if TYPE_CHECKING:
    from fastai.learner import Learner
    from torch import nn

KNOWN, NEW = range(5), range(5, 10)  # the digits of the sister task, and those of this one
PRETRAINING = 5  # epochs
PRETRAINING_BATCH = 32
IMAGES = 60  # of the new digits to train on: few, as where one fine-tunes
BATCH_SIZE = 4
GROUPS = (_("first layers"), _("later layers"), _("head"))


@dataclass(frozen=True, slots=True)
class Epoch:
    """What an epoch trained, and how: `frozen` groups of layers are not, `rates` are the highest of each group.

    The losses are on the images that are trained on and on those held out; of these the share `right` is.
    """

    frozen: int
    rates: Sequence[float]
    training_loss: float
    loss: float
    right: float

    @property
    def phase(self) -> int:
        return 1 if self.frozen else 2


@dataclass(frozen=True, slots=True)
class Tuning:
    """A training by fine_tune: for each step how many groups are frozen and each group's rate, and its epochs."""

    steps: list[tuple[int, list[float]]] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    from fastai.metrics import accuracy
    from torch import nn

    epochs, frozen_epochs, rate = (parameters[name] for name in ("epochs", "freeze_epochs", "rate"))
    seeded(seed)
    known, new = digits(KNOWN), digits(NEW)
    train, valid = split(new, len(new) - IMAGES)
    steps = PRETRAINING * (len(known) // PRETRAINING_BATCH)
    steps += 2 * (epochs + frozen_epochs) * (IMAGES // BATCH_SIZE)
    said: Callable[[Learner], str] = _pretraining
    reports = reporting(report, steps, lambda learner: said(learner))

    with tempfile.TemporaryDirectory() as folder:

        def tune(network: "nn.Sequential") -> Tuning:
            seeded(seed)  # the same head, and the same order of images
            network = nn.Sequential(*list(network)[:-1], small_network(len(NEW))[-1])
            network.zero_grad()  # what has a gradient left, even one of 0, decays although it is frozen
            tuning = Tuning()
            learner = digits_learner(
                train, valid, BATCH_SIZE, folder, network=network, splitter=_groups, metrics=accuracy,
                cbs=[reports, _recording(tuning)],
            )  # fmt: skip
            with learner.no_bar(), learner.no_logging():
                learner.fine_tune(epochs, rate, freeze_epochs=frozen_epochs)
            return tuning

        pretrained, bare = small_network(len(KNOWN)), small_network(len(KNOWN))
        few = known[:PRETRAINING_BATCH]  # there must be some to validate on
        learner = digits_learner(known, few, PRETRAINING_BATCH, folder, network=pretrained, cbs=reports)
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(PRETRAINING, 1e-2)
        said = _tuning
        tuned = tune(pretrained)
        said = _comparing
        compared = tune(bare)

    finding = _finding(tuned.epochs, compared.epochs)
    data = _(
        "scikit-learn's digits, 8 by 8 pixels: pretrained on %(known)s scans of 0 to 4, then trained on %(train)s of "
        "5 to 9, with %(valid)s held out",
        known=len(known),
        train=len(train),
        valid=len(valid),
    )
    parts: list[Part] = [
        _rates(tuned),
        _accuracy(tuned.epochs, compared.epochs, finding),
        _table(tuned.epochs),
    ]
    return Result(parts=parts, finding=finding, data_used=data)


def _groups(network: "nn.Sequential") -> list[Any]:
    """The weights of each layer group, as fastai's splitters give them."""
    return [list(layers.parameters()) for layers in (network[:3], network[3:6], network[6:])]


def _recording(tuning: Tuning) -> Any:
    """A callback that writes down what the optimizer has at each step, and what each epoch comes to."""
    from fastai.callback.core import Callback

    class Recording(Callback):  # type: ignore[misc]
        order = 61  # after the ParamScheduler, which sets the rates, and the Recorder
        run_valid = False

        def before_epoch(self) -> None:
            self.first = len(tuning.steps)

        def before_batch(self) -> None:
            tuning.steps.append((self.opt.frozen_idx, [float(hyper["lr"]) for hyper in self.opt.hypers]))

        def after_epoch(self) -> None:
            rates = zip(*(rates for _frozen, rates in tuning.steps[self.first :]), strict=True)
            training_loss, loss, right = map(float, self.recorder.values[-1])
            epoch = Epoch(self.opt.frozen_idx, [max(each) for each in rates], training_loss, loss, right)
            tuning.epochs.append(epoch)

    return Recording()


# --- what is said while it runs ---


def _pretraining(learner: "Learner") -> Message:
    return _("pretraining on 0 to 4: epoch %(epoch)s of %(epochs)s", **_epoch(learner))


def _tuning(learner: "Learner") -> Message:
    if learner.opt.frozen_idx:
        return _("phase 1, the head alone: epoch %(epoch)s of %(epochs)s", **_epoch(learner))
    return _("phase 2, all layers: epoch %(epoch)s of %(epochs)s", **_epoch(learner))


def _comparing(learner: "Learner") -> Message:
    phase = 1 if learner.opt.frozen_idx else 2
    return _(
        "the same, not pretrained: phase %(phase)s, epoch %(epoch)s of %(epochs)s",
        phase=phase,
        **_epoch(learner),
    )


def _epoch(learner: "Learner") -> dict[str, object]:
    return {"epoch": learner.epoch + 1, "epochs": learner.n_epoch}


# --- what it comes to ---


def _rates(tuned: Tuning) -> Plot:
    """Over the steps of both phases. A frozen group has no rate there, whatever the optimizer has for it."""
    series = []
    for group in reversed(range(len(GROUPS))):
        trained = [
            (step, rates[group])
            for step, (frozen, rates) in enumerate(tuned.steps, start=1)
            if group >= frozen
        ]
        series.append(
            Series(label=GROUPS[group], x=[step for step, _ in trained], y=[rate for _, rate in trained])
        )
    thawed = next(step for step, (frozen, _rates) in enumerate(tuned.steps, start=1) if not frozen)
    begins = Mark(
        label=_("unfrozen"), x=thawed, y=tuned.steps[thawed - 1][1][-1],
        text=_("Here phase 2 begins: all layers are trained, from lower rates."),
    )  # fmt: skip
    rates = [
        max(rates) for rates in zip(*(epoch.rates for epoch in tuned.epochs if epoch.phase == 2), strict=True)
    ]
    said: dict[str, object] = {
        "first": short(rates[0]), "head": short(rates[-1]), "ratio": short(rates[1] / rates[0]),
    }  # fmt: skip
    phase_2 = _(
        "In phase 2 all are trained, up to %(first)s for the first layers and %(head)s for the head, each group at "
        "%(ratio)s times the rate of the one before.",
        **said,
    )
    alone = [epoch.rates[-1] for epoch in tuned.epochs if epoch.phase == 1]
    phase_1 = (
        _("In phase 1 the head alone is trained, up to %(rate)s.", rate=short(max(alone)))
        if alone
        else _("There is no phase 1.")
    )
    return Plot(
        title=_("The rate of each layer group"),
        x_label=_("step"),
        y_label=_("rate"),
        series=series,
        marks=[begins] if alone else [],
        y_scale="log",
        finding=_("%(phase_1)s %(phase_2)s", phase_1=phase_1, phase_2=phase_2),
    )


def _accuracy(tuned: Sequence[Epoch], compared: Sequence[Epoch], finding: str) -> Plot:
    lines = ((_("pretrained"), tuned), (_("not pretrained"), compared))
    last = {epoch.phase: place for place, epoch in enumerate(tuned, start=1)}
    texts = {1: _("head alone"), 2: _("all layers")}
    meanings = {1: _("The end of phase 1, pretrained."), 2: _("The end of phase 2, pretrained.")}
    return Plot(
        title=_("The share of new digits that is right"),
        x_label=_("epoch"),
        y_label=_("right"),
        series=[
            Series(label=label, x=range(1, len(epochs) + 1), y=[epoch.right for epoch in epochs])
            for label, epochs in lines
        ],
        marks=[
            Mark(label=texts[phase], x=place, y=tuned[place - 1].right, text=meanings[phase])
            for phase, place in last.items()
        ],
        x_ticks=[(epoch, str(epoch)) for epoch in range(1, len(tuned) + 1)],
        x_spans=[0.9, len(tuned) + 0.1],
        y_spans=[0, 1],
        finding=finding,
    )


def _table(epochs: Sequence[Epoch]) -> Table:
    rows: list[list[Cell]] = []
    for place, epoch in enumerate(epochs):
        number = 1 + sum(other.phase == epoch.phase for other in epochs[:place])
        rates = [rate if group >= epoch.frozen else _("frozen") for group, rate in enumerate(epoch.rates)]
        rows.append([epoch.phase, number, *rates, epoch.training_loss, epoch.loss, epoch.right])
    return Table(
        title=_("Phase by phase, epoch by epoch"),
        columns=[_("phase"), _("epoch"), *GROUPS, _("training loss"), _("loss"), _("right")],
        rows=rows,
        note=_(
            "Of each layer group the highest rate of the epoch. Of what is frozen, fastai trains the batch norms all "
            "the same. Loss, and the share that is right, are of the images held out."
        ),
    )


def _finding(tuned: Sequence[Epoch], compared: Sequence[Epoch]) -> Message:
    last, bare = tuned[-1].right, compared[-1].right
    alone = [epoch.right for epoch in tuned if epoch.phase == 1]
    said: dict[str, object] = {"last": _share(last), "head": _share(alone[-1] if alone else 0)}
    if not alone:
        phases = _("With all layers trained from the start, %(last)s of new digits are right.", **said)
    elif last > alone[-1]:
        phases = _(
            "With the head alone, %(head)s of new digits are right; with all layers trained then, %(last)s.",
            **said,
        )
    else:
        phases = _(
            "Training all layers made it no better here: %(head)s of new digits are right with the head alone, "
            "%(last)s in the end.",
            **said,
        )
    if last > bare:
        other = _("The same without pretraining comes to %(bare)s.", bare=_share(bare))
    else:
        other = _("Pretraining did not help: the same without it comes to %(bare)s.", bare=_share(bare))
    return _("%(phases)s %(other)s", phases=phases, other=other)


def _share(share: float) -> Number:
    return Number(f"{share:.1%}")


DEMO = Demo(
    title=_("The two phases of fine_tune"),
    look_at=_(
        "See which layers are trained in which phase, and at which rates: first the head, then all of them. "
        "Below, how many images of the five digits that pretraining never showed are right after each epoch."
    ),
    try_this=_("Now make the rate 0.02, and see how far the head alone comes."),
    parameters=(
        Integer(
            name="epochs",
            label=_("Epochs"),
            help=_("Of phase 2, in which all layers are trained."),
            default=2,
            least=1,
            most=10,
        ),
        Integer(
            name="freeze_epochs",
            label=_("Frozen epochs"),
            help=_("Of phase 1, in which the head alone is trained."),
            default=1,
            least=0,
            most=5,
        ),
        Real(
            name="rate",
            label=_("Rate"),
            help=_("The highest of phase 1; phase 2 has half of it for the head."),
            default=2e-3,
            least=1e-5,
            most=0.5,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=45,
    megabytes=4000,
    run=run,
)
