"""What a group is to have learnt by a day: set, changed and ended by its editors."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from cards.actions.groups import hold_group
from cards.actions.notices import notify
from cards.actions.study import NotYours
from cards.models import Assignment, Deck, Learner, Notice, Right, StudyGroup


def set_assignment(
    *, group: StudyGroup, by: Learner, deck: Deck, tags: Sequence[str], due_on: date, now: datetime
) -> Assignment:
    """The deck, or its cards with one of these tags, is to be learnt by the end of that study day.

    Its members hear of it. Where the very same is set already, that is it. Raises NotYours for somebody
    who does not edit the group (any more), and for a deck that it does not learn.
    """
    columns = {"deck": deck, "tags": ", ".join(tags), "due_on": due_on}
    with transaction.atomic():
        hold_group(group, by, Right.EDIT)
        _check(group, deck)
        same = Assignment.objects.filter(group=group, ended_at=None, **columns).first()
        if same is not None:
            return same
        assignment = Assignment.objects.create(group=group, created_by=by, created_at=now, **columns)
        members = Learner.objects.filter(pk__in=group.memberships.standing().values("learner"))
        notify(
            kind=Notice.Kind.ASSIGNED,
            to=members,
            by=by,
            now=now,
            group=group,
            deck=deck,
            assignment=assignment,
        )
    return assignment


def edit_assignment(
    *, assignment: Assignment, by: Learner, deck: Deck, tags: Sequence[str], due_on: date
) -> None:
    """It asks for something else from now on. Raises NotYours, like set_assignment, and for one that was ended."""
    with transaction.atomic():
        hold_group(assignment.group, by, Right.EDIT)
        _check(assignment.group, deck)
        changed = Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(
            deck=deck, tags=", ".join(tags), due_on=due_on
        )
        if not changed:
            raise NotYours(assignment.pk)


def end_assignment(*, assignment: Assignment, by: Learner, now: datetime) -> None:
    """Nobody is asked for it any more. Ending an ended one changes nothing."""
    with transaction.atomic():
        hold_group(assignment.group, by, Right.EDIT)
        Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(ended_at=now)


def _check(group: StudyGroup, deck: Deck) -> None:
    if not Deck.objects.learnt_in(group).filter(pk=deck.pk).exists():
        raise NotYours(deck.pk)
