"""The cards of a practice, in its order."""

from datetime import date, timedelta

import pytest

from cards.actions.cards import archive_card, make_cards
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Learner
from cards.models.parts import Asked
from cards.models.practice import Order, practice_cards
from cards.scheduling import Grade
from cards.search import parse
from tests.conftest import START

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def ids(deck) -> list[int]:
    wordings = [Wording(f"Another {number}?", "") for number in range(17)]
    make_cards(deck=deck, wordings=wordings, author=None, now=START)
    return list(deck.cards.order_by("position").values_list("pk", flat=True))


def practised(query: str, learner: Learner | None, order: Order = Order.DECK, **more) -> list[int]:
    after = more.pop("after", None)
    found = practice_cards(parse(query), learner, TODAY, order, after=after and Asked(after), **more)
    return [asked.card_id for asked in found]


def grade(learner: Learner, card_id: int, grade: Grade, days_ago: int = 0, **more: bool) -> None:
    now = START - days_ago * DAY
    grade_card(learner=learner, card_id=card_id, part=0, shown_number=0, grade=grade, now=now, **more)


def test_it_is_what_the_search_finds_deck_by_deck(ada, ids) -> None:
    assert practised("another", ada) == ids[3:]
    assert practised("another", None) == ids[3:]
    Card.objects.filter(pk=ids[4]).update(position=99)
    assert practised("another", ada) == [ids[3], *ids[5:], ids[4]]


def test_the_soonest_due_comes_first_and_what_is_not_learnt_last(ada, bob, ids) -> None:
    for card_id, days_ago in ((ids[7], 5), (ids[1], 3), (ids[2], 0)):
        grade(ada, card_id, Grade.GOOD, days_ago)
    grade(bob, ids[9], Grade.GOOD, 9)
    rest = [card_id for card_id in ids if card_id not in {ids[7], ids[1], ids[2]}]
    assert practised("deck:shared", ada, Order.DUE) == [ids[7], ids[1], ids[2], *rest]
    assert practised("deck:shared", None, Order.DUE) == ids


def test_a_shuffle_is_the_same_for_its_seed_and_another_for_another(ada, ids) -> None:
    shuffles = {seed: practised("deck:shared", ada, Order.SHUFFLED, seed=seed) for seed in range(20)}
    assert all(sorted(shuffle) == ids for shuffle in shuffles.values())
    assert practised("deck:shared", ada, Order.SHUFFLED, seed=7) == shuffles[7]
    assert len({tuple(shuffle) for shuffle in shuffles.values()}) == 20
    assert len({shuffle[0] for shuffle in shuffles.values()}) > 4


@pytest.mark.parametrize("order", Order)
def test_a_card_that_goes_moves_no_other(ada, ids, order: Order) -> None:
    before = practised("deck:shared", ada, order, seed=3)
    archive_card(card=Card.objects.get(pk=before[4]), now=START)
    assert practised("deck:shared", ada, order, seed=3) == before[:4] + before[5:]


@pytest.mark.parametrize("order", Order)
def test_the_card_practised_last_stays_in_its_place_though_it_fits_no_more(ada, ids, order: Order) -> None:
    before = practised("-forgotten:1", ada, order, seed=3)
    grade(ada, before[4], Grade.AGAIN, is_practice=True)
    assert practised("-forgotten:1", ada, order, seed=3) == before[:4] + before[5:]
    assert practised("-forgotten:1", ada, order, seed=3, after=before[4]) == before


def test_a_card_that_may_not_be_seen_does_not_stay(ada, bob, ids, deck) -> None:
    deck.is_public, deck.owner = False, bob
    deck.save()
    assert practised("another", ada, after=ids[3]) == []
