"""Cards with gaps, for tests: written, scheduled, and a day of them played."""

from datetime import date, timedelta

from cards.actions.study import Result, grade_card
from cards.cardtext import Wording, clean
from cards.models import Card, Learner, Schedule
from cards.models.queue import next_card, queue_counts
from cards.scheduling import Grade
from tests.conftest import START

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
THREE = "The {{c1::first}}, the {{c2::second}} and the {{c3::third::a hint}}."


def wording(*parts: int) -> Wording:
    gaps = " ".join(f"{{{{c{part}::gap {part}}}}}" for part in parts)
    return clean(f"Fill in: {gaps}", "")


def play(learner: Learner, card: Card, grade: Grade, now=START, **more):
    number = card.own.number if card.own else 0
    return grade_card(
        learner=learner, card_id=card.pk, part=card.part, shown_number=number, grade=grade, now=now, **more
    )


def day_of(learner: Learner, day: int, grade: Grade = Grade.GOOD) -> list[tuple[str, int]]:
    """All that comes on that day, by key and part, each answered so."""
    shown: list[tuple[str, int]] = []
    while (found := next_card(learner, TODAY + day * DAY))[0]:
        card, counts = found
        assert counts == queue_counts(learner, TODAY + day * DAY)
        done = play(learner, card, grade, START + day * DAY + timedelta(seconds=len(shown)))
        assert done.result is Result.WRITTEN
        shown.append((card.key, card.part))
    return shown


def schedule(learner: Learner, card: Card, part: int, **fields: object) -> Schedule:
    columns = {
        "number": 1, "due_on": TODAY, "interval_days": 1, "ease_hundredths": 250, "repetitions": 1, "lapses": 0,
        "is_suspended": False,
    }  # fmt: skip
    return Schedule.objects.create(learner=learner, card=card, part=part, **{**columns, **fields})
