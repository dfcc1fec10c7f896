"""Groups for tests, made as people make them."""

from datetime import datetime

from cards.actions.cards import make_card
from cards.actions.groups import make_group, make_group_deck
from cards.actions.invites import join_group, make_invite
from cards.cardtext import Wording
from cards.models import Deck, Invite, Learner, Membership, Role, StudyGroup
from tests.conftest import START


def make_readers(owner: Learner, *, cards: int = 1) -> StudyGroup:
    """The owner's group, with a deck of that many cards."""
    group = make_group(owner=owner, name="Readers", description="We *read*.", now=START)
    deck = make_group_deck(group=group, maker=owner, name="Ours", description="", now=START)
    for number in range(cards):
        make_card(deck=deck, wording=Wording(f"Ours {number}?", "Yes."), author=owner, now=START)
    return group


def deck_of(group: StudyGroup) -> Deck:
    return Deck.objects.get(group=group)


def invite_to(group: StudyGroup, role: str = Role.MEMBER, *, now: datetime = START, **more: object) -> Invite:
    owner = group.memberships.get(role=Role.OWNER, status="standing").learner
    return make_invite(group=group, by=owner, role=role, days=7, now=now, **more)  # type: ignore[arg-type]


def let_join(
    group: StudyGroup, learner: Learner, role: str = Role.MEMBER, now: datetime = START
) -> Membership:
    """By an invite, as everybody comes in."""
    invite = invite_to(group, role, now=now)
    join_group(token=invite.token, learner=learner, shows_progress=True, now=now)
    return Membership.objects.get(group=group, learner=learner)
