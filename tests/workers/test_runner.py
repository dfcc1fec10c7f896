"""What a demo says as it goes on, and hears."""

import json

import pytest

from cards.demos.contract import Cancelled
from cards.demos.registry import demo
from cards.models import DemoRun
from cards.runner import Watched


@pytest.fixture
def watched() -> Watched:
    lr_find = demo("lr_find")
    assert lr_find is not None
    return Watched(DemoRun(slug="lr_find"), lr_find)


def test_progress_holds_what_json_can(watched) -> None:
    watched.report(3, 9, "training", loss=float("nan"), rate=float("inf"), lowest=0.5)
    assert json.loads(json.dumps(watched.progress, allow_nan=False)) == {
        "step": 3, "of": 9, "text": "training", "numbers": {"lowest": 0.5}, "messages": {},
    }  # fmt: skip


def test_who_is_wanted_no_more_hears_it_at_the_next_step(watched) -> None:
    watched.report(1, 9)
    watched.is_wanted = False
    with pytest.raises(Cancelled):
        watched.report(2, 9)


def test_the_lower_limit_holds(settings, watched) -> None:
    lr_find = demo("lr_find")
    assert watched.most_bytes == lr_find.megabytes * 1_000_000
    settings.DEMO_MOST_MEGABYTES = 10
    assert Watched(DemoRun(slug="lr_find"), lr_find).most_bytes == 10_000_000
    settings.DEMO_MOST_MEGABYTES = 10**6
    assert Watched(DemoRun(slug="lr_find"), lr_find).most_bytes == lr_find.megabytes * 1_000_000
