"""Pictures in cards, uploaded by learners and re-encoded."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cards.models.decks import Card
from cards.models.learners import Learner


class PictureQuerySet(models.QuerySet["Picture"]):
    def visible_to(self, learner: Learner | None) -> Self:
        """One's own pictures, and those in cards that one may read."""
        seen = Q(cards__in=Card.objects.visible_to(learner))
        if learner is not None:
            seen |= Q(owner=learner)
        return self.filter(seen).distinct()


class Picture(models.Model):
    """A WebP file that we encoded ourselves, named by its id. A card shows it as `![alt](/pictures/<id>)`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="pictures")
    cards = models.ManyToManyField(
        Card, related_name="pictures", help_text="The cards whose wording shows it."
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    objects: ClassVar[PictureQuerySet] = PictureQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("cards:picture", args=[self.pk])

    @property
    def file_name(self) -> str:
        """Its file's name below MEDIA_ROOT."""
        return f"pictures/{self.pk}.webp"
