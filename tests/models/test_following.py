"""What is said to come after a card's grade is what then comes, on whole days of luck."""

from datetime import timedelta
from random import Random

import pytest

from cards.actions.acts import skip_cards, suspend_cards
from cards.actions.cards import make_card
from cards.actions.decks import make_deck
from cards.actions.learners import change_settings
from cards.actions.limits import set_deck_limits, set_today_limits
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Enrolment, Learner, Schedule
from cards.models.following import Foreseen, counts_after, following, shown_of, still_comes
from cards.models.parts import Asked, Shown
from cards.models.queue import MOST_COUNTED, next_card, queue_counts
from cards.scheduling import NOT_MOVED, DueOrder, Grade, NewPlace, QueueCounts, State, futures, mode_at
from cards.scheduling.state import NEW
from tests.conftest import START

pytestmark = pytest.mark.django_db
TODAY = START.date()


def a_day(learner: Learner, chance: Random) -> None:
    """Eight cards, whole ones and such with gaps; some are due, two were put off until today's repeats."""
    deck = make_deck(owner=learner, name="Mixed", now=START)
    for place in range(8):
        gaps = "{{c1::this}} and {{c2::that}}" if chance.random() < 0.3 else "What?"
        card = make_card(deck=deck, wording=Wording(f"{place} {gaps}", "So.", ""), author=learner, now=START)
        for part in card.part_numbers:
            if chance.random() < 0.4:
                Schedule.objects.create(
                    learner=learner, card=card, part=part, number=1, interval_days=3, repetitions=1, lapses=0,
                    ease_hundredths=250, first_graded_on=TODAY - timedelta(days=9),
                    counted_on=TODAY - timedelta(days=3),
                    due_on=TODAY - timedelta(days=chance.randrange(3)), is_suspended=False,
                )  # fmt: skip


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("place", NewPlace)
def test_what_follows_is_what_comes_with_the_counts(ada, deck, place: NewPlace, together: bool) -> None:
    chance, now, foreseen, left_open = Random(f"{place} {together}"), START, 0, 0
    change_settings(
        learner=ada, new_place=place, has_siblings=together, due_order=chance.choice(list(DueOrder)[:3])
    )
    a_day(ada, chance)
    card, _ = next_card(ada, TODAY)
    while card is not None and foreseen + left_open < 60:
        now += timedelta(seconds=7)
        follows, counts = following(card, ada, TODAY)
        assert counts == queue_counts(ada, TODAY)
        state, grade = card.own.state if card.own else NEW, chance.choice(list(Grade))
        repeats = futures(state, TODAY, mode_at(state, TODAY), NOT_MOVED)[grade].repeats_today
        graded = grade_card(
            learner=ada, card_id=card.pk, part=card.part, shown_number=state.number, grade=grade, now=now
        )
        assert not still_comes(shown_of(card), ada, TODAY)
        before, (card, _) = card, next_card(ada, TODAY)
        told_after = counts_after(counts, graded.card, graded.state, TODAY)
        assert told_after is None if before.has_clozes else told_after == queue_counts(ada, TODAY)
        if follows and (follows.even_if_again or not repeats):
            assert told(follows.card) == told(card)
            assert still_comes(shown_of(follows.card), ada, TODAY)
            foreseen += 1
        else:
            is_sibling = together and before.has_clozes
            assert card is None or card.pk == before.pk or is_sibling, "that could have been foreseen"
            left_open += 1
    assert foreseen > 5


def told(card: Card | None) -> tuple[Asked, int] | None:
    return card and (Asked(card.pk, card.part), card.own.number if card.own else 0)


def test_what_follows_for_somebody_unknown_is_the_next_new_card(deck) -> None:
    card, _ = next_card(None, TODAY)
    follows, counts = following(card, None, TODAY)
    assert follows.card.key == "c2"
    assert counts.new == 3
    Card.objects.exclude(pk=card.pk).delete()
    assert following(card, None, TODAY)[0] is None


def test_one_query_says_what_follows_and_the_counts(ada, deck, django_assert_num_queries) -> None:
    card, _ = next_card(ada, TODAY)
    with django_assert_num_queries(1):
        follows, counts = following(card, ada, TODAY)
    assert (follows.card.key, counts.new) == ("c2", 3)


@pytest.mark.parametrize("luck", range(8))
def test_under_the_days_limits_a_grade_makes_of_the_counts_what_they_then_are(ada, deck, luck: int) -> None:
    chance, now = Random(luck), START
    a_day(ada, chance)
    Card.objects.exclude(parts=1).update(archived_at=START)
    change_settings(
        learner=ada, new_per_day=chance.randrange(1, 6), reviews_per_day=chance.choice([None, 1, 3])
    )
    for studied in Deck.objects.studied_by(ada) if luck % 2 else []:
        new, reviews = chance.choice([None, 1, 2]), chance.choice([None, 1, 2])
        set_deck_limits(learner=ada, deck=studied, new_per_day=new, reviews_per_day=reviews, now=START)
        if chance.random() < 0.3:
            set_today_limits(learner=ada, deck=studied, new=chance.randrange(4), reviews=None, now=START)
    card, counts = next_card(ada, TODAY)
    assert card is not None
    while card is not None and counts.done < 12:
        now += timedelta(seconds=7)
        number = card.own.number if card.own else 0
        graded = grade_card(
            learner=ada,
            card_id=card.pk,
            part=0,
            shown_number=number,
            grade=chance.choice(list(Grade)),
            now=now,
        )
        told_after = counts_after(counts, graded.card, graded.state, TODAY)
        card, counts = next_card(ada, TODAY)
        assert told_after == counts


def test_more_than_were_counted_are_not_counted_down(ada, deck) -> None:
    card, _ = next_card(ada, TODAY)
    many, after = QueueCounts(due=MOST_COUNTED + 1, new=2), State(number=1, repeat_on=None)
    assert counts_after(many, card, after, TODAY) == QueueCounts(1, MOST_COUNTED + 1, 1)
    card.own = Schedule(number=1, due_on=TODAY, counted_on=None)
    assert counts_after(many, card, after, TODAY) == QueueCounts(1, MOST_COUNTED + 1, 2)
    assert counts_after(QueueCounts(due=MOST_COUNTED), card, after, TODAY).due == MOST_COUNTED - 1


@pytest.mark.parametrize(
    "change",
    [
        lambda ada, card: suspend_cards(learner=ada, card_ids=[card.pk], now=START),
        lambda ada, card: skip_cards(learner=ada, card_ids=[card.pk], now=START),
        lambda ada, card: Card.objects.filter(pk=card.pk).update(archived_at=START),
        lambda ada, card: Card.objects.filter(pk=card.pk).update(revision_number=2),
        lambda ada, card: Deck.objects.filter(pk=card.deck_id).update(archived_at=START),
        lambda ada, card: Enrolment.objects.filter(learner=ada).delete(),
        lambda ada, card: grade_card(
            learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START
        ),
    ],
    ids=["suspended", "skipped", "archived", "reworded", "deck archived", "left", "graded"],
)
def test_a_prompt_comes_no_more_once_its_card_is_another(ada, deck, change) -> None:
    card, _ = next_card(ada, TODAY)
    assert still_comes(shown_of(card), ada, TODAY)
    change(ada, card)
    assert not still_comes(shown_of(card), ada, TODAY)


def test_nor_once_another_part_of_its_card_was_done(ada) -> None:
    deck = make_deck(owner=ada, name="Gaps", now=START)
    wording = Wording("{{c1::This}} and {{c2::that}}", "", "")
    card = make_card(deck=deck, wording=wording, author=ada, now=START)
    second = Shown(Asked(card.pk, 2), 0, 1)
    assert [still_comes(second._replace(asked=Asked(card.pk, part)), ada, TODAY) for part in (1, 2)] == [
        True,
        False,
    ]
    suspend_cards(learner=ada, card_ids=[card.pk], now=START)
    assert not still_comes(second._replace(asked=Asked(card.pk, 1)), ada, TODAY)


def test_one_query_says_whether_it_still_comes(ada, deck, django_assert_num_queries) -> None:
    card, _ = next_card(ada, TODAY)
    with django_assert_num_queries(1):
        assert still_comes(shown_of(card), ada, TODAY)


@pytest.mark.parametrize("text", ["12.3-4-1 2026-11-29 5-30-7-0", "7-0-2 2027-01-01 0-0-0-0"])
def test_what_is_foreseen_is_read_as_it_was_written(text) -> None:
    assert str(Foreseen.read(text)) == text


@pytest.mark.parametrize(
    "text", ["", "12-4-1", "12-4-1 2026-13-29 5-30-7-0", "12-4-1 2026-11-29 5-30-7", "x 2026-11-29 5-30-7-0"]
)
def test_of_nothing_else(text) -> None:
    with pytest.raises(ValueError):
        Foreseen.read(text)
