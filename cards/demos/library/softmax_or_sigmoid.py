"""Softmax beside a sigmoid for each class: what each makes of activations for something that is none of the classes."""

from collections.abc import Mapping, Sequence
from typing import Any

from cards.demos.classes import class_names, joined, share_of_all
from cards.demos.contract import Demo, Plot, Queue, Reals, Report, Result, Series
from cards.demos.libraries import device
from cards.messages import Number, _

YES = 0.5  # a sigmoid above it says yes: its activation is above 0
SURE = 0.75  # three to one; that a class is not there, below a quarter
TAKEN = 5  # from every activation, in words; the plot goes on to twice as much


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch

    activations = torch.tensor(parameters["activations"], dtype=torch.float64, device=device())
    names = class_names(len(activations))
    report(1, 3, "softmax")
    shares = activations.softmax(dim=0)
    report(2, 3, "sigmoid")
    sigmoids = activations.sigmoid()
    report(3, 3, _("taking the same from every activation"))
    taken = torch.linspace(0, 2 * TAKEN, 41, dtype=torch.float64, device=device())
    lower = activations - taken[:, None]  # a row for each number taken
    largest = [lower.softmax(dim=1).amax(dim=1), lower.sigmoid().amax(dim=1)]

    def bars(label: str, values: torch.Tensor) -> Series:
        return Series(label=label, x=names, y=values.tolist(), style="bars")

    finding = _finding(names, shares.tolist(), sigmoids.tolist())
    each = Plot(
        title=_("What each class is given"),
        x_label=_("class"),
        y_label=_("probability"),
        series=[
            bars(_("softmax, sum %(sum)s", sum=_sum(shares)), shares),
            bars(_("sigmoids, sum %(sum)s", sum=_sum(sigmoids)), sigmoids),
        ],
        y_spans=(0, 1),
        finding=finding,
    )
    level = Plot(
        title=_("The same taken from every activation"),
        x_label=_("taken from each"),
        y_label=_("probability"),
        series=[
            Series(label=label, x=taken.tolist(), y=values.tolist())
            for label, values in zip((_("largest softmax"), _("largest sigmoid")), largest, strict=True)
        ],
        y_spans=(0, 1),
        finding=_level(*([values[0].item(), values[20].item()] for values in largest)),
    )
    return Result(parts=[each, level], finding=finding, data_used=_("the activations as given"))


def _sum(values: Any) -> Number:
    return Number(f"{values.sum().item():.2f}")


def _finding(names: Sequence[str], shares: Sequence[float], sigmoids: Sequence[float]) -> str:
    largest, yes = max(shares), [name for name, share in zip(names, sigmoids, strict=True) if share > YES]
    said: dict[str, object] = {
        "share": share_of_all(largest), "sigmoid": share_of_all(max(sigmoids)),
        "first": joined([name for name, share in zip(names, shares, strict=True) if share == largest]),
    }  # fmt: skip
    if max(sigmoids) < 1 - SURE:
        return _(
            "Softmax hands out 100%% whatever it is shown; here its largest share is %(share)s (%(first)s). No sigmoid "
            "is above %(sigmoid)s: class by class, the answer is none of them.",
            **said,
        )
    if max(sigmoids) < SURE:
        return _(
            "Softmax hands out 100%% whatever it is shown; here its largest share is %(share)s (%(first)s). The "
            "sigmoids are sure of no class: the highest says %(sigmoid)s, and 50%% is undecided.",
            **said,
        )
    if len(yes) == 1:
        return _(
            "Here both name the same class, %(first)s: softmax with %(share)s, its sigmoid with %(sigmoid)s, and no "
            "other sigmoid is above 50%%.",
            **said,
        )
    return _(
        "Softmax has 100%% to hand out, and so its largest share is %(share)s (%(first)s). Above 50%% are the sigmoids "
        "of %(yes)s: class by class, each of these may be there.",
        yes=joined(yes),
        **said,
    )


def _level(softmax: Sequence[float], sigmoid: Sequence[float]) -> str:
    return _(
        "With %(taken)s less everywhere softmax sees no difference: its largest share is %(share)s, as before. The "
        "largest sigmoid goes from %(before)s to %(after)s.",
        taken=TAKEN,
        share=share_of_all(softmax[1]),
        before=share_of_all(sigmoid[0]),
        after=share_of_all(sigmoid[1]),
    )


DEMO = Demo(
    title=_("Softmax or sigmoids"),
    look_at=_(
        "Say that the photo shows a chair, and that these are its activations: softmax divides the whole among the "
        "bears all the same. Each sigmoid answers for its class alone, and may say no."
    ),
    try_this=_("Now take 5 from each: -4.9, -5.4, -4.7. Then make two of them right at once: 4, 5, -3."),
    parameters=(
        Reals(
            name="activations",
            label=_("Activations"),
            help=_("What the last layer gives for each class, with commas between them."),
            default=[0.1, -0.4, 0.3],
            least=-100,
            most=100,
            fewest=2,
            most_items=8,
        ),
    ),
    queue=Queue.LIGHT,
    seconds=10,
    megabytes=1500,
    run=run,
)
