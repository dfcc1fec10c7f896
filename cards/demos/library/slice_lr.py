"""A slice as learning rate: which rate each layer group of a fastai Learner gets from it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from cards.demos.contract import Cell, Demo, Mark, Plot, Queue, Real, Report, Result, Series, Table
from cards.demos.libraries import device
from cards.demos.shown import short
from cards.demos.training import digits
from cards.messages import Message, Number, _

SLICE = re.compile(r"slice\((.*)\)")
FIXED = 0.01  # from here on a rate is written with decimals, below it as 1e-3
SAME = 1e-6  # of a ratio from 1
# As fastai cuts a resnet: what stands at the axis, and which layers they are.
GROUPS = (
    (_("first layers"), _("the stem and stages 1 and 2 of resnet18")),
    (_("later layers"), _("its stages 3 and 4")),
    (_("new head"), _("the layers that fastai puts on top")),
)

Given = float | list[float | None]


@dataclass(frozen=True, kw_only=True)
class Rates(Real):
    """A learning rate as fastai takes it: 1e-3 is a number, :1e-3 is slice(1e-3), 1e-6:1e-4 is slice(1e-6, 1e-4).

    The value is the number, or a list with the slice's start, which may be None, and its stop.
    """

    @property
    def range(self) -> str:
        return _(
            "a rate such as 1e-3, or a slice: :1e-3 for slice(1e-3), 1e-6:1e-4 for slice(1e-6, 1e-4); each %(range)s",
            range=super().range,
        )

    def value(self, text: str) -> Any:
        rate = super().value
        if inside := SLICE.fullmatch(text):
            text = inside[1] if "," in inside[1] else f":{inside[1]}"
            text = text.replace(",", ":", 1)
        start, colon, stop = map(str.strip, text.partition(":"))
        if not colon:
            return rate(start)
        if not stop:
            raise ValueError(_("The slice has no end."))
        return [rate(start) if start not in ("", "None") else None, rate(stop)]

    def write(self, value: Any) -> str:
        if not isinstance(value, list):
            return _written(value)
        return ":".join("" if rate is None else _written(rate) for rate in value)


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    from fastai.data.core import DataLoaders
    from fastai.vision.all import resnet18, vision_learner
    from torch import nn

    given: Given = parameters["slice"]
    report(1, 2, _("building the network"))
    few = digits()[:16]  # a Learner asks for some; nothing is trained
    data = DataLoaders.from_dsets(few, few, bs=16, num_workers=0, device=device())
    learner = vision_learner(
        data, resnet18, pretrained=False, n_in=1, n_out=10, loss_func=nn.CrossEntropyLoss()
    )
    learner.create_opt()
    report(2, 2, _("setting the rates"))

    def rates_of(rate: Given) -> list[float]:
        """What the optimizer has for each group. Before any training, which would change it step by step."""
        learner.opt.set_hyper("lr", slice(*rate) if isinstance(rate, list) else rate)
        return [float(hyper["lr"]) for hyper in learner.opt.hypers]

    stop = given[-1] if isinstance(given, list) else given
    assert stop is not None
    others: list[Given] = [[None, stop], stop]
    forms = [given, *(other for other in others if other != given)]
    places = [float(place) for place in range(1, len(GROUPS) + 1)]
    rates = rates_of(given)
    finding = _finding(given, rates)
    plot = Plot(
        title=_("The rate of each layer group"),
        x_label=_("layer group"),
        y_label=_("learning rate"),
        series=[Series(label=_code(form), x=places, y=rates_of(form)) for form in forms],
        marks=[
            Mark(
                label=_short(rate),
                x=place,
                y=rate,
                text=_("%(group)s: %(layers)s.", group=name, layers=layers),
            )
            for place, rate, (name, layers) in zip(places, rates, GROUPS, strict=True)
        ],
        y_scale="log",
        x_ticks=[(place, name) for place, (name, _layers) in zip(places, GROUPS, strict=True)],
        x_spans=[0.7, len(GROUPS) + 0.3],
        finding=finding,
    )
    ratios: list[Cell] = [None, *(rate / before for before, rate in pairwise(rates))]
    weights = [sum(weight.numel() for weight in group) for group in learner.opt.param_lists]
    table = Table(
        title=_("What the optimizer has"),
        columns=[_("group"), _("weights"), _("rate"), _("ratio")],
        rows=[
            [name, weight, rate, ratio]
            for (name, _layers), weight, rate, ratio in zip(GROUPS, weights, rates, ratios, strict=True)
        ],
    )
    data_used = _("a resnet18 with a new head, as vision_learner makes it, not trained")
    return Result(parts=[plot, table], finding=finding, data_used=data_used)


def _code(given: Given) -> str:
    """As it is written in Python."""
    if not isinstance(given, list):
        return _written(given)
    return f"slice({', '.join(_written(rate) for rate in given if rate is not None)})"


def _written(rate: float) -> str:
    """As people write rates, and read back as the same: 1e-3, 0.05."""
    return repr(rate).removesuffix(".0") if rate >= FIXED else f"{Decimal(repr(rate)):e}"


def _short(rate: float) -> Number:
    """Inside a sentence, by its first two digits."""
    return Number(_written(float(f"{rate:.2g}")).replace("-", "\N{MINUS SIGN}"))


def _finding(given: Given, rates: Sequence[float]) -> Message:
    first, middle, last = map(_short, rates)
    if not isinstance(given, list):
        return _("A number is for all: each of the %(groups)s layer groups has %(rate)s.",
                 groups=len(rates), rate=last)  # fmt: skip
    if given[0] is None:
        return _(
            "A slice with an end alone gives the last group that rate, %(last)s, and all groups before it a tenth, "
            "%(first)s.",
            last=last,
            first=first,
        )
    ratio = rates[1] / rates[0]
    if abs(ratio - 1) < SAME:
        return _("The slice begins where it ends, so each layer group has %(rate)s.", rate=last)
    said: dict[str, object] = {"first": first, "middle": middle, "last": last, "ratio": short(ratio)}
    if ratio < 1:
        return _(
            "The rates fall from %(first)s to %(last)s, each %(ratio)s times the one before: the first layers, which "
            "know most of what is useful for any image, would change the most.",
            **said,
        )
    return _(
        "From %(first)s to %(last)s in equal ratios: each group has %(ratio)s times the rate of the one before. So the "
        "middle one has %(middle)s, not %(half)s, which is half-way.",
        half=_short((rates[0] + rates[-1]) / 2),
        **said,
    )


DEMO = Demo(
    title=_("A slice as learning rate"),
    look_at=_(
        "See which rate each layer group gets from the slice: equal ratios are a straight line here. "
        "The other lines are its last rate given alone: as slice(…), and as a number."
    ),
    try_this=_("Now write :1e-4 for slice(1e-4), and see which groups get a tenth. Then write 1e-5:1e-1."),
    parameters=(
        Rates(
            name="slice",
            label=_("Learning rate"),
            help=_("As it is given to fit_one_cycle."),
            default=[1e-6, 1e-4],
            least=1e-10,
            most=10,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=20,
    megabytes=4000,
    run=run,
)
