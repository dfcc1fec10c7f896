"""Cards with clozes: each part has its schedule, one comes a day, and the counts say what comes."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cards.actions.acts import restart_cards, resume_cards, set_due, skip_cards, suspend_cards, undo_event
from cards.actions.cards import edit_card, make_card
from cards.actions.decks import make_deck
from cards.actions.limits import set_deck_limits
from cards.actions.study import Result, grade_card
from cards.cardtext import clean
from cards.models import Card, Deck, Schedule, StudyEvent
from cards.models.lists import due_schedules, with_due_count
from cards.models.parts import Asked, is_asked, part_columns, parts_in
from cards.models.practice import Order, next_place, practice_cards
from cards.models.queue import is_in_queue, next_card, queue_counts
from cards.reports import forecast
from cards.reports.replays import replayed
from cards.scheduling import Grade, Mode, QueueCounts
from cards.search import parse
from tests.conftest import START
from tests.models.clozes import DAY, TODAY, day_of, play, schedule, wording


@given(st.sets(st.integers(0, 30), min_size=1))
def test_parts_and_their_number_are_one_another(parts) -> None:
    assert parts_in(part_columns(parts)["parts"]) == tuple(sorted(parts))


def test_a_schedule_is_asked_where_its_card_has_its_part(ada, three, own) -> None:
    whole = own.cards.get(key="whole")
    for part in (0, 1, 2, 3, 4):
        schedule(ada, three, part)
        schedule(ada, whole, part)
    asked = Schedule.objects.filter(is_asked()).values_list("card__key", "part")
    assert set(asked) == {("three", 1), ("three", 2), ("three", 3), ("whole", 0)}


def test_a_part_comes_a_day_the_new_ones_one_after_the_other(ada, own) -> None:
    assert queue_counts(ada, TODAY) == QueueCounts(new=2)
    assert day_of(ada, 0) == [("three", 1), ("whole", 0)]
    assert queue_counts(ada, TODAY + DAY) == QueueCounts(due=2)
    assert [day_of(ada, day) for day in range(1, 8)] == [
        [("three", 1), ("whole", 0)],  # due: the new one waits
        [("three", 2)],
        [("three", 2)],
        [("three", 3)],
        [("three", 3)],
        [],
        [("three", 1), ("whole", 0)],
    ]


def test_each_part_is_a_new_card_of_the_days_limit(ada, own) -> None:
    ada.new_per_day = 1
    assert queue_counts(ada, TODAY).new == 1
    assert day_of(ada, 0) == [("three", 1)]
    assert queue_counts(ada, TODAY).new == 0


def test_the_longest_due_comes_and_the_others_wait(ada, three) -> None:
    for part, days in ((1, 2), (2, 9), (3, 2)):
        schedule(ada, three, part, due_on=TODAY - days * DAY)
    assert queue_counts(ada, TODAY) == QueueCounts(due=1, new=1)
    orders = [[part for key, part in day_of(ada, day) if key == "three"] for day in range(3)]
    assert orders == [[2], [1], [3]]


@pytest.mark.parametrize("order", ["longest", "deck", "hardest", "shuffled"])
@pytest.mark.parametrize("has_limits", [False, True])
def test_counts_and_cards_agree_in_each_order_and_with_limits(ada, own, three, order, has_limits) -> None:
    ada.due_order = order
    if has_limits:
        set_deck_limits(learner=ada, deck=own, new_per_day=1, reviews_per_day=2, now=START)
    for part, days in ((1, 0), (2, 9), (3, 9)):
        schedule(ada, three, part, due_on=TODAY - days * DAY, ease_hundredths=130 + 10 * part)
    left = queue_counts(ada, TODAY).left
    assert len(day_of(ada, 0)) == left == 2
    assert [part for key, part in day_of(ada, 1) if key == "three"] == [3]


def test_what_is_done_today_comes_again_and_no_other_part(ada, three) -> None:
    for part in (1, 2):
        schedule(ada, three, part)
    card, _ = next_card(ada, TODAY)
    play(ada, card, Grade.AGAIN)
    assert queue_counts(ada, TODAY) == QueueCounts(done=1, new=1, repeat=1)
    assert is_in_queue(three, ada, TODAY)
    stale = grade_card(
        learner=ada, card_id=three.pk, part=2, shown_number=1, grade=Grade.GOOD, now=START + DAY / 24
    )
    assert stale.result is Result.OUTDATED
    assert [part for key, part in day_of(ada, 0) if key == "three"] == [1]
    assert not is_in_queue(three, ada, TODAY)
    assert is_in_queue(three, ada, TODAY + DAY)


def test_a_part_that_the_card_has_not_is_not_graded(ada, three, own) -> None:
    whole = own.cards.get(key="whole")
    for card, part in ((three, 0), (three, 4), (whole, 1)):
        for is_practice in (False, True):
            done = grade_card(
                learner=ada, card_id=card.pk, part=part, shown_number=0, grade=Grade.GOOD, now=START,
                is_practice=is_practice,
            )  # fmt: skip
            assert done.result is Result.OUTDATED
    assert not StudyEvent.objects.exists()


def test_whoever_wishes_has_all_parts_on_one_day(ada, own, three) -> None:
    ada.has_siblings = True
    assert queue_counts(ada, TODAY) == QueueCounts(new=4)
    assert day_of(ada, 0) == [("three", 1), ("three", 2), ("three", 3), ("whole", 0)]
    assert queue_counts(ada, TODAY + DAY) == QueueCounts(due=4)
    play(ada, next_card(ada, TODAY + DAY)[0], Grade.AGAIN, START + DAY)
    assert queue_counts(ada, TODAY + DAY) == QueueCounts(done=1, due=3, repeat=1)
    assert day_of(ada, 1) == [("three", 2), ("three", 3), ("whole", 0), ("three", 1)]


def test_with_all_parts_together_limits_count_each(ada, own) -> None:
    ada.has_siblings, ada.new_per_day = True, 2
    assert day_of(ada, 0) == [("three", 1), ("three", 2)]
    set_deck_limits(learner=ada, deck=own, new_per_day=3, reviews_per_day=None, now=START)
    ada.new_per_day = 20
    assert day_of(ada, 0) == [("three", 3)]


def test_what_is_done_with_a_card_is_done_with_all_its_parts(ada, three) -> None:
    ids = [three.pk]
    three.deck.cards.exclude(pk=three.pk).delete()
    assert suspend_cards(learner=ada, card_ids=ids, now=START) == 1
    assert set(ada.schedules.filter(is_suspended=True).values_list("part", flat=True)) == {1, 2, 3}
    edit_card(card=three, wording=wording(1, 2, 3, 4), base_number=1, author=ada, now=START)
    assert day_of(ada, 0) == []  # nor does a part come that was written since
    event = ada.study_events.filter(kind="suspended").first()
    assert len(undo_event(learner=ada, event_id=event.pk, now=START)) == 3
    assert not ada.schedules.filter(is_suspended=True).exists()
    assert skip_cards(learner=ada, card_ids=ids, now=START) == 1
    assert next_card(ada, TODAY)[0] is None
    assert next_card(ada, TODAY + DAY)[0].part == 1
    assert set_due(learner=ada, card_ids=ids, due_on=TODAY + DAY, now=START) == 1
    assert due_schedules(ada, TODAY + DAY).filter(card=three).get().part == 1
    assert restart_cards(learner=ada, card_ids=ids, now=START) == 1
    assert next_card(ada, TODAY + DAY)[0].part == 1
    suspend_cards(learner=ada, card_ids=ids, now=START)
    assert resume_cards(learner=ada, card_ids=ids, now=START) == 1
    assert not [each for each in replayed(learner_ids=[ada.pk]) if each.difference]


def test_a_part_that_goes_keeps_its_log_and_one_that_comes_back_goes_on(ada, three) -> None:
    day_of(ada, 0)
    day_of(ada, 1)
    edit_card(card=three, wording=wording(2, 3), base_number=1, author=ada, now=START + DAY)
    assert day_of(ada, 2) == [("three", 2)]
    assert ada.schedules.get(card=three, part=1).due_on == TODAY + 7 * DAY
    assert day_of(ada, 3) == [("three", 2)]
    edit_card(card=three, wording=wording(1, 2, 3), base_number=2, author=ada, now=START + 3 * DAY)
    assert ("three", 1) in day_of(ada, 7)
    assert [each.difference for each in replayed(learner_ids=[ada.pk])] == [""] * 3


def test_a_whole_card_that_gets_clozes_begins_their_parts_and_keeps_its_own(ada, own) -> None:
    whole = own.cards.get(key="whole")
    for day in (0, 1):
        day_of(ada, day)
    edit_card(card=whole, wording=wording(1, 2), base_number=1, author=ada, now=START + DAY)
    assert ("whole", 1) in day_of(ada, 2)
    edit_card(card=whole, wording=clean("Whole?", "Yes."), base_number=2, author=ada, now=START + 2 * DAY)
    assert ("whole", 0) not in day_of(ada, 3)
    assert ("whole", 0) in day_of(ada, 7)


def test_practice_asks_each_part_in_turn(ada, three, own) -> None:
    whole = own.cards.get(key="whole")
    parts = [Asked(three.pk, 1), Asked(three.pk, 2), Asked(three.pk, 3), Asked(whole.pk)]
    found = practice_cards(parse("deck:clozes"), ada, TODAY, Order.DECK)
    assert found == parts
    assert [next_place(found, each) for each in (None, *parts, Asked(three.pk))] == [0, 1, 2, 3, 4, 3]
    schedule(ada, three, 2)
    assert practice_cards(parse("deck:clozes"), ada, TODAY, Order.DUE)[0] == parts[1]
    shuffled = practice_cards(parse("deck:clozes"), ada, TODAY, Order.SHUFFLED, seed=1)
    assert sorted(shuffled) == sorted(parts)
    practised = grade_card(
        learner=ada, card_id=three.pk, part=3, shown_number=0, grade=Grade.AGAIN, now=START, is_practice=True
    )
    assert practised.result is Result.WRITTEN


@pytest.mark.parametrize("text", ["12", "12.3", "4611686018427387904"])
def test_what_is_asked_is_read_as_it_is_written(text) -> None:
    assert str(Asked.read(text)) == text


@pytest.mark.parametrize("text", ["", "0", "x", "1.", "1.2.3", "-1", "٣", "9" * 19, "1.123"])
def test_nothing_else_is_read(text) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Asked.read(text)


def test_the_schedule_of_a_card_is_that_of_its_soonest_part(ada, three) -> None:
    def own() -> Schedule | None:
        return Card.objects.with_schedule(ada).get(pk=three.pk).own

    assert own() is None
    schedule(ada, three, 0, due_on=TODAY - 9 * DAY)  # of the whole card, that it was
    assert own() is None
    schedule(ada, three, 1, due_on=TODAY + 9 * DAY)
    schedule(ada, three, 2, due_on=TODAY + 2 * DAY)
    schedule(ada, three, 3, due_on=TODAY, is_suspended=True)
    assert own().part == 2


def test_a_cloze_needs_no_answer(ada, own) -> None:
    make_card(deck=own, wording=clean("Nothing?", ""), author=ada, now=START, key="empty")
    assert [card.key for card in own.cards.needing_an_answer()] == ["empty"]
    assert not own.cards.get(key="three").needs_answer
    assert Deck.objects.with_counts(ada).get(pk=own.pk).unanswered_count == 1


def test_a_deck_counts_cards_and_not_their_parts(ada, three, own) -> None:
    for part in (0, 1, 2):
        schedule(ada, three, part)
    counted = with_due_count(Deck.objects.with_counts(ada), ada, TODAY).get(pk=own.pk)
    assert (counted.card_count, counted.learnt_count, counted.due_count) == (2, 1, 1)
    Schedule.objects.filter(part__gt=0).delete()
    counted = with_due_count(Deck.objects.with_counts(ada), ada, TODAY).get(pk=own.pk)
    assert (counted.learnt_count, counted.due_count) == (0, 0)


STEP = st.tuples(
    st.sampled_from(
        ["grade"] * 8 + ["suspend", "resume", "skip", "restart", "due", "edit", "undo", "sleep", "sleep"]
    ),
    st.integers(0, 3),
    st.sampled_from(list(Grade)),
)


@settings(max_examples=12)
@given(steps=st.lists(STEP, max_size=20), together=st.booleans(), limit=st.sampled_from([1, 3, 20]))
def test_no_two_parts_of_a_card_come_on_a_day_and_the_counts_are_what_comes(
    ada, steps, together, limit
) -> None:
    """Whatever was done before: at each step the counts agree with the cards that are then shown to the day's end."""
    Deck.objects.filter(owner=ada).delete()
    ada.enrolments.all().delete()
    ada.has_siblings, ada.new_per_day = together, limit
    ada.latest_study_on = None
    deck = make_deck(owner=ada, name="Mixed", now=START)
    for parts in ((0,), (1, 2, 3), (2, 5), (1,)):
        text = wording(*parts) if parts != (0,) else clean("Whole?", "")
        make_card(deck=deck, wording=text, author=ada, now=START)
    ids = list(deck.cards.values_list("pk", flat=True))
    now = START
    for kind, place, grade in steps:
        now += timedelta(seconds=5)
        today = ada.study_day(now)
        one = [ids[place]]
        match kind:
            case "grade":
                card, counts = next_card(ada, today)
                assert counts == queue_counts(ada, today)
                if card:
                    assert play(ada, card, grade, now).result is Result.WRITTEN
            case "suspend":
                suspend_cards(learner=ada, card_ids=one, now=now)
            case "resume":
                resume_cards(learner=ada, card_ids=one, now=now)
            case "skip":
                skip_cards(learner=ada, card_ids=one, now=now)
            case "restart":
                restart_cards(learner=ada, card_ids=one, now=now)
            case "due":
                set_due(learner=ada, card_ids=one, due_on=today + place * DAY, now=now)
            case "edit":
                card = Card.objects.get(pk=ids[1])
                text = wording(*{1 + place % 3, 3, 4})
                edit_card(card=card, wording=text, base_number=card.revision_number, author=ada, now=now)
            case "undo":
                event = ada.study_events.standing().exclude(kind="voided").order_by("-at", "-number").first()
                if event:
                    undo_event(learner=ada, event_id=event.pk, now=now)
            case "sleep":
                now += DAY * (1 + place)
    today = ada.study_day(now)
    asked: Counter[int] = Counter()
    left = queue_counts(ada, today)
    shown = 0
    while card := next_card(ada, today)[0]:
        now += timedelta(seconds=5)
        shown += 1
        assert play(ada, card, Grade.GOOD, now).result is Result.WRITTEN
    assert shown == left.left
    graded = ada.study_events.standing().filter(kind="graded", mode=Mode.SCHEDULED)
    days = {(event.card_id, event.study_on, event.part) for event in graded}
    asked.update((card, day) for card, day, _ in days)
    if not together and not any(kind in {"restart"} for kind, _, _ in steps):
        assert max(asked.values(), default=1) == 1
    assert not [each for each in replayed(learner_ids=[ada.pk]) if each.difference]


@settings(max_examples=6)
@given(st.lists(st.integers(-3, 4), min_size=1, max_size=5), st.booleans(), st.booleans())
@example(days=[2, -1], together=False, is_done=True)
def test_the_days_ahead_are_what_comes_on_them(ada, days, together, is_done) -> None:
    Deck.objects.filter(owner=ada).delete()
    ada.enrolments.all().delete()
    ada.has_siblings, ada.latest_study_on = together, None
    deck = make_deck(owner=ada, name="Mixed", now=START)
    parts = range(1, len(days) + 1)
    card = make_card(deck=deck, wording=wording(*parts), author=ada, now=START)
    for part, ahead in zip(parts, days, strict=True):
        schedule(
            ada, card, part, due_on=TODAY + ahead * DAY, interval_days=30, repetitions=3,
            counted_on=TODAY if is_done and part == 1 and ahead > 0 else None,
        )  # fmt: skip
    expected = {load.day: load.count for load in forecast(ada, TODAY, 9)}
    come = dict.fromkeys(expected, 0)
    for n, day in enumerate(come):
        come[day] = len(day_of(ada, n))
    assert come == expected
