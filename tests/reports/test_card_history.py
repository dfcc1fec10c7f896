"""One card's log, told event by event."""

from datetime import date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings

from cards.models import Card, Deck, Learner
from cards.reports import Recalled, Scope, card_history, retention
from cards.scheduling import NEW, Kind, Mode, replay
from tests.conftest import START
from tests.reports.logs import Log, acts, written

TODAY = START.date()


@pytest.fixture
def log(ada: Learner, own: Deck) -> Log:
    return Log(ada, own.cards.all()[0])


def test_a_card_that_was_never_shown_has_none(ada, log) -> None:
    history = card_history(ada, log.card)
    assert history.events == history.reviews() == history.seconds() == []
    assert history.recalled() == Recalled()


def test_each_event_has_the_state_before_and_after_it(ada, log) -> None:
    log.grade(0).grade(1).grade(1, "A", Mode.PRACTICE).grade(7, "A")
    events = card_history(ada, log.card).events
    assert [each.after.interval_days for each in events] == [1, 6, 6, 1]
    assert [each.counts for each in events] == [True, True, False, True]
    assert [each.asks for each in events] == [False, True, False, True]
    assert events[0].before == NEW
    assert all(one.after == following.before for one, following in pairwise(events))


def test_what_was_taken_back_is_told_and_counts_nowhere(ada, log) -> None:
    log.grade(0, answer_seconds=5).grade(1, "A", answer_seconds=90).void(2).grade(1, "G", answer_seconds=6)
    history = card_history(ada, log.card)
    assert [each.is_voided for each in history.events] == [False, True, False, False]
    assert [each.event.number for each in history.reviews()] == [1, 4]
    assert history.recalled() == Recalled(1, 1)
    assert history.seconds() == [5, 6]
    assert history.events[-1].after.interval_days == 6


def test_the_time_is_that_of_the_learners_clock_then(ada, log) -> None:
    ada.time_zone = "Asia/Kathmandu"
    log.grade(0, at=datetime.fromisoformat("2026-03-02T20:00:00+00:00"))
    (only,) = card_history(ada, log.card).events
    assert only.local_at == datetime(2026, 3, 3, 1, 45)


def test_the_first_review_after_a_restart_asks_for_nothing(ada, log) -> None:
    log.grade(0).grade(1).add(1, Kind.RESTARTED).grade(1, "A").grade(2)
    assert [each.asks for each in card_history(ada, log.card).events] == [False, True, False, False, True]


def test_each_part_is_its_own_log_and_each_learner_theirs(ada, bob, log) -> None:
    shared = Card.objects.get(key="c1")
    Log(ada, shared).grade(0).grade(1)
    Log(ada, shared, part=2).grade(0, "E")
    Log(bob, shared).grade(0, "A")
    assert [each.after.interval_days for each in card_history(ada, shared).events] == [1, 6, 1]
    assert card_history(ada, shared).events[-1].before == NEW
    assert card_history(ada, log.card).events == []


@settings(max_examples=30)
@given(acts=acts)
def test_it_ends_where_a_replay_ends_and_adds_up_to_true_retention(ada, own, acts) -> None:
    with written(ada, own, acts) as events:
        histories = [card_history(ada, card) for card in own.cards.all()[:3]]
        for history in histories:
            for part in {each.event.part for each in history.events}:
                own_part = [each for each in history.events if each.event.part == part]
                voided = {each.event.pk for each in own_part if each.is_voided}
                assert voided == {e.voids for e in events if e.voids} & {e.event.pk for e in own_part}
                if not voided:  # before what is taken back later, a replay knows nothing of that
                    log = [each.event.as_event() for each in own_part]
                    assert [each.after for each in own_part] == [
                        replay(log[: n + 1]) for n in range(len(log))
                    ]
                assert own_part[-1].after == replay(each.event.as_event() for each in own_part)
        total = sum((history.recalled() for history in histories), Recalled())
        days = retention(Scope(ada, date(2026, 3, 2))).values()
        assert total == sum((day.all for day in days), Recalled())


def test_it_is_one_query(ada, log, django_assert_num_queries) -> None:
    log.grade(0).grade(1)
    with django_assert_num_queries(1):
        history = card_history(ada, log.card)
        history.reviews(), history.recalled(), history.seconds()
