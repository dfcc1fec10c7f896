"""What people say about a card: to each other in a group, to its editors by a report, and each to themselves."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cards.models.decks import Card
from cards.models.groups import Right, StudyGroup
from cards.models.learners import Learner

MOST_CHARACTERS = 5000


class Note(models.Model):
    """What a learner wrote for themselves beside a card. Nobody else sees it; no edit of the card touches it."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="notes")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=MOST_CHARACTERS)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "card"], name="one_note")]

    def __str__(self) -> str:
        return f"a note of {self.learner_id} on {self.card_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, learner: Learner | None) -> Self:
        """Those in the groups that the learner may read, about cards that the learner may read."""
        groups = StudyGroup.objects.allowing(learner, Right.READ)
        return self.filter(group__in=groups, card__in=Card.objects.visible_to(learner))

    def deletable_by(self, learner: Learner | None) -> Self:
        """One's own, and those in the groups that one may moderate."""
        moderated = Q(group__in=StudyGroup.objects.allowing(learner, Right.MODERATE))
        return self.visible_to(learner).filter(moderated | Q(author=learner), deleted_at=None)


class Comment(models.Model):
    """Something said about a card in a group, in Markdown. A deleted one keeps its place, without its text."""

    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="comments")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="comments")
    text = models.TextField(max_length=MOST_CHARACTERS, blank=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["card", "group", "created_at"], name="discussion_of_card")]
        constraints = [
            models.CheckConstraint(
                name="said_or_deleted", condition=~Q(text="") | Q(deleted_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"a comment on {self.card_id}"


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def decidable_by(self, learner: Learner | None) -> Self:
        """Those about comments that the learner may delete: a group's owner first, staff as well."""
        return self.filter(comment__group__in=StudyGroup.objects.allowing(learner, Right.MODERATE))


class Report(models.Model):
    """Somebody says that a comment should not stand there."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    to_staff_at = models.DateTimeField(null=True, help_text=_("When its group's owner passed it on."))
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[ReportQuerySet] = ReportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "learner"], condition=Q(closed_at=None), name="one_open_report"
            )
        ]

    def __str__(self) -> str:
        return f"a report of {self.comment}"
