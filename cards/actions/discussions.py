"""What a group says about a card: written, edited, deleted, reported, and what becomes of a report."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from cards.actions.notices import notify
from cards.actions.pace import hold_pace, hold_pace_of_comments
from cards.actions.study import NotYours
from cards.markup import mentioned
from cards.models import Card, Comment, Learner, Membership, Notice, Report, Right, Role, StudyGroup


class StaleComment(Exception):
    """The comment was changed since the form was opened. `comment` is as it stands now."""

    def __init__(self, comment: Comment) -> None:
        super().__init__("The comment was changed since it was opened.")
        self.comment = comment


def write_comment(*, group: StudyGroup, card: Card, author: Learner, text: str, now: datetime) -> Comment:
    """Says something about a card, and tells those whom it names.

    Where the author said the very same last, that is it: a double click writes once. Raises NotYours where they may
    not take part, TooMany beyond the hour's limit.
    """
    with transaction.atomic():
        _take_part(author, group)
        own = Comment.objects.filter(author=author, group=group, card=card)
        last: Comment | None = own.order_by("created_at", "pk").last()
        if last and last.text == text:
            return last
        hold_pace_of_comments(author, now)
        comment = Comment.objects.create(group=group, card=card, author=author, text=text, created_at=now)
        _tell_the_named(comment, now)
    return comment


def edit_comment(*, comment: Comment, author: Learner, text: str, was: str, now: datetime) -> None:
    """Says it otherwise, and tells those whom it names for the first time. `was` is the text that the author saw.

    Raises NotYours unless they may, StaleComment where it says something else by now.
    """
    with transaction.atomic():
        _take_part(author, comment.group)
        current = _lock(comment)
        if current.author != author or current.deleted_at:
            raise NotYours(comment.pk)
        if current.text == text:
            return
        if current.text != was:
            raise StaleComment(current)
        current.text, current.edited_at = text, now
        current.save(update_fields=["text", "edited_at"])
        _tell_the_named(current, now)


def delete_comment(*, comment: Comment, by: Learner, now: datetime) -> None:
    """Its text goes, its place stays, and its reports are dealt with. Deleting a deleted one changes nothing."""
    with transaction.atomic():
        current = _lock(comment)
        if current.deleted_at:
            return
        current.text, current.deleted_at, current.deleted_by = "", now, by
        current.save(update_fields=["text", "deleted_at", "deleted_by"])
        _close(current, by, now)


def report_comment(*, comment: Comment, learner: Learner, reason: str, now: datetime) -> None:
    """Says that it should not stand there: to the group's owner, or to the staff where it is the owner's.

    One that the learner has open there is that one. Raises NotYours where there is nothing of another to report,
    TooMany beyond the hour's limit.
    """
    with transaction.atomic():
        current = _lock(comment)
        if current.deleted_at or current.author == learner:
            raise NotYours(comment.pk)
        if Report.objects.open().filter(comment=current, learner=learner).exists():
            return
        hold_pace(learner.reports.all(), now=now)
        Report.objects.create(comment=current, learner=learner, reason=reason, created_at=now)
        owner = _in(current.group, memberships__role=Role.OWNER)
        is_of_owner = current.author is not None and owner.contains(current.author)
        deciding = (staff() if is_of_owner else owner).exclude(pk=learner.pk)
        _notify(Notice.Kind.REPORTED, current, deciding, None, now)  # nobody is told who said so


def pass_on_report(*, report: Report, by: Learner, now: datetime) -> None:
    """The site's staff shall decide. Doing it again changes nothing."""
    if Report.objects.open().filter(pk=report.pk, to_staff_at=None).update(to_staff_at=now):
        _notify(Notice.Kind.REPORTED, report.comment, staff(), by, now)


def close_reports(*, comment: Comment, by: Learner, now: datetime) -> None:
    """The comment may stand: whatever is reported of it is dealt with."""
    with transaction.atomic():
        _close(_lock(comment), by, now)


def staff() -> QuerySet[Learner]:
    """Whom a report is passed on to."""
    found: QuerySet[Learner] = Learner.objects.filter(is_staff=True, is_active=True)
    return found


def _take_part(learner: Learner, group: StudyGroup) -> None:
    """Holds the group, so that it is neither archived nor gone before what is written; a double click queues here."""
    groups = StudyGroup.objects.select_for_update(no_key=True).allowing(learner, Right.TAKE_PART)
    if not groups.filter(pk=group.pk):
        raise NotYours(group.pk)


def _lock(comment: Comment) -> Comment:
    current: Comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    return current


def _in(group: StudyGroup, **more: str) -> QuerySet[Learner]:
    standing = {"memberships__group": group, "memberships__status": Membership.Status.STANDING}
    members: QuerySet[Learner] = Learner.objects.filter(is_active=True, **standing, **more)
    return members


def _tell_the_named(comment: Comment, now: datetime) -> None:
    """Members that it names, each once for a comment however often it is edited."""
    names = mentioned(comment.text)
    if not names:
        return
    told = Notice.objects.filter(comment=comment, kind=Notice.Kind.MENTIONED).values("learner")
    lower = Lower("username")
    named = _in(comment.group).annotate(lower=lower).filter(lower__in=[name.lower() for name in names])
    _notify(Notice.Kind.MENTIONED, comment, named.exclude(pk__in=told), comment.author, now)


def _notify(
    kind: Notice.Kind, comment: Comment, to: QuerySet[Learner], by: Learner | None, now: datetime
) -> None:
    notify(kind=kind, to=to, by=by, now=now, group=comment.group, card=comment.card, comment=comment)


def _close(comment: Comment, by: Learner, now: datetime) -> None:
    Report.objects.open().filter(comment=comment).update(closed_at=now, closed_by=by)
