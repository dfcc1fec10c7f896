"""Pictures in cards, uploaded by learners and re-encoded."""

import re
import uuid
from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards.models.decks import Card, Deck
from cards.models.groups import StudyGroup
from cards.models.learners import Learner
from cards.models.revisions import Suggestion

PICTURE = re.compile(r"/pictures/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class PictureQuerySet(models.QuerySet["Picture"]):
    def visible_to(self, learner: Learner | None) -> Self:
        """One's own pictures, and those in cards that one may read."""
        seen = Q(cards__in=Card.objects.visible_to(learner))
        if learner is not None:
            seen |= Q(owner=learner)
        return self.filter(seen).distinct()

    def kept_without(self, owners: Collection[Learner], groups: Collection[StudyGroup] = ()) -> Self:
        """Of the owners' pictures those in a card that outlives them, or in a suggestion that waits for a decision."""
        others = Deck.objects.exclude(owner__in=owners).exclude(group__in=groups)
        decks = others | Deck.objects.kept_without(owners, groups)
        shown = Exists(Card.objects.filter(deck__in=decks, pictures=OuterRef("pk")))
        waiting = Suggestion.objects.open().filter(proposer__in=owners).values_list("prompt", "answer")
        proposed = {name for texts in waiting for text in texts for name in PICTURE.findall(text)}
        return self.filter(shown | Q(pk__in=proposed), owner__in=owners)


class Picture(models.Model):
    """A WebP file that we encoded ourselves, named by its id. A card shows it as `![alt](/pictures/<id>)`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Nobody, once whoever uploaded it has left and a card that stays shows it.
    owner = models.ForeignKey(Learner, null=True, on_delete=models.CASCADE, related_name="pictures")
    cards = models.ManyToManyField(
        Card, related_name="pictures", help_text=_("The cards whose wording shows it.")
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
