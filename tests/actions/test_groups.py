"""Study groups: who may do what in one, what leaving keeps, and who wins where two act at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections

from cards.actions.cards import edit_card, make_card
from cards.actions.decks import leave_deck, make_deck
from cards.actions.groups import (
    NoMember,
    OwnerStays,
    archive_group,
    ban_member,
    change_role,
    delete_group,
    edit_group,
    editing,
    follow_deck,
    give_deck,
    hand_over,
    leave_group,
    make_group,
    make_group_deck,
    remove_member,
    unarchive_group,
    unban_member,
    unfollow_deck,
)
from cards.actions.invites import NoInvite, TooManyInvites, invite_for, join_group, make_invite, revoke_invite
from cards.actions.learners import delete_learner, guest_for
from cards.actions.study import NotYours, grade_card
from cards.cardtext import Wording
from cards.models import (
    Card,
    Deck,
    Invite,
    Learner,
    Membership,
    Notice,
    Role,
    Schedule,
    StudyEvent,
    StudyGroup,
)
from cards.models.queue import queue_counts
from cards.scheduling import Grade
from tests.conftest import START, make_learner
from tests.groups import deck_of, invite_to, let_join, make_readers

DAY = timedelta(days=1)


@pytest.fixture
def group(ada) -> StudyGroup:
    """Ada's, with a deck of one card."""
    return make_readers(ada)


def join(group: StudyGroup, learner: Learner, invite: Invite, now=START) -> StudyGroup:
    return join_group(token=invite.token, learner=learner, shows_progress=True, now=now)


def grade(learner: Learner, card: Card, n: int = 0, now=START):
    return grade_card(learner=learner, card_id=card.pk, part=0, shown_number=n, grade=Grade.GOOD, now=now)


def role_of(group: StudyGroup, learner: Learner) -> str:
    """Their role, where they are in the group."""
    row = Membership.objects.get(group=group, learner=learner)
    return row.role if row.status == "standing" else row.status


def notices_of(learner: Learner) -> list[str]:
    return list(Notice.objects.filter(learner=learner).order_by("pk").values_list("kind", flat=True))


# --- the group --------------------------------------------------------------------------------------------------------


def test_whoever_makes_a_group_owns_it_and_a_second_click_makes_no_second(ada) -> None:
    first, second = (make_group(owner=ada, name="Readers", now=START) for _ in range(2))
    assert first == second
    assert role_of(first, ada) == Role.OWNER
    assert make_group(owner=ada, name="Others", now=START) != first


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MEMBER, Role.VIEWER])
def test_only_its_owner_runs_a_group(role, bob, group) -> None:
    mine = let_join(group, bob, role).pk
    for act in (
        lambda: edit_group(group=group, by=bob, name="x", description="", progress_shown="totals"),
        lambda: archive_group(group=group, by=bob, now=START),
        lambda: unarchive_group(group=group, by=bob),
        lambda: delete_group(group=group, by=bob),
        lambda: hand_over(group=group, by=bob, membership_id=mine, now=START),
        lambda: change_role(group=group, by=bob, membership_id=mine, role=Role.EDITOR, now=START),
        lambda: remove_member(group=group, by=bob, membership_id=mine, now=START),
        lambda: ban_member(group=group, by=bob, membership_id=mine, now=START),
        lambda: unban_member(group=group, by=bob, membership_id=mine),
        lambda: make_invite(group=group, by=bob, role=Role.MEMBER, days=1, now=START),
        lambda: revoke_invite(group=group, by=bob, invite_id=1, now=START),
    ):
        with pytest.raises(NotYours):
            act()
    group.refresh_from_db()
    assert (group.name, group.archived_at) == ("Readers", None)
    assert role_of(group, bob) == role


def test_only_editors_give_it_decks(ada, bob, group, deck) -> None:
    row = let_join(group, bob)
    own = make_deck(owner=bob, name="Bob's", now=START)
    for act in (
        lambda: make_group_deck(group=group, maker=bob, name="x", description="", now=START),
        lambda: give_deck(deck=own, group=group, by=bob, now=START),
        lambda: follow_deck(group=group, deck=deck, by=bob, now=START),
        lambda: unfollow_deck(group=group, deck=deck, by=bob),
    ):
        with pytest.raises(NotYours):
            act()
    change_role(group=group, by=ada, membership_id=row.pk, role=Role.EDITOR, now=START)
    give_deck(deck=own, group=group, by=bob, now=START)
    own.refresh_from_db()
    assert (own.owner, own.group) == (None, group)


def test_a_group_in_the_archive_leaves_the_queue_and_comes_back_as_it_was(ada, bob, group) -> None:
    let_join(group, bob)
    before = queue_counts(bob, START.date()).new
    archive_group(group=group, by=ada, now=START)
    assert queue_counts(bob, START.date()).new == before - 1
    with pytest.raises(NotYours):
        make_group_deck(group=group, maker=ada, name="x", description="", now=START)
    unarchive_group(group=group, by=ada)
    assert queue_counts(bob, START.date()).new == before


def test_a_group_that_is_handed_over_has_one_owner_and_the_old_one_edits(ada, bob, group) -> None:
    row = let_join(group, bob, Role.VIEWER)
    hand_over(group=group, by=ada, membership_id=row.pk, now=START)
    assert (role_of(group, ada), role_of(group, bob)) == (Role.EDITOR, Role.OWNER)
    assert notices_of(bob) == ["handed over"]
    with pytest.raises(NotYours):
        hand_over(group=group, by=ada, membership_id=row.pk, now=START)


def test_a_deleted_group_leaves_its_decks_to_its_owner_and_each_log_to_its_learner(
    ada, bob, group, deck
) -> None:
    let_join(group, bob)
    follow_deck(group=group, deck=deck, by=ada, now=START)
    card = Card.objects.get(deck__group=group)
    grade(bob, card)
    delete_group(group=group, by=ada)
    own = Deck.objects.get(name="Ours")
    assert (own.owner, own.group, own.is_public) == (ada, None, False)
    assert card.revisions.count() == 1
    assert StudyEvent.objects.get().learner == bob
    assert not Card.objects.visible_to(bob).filter(pk=card.pk).exists()
    assert not StudyGroup.objects.exists()
    assert not Membership.objects.exists()
    assert not Notice.objects.exists()
    assert Deck.objects.filter(pk=deck.pk).exists()


# --- coming and going -------------------------------------------------------------------------------------------------


def test_whoever_joins_studies_the_groups_own_decks(bob, group, ada, deck) -> None:
    leave_deck(learner=bob, deck=deck)
    follow_deck(group=group, deck=deck, by=ada, now=START)
    let_join(group, bob)
    assert list(Deck.objects.studied_by(bob)) == [deck_of(group)]


def test_what_one_leaves_is_kept_and_is_all_back_when_one_rejoins(ada, bob, group) -> None:
    let_join(group, bob)
    card = Card.objects.get(deck__group=group)
    grade(bob, card)
    schedule = Schedule.objects.filter(learner=bob).values().get()
    tomorrow = (START + DAY).date()
    before = queue_counts(bob, tomorrow)
    assert before.due == 1

    leave_group(group=group, learner=bob, now=START)
    assert queue_counts(bob, tomorrow).due == 0
    assert not Card.objects.visible_to(bob).filter(pk=card.pk).exists()
    with pytest.raises(NotYours):
        grade(bob, card, 1, START + DAY)
    assert StudyEvent.objects.filter(learner=bob).count() == 1
    assert Schedule.objects.filter(learner=bob).values().get() == schedule

    let_join(group, bob)
    assert queue_counts(bob, tomorrow) == before
    assert Schedule.objects.filter(learner=bob).values().get() == schedule
    grade(bob, card, 1, START + DAY)
    assert Membership.objects.filter(group=group, learner=bob).count() == 1


def test_a_deck_that_one_stopped_studying_does_not_come_back_by_rejoining(bob, group) -> None:
    let_join(group, bob)
    leave_deck(learner=bob, deck=deck_of(group))
    leave_group(group=group, learner=bob, now=START)
    let_join(group, bob)
    assert deck_of(group) not in Deck.objects.studied_by(bob)


def test_staff_who_leave_have_its_cards_no_more_in_their_queue(staff, group) -> None:
    let_join(group, staff)
    assert deck_of(group) in Deck.objects.studied_by(staff)
    leave_group(group=group, learner=staff, now=START)
    assert deck_of(group) not in Deck.objects.studied_by(staff)
    assert deck_of(group) in Deck.objects.visible_to(staff)


def test_the_owner_cannot_leave_and_nobody_takes_that_role_away(ada, bob, group) -> None:
    let_join(group, bob, Role.EDITOR)
    mine = Membership.objects.get(learner=ada).pk
    with pytest.raises(OwnerStays):
        leave_group(group=group, learner=ada, now=START)
    for act in (remove_member, ban_member):
        with pytest.raises(NoMember):
            act(group=group, by=ada, membership_id=mine, now=START)
    with pytest.raises(NoMember):
        change_role(group=group, by=ada, membership_id=mine, role=Role.VIEWER, now=START)
    with pytest.raises(ValueError, match="owner"):
        change_role(group=group, by=ada, membership_id=mine, role=Role.OWNER, now=START)
    assert role_of(group, ada) == Role.OWNER


def test_a_stranger_leaves_nothing(bob, group) -> None:
    with pytest.raises(NotYours):
        leave_group(group=group, learner=bob, now=START)


def test_nobody_is_removed_from_another_group_than_ones_own(ada, bob, group) -> None:
    eve = make_learner("eve")
    other = make_group(owner=bob, name="Other", now=START)
    row = let_join(other, eve)
    with pytest.raises(NoMember):
        remove_member(group=group, by=ada, membership_id=row.pk, now=START)
    assert role_of(other, eve) == Role.MEMBER


def test_the_removed_come_back_by_an_invite_and_the_banned_do_not(ada, bob, group) -> None:
    row = let_join(group, bob, Role.EDITOR)
    remove_member(group=group, by=ada, membership_id=row.pk, now=START)
    assert role_of(group, bob) == "removed"
    assert notices_of(bob)[-1] == "removed"
    let_join(group, bob, Role.VIEWER)
    assert role_of(group, bob) == Role.VIEWER  # who was put out has what the invite gives

    ban_member(group=group, by=ada, membership_id=row.pk, now=START)
    with pytest.raises(NoInvite):
        let_join(group, bob)
    unban_member(group=group, by=ada, membership_id=row.pk)
    let_join(group, bob)
    assert role_of(group, bob) == Role.MEMBER


def test_an_invite_never_lowers_a_role(bob, group) -> None:
    let_join(group, bob, Role.EDITOR)
    invite = invite_to(group, Role.VIEWER)
    join(group, bob, invite)
    assert role_of(group, bob) == Role.EDITOR
    leave_group(group=group, learner=bob, now=START)
    join(group, bob, invite)
    assert role_of(group, bob) == Role.EDITOR  # had by their own wish what they had before


def test_who_is_in_already_uses_nothing_up(bob, group) -> None:
    let_join(group, bob)
    invite = invite_to(group, max_uses=1)
    join(group, bob, invite)
    invite.refresh_from_db()
    assert invite.use_count == 0


def test_a_role_is_told_to_whoever_has_it_and_once(ada, bob, group) -> None:
    row = let_join(group, bob)
    for _ in range(2):
        change_role(group=group, by=ada, membership_id=row.pk, role=Role.EDITOR, now=START)
    assert notices_of(bob) == ["role given"]
    assert role_of(group, bob) == Role.EDITOR


# --- invites ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["too old", "used up", "revoked", "archived", "unknown"])
def test_an_invite_that_does_not_work_lets_nobody_in(ada, bob, group, why) -> None:
    invite = invite_to(group, max_uses=1)
    token, now = invite.token, START
    match why:
        case "too old":
            now = START + 7 * DAY
        case "used up":
            join(group, make_learner("eve"), invite)
        case "revoked":
            revoke_invite(group=group, by=ada, invite_id=invite.pk, now=START)
        case "archived":
            archive_group(group=group, by=ada, now=START)
        case "unknown":
            token = "x" * 43
    with pytest.raises(NoInvite):
        invite_for(token=token, learner=bob, now=now)
    with pytest.raises(NoInvite):
        join_group(token=token, learner=bob, shows_progress=True, now=now)
    assert not Membership.objects.filter(learner=bob).exists()


def test_a_guest_is_in_no_group(group) -> None:
    guest = guest_for(claim="claim", time_zone="UTC", now=START)
    with pytest.raises(NoInvite):
        join(group, guest, invite_to(group))


def test_whoever_joins_may_hide_how_far_they_are(bob, group) -> None:
    join_group(token=invite_to(group).token, learner=bob, shows_progress=False, now=START)
    assert not Membership.objects.get(learner=bob).shows_progress


def test_invites_and_mails_have_an_end(ada, group, monkeypatch) -> None:
    monkeypatch.setattr("cards.actions.invites.MOST_MAILS_AN_HOUR", 2)
    monkeypatch.setattr("cards.actions.invites.MOST_OPEN", 4)
    for _ in range(2):
        assert invite_to(group, email="a@example.org").max_uses == 1
    with pytest.raises(TooManyInvites):
        invite_to(group, email="a@example.org")
    invite_to(group, email="a@example.org", now=START + timedelta(hours=2))
    invite_to(group)
    with pytest.raises(TooManyInvites):
        invite_to(group)


# --- decks ------------------------------------------------------------------------------------------------------------


def test_a_deck_made_in_a_group_is_told_to_the_others_and_made_once(ada, bob, group) -> None:
    let_join(group, bob)
    decks = {
        make_group_deck(group=group, maker=ada, name="New", description="", now=START).pk for _ in range(2)
    }
    assert len(decks) == 1
    notice = Notice.objects.get(kind="deck added", deck__in=decks)
    assert (notice.learner, notice.by, notice.group) == (bob, ada, group)


def test_a_deck_given_to_a_group_keeps_its_cards_history_and_schedules(ada, group) -> None:
    own = make_deck(owner=ada, name="Mine", wordings=(Wording("Q?", "A."),), now=START)
    card = own.cards.get()
    grade(ada, card)
    schedule = Schedule.objects.values().get()
    give_deck(deck=own, group=group, by=ada, now=START)
    assert Schedule.objects.values().get() == schedule
    assert card.revisions.count() == 1
    assert own in Deck.objects.studied_by(ada)
    with pytest.raises(NotYours):
        give_deck(deck=own, group=group, by=ada, now=START)  # it is nobody's own any more


def test_only_ones_own_private_deck_is_given_and_only_a_public_one_is_followed(ada, bob, group, deck) -> None:
    others = make_deck(owner=bob, name="Bob's", now=START)
    public = make_deck(owner=ada, name="Public", now=START)
    Deck.objects.filter(pk=public.pk).update(is_public=True)
    for each in (others, public, deck):
        with pytest.raises(NotYours):
            give_deck(deck=each, group=group, by=ada, now=START)
    with pytest.raises(NotYours):
        follow_deck(group=group, deck=others, by=ada, now=START)
    for _ in range(2):
        follow_deck(group=group, deck=deck, by=ada, now=START)
    assert group.followings.count() == 1
    unfollow_deck(group=group, deck=deck, by=ada)
    assert not group.followings.exists()


# --- accounts that go -------------------------------------------------------------------------------------------------


def test_a_group_passes_to_the_longest_standing_of_the_highest_role(ada, bob, group) -> None:
    viewer, late, early, closed = (make_learner(name) for name in ("viewer", "late", "early", "closed"))
    let_join(group, viewer, Role.VIEWER)
    let_join(group, closed, Role.EDITOR)
    Learner.objects.filter(pk=closed.pk).update(is_active=False)
    let_join(group, late, Role.MEMBER, START + 2 * DAY)
    let_join(group, early, Role.MEMBER, START + DAY)
    delete_learner(learner=ada, now=START + 3 * DAY)
    assert role_of(group, early) == Role.OWNER
    assert notices_of(early) == ["handed over"]
    assert Deck.objects.get(name="Ours").group == group

    delete_learner(learner=early, now=START + 3 * DAY)
    delete_learner(learner=late, now=START + 3 * DAY)
    assert role_of(group, viewer) == Role.OWNER


def test_a_group_without_anybody_else_goes_and_its_deck_only_if_nobody_studied_it(ada, bob, group) -> None:
    kept = make_group_deck(group=group, maker=ada, name="Kept", description="", now=START)
    card = make_card(deck=kept, wording=Wording("Q?", "A."), author=ada, now=START)
    row = let_join(group, bob)
    grade(bob, card)
    leave_deck(learner=bob, deck=deck_of_name("Ours"))
    remove_member(group=group, by=ada, membership_id=row.pk, now=START)
    delete_learner(learner=ada, now=START)
    assert not StudyGroup.objects.exists()
    assert list(Deck.objects.filter(name__in=["Ours", "Kept"])) == [kept]
    kept.refresh_from_db()
    assert (kept.owner, kept.group) == (None, None)
    assert StudyEvent.objects.get().learner == bob


def deck_of_name(name: str) -> Deck:
    return Deck.objects.get(name=name)


# --- at the same moment, on PostgreSQL with real threads --------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each returned or raised, all begun together, each on a connection of its own."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(60)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def of_kind(results: list[object], kind: type) -> int:
    return sum(isinstance(result, kind) for result in results)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_join_at_the_last_uses_exactly_so_many_get_in(ada, group) -> None:
    invite = invite_to(group, max_uses=3)
    comers = [make_learner(f"comer-{number}") for number in range(10)]
    results = at_once(*(lambda comer=comer: join(group, comer, invite) for comer in comers))
    assert (of_kind(results, StudyGroup), of_kind(results, NoInvite)) == (3, 7), results
    assert group.memberships.standing().count() == 4
    invite.refresh_from_db()
    assert invite.use_count == 3


@pytest.mark.django_db(transaction=True)
def test_both_halves_of_a_double_click_on_join_use_one(bob, group) -> None:
    invite = invite_to(group, max_uses=5)
    results = at_once(*(lambda: join(group, bob, invite) for _ in range(4)))
    assert of_kind(results, StudyGroup) == 4, results
    invite.refresh_from_db()
    assert invite.use_count == 1


@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_once_leave_one_owner(ada, bob, group) -> None:
    rows = [let_join(group, learner) for learner in (bob, make_learner("eve"))]
    results = at_once(
        *(lambda row=row: hand_over(group=group, by=ada, membership_id=row.pk, now=START) for row in rows)
    )
    assert of_kind(results, NotYours) == 1, results
    assert group.memberships.standing().filter(role=Role.OWNER).count() == 1
    assert role_of(group, ada) == Role.EDITOR


@pytest.mark.django_db(transaction=True)
def test_a_role_taken_away_comes_before_an_edit_or_after_it_never_in_its_midst(ada, bob, group) -> None:
    row = let_join(group, bob, Role.EDITOR)
    card = Card.objects.get(deck__group=group)
    entered, may_go_on, order = threading.Event(), threading.Event(), []

    def edit() -> None:
        with editing(learner=bob, decks=[deck_of(group)]):
            entered.set()
            may_go_on.wait(60)
            edit_card(card=card, wording=Wording("New?", "Yes."), base_number=1, author=bob, now=START)
            order.append("edited")

    def demote() -> None:
        entered.wait(60)
        threading.Timer(0.3, may_go_on.set).start()  # by then the demotion has begun to wait
        change_role(group=group, by=ada, membership_id=row.pk, role=Role.VIEWER, now=START)
        order.append("demoted")

    assert at_once(edit, demote) == [None, None]
    assert order == ["edited", "demoted"]
    card.refresh_from_db()
    assert card.prompt == "New?"
    with pytest.raises(NotYours), editing(learner=bob, decks=[deck_of(group)]):
        raise AssertionError("a viewer edits")


@pytest.mark.django_db(transaction=True)
def test_edits_while_roles_change_are_whole_or_not_there(ada, group) -> None:
    """Many times over: what an editor writes is there with its revision exactly where it was not refused."""
    editors = [make_learner(f"editor-{number}") for number in range(4)]
    rows = [let_join(group, editor, Role.EDITOR) for editor in editors]

    def write(editor: Learner) -> Card:
        with editing(learner=editor, decks=[deck_of(group)]):
            return make_card(
                deck=deck_of(group), wording=Wording(f"By {editor}?", "Yes."), author=editor, now=START
            )

    acts = [
        *(lambda editor=editor: write(editor) for editor in editors),
        *(
            lambda row=row: change_role(
                group=group, by=ada, membership_id=row.pk, role=Role.MEMBER, now=START
            )
            for row in rows
        ),
    ]
    results = at_once(*acts)
    written = {result.pk for result in results[:4] if isinstance(result, Card)}
    assert of_kind(results[:4], NotYours) == 4 - len(written), results
    assert results[4:] == [None] * 4
    assert set(Card.objects.filter(prompt__startswith="By ").values_list("pk", flat=True)) == written
    assert all(card.revisions.count() == 1 for card in Card.objects.filter(pk__in=written))


@pytest.mark.django_db(transaction=True)
def test_a_grade_sent_while_leaving_is_whole_or_not_there_and_the_log_is_kept(bob, group) -> None:
    let_join(group, bob)
    card = Card.objects.get(deck__group=group)
    graded, left = at_once(lambda: grade(bob, card), lambda: leave_group(group=group, learner=bob, now=START))
    assert left is None
    is_written = not isinstance(graded, NotYours)
    assert StudyEvent.objects.filter(learner=bob).count() == is_written
    assert Schedule.objects.filter(learner=bob).count() == is_written
    with pytest.raises(NotYours):
        grade(bob, card, int(is_written), START + DAY)
    assert StudyEvent.objects.filter(learner=bob).count() == is_written


@pytest.mark.django_db(transaction=True)
def test_a_group_deleted_while_an_editor_writes_keeps_what_was_written(ada, bob, group) -> None:
    let_join(group, bob, Role.EDITOR)
    deck = deck_of(group)

    def write() -> Card:
        with editing(learner=bob, decks=[deck]):
            return make_card(deck=deck, wording=Wording("Late?", "Yes."), author=bob, now=START)

    written, deleted = at_once(write, lambda: delete_group(group=group, by=ada))
    assert deleted is None
    assert Card.objects.filter(prompt="Late?", deck__owner=ada).exists() == isinstance(written, Card), written
    assert not Card.objects.filter(deck__group__isnull=False).exists()
