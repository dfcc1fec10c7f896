"""Ways into a group: made, mailed, revoked, and used."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string

from cards.actions.groups import hold_group, let_in
from cards.models import Invite, Learner, Membership, Right, StudyGroup

MOST_OPEN = 100  # of one group
MOST_MAILS_AN_HOUR = 30  # of one learner: they go to whomever that learner names


class NoInvite(LookupError):
    """It is unknown, revoked, used up, too old, or not for this learner: whoever asks is told no more than that."""


class TooManyInvites(Exception):
    """More would be open than anybody looks after, or were mailed within the hour."""


def make_invite(
    *,
    group: StudyGroup,
    by: Learner,
    role: str,
    days: int,
    max_uses: int | None = None,
    email: str = "",
    now: datetime,
) -> Invite:
    """A link that lets people in until it is too old or used up; one that is to be mailed lets in one.

    Raises TooManyInvites, NotYours for a group that one does not run.
    """
    with transaction.atomic():
        held = hold_group(group, by, Right.RUN)
        mailed = Invite.objects.filter(created_by=by, created_at__gt=now - timedelta(hours=1)).exclude(
            email=""
        )
        if email and mailed.count() >= MOST_MAILS_AN_HOUR:
            raise TooManyInvites
        if held.invites.open(now).count() >= MOST_OPEN:
            raise TooManyInvites
        return Invite.objects.create(
            group=group, token=token_urlsafe(32), role=role, email=email, created_by=by, created_at=now,
            expires_at=now + timedelta(days=days), max_uses=1 if email else max_uses,
        )  # fmt: skip


def mail_invite(*, invite: Invite, address: str) -> None:
    """Sends it, with the page's whole address. Raises OSError (smtplib's are some) where no server takes it."""
    context = {"invite": invite, "address": address}
    subject = " ".join(render_to_string("invites/mail_subject.txt", context).split())
    send_mail(subject, render_to_string("invites/mail.txt", context), None, [invite.email])


def revoke_invite(*, group: StudyGroup, by: Learner, invite_id: int, now: datetime) -> None:
    """It lets nobody in any more. Whoever came in by it stays."""
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        group.invites.filter(pk=invite_id, revoked_at=None).update(revoked_at=now)


def invite_for(*, token: str, learner: Learner | None, now: datetime) -> Invite:
    """The invite of that token, which would let the learner in. Raises NoInvite."""
    invite = Invite.objects.open(now).select_related("group", "created_by").filter(token=token).first()
    if invite is None or _is_banned(invite.group, learner):
        raise NoInvite
    return invite


def _is_banned(group: StudyGroup, learner: Learner | None) -> bool:
    banned = group.memberships.filter(learner=learner, status=Membership.Status.BANNED)
    return learner is not None and banned.exists()


def join_group(*, token: str, learner: Learner, shows_progress: bool, now: datetime) -> StudyGroup:
    """Into the group, by one use of the invite. Who is in it already stays what they are, and uses nothing up.

    Raises NoInvite; of those who come at the same moment, as many get in as it has uses left.
    """
    with transaction.atomic():
        group = StudyGroup.objects.select_for_update(no_key=True).filter(invites__token=token).first()
        if group is None or learner.is_guest:
            raise NoInvite
        if group.memberships.standing().filter(learner=learner).exists():
            return group
        invite = invite_for(token=token, learner=learner, now=now)  # asked for now that the group is held
        let_in(group=group, learner=learner, invite=invite, shows_progress=shows_progress, now=now)
        Invite.objects.filter(pk=invite.pk).update(use_count=F("use_count") + 1)
    return group
