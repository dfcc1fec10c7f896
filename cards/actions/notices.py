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


def read_notice(*, notice: Notice, now: datetime) -> None:
    """It has been opened. Opening it again changes nothing."""
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=now)


def read_notices(*, learner: Learner, newest_id: int, now: datetime) -> None:
    """All that the learner had before them, up to that one, are read. One that came meanwhile is not."""
    Notice.objects.unread().filter(learner=learner, pk__lte=newest_id).update(read_at=now)
