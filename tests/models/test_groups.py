"""What each role may do in a group, asked of the group, of its decks and of their cards."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from cards.actions.cards import make_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Enrolment, Learner, Membership, Right, Role, StudyGroup
from tests.conftest import START, make_learner

OWNER, EDITOR, MEMBER, VIEWER = "owner", "editor", "member", "viewer"
IN_GROUP = {OWNER, EDITOR, MEMBER, VIEWER}
GONE = ("left", "removed", "banned")
EVERYBODY = (*IN_GROUP, *GONE, "staff", "stranger", "nobody", "guest")
WHO = {
    Right.READ: {*IN_GROUP, "staff"},
    Right.TAKE_PART: {OWNER, EDITOR, MEMBER},
    Right.EDIT: {OWNER, EDITOR},
    Right.MODERATE: {OWNER, "staff"},
    Right.RUN: {OWNER},
}


@pytest.fixture
def group(db) -> StudyGroup:
    """A group with a deck of one card."""
    group = StudyGroup.objects.create(name="Readers", created_at=START)
    deck = Deck.objects.create(name="Ours", group=group, created_at=START)
    make_card(deck=deck, wording=Wording("Ours?", "Yes."), author=None, now=START)
    return group


@pytest.fixture
def person(group: StudyGroup) -> Callable[[str], Learner | None]:
    """Somebody who is that in the group; or was, as an editor."""

    def person(name: str) -> Learner | None:
        if name == "nobody":
            return None
        learner = make_learner(name, is_staff=name == "staff", is_guest=name == "guest")
        if name in IN_GROUP:
            Membership.objects.create(group=group, learner=learner, role=name, created_at=START)
        if name in GONE:
            Membership.objects.create(
                group=group, learner=learner, role=Role.EDITOR, status=name, created_at=START, ended_at=START
            )
        return learner

    return person


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("right", Right)
def test_a_role_has_its_rights_and_no_other(right: Right, name: str, group, person) -> None:
    assert StudyGroup.objects.allowing(person(name), right).exists() == (name in WHO[right])


@pytest.mark.parametrize("name", EVERYBODY)
def test_decks_and_cards_of_a_group_follow_its_rights(name: str, group, person) -> None:
    learner = person(name)
    for rows in (Deck.objects.filter(group=group), Card.objects.filter(deck__group=group)):
        assert rows.visible_to(learner).exists() == (name in WHO[Right.READ])
        assert rows.correctable_by(learner).exists() == (name in WHO[Right.TAKE_PART])
        assert rows.editable_by(learner).exists() == (name in WHO[Right.EDIT])


@pytest.mark.parametrize("name", [OWNER, EDITOR, MEMBER, VIEWER, "staff"])
def test_a_group_in_the_archive_is_read_and_run_but_no_card_of_it_changes(name: str, group, person) -> None:
    learner = person(name)
    StudyGroup.objects.update(archived_at=START)
    for right in (Right.READ, Right.MODERATE, Right.RUN):
        assert StudyGroup.objects.allowing(learner, right).exists() == (name in WHO[right])
    assert not Deck.objects.filter(group=group).editable_by(learner).exists()
    assert not Deck.objects.filter(group=group).correctable_by(learner).exists()
    assert not Deck.objects.filter(group=group).active().exists()
    assert not Card.objects.filter(deck__group=group).active().exists()


def test_cards_of_a_group_are_studied_as_long_as_one_is_in_it(group, person) -> None:
    learner = person(MEMBER)
    assert learner is not None
    deck = group.decks.get()
    Enrolment.objects.create(learner=learner, deck=deck, created_at=START)
    assert deck in Deck.objects.studied_by(learner)

    own = Membership.objects.filter(learner=learner)
    own.update(status="left", ended_at=START)
    assert deck not in Deck.objects.studied_by(learner)

    own.update(status="standing", ended_at=None)
    assert deck in Deck.objects.studied_by(learner)


def test_a_public_deck_is_corrected_by_whoever_sees_it(deck: Deck, group, person) -> None:
    for name in ("stranger", "guest", "nobody"):
        assert deck in Deck.objects.correctable_by(person(name))


def test_a_group_has_one_owner(group, person) -> None:
    person(OWNER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            group=group, learner=make_learner("second"), role=Role.OWNER, created_at=START
        )


@pytest.mark.parametrize("fields", [{"is_public": True}, {"owner": "somebody"}])
def test_a_deck_of_a_group_is_neither_public_nor_anybodys(group, person, fields) -> None:
    if "owner" in fields:
        fields = {"owner": person("stranger")}
    with pytest.raises(IntegrityError), transaction.atomic():
        group.decks.update(**fields)
