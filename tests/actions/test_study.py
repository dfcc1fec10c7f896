"""Grading and taking back."""

import threading
import time
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections

from cards.actions.acts import undo_event
from cards.actions.cards import edit_card
from cards.actions.study import Graded, NotYours, Result, grade_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner, Schedule, StudyEvent
from cards.models.append_only import AppendOnlyError
from cards.scheduling import Grade, Kind, Mode, replay
from tests.conftest import START


def grade(learner: Learner, card: Card, shown_number: int, grade: Grade = Grade.GOOD, now=START, **more):
    return grade_card(
        learner=learner, card_id=card.pk, part=0, shown_number=shown_number, grade=grade, now=now, **more
    )


@pytest.fixture
def card(deck: Deck) -> Card:
    return deck.cards.get(key="c1")


def assert_replay_is_clean() -> None:
    call_command("replay", "--check")


def test_it_writes_one_event_and_the_schedule_that_follows(ada, card) -> None:
    graded = grade(ada, card, 0, answer_seconds=7)
    event = StudyEvent.objects.get()
    assert (event.number, event.kind, event.mode, event.grade, event.origin) == (
        1,
        "graded",
        "scheduled",
        3,
        "web",
    )
    assert (event.at, event.study_on, event.answer_seconds) == (START, date(2026, 3, 2), 7)
    assert event.settings_id == ada.study_settings_id
    assert graded.result is Result.WRITTEN
    assert graded.event_id == event.pk
    schedule = Schedule.objects.get()
    assert schedule.state == graded.state == replay([event.as_event()])
    assert schedule.due_on == date(2026, 3, 3)
    assert_replay_is_clean()


def test_it_stores_the_zone_offset_of_the_instant(ada, card) -> None:
    ada.time_zone = "America/St_Johns"
    ada.save()
    grade(ada, card, 0)
    assert StudyEvent.objects.get().zone_offset_minutes == -210


def test_it_gives_the_same_result_for_the_same_grade_sent_twice(ada, card) -> None:
    first, second = grade(ada, card, 0), grade(ada, card, 0)
    assert second.result is Result.REPEATED
    assert (second.event_id, second.state) == (first.event_id, first.state)
    assert StudyEvent.objects.count() == 1


def test_it_writes_nothing_for_another_grade_on_a_card_graded_meanwhile(ada, card) -> None:
    grade(ada, card, 0)
    graded = grade(ada, card, 0, Grade.AGAIN)
    assert graded.result is Result.OUTDATED
    assert graded.event_id is None
    assert StudyEvent.objects.count() == 1


def test_it_writes_nothing_when_the_rival_grade_was_taken_back(ada, card) -> None:
    first = grade(ada, card, 0)
    undo_event(learner=ada, event_id=first.event_id, now=START)
    assert grade(ada, card, 0).result is Result.OUTDATED
    assert StudyEvent.objects.count() == 2


def test_it_refuses_a_number_that_the_log_has_not_reached(ada, card) -> None:
    assert grade(ada, card, 5).result is Result.OUTDATED
    assert not StudyEvent.objects.exists()


def test_it_refuses_a_card_that_is_not_due(ada, card) -> None:
    grade(ada, card, 0)
    assert grade(ada, card, 1).result is Result.OUTDATED
    assert StudyEvent.objects.count() == 1


def test_it_repeats_on_the_same_day_without_touching_ease_or_interval(ada, card) -> None:
    first = grade(ada, card, 0, Grade.AGAIN)
    second = grade(ada, card, 1, Grade.GOOD, START + timedelta(minutes=9))
    assert StudyEvent.objects.get(number=2).mode == Mode.REPEAT
    assert second.state.repeat_on is None
    assert (second.state.due_on, second.state.ease_hundredths) == (
        first.state.due_on,
        first.state.ease_hundredths,
    )
    assert_replay_is_clean()


def test_it_leaves_the_schedule_alone_in_practice(ada, card) -> None:
    before = grade(ada, card, 0).state
    after = grade(ada, card, 1, Grade.AGAIN, is_practice=True).state
    assert StudyEvent.objects.get(number=2).mode == Mode.PRACTICE
    assert (after.due_on, after.interval_days, after.lapses, after.repeat_on) == (
        before.due_on, before.interval_days, before.lapses, before.repeat_on,
    )  # fmt: skip
    assert_replay_is_clean()


def test_it_practises_a_new_card_and_leaves_it_new(ada, card) -> None:
    state = grade(ada, card, 0, is_practice=True).state
    assert state.is_new
    assert Card.objects.new_to(ada, date(2026, 3, 2)).filter(pk=card.pk).exists()


def test_it_does_not_know_a_card_that_the_learner_cannot_see(ada, bob) -> None:
    private = Deck.objects.create(name="private", owner=bob, created_at=START)
    card = Card.objects.create(deck=private, prompt="?", created_at=START)
    with pytest.raises(NotYours):
        grade(ada, card, 0)


def test_undo_gives_the_state_before(ada, card) -> None:
    grade(ada, card, 0)
    later = START + timedelta(days=1)
    before = Schedule.objects.get().state
    graded = grade(ada, card, 1, Grade.AGAIN, later)
    undo_event(learner=ada, event_id=graded.event_id, now=later)
    after = Schedule.objects.get().state
    assert after.number == 3
    assert (after.due_on, after.interval_days, after.lapses, after.repeat_on) == (
        before.due_on, before.interval_days, before.lapses, before.repeat_on,
    )  # fmt: skip
    assert StudyEvent.objects.get(number=3).voids == graded.event_id
    assert_replay_is_clean()


def test_undoing_twice_takes_back_once(ada, card) -> None:
    graded = grade(ada, card, 0)
    for _ in range(2):
        undo_event(learner=ada, event_id=graded.event_id, now=START)
    assert StudyEvent.objects.filter(kind=Kind.VOIDED).count() == 1


def test_undo_knows_only_ones_own_grades(ada, bob, card) -> None:
    graded = grade(ada, card, 0)
    for event_id in (graded.event_id, uuid4()):
        with pytest.raises(NotYours):
            undo_event(learner=bob, event_id=event_id, now=START)


def test_a_card_graded_again_after_an_undo_counts(ada, card) -> None:
    graded = grade(ada, card, 0, Grade.AGAIN)
    undo_event(learner=ada, event_id=graded.event_id, now=START)
    again = grade(ada, card, 2, Grade.EASY)
    assert again.result is Result.WRITTEN
    assert again.state.counted_on == date(2026, 3, 2)
    assert again.state.ease_hundredths == 260
    assert_replay_is_clean()


def test_events_cannot_be_changed_or_deleted(ada, card) -> None:
    grade(ada, card, 0)
    event = StudyEvent.objects.get()
    event.grade = 1
    for act in (
        event.save,
        event.delete,
        lambda: StudyEvent.objects.update(grade=1),
        StudyEvent.objects.all().delete,
        lambda: StudyEvent.objects.bulk_update([event], ["grade"]),
    ):
        with pytest.raises(AppendOnlyError):
            act()


def test_replay_check_finds_a_row_that_differs(ada, card, capsys) -> None:
    grade(ada, card, 0)
    Schedule.objects.update(interval_days=99)
    with pytest.raises(Exception, match="1 of 1 schedules differ"):
        call_command("replay", "--check")
    assert "interval_days is 99, not 1" in capsys.readouterr().out


def test_replay_check_finds_missing_and_orphaned_rows(ada, card, capsys) -> None:
    grade(ada, card, 0)
    other = Card.objects.get(key="c2")
    Schedule.objects.update(card=other)
    with pytest.raises(Exception, match="2 of 2"):
        call_command("replay", "--check")
    said = capsys.readouterr().out
    assert "has events but no schedule" in said
    assert "has no events" in said


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("many_connections")  # the server has a hundred
@pytest.mark.parametrize("number", [0, 1])
def test_fifty_threads_sending_the_same_grade_give_one_review(ada, card, number) -> None:
    """On PostgreSQL and on SQLite alike; for a card's first grade (no row to lock yet) and for a later one."""
    now = START
    if number:
        grade(ada, card, 0)
        now += timedelta(days=1)
    results: list[Result] = []
    used: set[int] = set()
    errors: list[BaseException] = []
    barrier = threading.Barrier(50)

    def send() -> None:
        try:
            _connect()
            learner = Learner.objects.get(pk=ada.pk)
            barrier.wait(90)  # all of them have a connection now
            used.add(_connection_id())
            results.append(grade(learner, card, number, Grade.GOOD, now).result)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors
    assert len(used) == 50
    _wait_until_closed(used)
    assert sorted(results) == [Result.REPEATED] * 49 + [Result.WRITTEN]
    assert StudyEvent.objects.filter(number=number + 1).count() == StudyEvent.objects.count() - number == 1
    assert_replay_is_clean()


def _connect() -> None:
    """Waits while the server has none free: it has a hundred, other tests' servers have some, and one that was closed
    is not gone at once."""
    for _ in range(300):
        try:
            return connection.ensure_connection()
        except OperationalError as error:
            if "too many clients" not in str(error):
                raise
            time.sleep(0.2)
    return connection.ensure_connection()


def _connection_id() -> int:
    """Of this thread's connection: on PostgreSQL the server's process behind it."""
    own = connection.connection
    return own.info.backend_pid if connection.vendor == "postgresql" else id(own)


def _wait_until_closed(used: set[int]) -> None:
    """Until those connections have left PostgreSQL their places, which whoever is next needs too."""
    while connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s)", [list(used)])
            if not cursor.fetchall():
                return
        time.sleep(0.05)


def test_it_never_moves_the_study_day_back(ada, card) -> None:
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    grade(ada, card, 0)
    assert ada.latest_study_on == date(2026, 3, 2)
    ada.time_zone = "Pacific/Honolulu"
    assert ada.study_day(START) == date(2026, 3, 2)


def test_what_was_reworded_since_its_answer_was_shown_is_not_graded_unseen(ada, deck) -> None:
    card = deck.cards.get(key="c1")

    def grade(shown_revision: int | None) -> Graded:
        return grade_card(
            learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START,
            shown_revision=shown_revision,
        )  # fmt: skip

    def edit(answer: str, details: str) -> None:
        card.refresh_from_db()
        edit_card(
            card=card, wording=Wording(card.prompt, answer, details), base_number=card.revision_number,
            author=None, now=START,
        )  # fmt: skip

    edit("Answer 1.", "tags: other")
    edit("Another.", "tags: other")
    for seen in (1, 2, 99):
        assert grade(seen).result is Result.REWORDED
    assert not StudyEvent.objects.exists()
    edit("Another.", "tags: test")
    assert grade(3).result is Result.WRITTEN  # tags are no part of what is asked and answered
    edit("A third.", "tags: test")
    assert grade(3).result is Result.REPEATED  # a double click
    assert StudyEvent.objects.count() == 1
