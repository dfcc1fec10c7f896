"""What a group is to learn by a day: set by its editors, told to its members, counted for each."""

import os
from datetime import timedelta

import pytest

from cards.actions.acts import restart_cards
from cards.actions.assignments import edit_assignment, end_assignment, set_assignment
from cards.actions.bulk import archive_cards, tag_cards
from cards.actions.decks import archive_deck, leave_deck, make_deck
from cards.actions.groups import archive_group, follow_deck, leave_group, show_progress, unfollow_deck
from cards.actions.learners import change_settings
from cards.actions.limits import set_deck_limits
from cards.actions.study import NotYours, grade_card
from cards.models import Assignment, Deck, Learner, Notice, StudyGroup
from cards.reports import Due, due_assignments, group_progress
from cards.scheduling import Grade
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers
from tests.growth.plans import asked, nodes, plan_of

TODAY = START.date()
DAY = timedelta(days=1)


@pytest.fixture
def group(ada: Learner, bob: Learner) -> StudyGroup:
    """ada's, with a deck of six cards; bob is a member."""
    group = make_readers(ada, cards=6)
    let_join(group, bob)
    return group


@pytest.fixture
def ours(group: StudyGroup) -> Deck:
    return deck_of(group)


def ids(deck: Deck) -> list[int]:
    return list(deck.cards.order_by("position").values_list("pk", flat=True))


def learn(learner: Learner, *card_ids: int) -> None:
    for card_id in card_ids:
        grade_card(learner=learner, card_id=card_id, part=0, shown_number=0, grade=Grade.GOOD, now=START)


def put(group: StudyGroup, by: Learner, deck: Deck, days: int = 2, tags: tuple[str, ...] = ()) -> Assignment:
    return set_assignment(group=group, by=by, deck=deck, tags=tags, due_on=TODAY + days * DAY, now=START)


def due(learner: Learner, day: int = 0) -> Due:
    learner.refresh_from_db()
    [found] = due_assignments(learner, TODAY + day * DAY)
    return found


def test_everybody_else_in_the_group_is_told_once(ada, bob, group, ours) -> None:
    left = make_learner("carol")
    let_join(group, left)
    leave_group(group=group, learner=left, now=START)
    first, second = put(group, ada, ours), put(group, ada, ours)
    assert first == second
    notice = Notice.objects.get(kind="assigned")
    assert (notice.learner, notice.by, notice.group, notice.deck, notice.assignment) == (
        bob, ada, group, ours, first,
    )  # fmt: skip


def test_only_its_editors_and_only_what_it_learns(ada, bob, staff, group, ours, deck) -> None:
    own = make_deck(owner=ada, name="Ada's", now=START)
    for by, what in ((bob, ours), (staff, ours), (ada, deck), (ada, own)):
        with pytest.raises(NotYours):
            put(group, by, what)
    follow_deck(group=group, deck=deck, by=ada, now=START)
    assignment = put(group, ada, deck)
    with pytest.raises(NotYours):
        edit_assignment(assignment=assignment, by=bob, deck=ours, tags=(), due_on=TODAY)
    with pytest.raises(NotYours):
        end_assignment(assignment=assignment, by=bob, now=START)
    end_assignment(assignment=assignment, by=ada, now=START)
    with pytest.raises(NotYours):
        edit_assignment(assignment=assignment, by=ada, deck=ours, tags=(), due_on=TODAY)


@pytest.mark.parametrize("learnt", [0, 2, 6])
def test_learnt_is_what_the_decks_page_counts(bob, ada, group, ours, learnt) -> None:
    put(group, ada, ours)
    learn(bob, *ids(ours)[:learnt])
    counted = Deck.objects.filter(pk=ours.pk).with_counts(bob).get()
    assert due(bob).learnt == counted.learnt_count == learnt
    assert due(bob).total == counted.card_count == 6
    if learnt:
        restart_cards(learner=bob, card_ids=ids(ours)[:1], now=START)
        assert due(bob).learnt == learnt - 1


@pytest.mark.parametrize(
    ("days", "learnt", "day", "per_day", "days_left"),
    [(2, 0, 0, 2, 3), (2, 1, 0, 2, 3), (2, 0, 1, 3, 2), (2, 0, 2, 6, 1), (3, 0, 0, 2, 4), (9, 0, 0, 1, 10)],
)
def test_it_says_what_that_means_a_day(ada, bob, group, ours, days, learnt, day, per_day, days_left) -> None:
    """Unlearnt cards by the days that are left, today's with them, rounded up."""
    put(group, ada, ours, days)
    learn(bob, *ids(ours)[:learnt])
    found = due(bob, day)
    assert (found.per_day, found.days_left, found.is_overdue) == (per_day, days_left, False)


def test_it_is_overdue_when_its_day_is_over_and_a_card_is_left(ada, bob, group, ours) -> None:
    put(group, ada, ours, 2)
    assert due(bob, 3).is_overdue
    learn(bob, *ids(ours))
    assert not due(bob, 3).is_overdue


def test_a_limit_that_lets_in_fewer_is_said(ada, bob, group, ours) -> None:
    put(group, ada, ours, 1)
    change_settings(learner=bob, new_per_day=3)
    assert not due(bob).is_held_back
    change_settings(learner=bob, new_per_day=2)
    found = due(bob)
    assert (found.is_held_back, found.limit, found.is_decks_limit) == (True, 2, False)
    set_deck_limits(learner=bob, deck=ours, new_per_day=1, reviews_per_day=None, now=START)
    found = due(bob)
    assert (found.is_held_back, found.limit, found.is_decks_limit) == (True, 1, True)
    leave_deck(learner=bob, deck=ours)
    assert not due(bob).is_studied


def test_tags_ask_for_the_cards_that_have_one_of_them(ada, bob, group, ours) -> None:
    cards = ids(ours)
    tag_cards(learner=ada, card_ids=cards[:2], tag="über-loss", now=START)
    tag_cards(learner=ada, card_ids=cards[1:4], tag="b", now=START)
    put(group, ada, ours, tags=("über-loss",))
    learn(bob, cards[1], cards[5])
    assert (due(bob).total, due(bob).learnt) == (2, 1)
    Assignment.objects.all().delete()
    put(group, ada, ours, tags=("über-loss", "b"))
    assert (due(bob).total, due(bob).learnt) == (4, 1)
    archive_cards(learner=ada, card_ids=[cards[1]], now=START)
    assert (due(bob).total, due(bob).learnt) == (3, 0)


def test_what_is_over_asks_for_nothing(ada, bob, group, ours, deck) -> None:
    follow_deck(group=group, deck=deck, by=ada, now=START)
    followed = put(group, ada, deck)
    assert [each.assignment for each in due_assignments(bob, TODAY)] == [followed]
    unfollow_deck(group=group, deck=deck, by=ada)
    assert due_assignments(bob, TODAY) == []
    own = put(group, ada, ours)
    archive_deck(deck=ours, now=START)
    assert due_assignments(bob, TODAY) == []
    Deck.objects.update(archived_at=None)
    end_assignment(assignment=own, by=ada, now=START)
    assert due_assignments(bob, TODAY) == []
    put(group, ada, ours)
    assert len(due_assignments(bob, TODAY)) == 1
    archive_group(group=group, by=ada, now=START)
    assert due_assignments(bob, TODAY) == []


def test_it_is_the_members_own_study_day(ada, bob, group, ours) -> None:
    """In Auckland the day is over while it goes on in London."""
    put(group, ada, ours, 0)
    change_settings(learner=bob, time_zone="Pacific/Auckland")
    evening = START.replace(hour=20)
    assert not due_assignments(ada, ada.study_day(evening))[0].is_overdue
    assert due_assignments(bob, bob.study_day(evening))[0].is_overdue


# --- who sees how far each is -----------------------------------------------------------------------------------------


def names(assignment: Assignment, viewer: Learner) -> list[str]:
    assignment = Assignment.objects.get(pk=assignment.pk)
    return sorted(row.name for row in group_progress(assignment, viewer).rows)


@pytest.fixture
def more(group: StudyGroup) -> dict[str, Learner]:
    """Five people: ada, the owner; bob, a member; an editor, a viewer, and one who hides."""
    people = {name: make_learner(name) for name in ("eve", "vic", "hal")}
    for name, role in (("eve", "editor"), ("vic", "viewer"), ("hal", "member")):
        let_join(group, people[name], role)
    show_progress(group=group, learner=people["hal"], shows_progress=False)
    return people


EVERYBODY = ["ada", "bob", "eve", "vic"]


@pytest.mark.parametrize(
    ("setting", "viewer", "seen"),
    [
        ("everyone", "ada", EVERYBODY),
        ("everyone", "bob", EVERYBODY),
        ("everyone", "vic", EVERYBODY),
        ("everyone", "hal", [*EVERYBODY, "hal"]),
        ("everyone", "staff", []),
        ("editors", "ada", EVERYBODY),
        ("editors", "eve", EVERYBODY),
        ("editors", "bob", ["bob"]),
        ("editors", "vic", ["vic"]),
        ("editors", "staff", []),
        ("totals", "ada", ["ada"]),
        ("totals", "eve", ["eve"]),
        ("totals", "bob", ["bob"]),
        ("totals", "staff", []),
    ],
)
def test_each_sees_whom_the_group_lets_them_see(
    ada, bob, staff, group, ours, more, setting, viewer, seen
) -> None:
    StudyGroup.objects.update(progress_shown=setting)
    people = {"ada": ada, "bob": bob, "staff": staff, **more}
    assignment = put(group, ada, ours)
    assert names(assignment, people[viewer]) == sorted(seen)


def test_totals_are_of_all_unless_they_would_tell_of_one(ada, bob, group, ours, more) -> None:
    StudyGroup.objects.update(progress_shown="everyone")
    assignment = put(group, ada, ours)
    learn(more["hal"], *ids(ours))
    learn(bob, *ids(ours)[:3])
    assignment.refresh_from_db()
    group.refresh_from_db()
    found = group_progress(Assignment.objects.get(), ada)
    assert (found.is_of_all, found.done_count, found.percent, found.member_count) == (False, 0, 12, 5)
    own = group_progress(Assignment.objects.get(), more["hal"])
    assert (own.is_of_all, own.done_count, own.percent) == (True, 1, 30)
    show_progress(group=group, learner=bob, shows_progress=False)
    found = group_progress(Assignment.objects.get(), ada)
    assert (found.is_of_all, found.done_count, found.percent, len(found.rows)) == (True, 1, 30, 3)


def test_of_two_neither_learns_the_others_by_totals(ada, bob, group, ours) -> None:
    StudyGroup.objects.update(progress_shown="totals")
    put(group, ada, ours)
    learn(bob, *ids(ours))
    found = group_progress(Assignment.objects.get(), ada)
    assert (found.is_of_all, [row.name for row in found.counted], found.done_count) == (False, ["ada"], 0)


def test_whoever_left_is_not_counted(ada, bob, group, ours) -> None:
    put(group, ada, ours)
    learn(bob, *ids(ours))
    leave_group(group=group, learner=bob, now=START)
    found = group_progress(Assignment.objects.get(), ada)
    assert (found.member_count, found.done_count) == (1, 0)


def test_it_takes_as_many_queries_for_many_members_and_cards(
    ada, bob, group, ours, django_assert_max_num_queries
) -> None:
    put(group, ada, ours)
    assignment = Assignment.objects.select_related("group").get()
    for _ in range(2):
        with django_assert_max_num_queries(3):
            group_progress(assignment, ada)
        with django_assert_max_num_queries(4):
            due_assignments(ada, TODAY)
        for name in "cdefgh":
            if not Learner.objects.filter(username=name).exists():
                let_join(group, make_learner(name))
        put(group, ada, ours, 5)


@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="of PostgreSQL alone")
def test_a_card_is_looked_up_once_for_all_assignments(ada, group, ours) -> None:
    for days in range(1, 6):
        put(group, ada, ours, days)
    with asked() as statements:
        due_assignments(ada, TODAY)
    read = [node.get("Relation Name") for each in statements for node in nodes(plan_of(each))]
    assert read.count("cards_schedule") == 1


def test_progress_takes_three_queries_however_many_members_there_are(
    ada, bob, group, ours, more, django_assert_max_num_queries
) -> None:
    StudyGroup.objects.update(progress_shown="everyone")
    assignment = put(group, ada, ours)
    for cards, learner in enumerate((bob, *more.values()), start=1):
        learn(learner, *ids(ours)[:cards])
    assignment = Assignment.objects.get()
    with django_assert_max_num_queries(3):
        found = group_progress(assignment, ada)
    assert {row.name: row.learnt for row in found.rows} == {"vic": 3, "eve": 2, "bob": 1, "ada": 0}
