"""A quick baseline on data with some wrong labels, and how many of these have the highest losses."""

import tempfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cards.demos import pictures
from cards.demos.contract import Demo, Integer, Picture, Plot, Queue, Real, Report, Result, Series, Table
from cards.demos.libraries import seeded
from cards.demos.shown import short
from cards.demos.training import digits, digits_learner, reporting
from cards.messages import Number, _

if TYPE_CHECKING:
    import torch
    from fastai.learner import Learner
    from PIL.Image import Image

BATCH_SIZE = 64
RATE = 1e-2
ABREAST = 5  # scans in a row of the picture
SIDE = 150  # pixels of a scan on it
LINE = (200, 200, 200)
MOST_POINTS = 100  # of the curve


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    import torch

    seeded(seed)
    k, epochs = parameters["k"], parameters["epochs"]
    scans = digits()
    truth = torch.stack([label for _scan, label in scans])
    given = planted(truth, parameters["share"])
    labelled = [(scan, label) for (scan, _truth), label in zip(scans, given, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        # The losses looked at are those of all; a few stand in for the validation set that must be there.
        learner = digits_learner(labelled, labelled[:BATCH_SIZE], BATCH_SIZE, folder)
        steps = epochs * len(learner.dls.train)
        learner.add_cb(reporting(report, steps, lambda _learner: _("training the baseline")))
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(epochs, RATE)
            losses, order, says = judged(learner)

    is_wrong = given != truth
    top = order[:k].tolist()
    found = is_wrong[order].cumsum(0).tolist()
    finding = _finding(found, k, int((says != given)[top].sum()))
    picture = Picture(
        title=_("The highest losses: the label, and what the model says"),
        alt=_("Scans of digits, each with its label and the model's answer; the table below lists them."),
        png=_sheet(
            [_captioned(scans[at][0], int(given[at]), int(says[at]), bool(is_wrong[at])) for at in top]
        ),
        finding=_(
            "Framed are the wrong labels that were planted. The model never saw which these are: it was trained on all."
        )
        if any(is_wrong[at] for at in top)
        else _("None is framed: all of these labels are right."),
    )
    table = Table(
        title=_("The same as a table"),
        columns=[_("image"), _("label"), _("model"), _("truth"), _("loss")],
        rows=[
            [at, int(given[at]), int(says[at]), int(truth[at]), round(float(loss), 2)]
            for at, loss in zip(top, losses, strict=False)
        ],
    )
    data = _(
        "scikit-learn's digits: %(images)s scans of handwritten digits, of which %(wrong)s got a wrong label",
        images=len(scans),
        wrong=found[-1],
    )
    curve = [_curve(found)] if found[-1] else []
    return Result(parts=[picture, *curve, table], finding=finding, data_used=data)


def planted(truth: "torch.Tensor", share: float) -> "torch.Tensor":
    """The labels, that share of which, rounded to whole images, is another digit than the true one."""
    import torch

    given = truth.clone()
    chosen = torch.randperm(len(truth))[: round(share * len(truth))]
    given[chosen] = (truth[chosen] + torch.randint(1, 10, (len(chosen),))) % 10
    return given


def judged(learner: "Learner") -> tuple["torch.Tensor", "torch.Tensor", "torch.Tensor"]:
    """Of all that it was trained on: the losses from the highest, whose each is, and the digits that the model says."""
    from fastai.interpret import Interpretation

    interpretation = Interpretation.from_learner(learner, ds_idx=0)
    losses, order = interpretation.top_losses()
    scores, _labels = learner.get_preds(dl=interpretation.dl)
    return losses, order, scores.argmax(dim=1)


def _captioned(scan: "torch.Tensor", given: int, says: int, is_framed: bool) -> "Image":
    """The scan, and below it its label and the model's digit, with a sign that says whether they are the same."""
    from PIL.ImageDraw import Draw

    digit = pictures.square(pictures.image(1 - scan.expand(3, -1, -1)), side=SIDE)
    colour, width = (pictures.MARK, 8) if is_framed else (LINE, 1)
    Draw(digit).rectangle((0, 0, SIDE - 1, SIDE - 1), outline=colour, width=width)
    return pictures.named(digit, f"{given} {'==' if given == says else '!='} {says}")


def _sheet(scans: "Sequence[Image]") -> bytes:
    return pictures.sheet([scans[at : at + ABREAST] for at in range(0, len(scans), ABREAST)])


def _curve(found: Sequence[int]) -> Plot:
    """How many wrong labels are found by whoever looks at the images in the order of their losses."""
    wrong = found[-1]
    last = min(len(found), max(2 * wrong, MOST_POINTS))
    looked = list(range(0, last + 1, max(1, last // MOST_POINTS)))
    by_loss = [found[count - 1] if count else 0 for count in looked]
    return Plot(
        title=_("Wrong labels found"),
        x_label=_("images looked at"),
        y_label=_("found"),
        series=[
            Series(label=_("from the highest loss"), x=looked, y=by_loss),
            Series(label=_("in any order"), x=looked, y=[wrong * count / len(found) for count in looked]),
        ],
        finding=_(
            "Whoever looks at as many images as there are wrong labels, %(wrong)s, finds %(found)s of them; in any "
            "order it would be about %(chance)s.",
            wrong=wrong,
            found=found[wrong - 1],
            chance=_about(wrong * wrong / len(found)),
        ),
    )


def _about(count: float) -> Number:
    return Number(f"{count:,.0f}") if count >= 10 else short(count)


def _finding(found: Sequence[int], k: int, contradicted: int) -> str:
    hits, wrong, images = found[k - 1], found[-1], len(found)
    said = {"hits": hits, "k": k, "chance": _about(k * wrong / images), "contradicted": contradicted}
    if not wrong:
        return _(
            "No wrong label was planted: the %(k)s highest losses are of images that are hard for the model, and it "
            "contradicts the label of %(contradicted)s of them.",
            **said,
        )
    if hits * images > k * wrong:
        return _(
            "Planted wrong labels make up %(hits)s of the %(k)s highest losses; of %(k)s images in any order it would "
            "be about %(chance)s.",
            **said,
        )
    return _(
        "Planted wrong labels make up only %(hits)s of the %(k)s highest losses, no more than of %(k)s images in any "
        "order, about %(chance)s: this model does not help to find them.",
        **said,
    )


DEMO = Demo(
    title=_("A first model finds the wrong labels"),
    look_at=_(
        "A quick model was trained on digits, some of which had been given a wrong label. Look at the images with the "
        "highest losses, and count for how many it is the label that is wrong."
    ),
    try_this=_(
        "Now train 20 epochs: the model learns wrong labels by heart, too, and the curve shows that it finds fewer."
    ),
    parameters=(
        Real(
            name="share",
            label=_("Share of wrong labels"),
            help=_("Of all images."),
            default=0.1,
            least=0,
            most=0.9,
        ),
        Integer(
            name="k",
            label=_("Highest losses"),
            help=_("How many images are shown."),
            default=10,
            least=2,
            most=50,
        ),
        Integer(
            name="epochs",
            label=_("Epochs"),
            help=_("How often the model sees all images."),
            default=2,
            least=1,
            most=20,
        ),
    ),
    queue=Queue.HEAVY,
    seconds=30,
    megabytes=3000,
    run=run,
)
