"""Several cards at once: all or none, each member's schedule as it was, and nothing lost when two do it together."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from cards.actions import bulk
from cards.actions.acts import undo_own_edit
from cards.actions.cards import KeyedCard, edit_card, make_card
from cards.actions.decks import make_deck
from cards.actions.groups import make_group_deck
from cards.actions.study import NotYours, grade_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner, Schedule, StudyEvent, StudyGroup
from cards.models.acts import last_act
from cards.scheduling import Grade
from tests.conftest import START
from tests.groups import deck_of, let_join, make_readers

LATER = START + timedelta(hours=1)


@pytest.fixture
def group(ada: Learner, bob: Learner) -> StudyGroup:
    """ada's, with a deck of five cards; bob edits too."""
    group = make_readers(ada, cards=5)
    let_join(group, bob, "editor")
    return group


@pytest.fixture
def ours(group: StudyGroup) -> Deck:
    return deck_of(group)


@pytest.fixture
def second(group: StudyGroup, ada: Learner) -> Deck:
    ours = make_group_deck(group=group, maker=ada, name="Second", description="", now=START)
    make_card(deck=ours, wording=Wording("There?", "Yes."), author=ada, now=START)
    return ours


def ids(ours: Deck, *places: int) -> list[int]:
    cards = list(ours.cards.order_by("position", "pk"))
    return [cards[place].pk for place in places]


def order(ours: Deck) -> str:
    """The prompts' numbers, of the live cards in their order."""
    return "".join(card.prompt[5] for card in ours.cards.filter(archived_at=None).order_by("position", "pk"))


ACTS = {
    "tag": lambda who, cards, ours: bulk.tag_cards(learner=who, card_ids=cards, tag="x", now=LATER),
    "untag": lambda who, cards, ours: bulk.untag_cards(learner=who, card_ids=cards, tag="old", now=LATER),
    "move": lambda who, cards, ours: bulk.move_cards(learner=who, card_ids=cards, deck=ours),
    "archive": lambda who, cards, ours: bulk.archive_cards(learner=who, card_ids=cards, now=LATER),
    "back": lambda who, cards, ours: bulk.unarchive_cards(learner=who, card_ids=cards),
    "up": lambda who, cards, ours: bulk.step_cards(learner=who, card_ids=cards, by=-1),
    "down": lambda who, cards, ours: bulk.step_cards(learner=who, card_ids=cards, by=1),
    "place": lambda who, cards, ours: bulk.place_cards(learner=who, card_ids=cards, place=1),
}


@pytest.mark.parametrize("act", ACTS)
def test_no_act_of_an_editor_touches_anybodys_schedule(act, ada, bob, ours, second) -> None:
    cards = ids(ours, 1, 2)
    if act == "untag":
        bulk.tag_cards(learner=ada, card_ids=cards, tag="old", now=START)
    if act == "back":
        bulk.archive_cards(learner=ada, card_ids=cards, now=START)
    for learner, grade in ((ada, Grade.GOOD), (bob, Grade.AGAIN)):
        for card_id in ids(ours, 0, 1):
            grade_card(learner=learner, card_id=card_id, part=0, shown_number=0, grade=grade, now=START)
    before = list(Schedule.objects.order_by("pk").values()), list(StudyEvent.objects.order_by("pk").values())
    assert ACTS[act](ada, cards, second) == 2
    assert (
        list(Schedule.objects.order_by("pk").values()),
        list(StudyEvent.objects.order_by("pk").values()),
    ) == before


@pytest.mark.parametrize("act", ACTS)
def test_it_is_done_to_all_or_to_none(act, ada, bob, ours, second) -> None:
    """Of one card that is not the editor's to edit, of a member without the right, and of too many."""
    private = make_deck(owner=bob, name="Bob's", now=START, wordings=(Wording("Mine?", "Yes."),))
    mine = private.cards.get().pk
    before = list(Card.objects.order_by("pk").values())
    for cards in ([*ids(ours, 2), mine], [*ids(ours, 2), 10**9], list(range(1, 502))):
        with pytest.raises(NotYours):
            ACTS[act](ada, cards, second)
    bob.memberships.update(role="member")
    with pytest.raises(NotYours):
        ACTS[act](bob, ids(ours, 2), second)
    assert list(Card.objects.order_by("pk").values()) == before


def test_a_tag_makes_one_revision_of_each_card_that_had_it_not(ada, ours) -> None:
    first, second, _ = Card.objects.filter(pk__in=ids(ours, 0, 1, 2)).order_by("position")
    for card, details in ((first, "tags: X, b"), (second, "tags: b\nreference: a")):
        wording = Wording(card.prompt, "Yes.", details)
        edit_card(card=card, wording=wording, base_number=1, author=ada, now=START)
    assert bulk.tag_cards(learner=ada, card_ids=ids(ours, 0, 1, 2), tag="x", now=LATER) == 2
    cards = list(ours.cards.order_by("position")[:3])
    assert [card.details for card in cards] == ["tags: X, b", "tags: b, x\nreference: a", "tags: x"]
    assert [card.revision_number for card in cards] == [2, 3, 2]
    assert cards[1].search_tags == "\nb\nx\n"
    newest = cards[2].revisions.first()
    assert newest is not None
    assert (newest.details, newest.author, newest.reason, newest.source) == (
        "tags: x", ada, "Tag x added", "edited",
    )  # fmt: skip
    assert bulk.tag_cards(learner=ada, card_ids=ids(ours, 0, 1, 2), tag="x", now=LATER) == 0
    assert bulk.untag_cards(learner=ada, card_ids=ids(ours, 0, 1, 2, 3), tag="x", now=LATER) == 3
    assert [card.details for card in ours.cards.order_by("position")[:3]] == [
        "tags: b", "tags: b\nreference: a", "",
    ]  # fmt: skip


def test_a_card_that_has_no_room_for_the_tag_is_named_and_none_changes(ada, ours) -> None:
    full = Card.objects.get(pk=ids(ours, 1)[0])
    details = f"reference: {'r' * 4980}"
    edit_card(card=full, wording=Wording(full.prompt, "Yes.", details), base_number=1, author=ada, now=START)
    with pytest.raises(bulk.TagRefused, match=r"Ours 1.*Shorten it"):
        bulk.tag_cards(learner=ada, card_ids=ids(ours, 0, 1), tag="x" * 20, now=LATER)
    assert ours.cards.get(pk=ids(ours, 0)[0]).details == ""


def test_an_undo_takes_the_tag_from_all_of_them_but_where_somebody_wrote_since(ada, bob, ours) -> None:
    bulk.tag_cards(learner=ada, card_ids=ids(ours, 0, 1, 2), tag="x", now=LATER)
    other = Card.objects.get(pk=ids(ours, 1)[0])
    edit_card(
        card=other,
        wording=Wording(other.prompt, "No.", other.details),
        base_number=2,
        author=bob,
        now=LATER + timedelta(minutes=1),
    )
    act = last_act(ada)
    assert act is not None
    undone = undo_own_edit(learner=ada, revision_id=int(act.name.split(":")[1]), now=LATER)
    assert sorted(undone) == sorted(ids(ours, 0, 2))
    assert [card.details for card in ours.cards.order_by("position")[:3]] == ["", "tags: x", ""]
    assert last_act(ada) is None or last_act(ada) != act


def test_cards_are_moved_to_the_end_in_their_order(ada, ours, second) -> None:
    bulk.place_cards(learner=ada, card_ids=ids(ours, 4), place=1)
    assert bulk.move_cards(learner=ada, card_ids=ids(ours, 2, 0), deck=second) == 2
    assert [card.prompt for card in second.cards.order_by("position")] == ["There?", "Ours 4?", "Ours 1?"]
    assert [card.position for card in second.cards.order_by("position")] == [0, 1, 2]
    assert bulk.move_cards(learner=ada, card_ids=ids(second, 1, 2), deck=second) == 0


def test_a_card_of_a_deck_file_is_tagged_but_neither_moved_nor_placed(ada, ours, second) -> None:
    Card.objects.filter(pk=ids(ours, 1)[0]).update(key="named")
    assert bulk.tag_cards(learner=ada, card_ids=ids(ours, 1), tag="x", now=LATER) == 1
    for act in ("move", "up", "down", "place"):
        with pytest.raises(KeyedCard):
            ACTS[act](ada, ids(ours, 1, 2), second)
    assert order(ours) == "01234"


@pytest.mark.parametrize(
    ("chosen", "act", "after"),
    [
        ((2,), "up", "02134"),
        ((2,), "down", "01324"),
        ((0,), "up", "01234"),
        ((4,), "down", "01234"),
        ((2, 3), "up", "02314"),
        ((1, 2), "down", "03124"),
        ((0, 2), "up", "02134"),
        ((0, 1, 3), "up", "01324"),
        ((4, 2), "place", "24013"),
    ],
)
def test_cards_change_their_places(ada, ours, second, chosen, act, after) -> None:
    ACTS[act](ada, ids(ours, *chosen), second)
    assert order(ours) == after
    assert [card.position for card in ours.cards.order_by("position")] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("place", "after"), [(1, "20134"), (3, "01234"), (5, "01342"), (99, "01342")])
def test_a_card_goes_to_the_place_that_is_named(ada, ours, place, after) -> None:
    bulk.place_cards(learner=ada, card_ids=ids(ours, 2), place=place)
    assert order(ours) == after


def test_places_count_the_cards_that_are_there(ada, ours) -> None:
    """Those in the archive stand behind the others, and positions with gaps or twice the same are put right."""
    Card.objects.filter(pk__in=ids(ours, 3, 4)).update(position=9)
    bulk.archive_cards(learner=ada, card_ids=ids(ours, 1), now=LATER)
    bulk.step_cards(learner=ada, card_ids=ids(ours, 2), by=-1)
    assert order(ours) == "2034"
    assert sorted(ours.cards.values_list("position", flat=True)) == [0, 1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_reorder_and_move_at_once_none_loses_a_card(ada, bob, ours, second) -> None:
    everything = set(Card.objects.filter(deck__group__isnull=False).values_list("pk", flat=True))
    cards = ids(ours, 0, 1, 2, 3, 4)
    barrier = threading.Barrier(6)
    failures: list[Exception] = []

    def work(who: Learner, number: int) -> None:
        try:
            barrier.wait(30)
            for turn in range(5):
                card = cards[(number + turn) % 4]
                place = (number * turn) % 5 + 1
                bulk.place_cards(learner=who, card_ids=[card], place=place)
                bulk.step_cards(learner=who, card_ids=[card], by=1 if turn % 2 else -1)
            if number % 2:
                bulk.move_cards(learner=who, card_ids=[cards[4]], deck=second if number == 1 else ours)
        except NotYours:
            pass  # the card was moved between the look and the lock
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=((ada, bob)[n % 2], n)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert set(Card.objects.filter(deck__group__isnull=False).values_list("pk", flat=True)) == everything
    positions = list(ours.cards.order_by("position").values_list("position", flat=True))
    assert len(set(positions)) == len(positions)


@pytest.mark.parametrize("act", ["tag", "move", "archive", "place"])
def test_it_takes_as_few_statements_for_many_as_for_one(act, ada, ours, second) -> None:
    counts = []
    for cards in (ids(ours, 4), ids(ours, 0, 1, 2, 3)):
        with CaptureQueriesContext(connection) as queries:
            ACTS[act](ada, cards, second)
        counts.append(len(queries))
    assert counts[0] == counts[1]
