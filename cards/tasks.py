"""Celery's door. Thin: a task calls an action, or the runner of its worker's child. A view enqueues, on commit."""

import logging
import signal
import sys
from math import ceil
from typing import Any
from uuid import UUID

from celery import Task
from celery.exceptions import Reject
from celery.signals import worker_init, worker_process_init, worker_ready
from django.conf import settings
from kombu.exceptions import OperationalError

from cards.actions.demo_runs import GPU_WAIT_SECONDS, clean_runs, greet, limit_seconds, reap_runs
from cards.clock import now
from cards.demos import libraries
from cards.demos.contract import Queue
from cards.mailer import send_digests
from cards.models import DemoRun, DemoWorker
from chapter5.celery import app
from chapter5.logs import request_id

logger = logging.getLogger(__name__)


class DemoTask(Task):  # type: ignore[misc]
    """The task of a worker that runs demos: its queue, and this process's child of the runner."""

    queue_here: Queue | None = None
    child: Any = None

    def before_start(self, *args: Any) -> None:
        request_id.set("")  # of the run before


@app.task(base=DemoTask, bind=True)
def run_demo(self: DemoTask, run_id: str) -> None:
    """Looks at a run, and computes it unless somebody has. Delivered twice, the second finds nothing to do.

    While another run has the GPU it goes back into the queue, to its front on Redis, and its time begins anew.
    """
    if not self.child.run(UUID(run_id)):
        if not (self.request.delivery_info or {}).get("redelivered"):
            logger.info("run %s waits: another has the GPU", run_id)
        raise Reject("another has the GPU", requeue=True)


@app.task
def care() -> None:
    """Looks after runs that were lost, and says that somebody does."""
    reaped = reap_runs(now=now())
    for run in reaped.to_send:
        request_id.set(run.request_id)
        logger.warning("run %s, or its message, was lost: it is sent again", run.pk)
        send_run(run)
    request_id.set("")
    if reaped.failed:
        logger.error("%s demo runs were given up", reaped.failed)
    greet(name=DemoWorker.name_here("care"), queue="care", environment={}, now=now())


@app.task
def clean() -> None:
    """Deletes what is old."""
    logger.info("%s old demo runs deleted", clean_runs(now=now()))


@app.task
def digests() -> None:
    """Sends the mails of the morning, to those where it is."""
    if count := send_digests():
        logger.info("%s digests sent", count)


def send_run(run: DemoRun) -> None:
    """Tells the queue's workers to look at the run. A broker that is away costs a moment and loses nothing."""
    # By then the child did not hear its own pulse.
    seconds = ceil(GPU_WAIT_SECONDS + limit_seconds(run.slug) + 2 * settings.DEMO_GRACE_SECONDS)
    try:
        run_demo.apply_async((str(run.pk),), queue=run.queue, time_limit=seconds, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("run %s could not be sent (%s); it is sent again later", run.pk, error)


# Celery logs what these two raise, and goes on: a worker that cannot compute would take the runs of those that can.


@worker_init.connect
def _load_libraries(sender: Any, **kwargs: Any) -> None:
    """In the worker's parent, so that its children have them at once. No tensor is made before the fork."""
    for queue in Queue:
        if queue in sender.app.amqp.queues.consume_from:
            try:
                libraries.load(queue)
            except Exception as error:
                sys.exit(f"What {queue} demos need could not be loaded: {error!r}")
            run_demo.queue_here = queue


@worker_process_init.connect
def _begin_child(**kwargs: Any) -> None:
    if run_demo.queue_here is not None:
        from cards.runner import Child

        try:
            run_demo.child = Child(run_demo.queue_here)
        except Exception as error:
            sys.exit(f"A child for {run_demo.queue_here} demos could not begin: {error!r}")


@worker_ready.connect
def _end_at_once(**kwargs: Any) -> None:
    """When told to, children and all: Celery would wait for what they compute, which is found and taken up again."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
