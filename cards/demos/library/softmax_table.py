"""Activations, their exponentials, and softmax: the table that one can also make in a spreadsheet."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cards.demos.classes import class_names, joined, share_of_all
from cards.demos.contract import Cell, Demo, Plot, Queue, Reals, Report, Result, Series, Table
from cards.demos.libraries import device
from cards.demos.shown import short
from cards.messages import Number, _

TOO_LARGE = _("exp, or its sum, is larger and becomes inf")
TOO_SMALL = _("exp gives numbers so near to 0 that few or none of their digits are left")


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch

    given: list[float] = parameters["activations"]
    activations = torch.tensor(given, dtype=torch.float32, device=device())
    names = class_names(len(given))
    report(1, 2, _("raising e to each activation"))
    exp = activations.exp()
    report(2, 2, _("dividing by their sum"))
    softmax = activations.softmax(dim=0)

    total, limits = exp.sum(), torch.finfo(exp.dtype)
    columns = {"exp": exp}
    note = ""
    if not limits.tiny <= total <= limits.max:
        columns |= {"exp ÷ sum": exp / total, "exp(x − max)": (activations - activations.max()).exp()}
        note = _(
            "In float32 the largest number is about %(largest)s. Here %(what)s, so dividing by the sum goes "
            "wrong. softmax "
            "subtracts the largest activation first, so that no exp is above 1. The shares are the same: e^(x − "
            "max) is e^x "
            "divided by e^max, for each of them and so for their sum.",
            largest=short(limits.max),
            what=TOO_LARGE if total > 1 else TOO_SMALL,
        )
    columns["softmax"] = softmax
    lists = [column.tolist() for column in columns.values()]
    rows: list[list[Cell]] = [list(row) for row in zip(names, given, *lists, strict=True)]
    rows.append([_("sum"), None, *(column.sum().item() for column in columns.values())])

    shares = softmax.tolist()
    finding = _finding(names, given, shares)
    table = Table(
        title=_("From activations to probabilities"),
        columns=[_("class"), _("activation"), *columns],
        rows=rows,
        note=note,
    )
    plot = Plot(
        title=_("The share of each class"),
        x_label=_("class"),
        y_label="softmax",
        series=[Series(label="softmax", x=names, y=shares, style="bars")],
        finding=finding,
    )
    return Result(parts=[table, plot], finding=finding, data_used=_("the activations as given"))


def _finding(names: Sequence[str], activations: Sequence[float], shares: Sequence[float]) -> str:
    order = sorted(range(len(names)), key=lambda place: -activations[place])
    first = order[0]
    equal = [names[place] for place in order if activations[place] == activations[first]]
    if len(equal) == len(names) > 2:
        return _(
            "All %(count)s classes have the same activation, and so the same share: %(share)s each.",
            count=len(names),
            share=Number(f"{shares[first]:.1%}"),
        )
    if len(equal) > 1:
        return _(
            "%(classes)s and %(last)s have the same activation, and so the same share: %(share)s each.",
            classes=joined(equal[:-1]),
            last=equal[-1],
            share=Number(f"{shares[first]:.1%}"),
        )
    lead = activations[first] - activations[order[1]]
    said: dict[str, object] = {
        "share": share_of_all(shares[first]),
        "first": names[first], "second": names[order[1]], "lead": Number(f"{lead:.4g}"),
        "times": Number(f"{math.exp(min(lead, 10)):.3g}"),
    }  # fmt: skip
    if lead < 10:
        return _(
            "The largest share, %(share)s, goes to %(first)s: its activation is %(lead)s above that of %(second)s, and "
            "its share e^%(lead)s = %(times)s times as large.",
            **said,
        )
    return _(
        "The largest share, %(share)s, goes to %(first)s: its activation is %(lead)s above that of %(second)s, and its "
        "share e^%(lead)s times as large.",
        **said,
    )


DEMO = Demo(
    title=_("Softmax, step by step"),
    look_at=_(
        "See how the exponential turns a small lead into a large one, and makes every number positive. "
        "Dividing by the sum then gives shares between 0 and 1 that add up to 1."
    ),
    try_this=_("Now make the grizzly's activation 5, and see what is left for the others. Then try 1000."),
    parameters=(
        Reals(
            name="activations",
            label=_("Activations"),
            help=_("What the last layer gives for each class, with commas between them."),
            default=[0.02, -2.49, 1.25],
            least=-1000,
            most=1000,
            fewest=2,
            most_items=20,
        ),
    ),
    queue=Queue.LIGHT,
    seconds=20,
    megabytes=1500,
    run=run,
)
