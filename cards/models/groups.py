"""Study groups: who is in one, in which role, and what that role may do. Access to a group is decided here alone.

A right is asked for by name, of a group (`StudyGroup.objects.allowing`), of its decks and of their cards (`visible_to`,
`correctable_by`, `editable_by`); no view or template knows what a role may do.
"""

from collections.abc import Collection
from datetime import datetime
from enum import Enum
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards.models.learners import Learner


class Role(models.TextChoices):
    """What somebody is in a group. Each may all that the next may."""

    OWNER = "owner", _("owner")
    EDITOR = "editor", _("editor")
    MEMBER = "member", _("member")
    VIEWER = "viewer", _("viewer")


class Right(Enum):
    """What can be done in a group."""

    READ = "read the group and its decks, and review them"
    TAKE_PART = "suggest, flag, discuss"
    EDIT = "write cards, decide what is proposed and flagged, set assignments"
    MODERATE = "delete what others said"
    RUN = "invite, give roles, remove, rename, archive, delete"


ROLES_WITH = {
    Right.READ: (Role.OWNER, Role.EDITOR, Role.MEMBER, Role.VIEWER),
    Right.TAKE_PART: (Role.OWNER, Role.EDITOR, Role.MEMBER),
    Right.EDIT: (Role.OWNER, Role.EDITOR),
    Right.MODERATE: (Role.OWNER,),
    Right.RUN: (Role.OWNER,),
}
STAFF_RIGHTS = {Right.READ, Right.MODERATE}  # in every group, without a membership
IN_ARCHIVE = {Right.READ, Right.MODERATE, Right.RUN}  # what a group in the archive still allows


class StudyGroupQuerySet(models.QuerySet["StudyGroup"]):
    def allowing(self, learner: Learner | None, right: Right) -> Self:
        """The groups in which the learner has that right."""
        if learner is None or learner.is_guest:
            return self.none()
        groups = self if right in IN_ARCHIVE else self.filter(archived_at=None)
        if learner.is_staff and right in STAFF_RIGHTS:
            return groups
        roles = Membership.objects.standing().filter(learner=learner, role__in=ROLES_WITH[right])
        return groups.filter(pk__in=roles.values("group"))

    def of(self, learner: Learner | None) -> Self:
        """The groups in which the learner is."""
        if learner is None or learner.is_guest:
            return self.none()
        return self.filter(pk__in=Membership.objects.standing().filter(learner=learner).values("group"))

    def orphaned_without(self, owners: Collection[Learner]) -> Self:
        """Those that lose their owner with these learners. `heir_id` is the membership of whoever owns it then: of the
        highest role the longest in it; None where nobody else is in it."""
        heirs = Membership.objects.standing().filter(group=OuterRef("pk"), learner__is_active=True)
        heirs = heirs.exclude(learner__in=owners).by_rank()
        owned = Membership.objects.standing().filter(role=Role.OWNER, learner__in=owners)
        return self.filter(pk__in=owned.values("group")).annotate(heir_id=Subquery(heirs.values("pk")[:1]))


class StudyGroup(models.Model):
    """People who learn the same decks, and correct them together."""

    class ProgressShown(models.TextChoices):
        EVERYONE = "everyone", _("everyone in the group")
        EDITORS = "editors", _("its editors")
        TOTALS = "totals", _("nobody: only totals are shown")

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    progress_shown = models.CharField(
        max_length=8,
        choices=ProgressShown,
        default=ProgressShown.EDITORS,
        help_text=_("Who sees how far each member is with an assignment."),
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[StudyGroupQuerySet] = StudyGroupQuerySet.as_manager()  # type: ignore[assignment]
    heir_id: int | None  # as orphaned_without() found it

    class Meta:
        verbose_name = _("study group")
        verbose_name_plural = _("study groups")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cards:group_detail", args=[self.pk])


class MembershipQuerySet(models.QuerySet["Membership"]):
    def standing(self) -> Self:
        """Of those who are in the group now."""
        return self.filter(status=Membership.Status.STANDING)

    def by_rank(self) -> Self:
        """The owner first, then by role; of one role whoever has been in it longest."""
        ranks = [When(role=role, then=place) for place, role in enumerate(Role)]
        rank = Case(*ranks, output_field=models.IntegerField())
        return self.order_by(rank, "created_at", "pk")


class Membership(models.Model):
    """A learner in a group, one row for as often as they come and go. Its decks' enrolments are kept meanwhile."""

    class Status(models.TextChoices):
        STANDING = "standing"
        LEFT = "left"  # by their own wish
        REMOVED = "removed"  # and may be invited again
        BANNED = "banned"  # and no invite lets them in

    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="memberships")
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role)
    status = models.CharField(max_length=8, choices=Status, default=Status.STANDING)
    invite = models.ForeignKey(
        "cards.Invite", null=True, on_delete=models.SET_NULL, related_name="memberships"
    )
    shows_progress = models.BooleanField(
        default=True, help_text=_("Whether the group may see how far this member is.")
    )
    created_at = models.DateTimeField()  # of the latest joining
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[MembershipQuerySet] = MembershipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["group", "created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "learner"], name="one_membership"),
            models.UniqueConstraint(
                fields=["group"], condition=Q(role="owner", status="standing"), name="one_owner_per_group"
            ),
            models.CheckConstraint(
                name="ended_when_not_standing",
                condition=Q(status="standing", ended_at=None)
                | (~Q(status="standing") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            # Which groups a learner is in: asked for with every deck, so the index answers it alone.
            models.Index(
                fields=["learner", "group", "role"],
                condition=Q(status="standing"),
                name="groups_of_learner",
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.group_id}"

    def may(self, right: Right) -> bool:
        """Whether the role has that right, in a group that is not in the archive."""
        return self.status == self.Status.STANDING and self.role in ROLES_WITH[right]


class InviteQuerySet(models.QuerySet["Invite"]):
    def open(self, now: datetime) -> Self:
        """Those that still let somebody in."""
        used_up = Q(max_uses__isnull=False, use_count__gte=F("max_uses"))
        return self.filter(revoked_at=None, expires_at__gt=now, group__archived_at=None).exclude(used_up)


class Invite(models.Model):
    """A way into a group, by its address alone or by a mail that has it."""

    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="invites")
    token = models.CharField(max_length=43, unique=True, editable=False)
    role = models.CharField(max_length=6, choices=Role)
    email = models.EmailField(blank=True, help_text=_("Whom it was mailed to."))
    created_by = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="invites")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    max_uses = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Empty: as often as one likes.")
    )
    use_count = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[InviteQuerySet] = InviteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invite")
        verbose_name_plural = _("invites")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="invited_to_no_ownership", condition=~Q(role="owner")),
            models.CheckConstraint(
                name="used_no_oftener", condition=Q(max_uses=None) | Q(use_count__lte=F("max_uses"))
            ),
        ]

    def __str__(self) -> str:
        return f"an invite to {self.group}"


class Following(models.Model):
    """A group learns a public deck, which others look after."""

    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="followings")
    deck = models.ForeignKey("cards.Deck", on_delete=models.CASCADE, related_name="followings")
    created_by = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("following")
        verbose_name_plural = _("followings")
        constraints = [models.UniqueConstraint(fields=["group", "deck"], name="one_following")]

    def __str__(self) -> str:
        return f"{self.group_id} follows {self.deck_id}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def standing(self) -> Self:
        """Those that were not ended, of decks that their groups still learn."""
        own = Q(deck__group=F("group"))
        followed = models.Exists(Following.objects.filter(group=OuterRef("group"), deck=OuterRef("deck")))
        return self.filter(
            own | (followed & Q(deck__is_public=True)),
            ended_at=None,
            group__archived_at=None,
            deck__archived_at=None,
        )

    def visible_to(self, learner: Learner | None) -> Self:
        """Those of the groups that the learner may read, the ended ones too."""
        return self.filter(group__in=StudyGroup.objects.allowing(learner, Right.READ))

    def editable_by(self, learner: Learner | None) -> Self:
        return self.filter(group__in=StudyGroup.objects.allowing(learner, Right.EDIT))


class Assignment(models.Model):
    """A deck, or its cards with certain tags, to be learnt by a day."""

    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="assignments")
    deck = models.ForeignKey("cards.Deck", on_delete=models.CASCADE, related_name="assignments")
    tags = models.CharField(
        max_length=500, blank=True, help_text=_("Separated by commas. Empty: the whole deck.")
    )
    due_on = models.DateField(help_text=_("The study day by whose end it is learnt."))
    created_by = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="assignments")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.deck_id} by {self.due_on}"

    def get_absolute_url(self) -> str:
        return reverse("cards:assignment_detail", args=[self.pk])

    @property
    def tag_list(self) -> list[str]:
        return [tag for tag in self.tags.split(", ") if tag]
