"""Cross-entropy in its two pieces: log_softmax, and nll_loss, which takes no logarithm."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards.demos.classes import class_names, share_of_all
from cards.demos.contract import (
    Cell,
    Demo,
    Mark,
    Parameter,
    ParameterError,
    Plot,
    Queue,
    Reals,
    Report,
    Result,
    Series,
    Table,
)
from cards.demos.libraries import device
from cards.demos.shown import exact
from cards.messages import _, ngettext

MOST_ROWS = 5
MOST_CLASSES = 6
DRAWN = (1e-4, 1e-2)  # the curve begins at the smallest share of a target, but between these

LOST = _(
    "Where softmax is 0 in float32, its logarithm is −inf. log_softmax does not take the logarithm of a share: "
    "it takes from each activation the logarithm of the sum of all exponentials, and stays finite."
)


@dataclass(frozen=True, kw_only=True)
class Rows(Parameter):
    """Rows of numbers, as many in each, with semicolons between them. The value is a list of lists."""

    row: Reals

    @property
    def range(self) -> str:
        return _(
            "at most %(rows)s rows with semicolons between them, each of %(row)s",
            rows=MOST_ROWS,
            row=self.row.range,
        )

    def value(self, text: str) -> list[list[float]]:
        rows = [self.row.value(row) for row in text.removesuffix(";").split(";")]
        if len(rows) > MOST_ROWS:
            raise ValueError(_("%(rows)s rows are too many.", rows=len(rows)))
        for number, row in enumerate(rows):
            if len(row) != len(rows[0]):
                raise ValueError(
                    _(
                        "Row %(number)s has another length than the first: %(length)s and %(first)s.",
                        number=number,
                        length=len(row),
                        first=len(rows[0]),
                    )
                )
        return rows

    def write(self, value: Sequence[Sequence[float]]) -> str:
        return ";".join(map(self.row.write, value))


class Columns(Reals):
    """Several whole numbers."""

    @property
    def range(self) -> str:
        return _("the number of a column for each row, with commas between them, counted from 0")

    def value(self, text: str) -> list[int]:  # type: ignore[override]
        values = super().value(text)
        for value in values:
            if not value.is_integer():
                raise ValueError(_("“%(number)s” is no whole number.", number=self.write([value])))
        return list(map(int, values))


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch
    from torch.nn import functional as F  # noqa: N812  (its usual name)

    activations = torch.tensor(parameters["activations"], dtype=torch.float32, device=device())
    targets = torch.tensor(parameters["targets"], device=device())
    report(1, 3, "log_softmax")
    log_softmax = F.log_softmax(activations, dim=1)
    report(2, 3, "nll_loss")
    picked = F.nll_loss(log_softmax, targets, reduction="none")
    report(3, 3, "F.cross_entropy")
    losses = F.cross_entropy(activations, targets, reduction="none")
    by_hand = activations.softmax(dim=1).log()
    is_lost = bool(by_hand.isinf().any())
    names = class_names(activations.shape[1])
    rows: list[list[Cell]] = []
    for row, target in enumerate(targets.tolist()):
        for place, name in enumerate(names):
            numbers = [column[row, place].item() for column in (activations, log_softmax, by_hand)]
            steps = [step[row].item() if place == target else None for step in (picked, losses)]
            rows.append([_in_table(row, name, place == target), *numbers[:2], *steps, numbers[2]])
    mean = F.cross_entropy(activations, targets).item()
    rows.append([_("mean"), None, None, F.nll_loss(log_softmax, targets).item(), mean, None])
    columns = [_("row, class"), "x", "log_softmax", "nll_loss", "F.cross_entropy", "log(softmax)"]
    last = None if is_lost else -1
    table = Table(
        title=_("From the activations, x, to the loss"),
        columns=columns[:last],
        rows=[row[:last] for row in rows],
        note=LOST if is_lost else "",
    )
    plot = _cost([names[target] for target in targets.tolist()], losses.tolist())
    finding = _finding(len(losses), mean, (picked - losses).abs().max().item())
    return Result(parts=[table, plot], finding=finding, data_used=_("the activations and targets as given"))


def _in_table(row: int, name: str, is_target: bool) -> str:
    if is_target:
        return _("%(row)s, %(name)s ←\N{NO-BREAK SPACE}target", row=row, name=name)
    return _("%(row)s, %(name)s", row=row, name=name)


def _finding(rows: int, mean: float, apart: float) -> str:
    said: dict[str, object] = {"mean": exact(mean), "apart": exact(apart)}
    if not apart:
        return ngettext(
            "nll_loss of log_softmax gives what F.cross_entropy gives, to the last digit: %(mean)s.",
            "nll_loss of log_softmax gives what F.cross_entropy gives, to the last digit in each row; the mean is "
            "%(mean)s.",
            rows,
            **said,
        )
    return _(
        "nll_loss of log_softmax gives what F.cross_entropy gives, but for %(apart)s, which is float32's rounding; the "
        "mean is %(mean)s.",
        **said,
    )


def _cost(targets: Sequence[str], losses: Sequence[float]) -> Plot:
    """What a target's share costs: the curve −log(share), and each row's place on it, where that is drawn."""
    import torch

    shares = [math.exp(-loss) for loss in losses]
    start = min(max(min(shares), DRAWN[0]), DRAWN[1])
    curve = torch.logspace(math.log10(start), 0, 60, dtype=torch.float64)
    marks = [
        Mark(
            label=_("row %(number)s", number=row),
            x=share,
            y=loss,
            text=_(
                "Its target, %(name)s, has %(share)s of the row; −log of that is %(loss)s.",
                name=name,
                share=share_of_all(share),
                loss=exact(loss),
            ),
        )
        for row, (name, share, loss) in enumerate(zip(targets, shares, losses, strict=True))
        if share >= start
    ]
    return Plot(
        title=_("What the target's share costs"),
        x_label=_("softmax of the target"),
        y_label=_("loss"),
        series=[Series(label="−log(softmax)", x=curve.tolist(), y=(-curve.log()).tolist())],
        marks=marks,
        x_spans=(0, 1),
        finding=_dearest(targets, shares, losses),
    )


def _dearest(targets: Sequence[str], shares: Sequence[float], losses: Sequence[float]) -> str:
    row = max(range(len(losses)), key=lambda row: losses[row])
    said: dict[str, object] = {
        "number": row, "name": targets[row], "share": share_of_all(shares[row]), "loss": exact(losses[row]),
    }  # fmt: skip
    if len(set(losses)) == 1:
        return ngettext(
            "The row costs %(loss)s: its target, %(name)s, has %(share)s of its probability. The smaller that share, "
            "the dearer.",
            "All rows cost the same, %(loss)s each. The smaller the target's share, the dearer.",
            len(losses),
            **said,
        )
    return _(
        "Row %(number)s costs most, %(loss)s: its target, %(name)s, has %(share)s of its probability. The smaller that "
        "share, the dearer.",
        **said,
    )


def check(parameters: Mapping[str, Any]) -> None:
    rows, targets = parameters["activations"], parameters["targets"]
    if len(targets) != len(rows):
        raise ParameterError(
            "targets",
            _(
                "There must be one target for each row of activations: rows %(rows)s, targets %(targets)s.",
                rows=len(rows),
                targets=len(targets),
            ),
        )
    if max(targets) >= len(rows[0]):
        raise ParameterError(
            "targets",
            _(
                "There is no column %(target)s: counted from 0, the last is %(last)s.",
                target=max(targets),
                last=len(rows[0]) - 1,
            ),
        )


DEMO = Demo(
    title=_("Cross-entropy in two steps"),
    look_at=_(
        "In each row see which one number of log_softmax nll_loss takes: the one of the target, with its sign changed. "
        "It takes no logarithm itself, and F.cross_entropy is the two in one."
    ),
    try_this=_(
        "Now make the first target 1, the grizzly, and see what it costs to be sure of another. Then make an "
        "activation 200."
    ),
    parameters=(
        Rows(
            name="activations",
            label=_("Activations"),
            help=_("What the last layer gives, a row for each item."),
            default=[[0.02, -2.49, 1.25], [2.1, 0.3, -1.0]],
            row=Reals(
                name="activations",
                label="",
                help="",
                default=[],
                least=-1000,
                most=1000,
                fewest=2,
                most_items=MOST_CLASSES,
            ),
        ),
        Columns(
            name="targets",
            label=_("Targets"),
            help=_("The right class of each row."),
            default=[2, 0],
            least=0,
            most=MOST_CLASSES - 1,
            fewest=1,
            most_items=MOST_ROWS,
        ),
    ),
    queue=Queue.LIGHT,
    seconds=10,
    megabytes=1500,
    run=run,
    check=check,
)
