"""torch.where between two classes, what goes wrong with a third, and the indexing that serves any number."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cards.demos.contract import Demo, Integer, Plot, Queue, Report, Result, Series, Table, Text
from cards.demos.libraries import device, seeded
from cards.messages import _

if TYPE_CHECKING:
    import torch

ROUNDING = 1e-5


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch
    from torch.nn import functional as F  # noqa: N812  (its usual name)

    seeded(seed)
    n, classes = parameters["rows"], parameters["classes"]
    # Made on the CPU, so that they are the same everywhere. The targets are as many different ones as there can be.
    acts = torch.randn(n, classes).softmax(dim=1).to(device())
    targ = torch.randperm(n).remainder(classes).to(device())
    report(1, 3, "torch.where(targ == 1, acts[:, 1], 1 - acts[:, 1])")
    where = torch.where(targ == 1, acts[:, 1], 1 - acts[:, 1])
    report(2, 3, "acts[range(n), targ]")
    index = acts[range(n), targ]
    report(3, 3, "-F.nll_loss(acts, targ, reduction='none')")
    nll = -F.nll_loss(acts, targ, reduction="none")

    pairs = zip(where.tolist(), index.tolist(), strict=True)
    finding = _finding(sum(abs(given - wanted) < ROUNDING for given, wanted in pairs), n, classes)
    rows = [_("row %(number)s", number=row) for row in range(n)]
    plot = Plot(
        title=_("The probability of the target, in two ways"),
        x_label=_("row"),
        y_label=_("probability"),
        series=[
            Series(label="acts[range(n), targ]", x=rows, y=index.tolist(), style="bars"),
            Series(label="torch.where", x=rows, y=where.tolist(), style="bars"),
        ],
        y_spans=(0, 1),
        finding=finding,
    )
    columns = [_("class\N{NO-BREAK SPACE}%(number)s", number=place) for place in range(classes)]
    table = Table(
        title=_("Each row's probabilities, and what is taken from them"),
        columns=[_("row"), _("target"), _("indexing"), "−nll_loss", "torch.where", *columns],
        rows=[
            [row, target, index[row].item(), nll[row].item(), where[row].item(), *acts[row].tolist()]
            for row, target in enumerate(targ.tolist())
        ],
    )
    data = _("random activations through softmax, and random targets")
    return Result(parts=[plot, table, _session(acts, targ)], finding=finding, data_used=data)


def _finding(right: int, rows: int, classes: int) -> str:
    if classes == 2:
        return _(
            "With two classes torch.where is right in %(right)s of %(rows)s rows: what is not class 1 is class 0. "
            "Indexing gives the same.",
            right=right,
            rows=rows,
        )
    return _(
        "torch.where gives the target's probability in %(right)s of %(rows)s rows: it knows class 1 and “not class 1”, "
        "which is %(others)s classes together. Indexing is right in each row, and is nll_loss without its minus.",
        right=right,
        rows=rows,
        others=classes - 1,
    )


def _session(acts: "torch.Tensor", targ: "torch.Tensor") -> Text:
    """What torch.where makes of the whole table: of all rows, and of as many as there are classes."""
    classes = acts.shape[1]
    lines = _line("torch.where(targ == 1, acts, 1 - acts)", acts, targ)
    if len(acts) > classes:
        some = f"torch.where(targ[:{classes}] == 1, acts[:{classes}], 1 - acts[:{classes}])"
        lines += _line(some, acts[:classes], targ[:classes])
    title = (
        _("The whole table at once: the shapes do not fit")
        if len(acts) < classes
        else _(
            "The whole table at once: where the shapes happen to fit, no error but nonsense: row n's condition in "
            "column n"
        )
    )
    return Text(title=title, text="\n".join(lines) + "\n", language="pycon")


def _line(code: str, acts: "torch.Tensor", targ: "torch.Tensor") -> list[str]:
    """A line of a session, and what comes of it."""
    import torch

    try:
        given = repr(torch.where(targ == 1, acts, 1 - acts).cpu())
    except RuntimeError as error:
        given = f"RuntimeError: {error}"
    return [f">>> {code}", *given.split("\n")]


DEMO = Demo(
    title=_("Indexing instead of torch.where"),
    look_at=_(
        "In each row compare the two bars: indexing takes the probability of the row's own target. torch.where takes "
        "that of class 1, or of all others together."
    ),
    try_this=_(
        "Now make the classes 2: the bars are alike. Then give 8 rows 6 classes, and count those that still are."
    ),
    parameters=(
        Integer(name="rows", label=_("Rows"), help=_("How many items."), default=4, least=2, most=8),
        Integer(name="classes", label=_("Classes"), help=_("How many columns."), default=3, least=2, most=6),
    ),
    queue=Queue.LIGHT,
    seconds=10,
    megabytes=1500,
    run=run,
)
