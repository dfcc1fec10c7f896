"""Wherever parts are counted, it is those that the card has: in decks, assignments, searches, and what is to come."""

import pytest

from cards.actions.assignments import set_assignment
from cards.actions.cards import edit_card, make_card
from cards.cardtext import clean
from cards.models import Deck, Schedule
from cards.models.lists import with_due_count
from cards.models.queue import next_card, queue_counts
from cards.models.search import find
from cards.reports import due_assignments, forecast, group_progress
from cards.scheduling import Grade, QueueCounts
from cards.search import parse
from tests.conftest import START
from tests.groups import deck_of, let_join, make_readers
from tests.models.clozes import DAY, THREE, TODAY, day_of, play, schedule, wording


def due_count(learner, deck: Deck, today=TODAY) -> int:
    return (
        with_due_count(Deck.objects.filter(pk=deck.pk).with_counts(learner), learner, today).get().due_count
    )


def test_a_part_that_is_gone_is_not_asked_on_its_day(ada, own, three) -> None:
    assert day_of(ada, 0) == [("three", 1), ("whole", 0)]
    edit_card(card=three, wording=wording(2, 3), base_number=1, author=ada, now=START)
    assert ada.schedules.get(card=three, part=1).due_on == TODAY + DAY
    assert queue_counts(ada, TODAY + DAY) == QueueCounts(due=1, new=1)
    assert due_count(ada, own, TODAY + DAY) == 1
    assert [load.count for load in forecast(ada, TODAY, 3)] == [0, 1, 0]
    assert set(day_of(ada, 1)) == {("three", 2), ("whole", 0)}
    assert {part for day in range(2, 12) for key, part in day_of(ada, day) if key == "three"} == {2, 3}


def test_a_part_that_is_gone_is_not_repeated(ada, own, three) -> None:
    play(ada, next_card(ada, TODAY)[0], Grade.AGAIN)
    edit_card(card=three, wording=wording(2, 3), base_number=1, author=ada, now=START)
    assert queue_counts(ada, TODAY) == QueueCounts(done=1, new=1)
    assert day_of(ada, 0) == [("whole", 0)]


@pytest.mark.parametrize("together", [False, True])
def test_a_deck_s_due_cards_are_what_its_day_asks(ada, own, three, together) -> None:
    ada.has_siblings = together
    for part in (1, 2, 3):
        schedule(ada, three, part, due_on=TODAY - DAY)
    while (found := next_card(ada, TODAY))[0] and found[1].due:
        assert due_count(ada, own) == found[1].due
        play(ada, found[0], Grade.GOOD)
    assert due_count(ada, own) == 0
    assert due_count(ada, own, TODAY + DAY) == queue_counts(ada, TODAY + DAY).due


def test_an_assignment_has_learnt_a_card_when_all_its_parts_are(ada, bob) -> None:
    group = make_readers(ada, cards=1)
    let_join(group, bob)
    deck = deck_of(group)
    three = make_card(deck=deck, wording=clean(THREE, ""), author=ada, now=START)
    whole = deck.cards.exclude(pk=three.pk).get()
    assignment = set_assignment(group=group, by=ada, deck=deck, tags=(), due_on=TODAY + 9 * DAY, now=START)

    def learnt() -> int:
        [due] = due_assignments(bob, TODAY)
        assert due.total == 2
        [row] = [each for each in group_progress(assignment, bob).rows if each.membership.learner == bob]
        assert row.learnt == due.learnt  # counted from the members' schedules, and from the cards
        known = Schedule.objects.known_cards().filter(learner=bob).values_list("card", flat=True)
        assert len(set(known)) == due.learnt
        return due.learnt

    schedule(bob, three, 0)  # of the whole card, that it was
    schedule(bob, three, 4)  # of a part that is gone
    schedule(bob, three, 1)
    schedule(bob, three, 2)
    assert learnt() == 0
    schedule(bob, three, 3, due_on=None)  # put away before it was learnt
    assert learnt() == 0
    Schedule.objects.filter(part=3).update(due_on=TODAY)
    assert learnt() == 1
    schedule(bob, whole, 1)  # of a part that the card had once
    assert learnt() == 1
    schedule(bob, whole, 0)
    assert learnt() == 2


@pytest.mark.parametrize(
    ("query", "fields", "others"),
    [
        ("is:due", {"due_on": TODAY}, {"due_on": TODAY + DAY}),
        ("due=3", {"due_on": TODAY + 3 * DAY}, {}),
        ("interval=21", {"interval_days": 21}, {}),
        ("ease<1.5", {"ease_hundredths": 130}, {}),
        ("lapses>=3", {"lapses": 3}, {}),
        ("is:leech", {"lapses": 99}, {}),
        ("is:suspended", {"is_suspended": True}, {}),
    ],
)
def test_a_search_finds_a_card_by_any_part_that_it_has(ada, own, three, query, fields, others) -> None:
    def found() -> set[int]:
        return set(find(parse(query), ada, TODAY).values_list("pk", flat=True))

    schedule(ada, three, 1, **{"due_on": TODAY + DAY} | others)
    for part in (0, 4):  # of the whole card that it was, and of a part that is gone
        schedule(ada, three, part, **fields)
    assert found() == set()
    schedule(ada, three, 3, **fields)
    assert found() == {three.pk}


def test_a_search_for_what_is_learnt_or_new_asks_whether_any_part_is(ada, own, three) -> None:
    def found(query: str) -> set[str]:
        return set(find(parse(query), ada, TODAY).values_list("key", flat=True))

    schedule(ada, three, 4)
    schedule(ada, three, 0)
    assert (found("deck:clozes is:new"), found("is:learnt")) == ({"three", "whole"}, set())
    schedule(ada, three, 2)
    assert (found("deck:clozes is:new"), found("is:learnt")) == ({"whole"}, {"three"})
