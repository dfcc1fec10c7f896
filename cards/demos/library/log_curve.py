"""exp and log, each the other's mirror image, and what torch, NumPy and math give for the logarithm of one number."""

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from cards.demos.contract import Demo, Mark, Plot, Queue, Real, Report, Result, Series, Table
from cards.demos.libraries import device
from cards.demos.shown import exact
from cards.messages import _

LEAST_SPAN = 4.0  # both axes reach at least so far to each side of 0


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import numpy as np
    import torch

    x: float = parameters["x"]
    report(1, 2, _("asking three libraries"))
    asked: dict[str, Callable[[], Any]] = {
        "torch.log": lambda: torch.log(torch.tensor(x, device=device())),
        "np.log": lambda: np.log(x),
        "math.log": lambda: math.log(x),
    }
    answers = {code: _answer(ask) for code, ask in asked.items()}
    report(2, 2, _("drawing exp and log"))
    span = max(LEAST_SPAN, 1.1 * abs(x))
    numbers = torch.linspace(-span, math.log(span), 121, dtype=torch.float64, device=device())
    positive = numbers.exp()
    exp = Series(label="exp(x)", x=numbers.tolist(), y=positive.tolist())
    log = Series(label="log(x)", x=positive.tolist(), y=positive.log().tolist())
    finding = _finding(x, [value for value, _said in answers.values()])
    plot = Plot(
        title=_("exp and log"),
        x_label="x",
        y_label="y",
        series=[log, exp],
        marks=_marks(x, span),
        finding=finding,
    )
    table = Table(
        title=_("What is the logarithm of %(x)s?", x=exact(x)),
        columns=[_("asked"), _("gives"), _("says")],
        rows=[[code, value, said] for code, (value, said) in answers.items()],
    )
    return Result(parts=[plot, table], finding=finding, data_used=_("the number as given"))


def _answer(ask: Callable[[], Any]) -> tuple[float | None, str]:
    """The number that comes back, or None; and what is said beside it: a warning, an error, or nothing."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            value = float(ask())
        except ValueError as error:
            return None, f"{type(error).__name__}: {error}"
    return value, "; ".join(f"{one.category.__name__}: {one.message}" for one in warned)


def _marks(x: float, span: float) -> list[Mark]:
    if x <= 0:
        text = _(
            "exp takes every number, %(x)s too, and gives one above 0: %(exp)s. At 0, and to the left of it, log has "
            "no point.",
            x=exact(x),
            exp=exact(math.exp(x)),
        )
        return [Mark(label=f"exp({exact(x)})", x=x, y=math.exp(x), text=text)]
    y = math.log(x)
    if abs(y) > span:  # it would flatten the curves
        return []
    return [
        Mark(label=f"log({exact(x)})", x=x, y=y, text=_("log(%(x)s) = %(y)s.", x=exact(x), y=exact(y))),
        Mark(
            label=f"exp({exact(y)})",
            x=y,
            y=x,
            text=_("The same point mirrored: exp(%(y)s) = %(x)s.", x=exact(x), y=exact(y)),
        ),
    ]


def _finding(x: float, answers: list[float | None]) -> str:
    given = [_("an error") if answer is None else exact(answer) for answer in answers]
    said = {"x": exact(x), **dict(zip(("torch", "numpy", "math"), given, strict=True))}
    if x < 0:
        return _(
            "exp(y) is above 0 for every y, so no y has exp(y) = %(x)s: torch gives %(torch)s, NumPy %(numpy)s, math "
            "%(math)s.",
            **said,
        )
    if x == 0:
        return _(
            "exp(y) comes as near to 0 as one likes, the lower y is, and never is 0: torch gives %(torch)s, NumPy "
            "%(numpy)s, math %(math)s.",
            **said,
        )
    if answers[0] == -math.inf:
        return _(
            "torch's usual 32 bits hold no number as small as %(x)s: it takes the logarithm of 0, %(torch)s. NumPy "
            "gives %(numpy)s, math %(math)s.",
            **said,
        )
    return _(
        "The logarithm of %(x)s is the y with exp(y) = %(x)s: torch gives %(torch)s, NumPy %(numpy)s, math %(math)s.",
        **said,
    )


DEMO = Demo(
    title=_("The logarithm of your number"),
    look_at=_(
        "exp takes every number and gives only numbers above 0. log goes the way back, so see where its curve has no "
        "point at all."
    ),
    try_this=_("Now make the number 0, and see who gives what. Then 1, 2.718, and 1e-300."),
    parameters=(
        Real(
            name="x",
            label=_("Number"),
            help=_("Its logarithm is asked for."),
            default=-2.0,
            least=-100,
            most=100,
        ),
    ),
    queue=Queue.LIGHT,
    seconds=10,
    megabytes=1500,
    run=run,
)
