"""How many cards a study day brings at most: a learner's limits, and those of a deck that they study."""

from datetime import date
from typing import NamedTuple

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

MOST_PER_DAY = 9_999


class Exceptions(NamedTuple):
    """What was asked for on one day only; None where it is as usual."""

    new: int | None
    reviews: int | None


class DayLimits(models.Model):
    """Limits of each study day, and exceptions to them for one. None is no limit.

    One exception at a time is kept: that of a day which has passed asks for nothing.
    """

    new_per_day = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("New cards on one study day, at most.")
    )
    reviews_per_day = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Due cards on one study day, at most.")
    )
    exception_on = models.DateField(null=True, blank=True, editable=False)
    exception_new = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    exception_reviews = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def new_limit(self, today: date) -> int | None:
        """New cards today, at most."""
        exception = self.exceptions(today).new
        return self.new_per_day if exception is None else exception

    def review_limit(self, today: date) -> int | None:
        """Due cards today, at most."""
        exception = self.exceptions(today).reviews
        return self.reviews_per_day if exception is None else exception

    def has_exception(self, today: date) -> bool:
        return self.exception_on == today

    def exceptions(self, today: date) -> Exceptions:
        if not self.has_exception(today):
            return Exceptions(None, None)
        return Exceptions(self.exception_new, self.exception_reviews)


def limit_column(today: date, kind: str, prefix: str = "") -> Case:
    """The limit of that kind, new or reviews, in SQL."""
    exception = f"{prefix}exception_{kind}"
    is_excepted = Q(**{f"{prefix}exception_on": today, f"{exception}__isnull": False})
    return Case(When(is_excepted, then=F(exception)), default=F(f"{prefix}{kind}_per_day"))
