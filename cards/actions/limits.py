"""What a learner sets a limit to: a deck's cards of each day, and, for today only, a deck's or all."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from cards.models import Deck, Enrolment, Learner
from cards.models.limits import DayLimits
from cards.models.queue import done_today


class NotStudied(LookupError):
    """The learner does not study that deck."""


def set_deck_limits(
    *, learner: Learner, deck: Deck, new_per_day: int | None, reviews_per_day: int | None, now: datetime
) -> None:
    """A deck's own limits of each day, beside the overall ones; None is no limit. Raises NotStudied."""
    with transaction.atomic():
        enrolment = _enrolment(learner, deck)
        enrolment.new_per_day, enrolment.reviews_per_day = new_per_day, reviews_per_day
        enrolment.save(update_fields=["new_per_day", "reviews_per_day"])
        _note_deck_limits(learner, learner.study_day(now))


def set_today_limits(
    *, learner: Learner, new: int | None, reviews: int | None, now: datetime, deck: Deck | None = None
) -> None:
    """Limits for the study day that `now` lies in alone, overall or of a deck; None is as usual.

    Where a deck is given more than the overall limits leave, they make room for it. Raises NotStudied.
    """
    today = learner.study_day(now)
    with transaction.atomic():
        if deck is None:
            _except(learner, today, new, reviews)
            return
        enrolment = _enrolment(learner, deck)
        _except(enrolment, today, new, reviews)
        _note_deck_limits(learner, today)
        _make_room(learner, today, deck, new, reviews)


def _enrolment(learner: Learner, deck: Deck) -> Enrolment:
    # The learner's row is the lock: who sets two decks at once comes one after the other.
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    try:
        return Enrolment.objects.get(learner=learner, deck=deck)
    except Enrolment.DoesNotExist:
        raise NotStudied(deck.pk) from None


def _except(limits: DayLimits, today: date, new: int | None, reviews: int | None) -> None:
    is_one = new is not None or reviews is not None
    limits.exception_on = today if is_one else None
    limits.exception_new, limits.exception_reviews = new, reviews
    limits.save(update_fields=["exception_on", "exception_new", "exception_reviews"])


def _make_room(learner: Learner, today: date, deck: Deck, new: int | None, reviews: int | None) -> None:
    kept = learner.exceptions(today)
    overall, in_deck = done_today(learner, today), done_today(learner, today, deck)
    wanted_new = 0 if new is None else overall.new - in_deck.new + new
    wanted_reviews = 0 if reviews is None else overall.reviews - in_deck.reviews + reviews
    new_limit, review_limit = learner.new_limit(today), learner.review_limit(today)
    _except(
        learner,
        today,
        wanted_new if wanted_new > new_limit else kept.new,
        wanted_reviews if review_limit is not None and wanted_reviews > review_limit else kept.reviews,
    )


def _note_deck_limits(learner: Learner, today: date) -> None:
    is_limited = Q(new_per_day__isnull=False) | Q(reviews_per_day__isnull=False) | Q(exception_on__gte=today)
    learner.has_deck_limits = Enrolment.objects.filter(is_limited, learner=learner).exists()
    learner.save(update_fields=["has_deck_limits"])
