"""A statement that was built once finds what the query finds that it is of, whoever asks, whatever they have set."""

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.models import Card, Deck, Enrolment, Learner, Schedule
from cards.models import built as module
from cards.models.built import Statement, is_fast
from cards.models.following import following
from cards.models.parts import Asked, part_columns
from cards.models.queue import MOST_COUNTED, next_card, queue_counts
from cards.models.readable import readable_card
from cards.scheduling import DueOrder, NewPlace
from tests.conftest import START

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="about PostgreSQL's own")
TODAY = date(2026, 3, 2)


def a_learner(chance: Random, name: str, decks: list[Deck]) -> Learner:
    """With settings, decks and schedules by chance."""
    learner = Learner.objects.create_user(
        name, date_joined=START, is_staff=chance.random() < 0.2, is_guest=chance.random() < 0.2,
        due_order=chance.choice(list(DueOrder)).value, new_place=chance.choice(list(NewPlace)).value,
        new_per_day=chance.choice((0, 1, 3, 20)), reviews_per_day=chance.choice((None, None, 0, 2, 50)),
        has_deck_limits=chance.random() < 0.4, has_siblings=chance.random() < 0.3,
    )  # fmt: skip
    if chance.random() < 0.4:
        learner.exception_on = chance.choice((TODAY, TODAY - timedelta(days=1)))
        learner.exception_new, learner.exception_reviews = chance.choice(((2, None), (None, 1), (30, 30)))
        learner.save()
    for deck in chance.sample(decks, chance.randint(0, len(decks))):
        enrolment = Enrolment(learner=learner, deck=deck, created_at=START)
        if learner.has_deck_limits:
            enrolment.new_per_day = chance.choice((None, 0, 1))
            enrolment.reviews_per_day = chance.choice((None, 0, 2))
            enrolment.exception_on = chance.choice((None, TODAY))
            enrolment.exception_new = chance.choice((None, 4))
        enrolment.save()
    for card in Card.objects.filter(deck__in=decks):
        if chance.random() < 0.6:
            counted = chance.choice((None, *(TODAY - timedelta(days=ago) for ago in (0, 0, 1, 2))))
            due = chance.choice((None, TODAY + timedelta(days=chance.randint(-5, 3))))
            if counted:
                due = TODAY + timedelta(days=chance.randint(1 if counted == TODAY else -1, 3))
            Schedule.objects.create(
                learner=learner, card=card, part=chance.choice(card.part_numbers),
                number=chance.randint(1, 9), due_on=due, interval_days=3,
                ease_hundredths=chance.randint(130, 280), repetitions=1, lapses=0, counted_on=counted,
                introduced_on=chance.choice((None, counted)),
                graded_at=START + timedelta(minutes=chance.randint(0, 99)),
                repeat_on=chance.choice((None, counted)), is_suspended=chance.random() < 0.2,
                skipped_on=chance.choice((None, None, TODAY, TODAY - timedelta(days=1))),
            )  # fmt: skip
    return learner


@pytest.fixture
def decks(ada: Learner) -> list[Deck]:
    made = [
        Deck.objects.create(name="Of all", is_public=True, created_at=START),
        Deck.objects.create(name="In the archive", is_public=True, created_at=START, archived_at=START),
        Deck.objects.create(name="Of ada", owner=ada, created_at=START),
    ]
    for deck in made:
        Card.objects.bulk_create(
            Card(deck=deck, position=place, prompt=f"{deck.name} {place}", created_at=START,
                 archived_at=START if place == 3 else None, **part_columns((1, 2) if place % 2 else (0,)))
            for place in range(6)
        )  # fmt: skip
    return made


def ordinarily(act: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What it is by the queries alone."""
    with monkeypatch.context() as patched:
        patched.setattr(module, "is_fast", lambda learner: False)
        return act()


def told(card: Card | None) -> Any:
    """All of a card, its deck and its schedule."""
    if card is None:
        return None
    rows = (card, card.deck, card.own)
    return [{k: v for k, v in vars(row).items() if k[0] != "_"} if row else None for row in rows]


@pytest.mark.parametrize("seed", range(8))
def test_it_finds_what_the_ordinary_query_finds(decks, monkeypatch, seed: int) -> None:
    chance = Random(seed)
    for place in range(6):
        learner = a_learner(chance, f"learner-{place}", decks)
        learner = Learner.objects.get(pk=learner.pk)
        for today in (TODAY, TODAY + timedelta(days=1)):
            card, counts = next_card(learner, today)
            then, its_counts = ordinarily(lambda: next_card(learner, today), monkeypatch)  # noqa: B023
            assert (told(card), counts) == (told(then), its_counts)
            assert queue_counts(learner, today) == counts
            if card:
                follows, _ = following(card, learner, today)
                then_too, _ = ordinarily(lambda: following(card, learner, today), monkeypatch)  # noqa: B023
                assert told(follows and follows.card) == told(then_too and then_too.card)
                assert follows is None or follows.card.pk != card.pk
            assert all(type(count) is int for count in (counts.done, counts.due, counts.new, counts.repeat))
        some = chance.choice(Card.objects.all())
        for has_answer in (False, True):
            ask = lambda: told(readable_card(learner, TODAY, Asked(some.pk), has_answer=has_answer))  # noqa: B023, E731
            assert ask() == ordinarily(ask, monkeypatch)


def test_every_setting_of_a_learner_is_part_of_the_shape_unless_it_is_said_to_be_none(ada: Learner) -> None:
    names = {field.name for field in Learner._meta.concrete_fields}
    assert names >= module.NO_SHAPE
    assert {"due_order", "is_staff", "is_guest", "has_deck_limits", "new_per_day"}.isdisjoint(module.NO_SHAPE)


def test_a_shuffled_order_is_built_each_time(ada: Learner) -> None:
    assert is_fast(ada)
    ada.due_order = DueOrder.SHUFFLED.value
    assert not is_fast(ada)


def test_what_was_built_is_kept_and_asked_for_by_another(
    decks, ada: Learner, bob: Learner, monkeypatch
) -> None:
    next_card(ada, TODAY)
    monkeypatch.setattr(module, "Built", None)  # nothing more is built
    assert next_card(bob, TODAY + timedelta(days=1))[0] is not None


def test_what_was_built_does_not_grow_without_end(decks, ada: Learner, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_BUILT", 3)
    for limit in range(9):
        ada.new_per_day = limit
        next_card(ada, TODAY)
    assert len(module._built) <= 3


def test_due_cards_are_counted_to_a_thousand_and_one(decks, ada: Learner) -> None:
    deck = decks[0]
    Enrolment.objects.create(learner=ada, deck=deck, created_at=START)
    cards = Card.objects.bulk_create(
        Card(deck=deck, position=place, prompt=f"More {place}", created_at=START)
        for place in range(MOST_COUNTED + 9)
    )
    Schedule.objects.bulk_create(
        Schedule(learner=ada, card=card, number=1, due_on=TODAY, interval_days=1, ease_hundredths=250, repetitions=1,
                 lapses=0, is_suspended=False)
        for card in cards
    )  # fmt: skip
    assert next_card(ada, TODAY)[1].due == MOST_COUNTED + 1
    assert queue_counts(ada, TODAY, is_exact=False).due == MOST_COUNTED + 1
    assert queue_counts(ada, TODAY).due == MOST_COUNTED + 9


@on_postgresql
def test_postgresql_prepares_it_and_plans_it_once(decks, ada: Learner) -> None:
    for _ in range(2):
        next_card(ada, TODAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements"
            " WHERE statement LIKE '%repeat_count%'"
        )
        generic, custom = cursor.fetchone()
    assert (generic >= 2, custom) == (True, 0)


@on_postgresql
@pytest.mark.parametrize("are_learnt", [False, True])
def test_a_new_card_is_looked_for_where_there_is_one(ada: Learner, decks, are_learnt: bool) -> None:
    deck = decks[2]
    Enrolment.objects.all().delete()
    Enrolment.objects.create(learner=ada, deck=deck, created_at=START)
    for card in Card.objects.filter(deck=deck) if are_learnt else ():
        for part in card.part_numbers:
            Schedule.objects.create(
                learner=ada, card=card, part=part, number=1, due_on=TODAY, interval_days=1, ease_hundredths=250,
                repetitions=1, lapses=0, is_suspended=False,
            )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        assert next_card(ada, TODAY)[1].new == (0 if are_learnt else 5)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF) " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    looked = re.search(r"InitPlan (?:.(?!InitPlan))*?Sort Key: w\w*.name.*?(?=InitPlan|\Z)", plan, re.DOTALL)
    assert looked, plan
    assert ("loops=1" in looked[0]) != are_learnt, plan


@pytest.mark.django_db(transaction=True)
def test_after_the_database_was_away_it_is_asked_by_the_new_connection(ada: Learner) -> None:
    Enrolment.objects.all().delete()
    assert next_card(ada, TODAY)[0] is None
    connection.close()
    assert next_card(ada, TODAY)[0] is None


@on_postgresql
def test_equal_values_are_sent_once_but_not_those_of_two_types(ada: Learner) -> None:
    statement = Statement(
        "SELECT %s, %s + %s, %s, %s::text, %s::text, '100%%'", [module.ID, module.ID, 1, True, None, None]
    )
    assert len(statement.distinct) == 5
    assert statement.rows({module.ID: 7}) == [(7, 8, True, None, None, "100%")]
