"""manage.py worker_seen: what the health check of a worker's container asks."""

import os

import pytest
from django.core.management import CommandError, call_command

from cards.actions.demo_runs import greet
from cards.models import DemoWorker
from tests.conftest import START, Clock


def greeted(queue: str, name: str | None = None) -> None:
    greet(name=name or DemoWorker.name_here(queue), queue=queue, environment={}, now=START)


@pytest.mark.django_db
def test_it_succeeds_where_each_queue_has_a_worker_on_this_host(clock: Clock) -> None:
    greeted("light")
    greeted("heavy")
    clock.tick(seconds=30)
    call_command("worker_seen", "light", "heavy")


@pytest.mark.django_db
def test_it_names_the_queues_without(clock: Clock) -> None:
    greeted("light")
    with pytest.raises(CommandError, match=r"heavy, care\.$"):
        call_command("worker_seen", "light", "heavy", "care")


@pytest.mark.django_db
def test_a_worker_not_heard_of_for_half_a_minute_is_not_there(clock: Clock) -> None:
    greeted("care")
    clock.tick(seconds=31)
    with pytest.raises(CommandError):
        call_command("worker_seen", "care")


@pytest.mark.django_db
def test_another_container_s_worker_does_not_count(clock: Clock) -> None:
    greeted("light", f"light@not-{os.uname().nodename}:1")
    greeted("light", f"light@{os.uname().nodename}-2:1")
    with pytest.raises(CommandError):
        call_command("worker_seen", "light")
