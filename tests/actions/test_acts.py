"""What is done with cards beside grading, and taking any act back."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.actions.acts import (
    BadDay,
    restart_cards,
    resume_cards,
    set_due,
    skip_cards,
    suspend_cards,
    undo_event,
    undo_flag,
    undo_own_edit,
)
from cards.actions.cards import edit_card, make_cards
from cards.actions.study import NotYours, grade_card
from cards.actions.suggestions import flag_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Flag, Learner, Schedule, StudyEvent
from cards.models.acts import MOST_UNDONE, last_act
from cards.models.queue import queue_counts
from cards.scheduling import NEW, Grade, Kind
from tests.conftest import START

TODAY = date(2026, 3, 2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ids(deck: Deck) -> list[int]:
    return list(deck.cards.order_by("position").values_list("pk", flat=True))


def kinds(learner: Learner) -> list[str]:
    return list(
        StudyEvent.objects.filter(learner=learner).order_by("at", "number").values_list("kind", flat=True)
    )


def graded(learner: Learner, card_id: int, shown: int = 0, now=START, grade: Grade = Grade.GOOD):
    return grade_card(learner=learner, card_id=card_id, part=0, shown_number=shown, grade=grade, now=now)


def rows(learner: Learner) -> dict[int, dict[str, object]]:
    """The learner's schedules as they are shown: without the number of the last event."""
    columns = [name for name in Schedule.columns(NEW) if name != "number"]
    return {
        row.pop("card_id"): row
        for row in Schedule.objects.filter(learner=learner).values("card_id", *columns)
    }


ACTS = [
    suspend_cards,
    skip_cards,
    restart_cards,
    lambda **what: set_due(due_on=TODAY + timedelta(days=9), **what),
]


def test_a_suspended_card_comes_up_no_more_until_it_is_resumed(ada, ids) -> None:
    assert suspend_cards(learner=ada, card_ids=ids[:2], now=START) == 2
    assert queue_counts(ada, TODAY).new == len(ids) - 2
    assert resume_cards(learner=ada, card_ids=ids[:2], now=START + MINUTE) == 2
    assert queue_counts(ada, TODAY).new == len(ids)


def test_a_skipped_card_comes_up_tomorrow(ada, ids) -> None:
    assert skip_cards(learner=ada, card_ids=ids[:1], now=START) == 1
    assert queue_counts(ada, TODAY).new == len(ids) - 1
    assert queue_counts(ada, TODAY + timedelta(days=1)).new == len(ids)


def test_a_restarted_card_is_new_and_keeps_its_log(ada, ids) -> None:
    graded(ada, ids[0])
    assert restart_cards(learner=ada, card_ids=ids[:1], now=START + MINUTE) == 1
    row = Schedule.objects.get(learner=ada, card=ids[0])
    assert (row.due_on, row.interval_days, row.repetitions) == (None, 0, 0)
    assert kinds(ada) == ["graded", "restarted"]


def test_a_due_day_can_be_set_and_only_one_that_can_come(ada, ids) -> None:
    day = TODAY + timedelta(days=40)
    assert set_due(learner=ada, card_ids=ids[:1], due_on=day, now=START) == 1
    assert Schedule.objects.get(learner=ada, card=ids[0]).due_on == day
    for wrong in (TODAY - timedelta(days=1), date(2200, 1, 1)):
        with pytest.raises(BadDay):
            set_due(learner=ada, card_ids=ids[:1], due_on=wrong, now=START)


@pytest.mark.parametrize("act", ACTS)
def test_doing_it_twice_writes_one_event_each(ada, ids, act) -> None:
    graded(ada, ids[0])
    assert act(learner=ada, card_ids=ids[:1], now=START + MINUTE) == 1
    assert act(learner=ada, card_ids=ids[:1], now=START + 2 * MINUTE) == 0
    assert StudyEvent.objects.count() == 2


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_on_what_is_not_there_for_them(ada, bob, ids, act) -> None:
    Deck.objects.update(is_public=False, owner=ada)
    for card_ids in (ids[:1], [*ids[:1], 2**40]):
        with pytest.raises(NotYours):
            act(learner=bob, card_ids=card_ids, now=START)
    assert not StudyEvent.objects.exists()


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_taken_back_for_all_its_cards(ada, ids, act) -> None:
    for card_id in ids[:2]:
        graded(ada, card_id)
    before = rows(ada)
    assert act(learner=ada, card_ids=ids, now=START + MINUTE) >= 2
    event = StudyEvent.objects.exclude(kind=Kind.GRADED).first()
    undone = undo_event(learner=ada, event_id=event.pk, now=START + 2 * MINUTE)
    assert set(undone) >= {(card_id, 0) for card_id in ids[:2]}
    after = rows(ada)
    assert {card_id: after[card_id] for card_id in before} == before
    assert queue_counts(ada, TODAY).new == len(ids) - 2
    call_command("replay", "--check")


def test_many_cards_take_few_queries(ada, deck) -> None:
    make_cards(
        deck=deck, wordings=[Wording(f"Prompt {n}?", "So.", "") for n in range(300)], author=None, now=START
    )
    ids = list(deck.cards.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        assert suspend_cards(learner=ada, card_ids=ids, now=START) == len(ids)
        event = StudyEvent.objects.filter(learner=ada).first()
        undo_event(learner=ada, event_id=event.pk, now=START + MINUTE)
    assert len(queries) <= 40
    call_command("replay", "--check")


def test_a_grade_that_is_sent_meanwhile_is_not_lost(ada, ids) -> None:
    """It showed the card as it was before it was suspended: the fresh card comes, and nothing is written over."""
    suspend_cards(learner=ada, card_ids=ids[:1], now=START)
    assert graded(ada, ids[0], shown=0).result == "outdated"
    assert Schedule.objects.get(learner=ada, card=ids[0]).is_suspended


def test_the_stack_goes_back_over_all_kinds(ada, ids, deck) -> None:
    Deck.objects.update(owner=ada)
    card = Card.objects.get(pk=ids[0])
    graded(ada, ids[1])
    edit_card(
        card=card,
        wording=Wording("Prompt 1, again?", "So.", ""),
        base_number=1,
        author=ada,
        now=START + MINUTE,
    )
    flag = flag_card(card=card, learner=ada, kind=Flag.Kind.TYPO, note="", now=START + 2 * MINUTE)
    suspend_cards(learner=ada, card_ids=ids, now=START + 3 * MINUTE)
    words = []
    while act := last_act(ada):
        words.append(act.word)
        kind, _, key = act.name.partition(":")
        later = START + timedelta(hours=1, minutes=len(words))
        match kind:
            case "event":
                undo_event(learner=ada, event_id=key, now=later)
            case "flag":
                undo_flag(learner=ada, flag_id=int(key), now=later)
            case _:
                undo_own_edit(learner=ada, revision_id=int(key), now=later)
    assert words == ["suspend", "flag", "edit", "grade"]
    card.refresh_from_db()
    flag.refresh_from_db()
    assert (card.prompt, card.revision_number) == ("Prompt 1?", 3)
    assert flag.closed_at is not None
    assert queue_counts(ada, TODAY).new == len(ids)
    call_command("replay", "--check")


def test_edits_are_taken_back_one_after_the_other(ada, ids) -> None:
    Deck.objects.update(owner=ada)
    card = Card.objects.get(pk=ids[0])
    for number, prompt in enumerate(("Second?", "Third?"), start=1):
        edit_card(
            card=card,
            wording=Wording(prompt, "So.", ""),
            base_number=number,
            author=ada,
            now=START + number * MINUTE,
        )
    prompts = []
    while act := last_act(ada):
        undo_own_edit(
            learner=ada, revision_id=int(act.name.partition(":")[2]), now=START + timedelta(hours=1)
        )
        card.refresh_from_db()
        prompts.append(card.prompt)
    assert prompts == ["Second?", "Prompt 1?"]


def test_an_edit_that_somebody_built_on_is_not_taken_back(ada, bob, ids) -> None:
    Deck.objects.update(owner=ada)
    card = Card.objects.get(pk=ids[0])
    mine = edit_card(card=card, wording=Wording("Mine?", "So.", ""), base_number=1, author=ada, now=START)
    edit_card(card=card, wording=Wording("Theirs?", "So.", ""), base_number=2, author=bob, now=START)
    assert last_act(ada) is None
    with pytest.raises(NotYours):
        undo_own_edit(learner=ada, revision_id=mine.pk, now=START)
    card.refresh_from_db()
    assert card.prompt == "Theirs?"


def test_whoever_may_edit_no_more_takes_no_edit_back(ada, bob, ids) -> None:
    Deck.objects.update(owner=ada)
    card = Card.objects.get(pk=ids[0])
    mine = edit_card(card=card, wording=Wording("Mine?", "So.", ""), base_number=1, author=ada, now=START)
    Deck.objects.update(owner=bob)
    with pytest.raises(NotYours):
        undo_own_edit(learner=ada, revision_id=mine.pk, now=START)


def test_a_strangers_acts_are_not_there(ada, bob, ids) -> None:
    event = graded(ada, ids[0]).event_id
    flag = flag_card(card=Card.objects.get(pk=ids[0]), learner=ada, kind=Flag.Kind.TYPO, note="", now=START)
    with pytest.raises(NotYours):
        undo_event(learner=bob, event_id=event, now=START)
    with pytest.raises(NotYours):
        undo_flag(learner=bob, flag_id=flag.pk, now=START)


def test_the_stack_is_thirty_deep_and_never_less_than_the_day(ada, deck) -> None:
    make_cards(
        deck=deck, wordings=[Wording(f"Prompt {n}?", "So.", "") for n in range(40)], author=None, now=START
    )
    ids = list(deck.cards.order_by("position").values_list("pk", flat=True))[:40]
    events = [
        graded(ada, card_id, now=START + n * timedelta(seconds=9)).event_id for n, card_id in enumerate(ids)
    ]
    undo_event(
        learner=ada, event_id=events[0], now=START + timedelta(hours=2)
    )  # of the study day: never too old
    tomorrow = START + timedelta(days=1)
    with pytest.raises(NotYours):
        undo_event(learner=ada, event_id=events[40 - MOST_UNDONE - 1], now=tomorrow)
    undo_event(learner=ada, event_id=events[40 - MOST_UNDONE], now=tomorrow)
    call_command("replay", "--check")


def test_the_last_act_takes_one_query(ada, ids, django_assert_num_queries) -> None:
    graded(ada, ids[0])
    with django_assert_num_queries(1):
        assert last_act(ada).word == "grade"
