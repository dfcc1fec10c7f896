"""Study groups: make, run, join and leave one; its decks. Who may what is asked for anew under the group's lock.

Whoever changes who is in a group, or what they may do there, holds the group's row meanwhile: of two hand-overs, or two
who join at the last use of an invite, one comes first and the other sees it. An editor's own row is held by what they
write (`editing`), so that a role is taken away before it or after it, never in the midst of it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from cards.actions.decks import study_deck
from cards.actions.notices import notify
from cards.actions.study import NotYours
from cards.models import (
    Deck,
    Enrolment,
    Following,
    Invite,
    Learner,
    Membership,
    Notice,
    Right,
    Role,
    StudyGroup,
)

Status = Membership.Status


class OwnerStays(Exception):
    """A group is not left without an owner: it is handed over first, or deleted."""


class NoMember(LookupError):
    """There is nobody in the group by that membership to whom that can be done."""


@contextmanager
def editing(*, learner: Learner | None, decks: Collection[Deck]) -> Iterator[None]:
    """A short transaction in which the learner may edit the decks until it ends: who takes their role away waits.

    Raises NotYours where that right is gone since the page was made.
    """
    with transaction.atomic():
        groups = {deck.group_id for deck in decks if deck.group_id}
        if groups:
            own = Membership.objects.filter(learner=learner, group__in=groups).order_by("pk")
            list(own.select_for_update(no_key=True))
        wanted = {deck.pk for deck in decks}
        if Deck.objects.editable_by(learner).filter(pk__in=wanted).count() != len(wanted):
            raise NotYours(wanted)
        yield


def hold_group(group: StudyGroup, by: Learner | None, right: Right) -> StudyGroup:
    """The group's row, held until the transaction ends. Raises NotYours where `by` has not that right (any more)."""
    held = StudyGroup.objects.select_for_update(no_key=True).filter(pk=group.pk).first()
    if held is None or not StudyGroup.objects.allowing(by, right).filter(pk=group.pk).exists():
        raise NotYours(group.pk)
    return held


def _member(group: StudyGroup, membership_id: int, *statuses: str) -> Membership:
    """Somebody's membership in that status, but the owner's: nobody takes that away. Raises NoMember."""
    members = group.memberships.select_related("learner").filter(pk=membership_id, status__in=statuses)
    member: Membership | None = members.exclude(role=Role.OWNER, status=Status.STANDING).first()
    if member is None:
        raise NoMember(membership_id)
    return member


def _write(row: Any, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=[*columns])


# --- the group --------------------------------------------------------------------------------------------------------


def make_group(
    *, owner: Learner, name: str, description: str = "", progress_shown: str = "", now: datetime
) -> StudyGroup:
    """A group of one: whoever makes it owns it. Where they own one that says the very same, that is it."""
    shown = progress_shown or StudyGroup.ProgressShown.EDITORS
    with transaction.atomic():
        Learner.objects.select_for_update(no_key=True).get(pk=owner.pk)  # halves of a double click queue here
        same = StudyGroup.objects.allowing(owner, Right.RUN).filter(
            name=name, description=description, progress_shown=shown, archived_at=None
        )
        if group := same.first():
            return group
        group = StudyGroup.objects.create(
            name=name, description=description, progress_shown=shown, created_at=now
        )
        Membership.objects.create(group=group, learner=owner, role=Role.OWNER, created_at=now)
    return group


def edit_group(*, group: StudyGroup, by: Learner, name: str, description: str, progress_shown: str) -> None:
    """Its name, what it says of itself, and who sees how far each member is."""
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        _write(group, name=name, description=description, progress_shown=progress_shown)


def archive_group(*, group: StudyGroup, by: Learner, now: datetime) -> None:
    """Its decks leave all queues, and nothing in it changes any more. Nothing is deleted."""
    with transaction.atomic():
        held = hold_group(group, by, Right.RUN)
        _hold_everybody(group)
        if held.archived_at is None:
            _write(group, archived_at=now)


def unarchive_group(*, group: StudyGroup, by: Learner) -> None:
    """Everything is back as it was."""
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        _write(group, archived_at=None)


def hand_over(*, group: StudyGroup, by: Learner, membership_id: int, now: datetime) -> None:
    """Somebody else in the group owns it from now on; whoever did is an editor. Raises NoMember."""
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        member = _member(group, membership_id, Status.STANDING)
        _write(group.memberships.get(learner=by), role=Role.EDITOR)
        _write(member, role=Role.OWNER)
        notify(kind=Notice.Kind.HANDED_OVER, to=[member.learner], by=by, now=now, group=group)


def delete_group(*, group: StudyGroup, by: Learner) -> None:
    """The group goes, with all that was said and set in it. Its decks become the owner's own; the logs stay."""
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        _delete(group, by)


def _delete(group: StudyGroup, heir: Learner) -> None:
    _hold_everybody(group)
    group.decks.update(owner=heir, group=None)
    group.delete()


def _hold_everybody(group: StudyGroup) -> None:
    """Whoever writes in the group is through with it, or waits, and then finds their right gone."""
    list(group.memberships.select_for_update(no_key=True).order_by("pk").values_list("pk"))


# --- who is in it -----------------------------------------------------------------------------------------------------


def let_in(
    *, group: StudyGroup, learner: Learner, invite: Invite, shows_progress: bool, now: datetime
) -> None:
    """Makes somebody a member, or one again. The caller holds the group, and knows that the invite lets them in.

    Who comes for the first time studies the group's decks from now on; who comes back finds all as it was. Somebody who
    had left by their own wish has the role back that they had, where that is the higher one.
    """
    member = group.memberships.filter(learner=learner).first()
    role = invite.role
    columns = {"shows_progress": shows_progress, "invite": invite, "created_at": now}
    if member is None:
        Membership.objects.create(group=group, learner=learner, role=role, **columns)
        Enrolment.objects.bulk_create(
            [
                Enrolment(learner=learner, deck=deck, created_at=now)
                for deck in group.decks.filter(archived_at=None)
            ],
            ignore_conflicts=True,
        )
        return
    if member.status == Status.LEFT:
        role = min(role, member.role, key=lambda role: list(Role).index(Role(role)))
    _write(member, role=role, status=Status.STANDING, ended_at=None, **columns)


def leave_group(*, group: StudyGroup, learner: Learner, now: datetime) -> None:
    """Its cards leave the learner's queue; log, schedules and what they studied are kept for when they come back.

    Raises OwnerStays for its owner, NotYours for somebody who is not in it.
    """
    with transaction.atomic():
        StudyGroup.objects.select_for_update(no_key=True).filter(pk=group.pk).first()
        member = group.memberships.standing().filter(learner=learner).first()
        if member is None:
            raise NotYours(group.pk)
        if member.role == Role.OWNER:
            raise OwnerStays
        _write(member, status=Status.LEFT, ended_at=now)


def show_progress(*, group: StudyGroup, learner: Learner, shows_progress: bool) -> None:
    """Whether the group may see how far this member is. Raises NotYours for somebody who is not in it."""
    own = group.memberships.standing().filter(learner=learner)
    if not own.update(shows_progress=shows_progress):
        raise NotYours(group.pk)


def change_role(*, group: StudyGroup, by: Learner, membership_id: int, role: str, now: datetime) -> None:
    """Gives a member another role, but the owner's: that is handed over. Raises NoMember."""
    if role == Role.OWNER:
        raise ValueError(role)
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        member = _member(group, membership_id, Status.STANDING)
        if member.role != role:
            _write(member, role=role)
            notify(kind=Notice.Kind.ROLE_GIVEN, to=[member.learner], by=by, now=now, group=group)


def remove_member(*, group: StudyGroup, by: Learner, membership_id: int, now: datetime) -> None:
    """Out of the group, until they are invited again. Raises NoMember."""
    _put_out(group, by, membership_id, Status.REMOVED, now, Status.STANDING)


def ban_member(*, group: StudyGroup, by: Learner, membership_id: int, now: datetime) -> None:
    """Out of the group, and no invite lets them in. Raises NoMember."""
    _put_out(group, by, membership_id, Status.BANNED, now, Status.STANDING, Status.LEFT, Status.REMOVED)


def _put_out(
    group: StudyGroup, by: Learner, membership_id: int, status: str, now: datetime, *before: str
) -> None:
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        member = _member(group, membership_id, *before)
        was_in = member.status == Status.STANDING
        _write(member, status=status, ended_at=now)
        if was_in:
            notify(kind=Notice.Kind.REMOVED, to=[member.learner], by=by, now=now, group=group)


def unban_member(*, group: StudyGroup, by: Learner, membership_id: int) -> None:
    """They may be invited again. Raises NoMember."""
    with transaction.atomic():
        hold_group(group, by, Right.RUN)
        _write(_member(group, membership_id, Status.BANNED), status=Status.REMOVED)


def pass_on_groups(*, leavers: Collection[Learner], now: datetime) -> None:
    """The groups of owners whose accounts go get another owner; without anybody else in it a group goes too.

    The caller's transaction deletes the accounts. reports.my_data.Leaving says the same before it is done.
    """
    for found in StudyGroup.objects.orphaned_without(leavers).order_by("pk"):
        StudyGroup.objects.select_for_update(no_key=True).get(pk=found.pk)
        group = StudyGroup.objects.orphaned_without(leavers).get(pk=found.pk)  # again, now that it is held
        owner = group.memberships.standing().select_related("learner").get(role=Role.OWNER)
        if group.heir_id is None:
            _delete(group, owner.learner)
            continue
        heir = group.memberships.select_related("learner").get(pk=group.heir_id)
        _write(owner, role=Role.EDITOR)
        _write(heir, role=Role.OWNER)
        notify(kind=Notice.Kind.HANDED_OVER, to=[heir.learner], by=None, now=now, group=group)


# --- its decks --------------------------------------------------------------------------------------------------------


def make_group_deck(*, group: StudyGroup, maker: Learner, name: str, description: str, now: datetime) -> Deck:
    """An empty deck of the group's, which its maker studies and the others hear of.

    Where the group has the very same already, still empty, that is it: nothing is made twice.
    """
    with transaction.atomic():
        hold_group(group, maker, Right.EDIT)
        same = group.decks.filter(name=name, description=description, archived_at=None, cards=None)
        if deck := same.first():
            return deck
        deck = Deck.objects.create(group=group, name=name, description=description, created_at=now)
        study_deck(learner=maker, deck=deck, now=now)
        _tell_of(deck, group, maker, now)
    return deck


def give_deck(*, deck: Deck, group: StudyGroup, by: Learner, now: datetime) -> None:
    """One's own deck becomes the group's, its cards, history and everybody's schedules as they are.

    Raises NotYours for a deck that is not one's own, or is public, and for a group that one does not edit.
    """
    with transaction.atomic():
        hold_group(group, by, Right.EDIT)
        own = Deck.objects.select_for_update(no_key=True).filter(
            pk=deck.pk, owner=by, is_public=False, archived_at=None
        )
        current = own.first()
        if current is None:
            raise NotYours(deck.pk)
        _write(current, owner=None, group=group)
        _tell_of(current, group, by, now)


def follow_deck(*, group: StudyGroup, deck: Deck, by: Learner, now: datetime) -> None:
    """The group learns a public deck from now on. Doing it again changes nothing. Raises NotYours for another deck."""
    with transaction.atomic():
        hold_group(group, by, Right.EDIT)
        if not Deck.objects.active().filter(pk=deck.pk, is_public=True).exists():
            raise NotYours(deck.pk)
        _, is_new = Following.objects.get_or_create(
            group=group, deck=deck, defaults={"created_by": by, "created_at": now}
        )
        if is_new:
            _tell_of(deck, group, by, now)


def unfollow_deck(*, group: StudyGroup, deck: Deck, by: Learner) -> None:
    """It is no longer among the group's decks. Who studies it goes on, since it is public."""
    with transaction.atomic():
        hold_group(group, by, Right.EDIT)
        group.followings.filter(deck=deck).delete()


def _tell_of(deck: Deck, group: StudyGroup, by: Learner, now: datetime) -> None:
    members = Learner.objects.filter(pk__in=group.memberships.standing().values("learner"))
    notify(kind=Notice.Kind.DECK_ADDED, to=members, by=by, now=now, group=group, deck=deck)
