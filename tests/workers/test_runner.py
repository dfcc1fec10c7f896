"""What a demo says as it goes on, and hears; and what its process does after it."""

import gc
import json
import weakref

import pytest

from cards.clock import now
from cards.demos import pets
from cards.demos.contract import Cancelled
from cards.demos.registry import demo
from cards.models import DemoRun, Learner
from cards.runner import Child, Watched


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


@pytest.mark.django_db(transaction=True)  # the connection is closed while it computes
def test_after_a_run_its_process_tidies_up(ada: Learner, monkeypatch) -> None:
    """What only holds itself is gone, which Python does at its leisure; what glibc keeps goes with it."""

    class Learned:
        def __init__(self) -> None:
            self.by = self

    monkeypatch.setattr(Child, "_pulse", lambda self: None)
    child, softmax = Child("light"), demo("softmax_table")
    assert softmax is not None
    run = DemoRun.objects.create(
        learner=ada, slug="softmax_table", queue="light", parameters=softmax.read({}), seed=1,
        created_at=now(), sent_at=now(),
    )  # fmt: skip
    left = weakref.ref(Learned())
    gc.disable()
    try:
        assert child.run(run.pk)
    finally:
        gc.enable()
        pets.use(None)  # which the child was told
    run.refresh_from_db()
    assert (run.status, left()) == ("done", None)
