"""The inbox: what happened that a learner wants to know of."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards.models.decks import Card, Deck
from cards.models.discussions import Comment
from cards.models.groups import Assignment, Right, StudyGroup
from cards.models.learners import Learner
from cards.models.revisions import Suggestion


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)

    def visible_to(self, learner: Learner | None) -> Self:
        """The learner's own, as far as they may still read the card, the deck and the group that it is about."""
        if learner is None or learner.is_guest:
            return self.none()
        decks = Deck.objects.visible_to(learner)
        groups = Q(group__in=StudyGroup.objects.allowing(learner, Right.READ))
        return self.filter(
            Q(card=None) | Q(card__deck__in=decks),
            Q(deck=None) | Q(deck__in=decks),
            Q(group=None)
            | groups
            | Q(kind=Notice.Kind.REMOVED),  # whose line says no more than the group's name
            Q(suggestion=None) | Q(suggestion__in=Suggestion.objects.visible_to(learner)),
            Q(comment=None) | Q(comment__deleted_at=None),
            learner=learner,
        )

    def with_subjects(self) -> Self:
        """With all that a line and its link name, in the same query."""
        return self.select_related(
            "by", "group", "deck", "card__deck", "suggestion__card__deck", "suggestion__deck", "assignment"
        )


class Notice(models.Model):
    """One line in a learner's inbox. What it says is made of its kind and of the rows that it names."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("your suggestion was accepted")
        DECLINED = "declined", _("your suggestion was declined")
        ANSWERED = "answered", _("somebody wrote about a suggestion of yours")
        MENTIONED = "mentioned", _("somebody named you in a discussion")
        REPORTED = "reported", _("a comment was reported")
        ASSIGNED = "assigned", _("an assignment was set")
        DECK_ADDED = "deck added", _("a group has a new deck")
        ROLE_GIVEN = "role given", _("your role in a group changed")
        REMOVED = "removed", _("you were removed from a group")
        HANDED_OVER = "handed over", _("a group was handed over to you")

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=11, choices=Kind)
    by = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="+")
    group = models.ForeignKey(StudyGroup, null=True, on_delete=models.CASCADE, related_name="+")
    deck = models.ForeignKey(Deck, null=True, on_delete=models.CASCADE, related_name="+")
    card = models.ForeignKey(Card, null=True, on_delete=models.CASCADE, related_name="+")
    suggestion = models.ForeignKey(Suggestion, null=True, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="+")
    assignment = models.ForeignKey(Assignment, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["learner", "-created_at"], name="inbox"),
            models.Index(fields=["learner", "-id"], condition=Q(read_at=None), name="unread_notices"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, to {self.learner_id}"

    def get_absolute_url(self) -> str:
        """Where one sees what it is about: the most particular of the rows that it names."""
        if self.kind == Notice.Kind.REMOVED:
            return reverse("cards:inbox")
        if self.kind == Notice.Kind.REPORTED:
            return reverse("cards:report_list")
        subject = self.suggestion or self.comment or self.card or self.deck or self.group
        return subject.get_absolute_url() if subject else reverse("cards:inbox")
