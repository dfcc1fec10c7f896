"""Cancelling: at any moment, once or twice, one's own run alone."""

import pytest

from cards.actions.demo_runs import claim_run, report_run
from cards.models import DemoRun
from tests.conftest import START
from tests.views.demo_runs import ask, begin, done

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def cancel(client, run: DemoRun, **headers: str):
    return client.post(f"{run.get_absolute_url()}cancel/", **headers)


def test_it_ends_a_run_that_waits_and_one_that_runs(client_of, ada) -> None:
    client = client_of(ada)
    waiting, running = ask(ada, seed=1), begin(ada, seed=2)
    report_run(run=running, progress={"step": 3, "of": 9, "text": "", "numbers": {}}, now=START)
    assert cancel(client, waiting)["Location"] == waiting.get_absolute_url()
    html = cancel(client, running, **HTMX).content.decode()
    assert html.lstrip().startswith('<div class="run">')
    assert "Cancelled at step 3 of 9." in html
    assert "data-focus" in html  # the button that had the focus is gone
    assert set(DemoRun.objects.values_list("status", flat=True)) == {"cancelled"}
    assert claim_run(run_id=waiting.pk, now=START) is None


def test_a_run_that_was_quicker_keeps_its_result(client_of, ada) -> None:
    run = done(ada)
    html = cancel(client_of(ada), run, **HTMX).content.decode()
    assert "It falls, then it blows up." in html
    assert DemoRun.objects.get().status == "done"


def test_twice_is_once(client_of, ada) -> None:
    run = ask(ada)
    for _ in range(2):
        assert "Cancelled." in cancel(client_of(ada), run, **HTMX).content.decode()


def test_nobody_else_can(client, client_of, ada, bob, staff) -> None:
    run = ask(ada)
    for stranger in (client, client_of(bob), client_of(staff)):
        assert cancel(stranger, run).status_code == 404
    assert DemoRun.objects.get().status == "queued"
    assert client_of(ada).get(f"{run.get_absolute_url()}cancel/").status_code == 405
