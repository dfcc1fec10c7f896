"""Tells learners, in their inbox, of what others did."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cards.models import Learner, Notice


def notify(*, kind: str, to: Iterable[Learner], by: Learner | None, now: datetime, **about: Any) -> None:
    """A notice for each of them once, about those rows. Whoever acts hears nothing of their own act."""
    learners = {learner.pk: learner for learner in to if by is None or learner.pk != by.pk}
    Notice.objects.bulk_create(
        [Notice(learner=learner, kind=kind, by=by, created_at=now, **about) for learner in learners.values()],
        batch_size=500,
    )
