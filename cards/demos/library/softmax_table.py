"""Activations, their exponentials, and softmax: the table that one can also make in a spreadsheet."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cards.demos.contract import Cell, Demo, Plot, Queue, Reals, Report, Result, Series, Table
from cards.demos.libraries import device
from cards.demos.shown import short

BEARS = ("teddy", "grizzly", "brown")
NOTE = (
    "In float32 the largest number is about {largest}. Here {what}, so dividing by the sum goes wrong. softmax "
    "subtracts the largest activation first, so that no exp is above 1. The shares are the same: e^(x − max) is e^x "
    "divided by e^max, for each of them and so for their sum."
)
ALL = 0.9995  # rounds to 100.0%
TOO_LARGE = "exp, or its sum, is larger and becomes inf"
TOO_SMALL = "exp gives numbers so near to 0 that few or none of their digits are left"


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch

    given: list[float] = parameters["activations"]
    activations = torch.tensor(given, dtype=torch.float32, device=device())
    names = (
        BEARS
        if len(given) == len(BEARS)
        else [f"class\N{NO-BREAK SPACE}{number + 1}" for number in range(len(given))]
    )
    report(1, 2, "raising e to each activation")
    exp = activations.exp()
    report(2, 2, "dividing by their sum")
    softmax = activations.softmax(dim=0)

    total, limits = exp.sum(), torch.finfo(exp.dtype)
    columns = {"exp": exp}
    note = ""
    if not limits.tiny <= total <= limits.max:
        columns |= {"exp ÷ sum": exp / total, "exp(x − max)": (activations - activations.max()).exp()}
        note = NOTE.format(largest=short(limits.max), what=TOO_LARGE if total > 1 else TOO_SMALL)
    columns["softmax"] = softmax
    lists = [column.tolist() for column in columns.values()]
    rows: list[list[Cell]] = [list(row) for row in zip(names, given, *lists, strict=True)]
    rows.append(["sum", None, *(column.sum().item() for column in columns.values())])

    shares = softmax.tolist()
    finding = _finding(names, given, shares)
    table = Table(
        title="From activations to probabilities",
        columns=["class", "activation", *columns],
        rows=rows,
        note=note,
    )
    plot = Plot(
        title="The share of each class",
        x_label="class",
        y_label="softmax",
        series=[Series(label="softmax", x=names, y=shares, style="bars")],
        finding=finding,
    )
    return Result(parts=[table, plot], finding=finding, data_used="the activations as given")


def _finding(names: Sequence[str], activations: Sequence[float], shares: Sequence[float]) -> str:
    order = sorted(range(len(names)), key=lambda place: -activations[place])
    first = order[0]
    equal = [names[place] for place in order if activations[place] == activations[first]]
    if len(equal) > 1:
        together = ", ".join(equal[:-1]) + " and " + equal[-1]
        return f"{together} have the same activation, and so the same share: {shares[first]:.1%} each."
    lead = activations[first] - activations[order[1]]
    share = f"{shares[first]:.1%}" if shares[first] < ALL else "practically all"
    times = f" = {math.exp(lead):.3g}" if lead < 10 else ""
    return (
        f"The largest share, {share}, goes to {names[first]}: its activation is {lead:.4g} above that of "
        f"{names[order[1]]}, and its share e^{lead:.4g}{times} times as large."
    )


DEMO = Demo(
    title="Softmax, step by step",
    look_at=(
        "See how the exponential turns a small lead into a large one, and makes every number positive. "
        "Dividing by the sum then gives shares between 0 and 1 that add up to 1."
    ),
    try_this="Now make the grizzly's activation 5, and see what is left for the others. Then try 1000.",
    parameters=(
        Reals(
            name="activations",
            label="Activations",
            help="What the last layer gives for each class, with commas between them.",
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
