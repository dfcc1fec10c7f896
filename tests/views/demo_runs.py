"""Demo runs for the tests of pages: asked for, running, or done with one part of each kind."""

import struct
import zlib
from typing import Any

from cards.actions.demo_runs import claim_run, finish_run, greet, request_run
from cards.demos.contract import Mark, Picture, Plot, Result, Series, Table, Text
from cards.demos.draw import draw
from cards.demos.registry import demo as demo_of
from cards.models import DemoRun, Learner
from tests.conftest import START

ENVIRONMENT = {
    "device": "CPU (a slow one)",
    "gpu_uuid": "",
    "versions": {"torch": "2.13.0", "fastai": "2.8.12"},
}
STAMP = ENVIRONMENT | {
    "seconds": 0.0421,
    "draw_seconds": 0.002,
    "wait_seconds": 0.1,
    "data_used": "Ten cats.",
}
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 0, 0, 0, 0)
    + struct.pack(">I", zlib.crc32(struct.pack(">4sIIBBBBB", b"IHDR", 1, 1, 8, 0, 0, 0, 0)))
)
RESULT = Result(
    parts=[
        Plot(
            title="Loss & rate",
            x_label="rate",
            y_label="loss",
            series=[Series(label="loss", x=[0.1, 1.0, 10.0], y=[2.5, 0.125, float("-inf")])],
            marks=[Mark(label="valley", x=1.0, y=0.125, text="Half-way down.")],
            x_scale="log",
            finding="It falls, then it blows up.",
        ),
        Table(
            title="Names",
            columns=["name", "share"],
            rows=[["=1+1", 0.123456789], ["@x", None], ["été", 12]],
            note="Of all.",
        ),
        Text(title="What it printed", text="def f():\n    return '<b>'", language="python"),
        Picture(title="A cat", alt="A cat on a mat.", png=PNG, finding="It is a cat."),
    ],
    finding="It falls, then it blows up.",
    data_used="Ten cats.",
)


def worker(queue: str = "light", now=START) -> None:
    """A worker of the queue is there."""
    greet(name=f"{queue}@here", queue=queue, environment=ENVIRONMENT, now=now)


def ask(learner: Learner, slug: str = "softmax_table", seed: int = 42, now=START, **texts: str) -> DemoRun:
    demo = demo_of(slug)
    assert demo is not None
    return request_run(learner=learner, demo=demo, parameters=demo.read(texts), seed=seed, now=now)


def begin(learner: Learner, **wanted: Any) -> DemoRun:
    """A run that a worker has taken."""
    run = claim_run(run_id=ask(learner, **wanted).pk, now=wanted.get("now", START))
    assert run is not None
    return run


def done(learner: Learner, result: Result = RESULT, **wanted: Any) -> DemoRun:
    """A run with its result, drawn as a worker draws it."""
    run = begin(learner, **wanted)
    drawing = draw(result, prefix=f"r{run.pk.hex[:12]}")
    assert finish_run(
        run=run, drawing=drawing, environment=ENVIRONMENT, stamp=STAMP, now=wanted.get("now", START)
    )
    return DemoRun.objects.get(pk=run.pk)
