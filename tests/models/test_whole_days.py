"""Whole days, played on the real models and actions: what comes is what the counts said, and what a plain list says."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cards.actions.learners import change_settings
from cards.actions.limits import set_deck_limits, set_today_limits
from cards.actions.study import grade_card
from cards.models import Card, Deck, Enrolment, Learner, Schedule
from cards.models.queue import next_card
from cards.scheduling import DueOrder, Grade, NewPlace, QueueCounts
from tests.conftest import START

TODAY = START.date()
DAYS = 2
MOST_STEPS = 200

LIMIT = st.none() | st.integers(0, 4)
CARDS = st.lists(
    st.sampled_from(["new", "new", "due", "due", "later", "suspended", "skipped", "archived"]), max_size=5
)
DECK = st.fixed_dictionaries(
    {"cards": CARDS, "limits": st.tuples(LIMIT, LIMIT), "today": st.none() | st.tuples(LIMIT, LIMIT)}
)
WORLD = st.fixed_dictionaries(
    {
        "decks": st.lists(DECK, min_size=1, max_size=3),
        "new_per_day": st.integers(0, 6),
        "reviews_per_day": LIMIT,
        "due_order": st.sampled_from(DueOrder),
        "new_place": st.sampled_from(NewPlace),
        "asked_at": st.integers(0, 6),
        "asked": st.tuples(LIMIT, LIMIT),
        "has_spreading": st.booleans(),
        "easy_days": st.sampled_from(["uuuuuuu", "nnuffuu"]),
        "seed": st.integers(0, 999),
    }
)


@pytest.mark.django_db
@settings(
    max_examples=12,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # a smaller world that fails too is worth no minutes
)
@given(WORLD)
def test_what_comes_on_whole_days_is_what_the_counts_said(world: dict) -> None:
    with transaction.atomic():
        learner = make(world)
        chance = Random(world["seed"])
        for day in range(DAYS):
            came: list[tuple[str, QueueCounts]] = []
            for card, counts, now in play(learner, day, chance, world if day == 0 else None):
                if card is None:  # somebody asked for another number: what was said before holds no more
                    came.clear()
                    continue
                came.append((turn_of(card, now.date()), counts))
            left = Counter(turn for turn, _ in came)
            for turn, counts in came:
                assert (counts.due, counts.new) == (left["due"], left["new"])
                assert counts.repeat <= left["repeat"]
                left[turn] -= 1
        transaction.set_rollback(True)


def make(world: dict) -> Learner:
    """A learner with the decks, in the middle of it: some cards are due, some were never seen."""
    chance = Random(world["seed"])
    learner = Learner.objects.create_user(
        "eve", new_per_day=world["new_per_day"], reviews_per_day=world["reviews_per_day"],
        due_order=world["due_order"].value, new_place=world["new_place"].value,
    )  # fmt: skip
    change_settings(learner=learner, has_spreading=world["has_spreading"], easy_days=world["easy_days"])
    for number, each in enumerate(world["decks"]):
        deck = Deck.objects.create(name=chance.choice("ABC"), owner=learner, created_at=START)
        Enrolment.objects.create(learner=learner, deck=deck, created_at=START)
        for place, state in enumerate(each["cards"]):
            archived_at = START if state == "archived" else None
            card = Card.objects.create(
                deck=deck,
                position=place,
                prompt=f"{number} {place}",
                created_at=START,
                archived_at=archived_at,
            )
            if state != "new":
                Schedule.objects.create(
                    learner=learner, card=card, number=1, interval_days=3, repetitions=2, lapses=0,
                    ease_hundredths=chance.choice([130, 200, 250]),
                    due_on=TODAY + timedelta(days=1 if state == "later" else -chance.randrange(3)),
                    first_graded_on=TODAY - timedelta(days=30), counted_on=TODAY - timedelta(days=9),
                    is_suspended=state == "suspended", skipped_on=TODAY if state == "skipped" else None,
                )  # fmt: skip
        new, reviews = each["limits"]
        set_deck_limits(learner=learner, deck=deck, new_per_day=new, reviews_per_day=reviews, now=START)
        if each["today"] is not None:
            new, reviews = each["today"]
            set_today_limits(learner=learner, deck=deck, new=new, reviews=reviews, now=START)
    return learner


def play(
    learner: Learner, day: int, chance: Random, world: dict | None
) -> Iterator[tuple[Card | None, QueueCounts, datetime]]:
    """Each card that comes, with the counts that were shown beside it; None where other limits were asked for."""
    now = START + timedelta(days=day)
    for step in range(MOST_STEPS):
        now += timedelta(seconds=7)
        if world and step == world["asked_at"]:
            new, reviews = world["asked"]
            set_today_limits(learner=learner, new=new, reviews=reviews, now=now)
            yield None, QueueCounts(), now
        card, counts = next_card(learner, now.date())
        assert (card.pk if card else None, counts) == by_a_plain_list(learner, now.date())
        if card is None:
            return
        yield card, counts, now
        grade_card(
            learner=learner, card_id=card.pk, part=0, shown_number=card.own.number if card.own else 0,
            grade=chance.choice([Grade.AGAIN, Grade.HARD, Grade.GOOD, Grade.GOOD, Grade.EASY]), now=now,
        )  # fmt: skip
    raise AssertionError("The day does not end.")


def turn_of(card: Card, today: date) -> str:
    if card.own is None or card.own.due_on is None:
        return "new"
    return "repeat" if card.own.repeat_on == today else "due"


def by_a_plain_list(learner: Learner, today: date) -> tuple[int | None, QueueCounts]:
    """The same, as the documents say it: all cards are read, and taken one by one while the limits allow it."""
    decks = {each.deck_id: each for each in Enrolment.objects.filter(learner=learner).select_related("deck")}
    rows = list(Schedule.objects.filter(learner=learner).select_related("card__deck"))
    live = [
        row for row in rows if not row.is_suspended and row.skipped_on != today and not row.card.archived_at
    ]
    graded = [row for row in rows if row.counted_on == today]
    introduced = [row for row in graded if row.introduced_on == today]
    reviewed = [row for row in graded if row.introduced_on != today]

    def place(card: Card) -> tuple:
        return not decks[card.deck_id].has_exception(today), card.deck.name, card.deck_id

    due = [row for row in live if row.due_on <= today and row.counted_on != today]
    orders = {
        "longest": lambda row: (), "deck": lambda row: place(row.card)[1:],
        "hardest": lambda row: (row.ease_hundredths,), "shuffled": lambda row: (shuffled(row, learner, today),),
    }  # fmt: skip
    due.sort(key=lambda row: (place(row.card)[0], orders[learner.due_order](row), row.due_on, row.pk))
    known = {row.card_id for row in rows}
    cards = Card.objects.filter(deck__in=decks, archived_at=None).exclude(pk__in=known).select_related("deck")
    new = sorted(cards, key=lambda card: (place(card), card.position, card.pk))
    repeat = sorted((row for row in live if row.repeat_on == today), key=lambda row: (row.graded_at, row.pk))

    due_ids = within(
        [(row.card_id, row.card.deck_id) for row in due],
        [row.card.deck_id for row in reviewed],
        learner.review_limit(today),
        {pk: each.review_limit(today) for pk, each in decks.items()},
    )
    new_ids = within(
        [(card.pk, card.deck_id) for card in new],
        [row.card.deck_id for row in introduced],
        learner.new_limit(today),
        {pk: each.new_limit(today) for pk, each in decks.items()},
    )
    counts = QueueCounts(len(graded), len(due_ids), len(new_ids), len(repeat))
    repeat_ids = [row.card_id for row in repeat]
    match NewPlace(learner.new_place):
        case NewPlace.AFTER:
            order = due_ids + new_ids + repeat_ids
        case NewPlace.LAST:
            order = due_ids + repeat_ids + new_ids
        case NewPlace.MIXED:
            shares = [
                *((len(reviewed) + n, len(reviewed) + len(due_ids), 0, pk) for n, pk in enumerate(due_ids)),
                *(
                    (len(introduced) + n, len(introduced) + len(new_ids), 1, pk)
                    for n, pk in enumerate(new_ids)
                ),
            ]
            order = [pk for *_, pk in sorted(shares, key=lambda s: (s[0] / s[1], s[2]))] + repeat_ids
    return (order[0] if order else None), counts


def within(cards: list[tuple[int, int]], done: list[int], limit: int | None, limits: dict) -> list[int]:
    used, total, taken = Counter(done), len(done), []
    for pk, deck in cards:
        if (limit is None or total < limit) and (limits[deck] is None or used[deck] < limits[deck]):
            taken.append(pk)
            used[deck] += 1
            total += 1
    return taken


def shuffled(row: Schedule, learner: Learner, today: date) -> int:
    chance, prime = Random(f"{learner.pk} {today}"), 2**31 - 1
    factor, offset = chance.randrange(1, prime), chance.randrange(prime)
    return ((row.pk * factor + offset) % prime) ** 2 % prime
