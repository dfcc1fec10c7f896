"""The card that a review shows or grades, where its learner may read it."""

from datetime import date

from django.db.models import QuerySet

from cards.models.built import found
from cards.models.decks import Card
from cards.models.learners import Learner
from cards.models.parts import Asked


def readable_card(learner: Learner, today: date, asked: Asked, *, has_answer: bool = False) -> Card | None:
    """The card, if the learner may read it, with its deck and that part's schedule; to be shown with its answer, with
    the learner's note and their right to correct it too. One query."""
    more = {"card_id": asked.card_id, "part": asked.part, "has_answer": has_answer}
    return next(found(_readable, learner, today, **more), None)


def _readable(learner: Learner, today: date, *, card_id: int, part: int, has_answer: bool) -> QuerySet[Card]:
    cards = Card.objects.visible_to(learner).with_schedule(learner, part).filter(pk=card_id).order_by()
    return cards.with_note(learner).with_can_correct(learner) if has_answer else cards
