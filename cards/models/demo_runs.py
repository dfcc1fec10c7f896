"""Demos that learners run: each request, what came out, and which workers are there."""

import hashlib
import json
import os
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards.demos.registry import demo as demo_of
from cards.models.decks import Card
from cards.models.learners import Learner


def result_key(slug: str, parameters: dict[str, Any], seed: int, environment: dict[str, Any]) -> str:
    """What names a result: the same demo, parameters, seed, library versions and device give the same.

    The demo is the same as long as its code is; the photos of the pets count where it may show them.
    """
    demo = demo_of(slug)
    code = demo.code if demo else ""
    pets = environment.get("pets", "") if demo and demo.has_pets else ""
    named = [slug, code, parameters, seed, environment | {"pets": pets}]
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()


class DemoWorker(models.Model):
    """A worker's child that runs demos of one queue, and when it last said so."""

    name = models.CharField(max_length=200, primary_key=True, help_text=_("Its host and process."))
    queue = models.CharField(max_length=8)
    environment = models.JSONField(help_text=_("Its device and the versions of its libraries."))
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("demo worker")
        verbose_name_plural = _("demo workers")
        indexes = [models.Index(fields=["queue", "-seen_at"], name="worker_seen")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def lately(cls, queue: str, since: datetime) -> "DemoWorker | None":
        """The worker of the queue that was seen last, if that was not before `since`."""
        return cls.objects.filter(queue=queue, seen_at__gte=since).order_by("-seen_at").first()

    @staticmethod
    def name_here(queue: str) -> str:
        """What this process is called as a worker of the queue."""
        return f"{queue}@{os.uname().nodename}:{os.getpid()}"

    @classmethod
    def is_seen_here(cls, queue: str, since: datetime) -> bool:
        """Whether a worker of the queue on this host, which may be a container, was not last seen before `since`."""
        here = f"{queue}@{os.uname().nodename}:"
        return cls.objects.filter(name__startswith=here, seen_at__gte=since).exists()


class DemoResult(models.Model):
    """What a run gave, drawn and ready to be shown; shared by all who ask for the same."""

    key = models.CharField(max_length=64, unique=True)
    parts = models.JSONField(
        help_text=_("Tables, plots, texts and pictures, as cards.demos.draw gives them.")
    )
    messages = models.JSONField(
        default=dict, help_text=_("How the texts with something in them are said anew: cards.messages.kept.")
    )
    finding = models.TextField(help_text=_("The sentence that the result shows."))
    stamp = models.JSONField(help_text=_("Device, versions, seconds, data used."))
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key[:12]


class DemoPicture(models.Model):
    """A PNG file of a result."""

    result = models.ForeignKey(DemoResult, on_delete=models.CASCADE, related_name="pictures")
    place = models.PositiveSmallIntegerField()
    png = models.BinaryField()

    class Meta:
        verbose_name = _("demo picture")
        verbose_name_plural = _("demo pictures")
        constraints = [models.UniqueConstraint(fields=["result", "place"], name="one_picture_per_place")]

    def __str__(self) -> str:
        return f"picture {self.place} of {self.result_id}"


class DemoRunQuerySet(models.QuerySet["DemoRun"]):
    def of(self, learner: Learner | None) -> Self:
        """The learner's own: nobody else sees a run."""
        return self.filter(learner=learner) if learner is not None else self.none()

    def unfinished(self) -> Self:
        return self.filter(status__in=[DemoRun.Status.QUEUED, DemoRun.Status.RUNNING])


class DemoRun(models.Model):
    """One request to run a demo. The row is the truth; a message in a broker only says to look at it."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="demo_runs")
    card = models.ForeignKey(Card, null=True, on_delete=models.SET_NULL, related_name="+")
    slug = models.CharField(max_length=40)
    queue = models.CharField(max_length=8)
    parameters = models.JSONField()
    seed = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    attempt = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often a worker took it; its fencing token.")
    )
    progress = models.JSONField(default=dict, help_text=_("The last report: step, of, text, numbers."))
    messages = models.JSONField(default=dict, help_text=_("How the error is said anew: cards.messages.kept."))
    error = models.TextField(blank=True, help_text=_("Why it failed, for the learner."))
    address = models.CharField(
        max_length=64, blank=True, help_text=_("A guest's address, hashed, for the limit.")
    )
    request_id = models.CharField(
        max_length=64, blank=True, default="", help_text=_("Of the request that asked for it, for the log.")
    )
    result = models.ForeignKey(DemoResult, null=True, on_delete=models.SET_NULL, related_name="runs")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(help_text=_("When a message was last sent for it."))
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[DemoRunQuerySet] = DemoRunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("demo run")
        verbose_name_plural = _("demo runs")
        indexes = [
            models.Index(fields=["learner", "slug", "-created_at"], name="run_of_learner"),
            models.Index(fields=["address", "created_at"], name="run_of_address", condition=~Q(address="")),
            models.Index(
                fields=["queue", "status"],
                name="run_unfinished",
                condition=Q(status__in=["queued", "running"]),
            ),
            models.Index(fields=["created_at"], name="run_by_age"),
            models.Index(
                fields=["slug", "-created_at"],
                name="run_computed",
                condition=Q(status="done", result__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="done_has_finished",
                condition=Q(status__in=["queued", "running"], finished_at=None)
                | Q(status__in=["done", "failed", "cancelled"], finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="running_has_a_heartbeat", condition=~Q(status="running") | Q(heartbeat_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("cards:demo_run", args=[self.pk])

    @property
    def is_unfinished(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}

    @property
    def state_name(self) -> str:
        """Changes whenever what the run shows does: a poll that names it is answered only with news."""
        return f"{self.status}-{self.attempt}-{self.progress.get('step', 0)}"

    def age(self, now: datetime) -> timedelta:
        return now - self.created_at
