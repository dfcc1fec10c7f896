"""Demo runs: one result each, whatever is sent twice, lost or late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from cards.actions.demo_runs import (
    LOST,
    NOBODY_CAME,
    TOO_LONG,
    TooManyRuns,
    cancel_run,
    claim_run,
    clean_runs,
    fail_run,
    finish_run,
    greet,
    limit_seconds,
    reap_runs,
    report_run,
    request_run,
)
from cards.actions.learners import guest_for
from cards.demos.draw import Drawing
from cards.demos.registry import demo
from cards.models import DemoPicture, DemoResult, DemoRun, DemoWorker, Learner
from tests.conftest import START

SOFTMAX = demo("softmax_table")
CPU = {"device": "CPU", "versions": {"torch": "2.13.0"}}
DRAWING = Drawing(
    parts=[{"kind": "text", "title": "T", "text": "one", "language": ""}],
    finding="So it is.",
    data_used="None.",
    pictures=[b"png"],
)


@pytest.fixture
def ask(ada: Learner) -> Callable[..., DemoRun]:
    def ask(learner: Learner = ada, now=START, seed: int = 42, **parameters: str) -> DemoRun:
        return request_run(
            learner=learner, demo=SOFTMAX, parameters=SOFTMAX.read(parameters), seed=seed, now=now
        )

    return ask


def after(seconds: float):
    return START + timedelta(seconds=seconds)


def fresh(run: DemoRun) -> DemoRun:
    return DemoRun.objects.get(pk=run.pk)


def finish(run: DemoRun, environment=CPU, now=START) -> bool:
    return finish_run(run=run, drawing=DRAWING, environment=environment, stamp={"device": "CPU"}, now=now)


def test_a_request_waits_for_a_worker(ask, ada) -> None:
    run = ask(activations="1,2")
    assert (run.status, run.learner, run.queue, run.attempt) == ("queued", ada, "light", 0)
    assert run.parameters == {"activations": [1.0, 2.0]}


def test_a_run_goes_from_queued_to_done(ask) -> None:
    run = claim_run(run_id=ask().pk, now=after(1))
    assert (run.status, run.attempt, run.started_at) == ("running", 1, after(1))
    assert report_run(run=run, progress={"step": 3, "of": 9}, now=after(2))
    assert (fresh(run).progress, fresh(run).heartbeat_at) == ({"step": 3, "of": 9}, after(2))
    assert finish(run, now=after(3))
    done = fresh(run)
    assert (done.status, done.finished_at, done.result.parts) == ("done", after(3), DRAWING.parts)
    assert [bytes(picture.png) for picture in done.result.pictures.all()] == [b"png"]


def test_a_message_that_comes_twice_gives_one_run(ask) -> None:
    run = ask()
    assert claim_run(run_id=run.pk, now=START) is not None
    assert claim_run(run_id=run.pk, now=START) is None


def test_who_lost_a_run_can_write_nothing_more_of_it(ask) -> None:
    first = claim_run(run_id=ask().pk, now=START)
    reap_runs(now=after(20))
    second = claim_run(run_id=first.pk, now=after(21))
    assert second.attempt == 2
    assert not report_run(run=first, progress={"step": 1}, now=after(22))
    assert not finish(first)
    assert not fail_run(run=first, error="mine", now=after(22))
    assert fresh(second).status == "running"
    assert DemoResult.objects.count() == 0
    assert finish(second)
    assert not finish(first)
    assert DemoResult.objects.count() == 1


def test_a_failure_says_why(ask) -> None:
    run = claim_run(run_id=ask().pk, now=START)
    assert fail_run(run=run, error="It needed more than 10 MB.", now=after(1))
    assert (fresh(run).status, fresh(run).error, fresh(run).finished_at) == (
        "failed",
        "It needed more than 10 MB.",
        after(1),
    )


@pytest.mark.parametrize("is_running", [False, True])
def test_a_cancelled_run_ends_and_its_worker_learns_it(ask, is_running) -> None:
    run = ask()
    if is_running:
        run = claim_run(run_id=run.pk, now=START)
    assert cancel_run(run=run, now=after(1))
    assert fresh(run).status == "cancelled"
    assert not report_run(run=run, progress={}, now=after(2))
    assert claim_run(run_id=run.pk, now=after(2)) is None
    assert not finish(run)
    assert not cancel_run(run=run, now=after(3))
    assert fresh(run).finished_at == after(1)


# --- what was computed before -----------------------------------------------------------------------------------------


def done_by(ask, environment=CPU) -> DemoRun:
    run = claim_run(run_id=ask().pk, now=START)
    finish(run, environment)
    return fresh(run)


def test_the_same_again_is_there_at_once_for_everybody(ask, ada, bob) -> None:
    greet(name="w", queue="light", environment=CPU, now=START)
    run = done_by(ask)
    for learner in (ada, bob):
        again = ask(learner, now=after(5))
        assert (again.status, again.result, again.attempt, again.finished_at) == (
            "done",
            run.result,
            0,
            after(5),
        )


@pytest.mark.parametrize(
    ("change", "environment"),
    [
        ({"seed": 43}, CPU),
        ({"activations": "1,2"}, CPU),
        ({}, CPU | {"device": "H100"}),
        ({}, CPU | {"versions": {"torch": "2.14.0"}}),
    ],
)
def test_another_seed_parameter_device_or_version_is_computed_anew(ask, change, environment) -> None:
    done_by(ask)
    greet(name="w", queue="light", environment=environment, now=START)
    assert ask(**change).status == "queued"


def test_a_demo_that_was_mended_is_computed_anew(ask, monkeypatch) -> None:
    greet(name="w", queue="light", environment=CPU, now=START)
    run = done_by(ask)
    assert ask(now=after(5)).result == run.result
    monkeypatch.setattr("cards.models.demo_runs.demo_of", lambda slug: replace(demo(slug), code="mended"))
    assert ask(now=after(6)).status == "queued"


def test_a_run_ends_with_the_parameters_that_it_was_computed_with(ask) -> None:
    run = claim_run(run_id=ask().pk, now=START)
    run.parameters = {"activations": [1.0, 2.0]}
    finish(run)
    greet(name="w", queue="light", environment=CPU, now=START)
    assert fresh(run).parameters == {"activations": [1.0, 2.0]}
    assert ask(activations="1,2").result == fresh(run).result


def test_without_a_worker_seen_lately_nobody_knows_with_what_it_would_be_computed(ask) -> None:
    greet(name="w", queue="light", environment=CPU, now=START)
    done_by(ask)
    assert ask(now=after(31)).status == "queued"


def test_two_runs_that_end_with_the_same_share_one_result(ask, bob) -> None:
    one, two = (claim_run(run_id=run.pk, now=START) for run in (ask(), ask(bob)))
    assert finish(one)
    assert finish(two)
    assert fresh(one).result == fresh(two).result
    assert DemoPicture.objects.count() == 1


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_double_click_asks_once(ask) -> None:
    assert ask() == ask()
    assert DemoRun.objects.count() == 1


def test_a_learner_has_so_many_unfinished(ask, settings, bob) -> None:
    settings.DEMO_UNFINISHED = 2
    first = ask(seed=1)
    ask(seed=2)
    with pytest.raises(TooManyRuns, match="Let one end"):
        ask(seed=3)
    assert ask(bob, seed=3).status == "queued"
    cancel_run(run=first, now=START)
    assert ask(seed=3).status == "queued"


def test_a_learner_has_so_many_an_hour_not_counting_what_was_there(ask, settings) -> None:
    settings.DEMO_PER_HOUR = 2
    greet(name="w", queue="light", environment=CPU, now=START)
    done_by(ask)
    for _ in range(5):
        ask()
    cancel_run(run=ask(seed=1), now=START)
    with pytest.raises(TooManyRuns, match="within an hour"):
        ask(seed=2)
    assert ask(seed=2, now=after(3601)).status == "queued"


def test_the_guests_of_one_address_have_so_many_an_hour(deck, settings) -> None:
    settings.DEMO_PER_HOUR_AND_ADDRESS = 2

    def ask(claim: str, address: str) -> DemoRun:
        guest = guest_for(claim=claim, time_zone="UTC", now=START)
        return request_run(
            learner=guest, demo=SOFTMAX, parameters=SOFTMAX.read({}), seed=1, now=START, address=address
        )

    ask("a", "here")
    ask("b", "here")
    with pytest.raises(TooManyRuns, match="network"):
        ask("c", "here")
    assert ask("d", "there").status == "queued"


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("many_connections")
def test_twenty_at_once_ask_for_one_run(ada) -> None:
    gate = Barrier(20)

    def ask(_: int) -> DemoRun:
        gate.wait()
        try:
            return request_run(learner=ada, demo=SOFTMAX, parameters=SOFTMAX.read({}), seed=1, now=START)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        runs = set(pool.map(ask, range(20)))
    assert len(runs) == DemoRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("many_connections")
def test_of_twenty_workers_one_has_the_run(ada, deck) -> None:
    run = request_run(learner=ada, demo=SOFTMAX, parameters=SOFTMAX.read({}), seed=1, now=START)
    gate = Barrier(20)

    def claim(_: int) -> bool:
        gate.wait()
        try:
            claimed = claim_run(run_id=run.pk, now=START)
            return claimed is not None and finish(claimed)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(claim, range(20))) == 1
    assert fresh(run).attempt == DemoResult.objects.count() == 1


# --- what was lost ----------------------------------------------------------------------------------------------------


def test_a_run_without_a_heartbeat_is_tried_once_more(ask) -> None:
    run = claim_run(run_id=ask().pk, now=START)
    assert reap_runs(now=after(15)).to_send == ()
    report_run(run=run, progress={}, now=after(5))
    assert reap_runs(now=after(20)).to_send == ()
    assert reap_runs(now=after(20.5)).to_send == (run,)
    assert fresh(run).status == "queued"
    again = claim_run(run_id=run.pk, now=after(21))
    assert again.attempt == 2
    assert reap_runs(now=after(40)).failed == 1
    assert (fresh(run).status, fresh(run).error) == ("failed", LOST)


def test_a_run_over_its_time_fails_however_lively(ask) -> None:
    run = claim_run(run_id=ask().pk, now=START)
    over = limit_seconds("softmax_table") + 5.1
    report_run(run=run, progress={}, now=after(over))
    assert reap_runs(now=after(over)).failed == 1
    assert (fresh(run).status, fresh(run).error) == ("failed", TOO_LONG)


def test_a_site_may_set_a_lower_time(settings) -> None:
    own = limit_seconds("lr_find")
    settings.DEMO_MOST_SECONDS = 3
    assert (limit_seconds("lr_find"), own > 3) == (3, True)


def test_a_lost_message_is_sent_again_where_a_worker_is_idle(ask) -> None:
    run = ask()
    assert reap_runs(now=after(6)).to_send == ()  # no worker: sending again would only heap up messages
    greet(name="w", queue="light", environment=CPU, now=after(6))
    assert reap_runs(now=after(6)).to_send == (run,)
    assert reap_runs(now=after(7)).to_send == ()  # it was sent just now


def test_who_waits_behind_a_running_one_is_not_lost(ask, bob) -> None:
    greet(name="w", queue="light", environment=CPU, now=after(10))
    running = claim_run(run_id=ask().pk, now=START)
    ask(bob)
    report_run(run=running, progress={}, now=after(9))
    assert reap_runs(now=after(10)).to_send == ()


def test_who_was_passed_over_is_sent_again(ask, bob) -> None:
    """A queue that is never idle would else leave them for ever: their message was lost."""
    greet(name="w", queue="light", environment=CPU, now=after(10))
    lost, later = ask(), ask(bob, now=after(1))
    running = claim_run(run_id=later.pk, now=after(9))
    report_run(run=running, progress={}, now=after(9))
    assert reap_runs(now=after(10)).to_send == (lost,)
    assert reap_runs(now=after(16)).to_send == ()  # it has its place behind the other now


def test_a_busy_worker_of_another_queue_is_no_reason_to_wait(ask, ada) -> None:
    greet(name="w", queue="light", environment=CPU, now=after(10))
    heavy = demo("lr_find")
    claim_run(
        run_id=request_run(learner=ada, demo=heavy, parameters=heavy.read({}), seed=1, now=START).pk,
        now=after(9),
    )
    run = ask(now=after(1))
    assert reap_runs(now=after(10)).to_send == (run,)


def test_a_run_that_nobody_takes_within_an_hour_fails(ask) -> None:
    run = ask()
    assert reap_runs(now=after(3599)).failed == 0
    assert reap_runs(now=after(3601)).failed == 1
    assert (fresh(run).status, fresh(run).error) == ("failed", NOBODY_CAME)


def test_what_is_old_is_deleted(ask, bob) -> None:
    old, kept = done_by(ask), ask(bob, seed=7, now=START + timedelta(days=2))
    greet(name="w", queue="light", environment=CPU, now=START)
    assert clean_runs(now=START + timedelta(days=30)) == 0
    assert clean_runs(now=START + timedelta(days=31)) == 1
    assert list(DemoRun.objects.all()) == [kept]
    assert not DemoResult.objects.filter(pk=old.result_id).exists()
    assert DemoWorker.objects.count() == 0
