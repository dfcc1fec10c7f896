"""manage.py replay --check: finds every schedule that is not what its events say, and changes nothing.

How it finds one wrong, one missing and one orphaned row is in tests/actions/test_study.py.
"""

from datetime import date, datetime, timedelta, timezone

import pytest
from django.core.management import CommandError, call_command

from cards.actions.acts import undo_event
from cards.actions.study import grade_card
from cards.models import Card, Learner, Schedule, StudyEvent
from cards.models.parts import part_columns
from cards.scheduling import Grade
from tests.conftest import START

DAY = timedelta(days=1)


def grade(
    learner: Learner, key: str, n: int = 0, grade: Grade = Grade.GOOD, now: datetime = START, part: int = 0
):
    card = Card.objects.get(key=key)
    return grade_card(learner=learner, card_id=card.pk, part=part, shown_number=n, grade=grade, now=now)


def check(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """What it prints, and the error that it ends with ("" if none)."""
    capsys.readouterr()
    raised: CommandError | None = None
    try:
        call_command("replay", "--check")
    except CommandError as error:
        raised = error
    assert raised is None or raised.returncode == 1
    return capsys.readouterr().out.splitlines(), str(raised or "")


def name(learner: Learner, key: str, part: int = 0) -> str:
    return f"learner {learner.pk} card {Card.objects.get(key=key).pk} part {part}"


def test_it_needs_to_be_told_that_it_shall_only_look(deck) -> None:
    with pytest.raises(CommandError, match="--check"):
        call_command("replay")


def test_nothing_studied_is_nothing_wrong(capsys, deck) -> None:
    assert check(capsys) == (["0 schedules are what their events say."], "")


def test_it_replays_every_log_of_every_learner(capsys, ada, bob) -> None:
    for learner in (ada, bob):
        for key in ("c1", "c2"):
            grade(learner, key, grade=Grade.AGAIN)
            grade(learner, key, 1, grade=Grade.HARD)
        wrong = grade(learner, "c1", 2, Grade.EASY, START + DAY)
        undo_event(learner=learner, event_id=wrong.event_id, now=START + DAY)
    Card.objects.filter(key="c3").update(prompt="A {{c1::gap}}.", **part_columns((1,)))
    grade(ada, "c3", part=1)
    assert check(capsys) == (["5 schedules are what their events say."], "")


OTHER: dict[str, object] = {
    "number": 3,
    "due_on": date(2026, 3, 9),
    "interval_days": 2,
    "ease_hundredths": 251,
    "repetitions": 2,
    "lapses": 1,
    "first_graded_on": None,
    "introduced_on": None,
    "counted_on": date(2026, 3, 1),
    "graded_at": START + timedelta(microseconds=1),
    "repeat_on": date(2026, 3, 2),
    "is_suspended": True,
    "skipped_on": date(2026, 3, 2),
}


def test_every_column_has_a_row_here() -> None:
    keys = {"id", "learner", "card", "part"}
    assert OTHER.keys() == {field.name for field in Schedule._meta.fields} - keys


@pytest.mark.parametrize("column", OTHER)
def test_it_sees_a_difference_in_each_column(capsys, ada, column) -> None:
    grade(ada, "c1")
    right = getattr(Schedule.objects.get(), column)
    Schedule.objects.update(**{column: OTHER[column]})
    said, error = check(capsys)
    assert said == [f"{name(ada, 'c1')}: {column} is {OTHER[column]}, not {right}"]
    assert error == "1 of 1 schedules differ from the replay of their events."


def test_an_instant_in_another_zone_is_no_difference(capsys, ada) -> None:
    grade(ada, "c1", now=START.astimezone(timezone(timedelta(hours=9))))
    assert check(capsys)[1] == ""


def test_it_names_each_that_differs_and_only_those(capsys, ada, bob) -> None:
    for learner in (ada, bob):
        for key in ("c1", "c2", "c3"):
            grade(learner, key)
    schedules = {(row.learner_id, row.card.key): row for row in Schedule.objects.select_related("card")}
    for learner, key, fields in (
        (ada, "c2", {"interval_days": 7, "lapses": 2}),
        (bob, "c3", {"due_on": None}),
    ):
        Schedule.objects.filter(pk=schedules[learner.pk, key].pk).update(**fields)
    said, error = check(capsys)
    assert said == [
        f"{name(ada, 'c2')}: interval_days is 7, not 1; lapses is 2, not 0",
        f"{name(bob, 'c3')}: due_on is None, not 2026-03-03",
    ]
    assert error == "2 of 6 schedules differ from the replay of their events."


def test_rows_without_events_are_found_wherever_they_stand(capsys, ada, bob, staff) -> None:
    """Before the first log, between two, and behind the last."""
    grade(bob, "c2")
    columns = Schedule.columns(Schedule.objects.get().state)
    for learner, key in ((ada, "c3"), (bob, "c1"), (bob, "c3"), (staff, "c1")):
        Schedule.objects.create(learner=learner, card=Card.objects.get(key=key), **columns)
    said, error = check(capsys)
    assert said == [
        f"{name(learner, key)}: has no events"
        for learner, key in ((ada, "c3"), (bob, "c1"), (bob, "c3"), (staff, "c1"))
    ]
    assert error == "4 of 5 schedules differ from the replay of their events."


def test_rows_without_events_are_found_when_there_is_no_log_at_all(capsys, ada) -> None:
    grade(ada, "c1")
    StudyEvent.objects.all()._raw_delete(using="default")
    assert check(capsys)[0] == [f"{name(ada, 'c1')}: has no events"]


def test_a_log_with_a_gap_is_named_and_hides_nothing_else(capsys, ada, bob) -> None:
    for number in range(3):
        grade(ada, "c1", number, now=START + 40 * number * DAY)
    StudyEvent.objects.filter(number=2)._raw_delete(using="default")
    grade(bob, "c1")
    Schedule.objects.filter(learner=bob).update(lapses=9)
    said, error = check(capsys)
    assert said == [
        f"{name(ada, 'c1')}: has a broken log: Event 3 does not follow event 1.",
        f"{name(bob, 'c1')}: lapses is 9, not 0",
    ]
    assert error.startswith("2 of 2")


def test_it_changes_nothing(capsys, ada) -> None:
    grade(ada, "c1")
    Schedule.objects.update(lapses=9)
    before = list(Schedule.objects.values()), list(StudyEvent.objects.values())
    check(capsys)
    assert (list(Schedule.objects.values()), list(StudyEvent.objects.values())) == before


def test_its_queries_do_not_grow_with_the_logs(ada, bob, django_assert_num_queries) -> None:
    for learner in (ada, bob):
        for key in ("c1", "c2", "c3"):
            grade(learner, key)
    with django_assert_num_queries(2):
        call_command("replay", "--check")
