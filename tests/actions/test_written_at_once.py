"""A grade by one statement leaves the very rows that a transaction of several leaves, or none."""

import os
from datetime import timedelta
from random import Random

import pytest

from cards.actions import study
from cards.actions.study import Result, grade_card, new_event
from cards.models import Card, Learner, Schedule, StudyEvent
from cards.models.written import write_at_once
from cards.scheduling import NEW, Grade, Kind, Mode, step
from tests.conftest import START

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="of PostgreSQL alone"),
]


def rows_of(learner: Learner) -> list[list[dict[str, object]]]:
    """All that was written for them, but for ids."""
    found = []
    for model in (StudyEvent, Schedule):
        rows = model.objects.filter(learner=learner).order_by("card_id", "number").values()
        found.append([{k: v for k, v in row.items() if k not in {"id", "learner_id"}} for row in rows])
    return found


def study_a_while(learner: Learner, seed: int) -> None:
    chance, cards, numbers = Random(seed), list(Card.objects.order_by("pk")), {}
    for step_number in range(60):
        card = chance.choice(cards)
        now = START + timedelta(hours=9 * step_number)
        number = numbers.get(card.pk, 0)
        graded = grade_card(
            learner=learner, card_id=card.pk, part=0, shown_number=number, grade=chance.choice(list(Grade)), now=now,
            is_practice=chance.random() < 0.3, answer_seconds=chance.choice((None, 4)),
        )  # fmt: skip
        numbers[card.pk] = number + (graded.result is Result.WRITTEN)


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_leave_the_same_rows(ada: Learner, bob: Learner, monkeypatch, seed: int) -> None:
    study_a_while(ada, seed)
    monkeypatch.setattr(study, "write_at_once", None)
    monkeypatch.setattr(study.connection, "vendor", "another")
    study_a_while(bob, seed)
    assert rows_of(ada)[0], "nothing was written"
    assert rows_of(ada) == rows_of(bob)


def an_event(learner: Learner, card: Card, number: int) -> StudyEvent:
    return new_event(
        learner, card.pk, 0, number, Kind.GRADED, START, START.date(), mode=Mode.SCHEDULED, grade=Grade.GOOD
    )


def test_who_comes_second_writes_nothing(ada: Learner) -> None:
    card = Card.objects.first()
    event = an_event(ada, card, 1)
    after = step(NEW, event.as_event())
    assert write_at_once(event, None, after)
    before = rows_of(ada)
    assert not write_at_once(an_event(ada, card, 1), None, after)  # another had no row either
    row = Schedule.objects.get(learner=ada)
    row.number = 7  # as somebody read it before
    assert not write_at_once(an_event(ada, card, 2), row, after)
    assert rows_of(ada) == before
