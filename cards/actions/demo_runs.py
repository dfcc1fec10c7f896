"""Demo runs: ask for one, take it, report on it, end it; and what becomes of those that were lost.

A run's attempt number is its fencing token: whatever a worker writes names the attempt that it holds, and is refused
once the run has gone on without it. So a run never has two results, however often its message is delivered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cards.demos.contract import Demo
from cards.demos.draw import Drawing
from cards.demos.registry import demo as demo_of
from cards.messages import kept
from cards.models import Card, DemoPicture, DemoResult, DemoRun, DemoWorker, Learner
from cards.models.demo_runs import result_key

MOST_ATTEMPTS = 2
KEPT_DAYS = 30
WORKER_SEEN_SECONDS = 30  # a worker greets every few seconds; one not heard of for so long is not there
QUEUED_SECONDS = 3600
GPU_WAIT_SECONDS = 2  # that a worker waits for its host's GPU, before it gives the run back to the queue
RESENT_SECONDS = 5  # a message that nobody took for so long, with a worker idle, was lost

# Stored in English; a page says them in its reader's language.
LOST = gettext_noop("The worker that computed it was lost, and so was the one that tried again.")
TOO_LONG = gettext_noop("It took longer than it may, and was stopped.")
NOBODY_CAME = gettext_noop("No demo worker came within an hour. Run it again once one is there.")


def limit_seconds(slug: str) -> float:
    """How long a run of that demo may take: by its own word, or the site's lower one."""
    demo = demo_of(slug)
    return lower(demo.seconds if demo else 0.0, settings.DEMO_MOST_SECONDS)


def lower(own: float, most: float) -> float:
    """A demo's own limit, or the site's where that is lower; 0 means that the site sets none."""
    return min(own, most) if most else own


class TooManyRuns(Exception):
    """Why no further run is taken now, as a sentence for whoever asked."""


def request_run(
    *,
    learner: Learner,
    demo: Demo,
    parameters: dict[str, Any],
    seed: int,
    now: datetime,
    card: Card | None = None,
    address: str = "",
    request_id: str = "",
) -> DemoRun:
    """A run of the demo: done at once where the same was computed before, else queued for a worker.

    The same request that is still unfinished is not queued twice. `address` is a guest's, hashed; `request_id` names
    the browser's request in the log. Raises TooManyRuns when the learner, or the address, has too many unfinished or
    asked for too many in the last hour.
    """
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=learner.pk)  # both halves of a double click queue here
        own = DemoRun.objects.of(learner)
        same = own.unfinished().filter(slug=demo.slug, parameters=parameters, seed=seed).first()
        if same is not None:
            return same
        run = DemoRun(
            learner=learner, card=card, slug=demo.slug, queue=demo.queue.value, parameters=parameters, seed=seed,
            address=address, request_id=request_id, created_at=now, sent_at=now,
        )  # fmt: skip
        run.result = _stored_result(run, now)
        if run.result is not None:
            run.status, run.finished_at = DemoRun.Status.DONE, now
        else:
            _check_limits(learner, address, now)
        run.save(force_insert=True)
    return run


def _stored_result(run: DemoRun, now: datetime) -> DemoResult | None:
    worker = DemoWorker.lately(run.queue, now - timedelta(seconds=WORKER_SEEN_SECONDS))
    if worker is None:
        return None
    key = result_key(run.slug, run.parameters, run.seed, worker.environment)
    return DemoResult.objects.filter(key=key).first()


def _check_limits(learner: Learner, address: str, now: datetime) -> None:
    hour = now - timedelta(hours=1)
    computed = DemoRun.objects.filter(created_at__gt=hour).exclude(attempt=0, status=DemoRun.Status.DONE)
    own = computed.filter(learner=learner)
    if own.unfinished().count() >= settings.DEMO_UNFINISHED:
        raise TooManyRuns(_("Your other demos are still waiting or running. Let one end, or cancel it."))
    if own.count() >= settings.DEMO_PER_HOUR:
        raise TooManyRuns(
            _("That were %(count)s demos within an hour. Wait a little.") % {"count": settings.DEMO_PER_HOUR}
        )
    if address and computed.filter(address=address).count() >= settings.DEMO_PER_HOUR_AND_ADDRESS:
        raise TooManyRuns(
            _("Too many demos were asked for from your network within an hour. Sign in, or wait.")
        )


def claim_run(*, run_id: UUID, now: datetime) -> DemoRun | None:
    """The queued run, now running as its next attempt; None when somebody has it, or it is over."""
    with transaction.atomic():
        claimed = DemoRun.objects.filter(pk=run_id, status=DemoRun.Status.QUEUED).update(
            status=DemoRun.Status.RUNNING,
            attempt=F("attempt") + 1,
            progress={},
            started_at=now,
            heartbeat_at=now,
        )
        return DemoRun.objects.get(pk=run_id) if claimed else None


def report_run(*, run: DemoRun, progress: dict[str, Any], now: datetime) -> bool:
    """Writes the heartbeat and the progress. False when the run is no longer this attempt's: stop computing."""
    return bool(_held(run).update(progress=progress, heartbeat_at=now))


def finish_run(
    *, run: DemoRun, drawing: Drawing, environment: dict[str, Any], stamp: dict[str, Any], now: datetime
) -> bool:
    """Stores the result and ends the run, with the parameters that it was computed with.

    False, writing nothing, when it is no longer this attempt's.
    """
    with transaction.atomic():
        ended = {"status": DemoRun.Status.DONE, "finished_at": now, "heartbeat_at": now}
        if not _held(run).update(**ended, parameters=run.parameters):
            return False
        result, is_new = DemoResult.objects.get_or_create(
            key=result_key(run.slug, run.parameters, run.seed, environment),
            defaults={
                "parts": drawing.parts,
                "finding": drawing.finding,
                "messages": drawing.messages,
                "stamp": stamp,
                "created_at": now,
            },
        )
        if is_new:
            DemoPicture.objects.bulk_create(
                DemoPicture(result=result, place=place, png=png) for place, png in enumerate(drawing.pictures)
            )
        DemoRun.objects.filter(pk=run.pk).update(result=result)
    return True


def fail_run(*, run: DemoRun, error: str, now: datetime) -> bool:
    """Ends the run with a sentence for the learner. False when it is no longer this attempt's."""
    failed = {"status": DemoRun.Status.FAILED, "error": error, "messages": kept([error])}
    return bool(_held(run).update(**failed, finished_at=now))


def cancel_run(*, run: DemoRun, now: datetime) -> bool:
    """The learner wants it no more; its worker learns that by its next report. False when it was over already."""
    return bool(
        DemoRun.objects.filter(pk=run.pk)
        .unfinished()
        .update(status=DemoRun.Status.CANCELLED, finished_at=now)
    )


def _held(run: DemoRun) -> Any:
    return DemoRun.objects.filter(pk=run.pk, attempt=run.attempt, status=DemoRun.Status.RUNNING)


def greet(*, name: str, queue: str, environment: dict[str, Any], now: datetime) -> None:
    """A worker says that it is there, and what it computes with."""
    DemoWorker.objects.update_or_create(
        name=name, defaults={"queue": queue, "environment": environment, "seen_at": now}
    )


@dataclass(frozen=True, slots=True)
class Reaped:
    """What became of runs that were lost: the runs to send again, and how many failed."""

    to_send: tuple[DemoRun, ...]
    failed: int


def reap_runs(*, now: datetime) -> Reaped:
    """Looks after runs whose worker, or whose message, was lost.

    A run without a heartbeat is queued again, once; the second time it fails, as does one that is over its time and
    one that waited an hour. Where a worker is there and idle, or at a run whose message was sent later, the message of
    one that waits was lost.
    """
    stale = now - timedelta(seconds=settings.DEMO_STALE_SECONDS)
    again, failed = [], 0
    for run in DemoRun.objects.filter(status=DemoRun.Status.RUNNING):
        seconds = limit_seconds(run.slug) + settings.DEMO_GRACE_SECONDS
        if run.started_at is not None and run.started_at < now - timedelta(seconds=seconds):
            failed += fail_run(run=run, error=TOO_LONG, now=now)
        elif run.heartbeat_at is not None and run.heartbeat_at < stale:
            if run.attempt >= MOST_ATTEMPTS:
                failed += fail_run(run=run, error=LOST, now=now)
            elif (
                _held(run)
                .filter(heartbeat_at=run.heartbeat_at)
                .update(status=DemoRun.Status.QUEUED, progress={}, sent_at=now)
            ):
                again.append(run)
    waiting = DemoRun.objects.filter(status=DemoRun.Status.QUEUED)
    failed += waiting.filter(created_at__lt=now - timedelta(seconds=QUEUED_SECONDS)).update(
        status=DemoRun.Status.FAILED, error=NOBODY_CAME, finished_at=now
    )
    again += _lost_messages(now)
    return Reaped(tuple(again), failed)


def _lost_messages(now: datetime) -> Iterator[DemoRun]:
    seen = now - timedelta(seconds=WORKER_SEEN_SECONDS)
    there = DemoWorker.objects.filter(queue=OuterRef("queue"), seen_at__gte=seen)
    running = DemoRun.objects.filter(queue=OuterRef("queue"), status=DemoRun.Status.RUNNING)
    lost = DemoRun.objects.filter(
        Exists(there),
        ~Exists(running.filter(sent_at__lte=OuterRef("sent_at"))),
        status=DemoRun.Status.QUEUED,
        sent_at__lt=now - timedelta(seconds=RESENT_SECONDS),
    )
    for run in lost:
        if DemoRun.objects.filter(pk=run.pk, status=DemoRun.Status.QUEUED).update(sent_at=now):
            yield run


def clean_runs(*, now: datetime) -> int:
    """Deletes runs of more than 30 days ago, results that nobody's run has any more, and workers that are gone."""
    cut = now - timedelta(days=KEPT_DAYS)
    old = DemoRun.objects.filter(created_at__lt=cut).exclude(status=DemoRun.Status.RUNNING)
    with transaction.atomic():
        count = old.count()
        old.delete()
        DemoResult.objects.filter(created_at__lt=cut, runs=None).delete()
        DemoWorker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    return count
