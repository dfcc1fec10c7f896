"""What people say about a card: to each other in a group, to its editors by a report, and each to themselves."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards.models.decks import Card
from cards.models.groups import Following, Membership, Right, Role, StudyGroup
from cards.models.learners import Learner

MOST_CHARACTERS = 5000
OWNERS_TIME = timedelta(days=3)  # after which a report is the staff's as well


class Note(models.Model):
    """What a learner wrote for themselves beside a card. Nobody else sees it; no edit of the card touches it."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="notes")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=MOST_CHARACTERS)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [models.UniqueConstraint(fields=["learner", "card"], name="one_note")]

    def __str__(self) -> str:
        return f"a note of {self.learner_id} on {self.card_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, learner: Learner | None) -> Self:
        """Those in the groups that the learner may read, about cards that they may read and that the group learns."""
        groups = StudyGroup.objects.allowing(learner, Right.READ)
        follows = Following.objects.filter(group=OuterRef("group"), deck=OuterRef("card__deck"))
        return self.filter(
            Q(card__deck__group=F("group")) | Exists(follows),
            group__in=groups,
            card__in=Card.objects.visible_to(learner),
        )

    def editable_by(self, learner: Learner | None) -> Self:
        """One's own, in the groups in which one takes part."""
        groups = StudyGroup.objects.allowing(learner, Right.TAKE_PART)
        return self.visible_to(learner).filter(author=learner, group__in=groups, deleted_at=None)

    def reportable_by(self, learner: Learner | None) -> Self:
        """Whatever one reads, but one's own: of a viewer too, who can say so nowhere else."""
        return self.visible_to(learner).filter(deleted_at=None).exclude(author=learner)

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
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["card", "group", "created_at"], name="discussion_of_card")]
        constraints = [
            models.CheckConstraint(
                name="said_or_deleted", condition=~Q(text="") | Q(deleted_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"a comment on {self.card_id}"

    def get_absolute_url(self) -> str:
        """Its place in the discussion."""
        address = reverse("cards:discussion", args=[self.group_id, self.card_id])
        return f"{address}?comment={self.pk}#comment-{self.pk}"

    @property
    def is_deleted_by_author(self) -> bool:
        return self.deleted_by_id is not None and self.deleted_by_id == self.author_id


def discussed_in(card: Card, learner: Learner | None) -> QuerySet[StudyGroup]:
    """The groups in which the learner may read what is said of the card, with `comment_count`. `card` has its deck.

    Of a public deck: those of the learner's that follow it.
    """
    if card.deck.group_id is not None:
        groups = StudyGroup.objects.allowing(learner, Right.READ).filter(pk=card.deck.group_id)
    elif card.deck.is_public:
        groups = StudyGroup.objects.of(learner).filter(followings__deck=card.deck_id)
    else:
        return StudyGroup.objects.none()
    said = Comment.objects.filter(group=OuterRef("pk"), card=card, deleted_at=None).order_by()
    count = said.values("group").annotate(count=Count("pk")).values("count")
    return groups.annotate(comment_count=Coalesce(Subquery(count), 0))


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def decidable_by(self, learner: Learner | None) -> Self:
        """Those in the groups that the learner moderates, but for those about their own words.

        Staff may decide each; a group's owner those that they did not pass on.
        """
        groups = StudyGroup.objects.allowing(learner, Right.MODERATE)
        found = self.filter(comment__group__in=groups).exclude(comment__author=learner)
        return found if learner is not None and learner.is_staff else found.filter(to_staff_at=None)

    def with_waiting(self, now: datetime) -> Self:
        """Each with `is_of_owner`, whether its group's owner wrote the comment; and `is_for_staff`: then, or when the
        owner passed it on, or let it lie for three days."""
        owner = Membership.objects.standing().filter(
            role=Role.OWNER, group=OuterRef("comment__group"), learner=OuterRef("comment__author")
        )
        for_staff = Q(is_of_owner=True) | Q(to_staff_at__isnull=False) | Q(created_at__lte=now - OWNERS_TIME)
        return self.annotate(is_of_owner=Exists(owner)).annotate(
            is_for_staff=models.Case(models.When(for_staff, then=True), default=False)
        )


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
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "learner"], condition=Q(closed_at=None), name="one_open_report"
            )
        ]

    def __str__(self) -> str:
        return f"a report of {self.comment}"
