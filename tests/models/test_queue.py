"""What comes next, and the counts that say so."""

from datetime import date, timedelta

import pytest

from cards.actions.acts import set_due
from cards.actions.cards import make_card
from cards.actions.decks import make_deck
from cards.actions.limits import set_deck_limits, set_today_limits
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner, Schedule
from cards.models.lists import due_schedules
from cards.models.queue import done_today, is_in_queue, more_today, next_card, queue_counts
from cards.scheduling import Grade, QueueCounts
from tests.conftest import START

TODAY = date(2026, 3, 2)


def play(learner, card, grade, now=START) -> None:
    number = card.own.number if card.own else 0
    grade_card(learner=learner, card_id=card.pk, part=0, shown_number=number, grade=grade, now=now)


def schedule(learner, key: str, **fields: object) -> Schedule:
    columns = {
        "number": 1, "due_on": TODAY, "interval_days": 1, "ease_hundredths": 250, "repetitions": 1, "lapses": 0,
        "is_suspended": False,
        "first_graded_on": TODAY - timedelta(days=9),
    }  # fmt: skip
    return Schedule.objects.create(learner=learner, card=Card.objects.get(key=key), **{**columns, **fields})


def keys_of_the_day(learner, today: date = TODAY, now=START) -> list[str]:
    """All that comes, each card answered with Good."""
    keys = []
    while card := next_card(learner, today)[0]:
        keys.append(card.key)
        now += timedelta(seconds=5)
        play(learner, card, Grade.GOOD, now)
    return keys


@pytest.fixture
def second(ada) -> Deck:
    """A deck that ada studies beside the shared one, before it in the order of names: cards d1, d2, d3."""
    deck = make_deck(owner=ada, name="A deck of ada's", now=START)
    for number in (1, 2, 3):
        make_card(deck=deck, wording=Wording(f"{number}?", "", ""), author=ada, now=START, key=f"d{number}")
    return deck


def test_a_new_card_whose_due_day_was_set_takes_no_new_card_s_place(ada) -> None:
    ada.new_per_day = 2
    card = Card.objects.get(key="c3")
    set_due(learner=ada, card_ids=[card.pk], due_on=TODAY, now=START)
    assert next_card(ada, TODAY)[1] == QueueCounts(done=0, due=1, new=2, repeat=0)
    play(ada, next_card(ada, TODAY)[0], Grade.GOOD)
    assert next_card(ada, TODAY)[1] == QueueCounts(done=1, due=0, new=2, repeat=0)


def test_due_cards_come_before_new_ones_the_longest_due_first(ada) -> None:
    schedule(ada, "c3", due_on=TODAY - timedelta(days=3))
    schedule(ada, "c2", due_on=TODAY)
    card, counts = next_card(ada, TODAY)
    assert card.key == "c3"
    assert counts == QueueCounts(done=0, due=2, new=1, repeat=0)


def test_counts_are_what_comes(ada) -> None:
    """Plays the day to its end with mixed grades: each step's counts are right, and nothing is left over."""
    grades = iter([Grade.AGAIN, Grade.HARD, Grade.GOOD, Grade.AGAIN, Grade.EASY, Grade.GOOD])
    shown, left, instant = [], [], START
    while True:
        card, counts = next_card(ada, TODAY)
        assert counts == queue_counts(ada, TODAY)
        if card is None:
            break
        shown.append(card.key)
        left.append(counts.left)
        instant += timedelta(seconds=5)
        play(ada, card, next(grades), instant)
    assert shown == ["c1", "c2", "c3", "c1", "c2", "c1"]
    assert left == [3, 3, 3, 2, 2, 1]
    assert counts == QueueCounts(done=3)
    assert counts.left == 0
    assert counts.share_done == 1.0


def test_new_cards_end_at_the_days_limit(ada) -> None:
    ada.new_per_day = 2
    for expected in (2, 1):
        card, counts = next_card(ada, TODAY)
        assert counts.new == expected
        play(ada, card, Grade.GOOD)
    assert next_card(ada, TODAY) == (None, QueueCounts(done=2))
    assert next_card(ada, TODAY + timedelta(days=1))[1].new == 1


@pytest.mark.parametrize(
    "away",
    [
        {"is_suspended": True},
        {"skipped_on": TODAY},
        {"counted_on": TODAY},
        {"due_on": TODAY + timedelta(days=1)},
    ],
)
def test_what_is_away_does_not_come(ada, away) -> None:
    schedule(ada, "c1", **away)
    assert queue_counts(ada, TODAY).due == 0
    assert asked(ada) == {"c2", "c3"}


def asked(learner: Learner) -> set[str]:
    """The cards that may come today, asked for one by one."""
    cards = Card.objects.with_schedule(learner, 0)
    return {card.key for card in cards if is_in_queue(card, learner, TODAY)}


def test_archived_and_unstudied_cards_do_not_come(ada) -> None:
    schedule(ada, "c1")
    Card.objects.filter(key="c2").update(archived_at=START)
    assert queue_counts(ada, TODAY) == QueueCounts(due=1, new=1)
    assert asked(ada) == {"c1", "c3"}
    Deck.objects.update(archived_at=START)
    assert next_card(ada, TODAY) == (None, QueueCounts())
    assert asked(ada) == set()
    Deck.objects.update(archived_at=None)
    ada.enrolments.all().delete()
    assert next_card(ada, TODAY) == (None, QueueCounts())
    assert asked(ada) == set()


def test_somebody_unknown_gets_the_starter_decks(deck) -> None:
    Deck.objects.create(name="other", is_public=True, created_at=START)
    card, counts = next_card(None, TODAY)
    assert card.key == "c1"
    assert counts == QueueCounts(new=3)


def test_one_query_gives_the_next_card_with_its_schedule_and_the_counts(
    ada, django_assert_num_queries
) -> None:
    schedule(ada, "c2")
    with django_assert_num_queries(1):
        card, counts = next_card(ada, TODAY)
        assert card.own.due_on == TODAY
        assert card.deck.name == "Shared deck"
        assert counts.due == 1


def test_nobody_elses_schedule_counts(ada, bob) -> None:
    schedule(bob, "c1")
    assert queue_counts(ada, TODAY) == QueueCounts(new=3)


# --- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "today", "tomorrow"), [(None, 3, 0), (2, 2, 1), (0, 0, 0)])
def test_reviews_end_at_the_days_limit(ada, limit, today, tomorrow) -> None:
    ada.reviews_per_day = limit
    for key in ("c1", "c2", "c3"):
        schedule(ada, key, interval_days=6, repetitions=2)
    for day, count in enumerate((today, tomorrow)):
        on = TODAY + timedelta(days=day)
        assert queue_counts(ada, on).due == count
        assert len(keys_of_the_day(ada, on, START + timedelta(days=day))) == count


def test_new_cards_use_up_no_reviews_and_repeats_use_up_nothing(ada) -> None:
    ada.reviews_per_day, ada.new_per_day = 1, 1
    schedule(ada, "c3")
    play(ada, next_card(ada, TODAY)[0], Grade.AGAIN)
    play(ada, next_card(ada, TODAY)[0], Grade.AGAIN)
    assert queue_counts(ada, TODAY) == QueueCounts(done=2, repeat=2)
    assert done_today(ada, TODAY) == (1, 1)


@pytest.mark.parametrize("kind", ["new", "reviews"])
@pytest.mark.parametrize(("limit", "count"), [(None, 6), (1, 4), (0, 3)])
def test_a_decks_own_limit_holds_beside_the_overall_one(ada, second, kind, limit, count) -> None:
    limits = {"new_per_day": None, "reviews_per_day": None, f"{kind}_per_day": limit}
    set_deck_limits(learner=ada, deck=second, now=START, **limits)
    if kind == "reviews":
        for key in ("d1", "d2", "d3", "c1", "c2", "c3"):
            schedule(ada, key)
    assert queue_counts(ada, TODAY).left == count
    assert len(keys_of_the_day(ada)) == count


def test_what_was_done_in_a_deck_counts_against_its_limit_alone(ada, second) -> None:
    set_deck_limits(learner=ada, deck=second, new_per_day=1, reviews_per_day=1, now=START)
    for key in ("d1", "d2", "c1"):
        schedule(ada, key)
    assert keys_of_the_day(ada) == ["d1", "c1", "d3", "c2", "c3"]


def test_an_exception_holds_for_its_day_alone(ada) -> None:
    set_today_limits(learner=ada, new=1, reviews=None, now=START)
    assert queue_counts(ada, TODAY).new == 1
    assert queue_counts(ada, TODAY + timedelta(days=1)).new == 3
    set_today_limits(learner=ada, new=None, reviews=None, now=START)
    assert queue_counts(ada, TODAY).new == 3


def test_a_deck_with_an_exception_comes_first_within_it_and_within_the_overall_limit(
    ada, second, deck
) -> None:
    ada.new_per_day = 3
    assert next_card(ada, TODAY)[0].key == "d1"
    set_today_limits(learner=ada, deck=deck, new=2, reviews=None, now=START)
    assert keys_of_the_day(ada) == ["c1", "c2", "d1"]
    for key in ("d2", "c3"):
        schedule(ada, key)
    ada.reviews_per_day = 1
    set_today_limits(learner=ada, deck=deck, new=None, reviews=1, now=START)
    assert keys_of_the_day(ada) == ["c3"]


def test_more_says_what_the_limits_keep_back_and_what_would_let_it_come(ada, second) -> None:
    ada.new_per_day, ada.reviews_per_day = 1, 1
    for key in ("c1", "c2", "c3"):
        schedule(ada, key)
    keys_of_the_day(ada)
    more = more_today(ada, TODAY, queue_counts(ada, TODAY))
    assert more == (2, 2, 2, (11, 11))
    set_today_limits(learner=ada, new=more.to.new, reviews=more.to.reviews, now=START)
    assert len(keys_of_the_day(ada)) == more.new + more.reviews
    assert more_today(ada, TODAY, queue_counts(ada, TODAY))[:3] == (0, 0, 0)


def test_more_offers_nothing_that_a_decks_limit_would_keep_back(ada, deck) -> None:
    set_deck_limits(learner=ada, deck=deck, new_per_day=0, reviews_per_day=0, now=START)
    schedule(ada, "c1")
    assert more_today(ada, TODAY, queue_counts(ada, TODAY))[:3] == (1, 0, 0)


# --- orders -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("longest", ["c1", "d1", "c2", "d2"]),
        ("deck", ["d1", "d2", "c1", "c2"]),
        ("hardest", ["d2", "c2", "c1", "d1"]),
    ],
)
def test_due_cards_come_in_the_order_that_was_chosen(ada, second, order, keys) -> None:
    ada.due_order, ada.new_per_day = order, 0
    for key, days, ease in (("c1", 9, 250), ("d1", 8, 250), ("c2", 7, 200), ("d2", 6, 130)):
        schedule(ada, key, due_on=TODAY - timedelta(days=days), ease_hundredths=ease)
    assert keys_of_the_day(ada) == keys


def test_a_shuffled_order_stays_through_the_day_and_is_another_each_day(ada, second) -> None:
    ada.due_order, ada.new_per_day = "shuffled", 0
    wordings = tuple(Wording(f"{number}?", "", "") for number in range(30))
    cards = make_deck(owner=ada, name="Many", wordings=wordings, now=START).cards.all()
    for card in cards:
        Schedule.objects.create(
            learner=ada, card=card, number=1, due_on=TODAY, interval_days=1, ease_hundredths=250,
            repetitions=1, lapses=0, is_suspended=False,
        )  # fmt: skip
    orders = {day: list(due_schedules(ada, TODAY + timedelta(days=day))) for day in range(3)}
    in_order = sorted(orders[0], key=lambda row: row.pk)
    assert len({tuple(order) for order in [*orders.values(), in_order]}) == 4
    for place in range(4):
        card = next_card(ada, TODAY)[0]
        assert card == orders[0][place].card
        play(ada, card, Grade.GOOD)


@pytest.mark.parametrize(
    ("place", "keys"), [("after", ["c1", "c2", "c3", "c1"]), ("last", ["c1", "c1", "c2", "c3"])]
)
def test_new_cards_come_where_they_were_wanted(ada, place, keys) -> None:
    ada.new_place = place
    schedule(ada, "c1")
    play(ada, next_card(ada, TODAY)[0], Grade.AGAIN)
    assert ["c1", *keys_of_the_day(ada)] == keys


def test_mixed_new_cards_come_among_the_due_ones(ada, second) -> None:
    ada.new_place, ada.new_per_day = "mixed", 2
    for key in ("c1", "c2", "c3", "d3"):
        schedule(ada, key)
    assert keys_of_the_day(ada) == ["c1", "d1", "c2", "c3", "d2", "d3"]


@pytest.mark.parametrize("has_limits", [False, True])
def test_the_next_card_and_the_counts_stay_one_query(
    ada, second, has_limits, django_assert_num_queries
) -> None:
    ada.due_order, ada.new_place, ada.reviews_per_day = "shuffled", "mixed", 5
    schedule(ada, "c2")
    if has_limits:
        set_deck_limits(learner=ada, deck=second, new_per_day=1, reviews_per_day=1, now=START)
        set_today_limits(learner=ada, deck=second, new=2, reviews=2, now=START)
    with django_assert_num_queries(1):
        card, counts = next_card(ada, TODAY)
    assert (card.key, counts) == ("c2", QueueCounts(due=1, new=4 if has_limits else 5))
