"""A learner's backlog is spread over days."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from cards.actions.acts import write_events
from cards.actions.study import Result, new_event
from cards.models import Learner, StudyEvent
from cards.models.catch_up import plan_of
from cards.scheduling import Kind, step


def catch_up(*, learner: Learner, days: int, plan: UUID, now: datetime) -> Result:
    """Moves the due days by the plan of that name, which was shown: one event a card, all of one instant.

    Where a card was graded since, or the day is over, it is outdated; a second time, as by a double click, repeated:
    then nothing is written. `undo_event` takes all of it back.
    """
    today = learner.study_day(now)
    try:
        with transaction.atomic():
            # Both halves of a double click queue here; a grade is not held up.
            Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
            if StudyEvent.objects.filter(pk=_event_id(plan, 0)).exists():
                return Result.REPEATED
            found = plan_of(learner, today, days)
            if found.name != plan:
                return Result.OUTDATED
            events, states = [], {}
            for place, (row, due_on) in enumerate(found.moves):
                event = new_event(
                    learner, row.card_id, row.part, row.number + 1, Kind.MOVED, now, today, due_on=due_on
                )
                event.pk = _event_id(plan, place)
                events.append(event)
                states[row.card_id, row.part] = step(row.state, event.as_event())
            write_events(learner, events, states, today)
    except IntegrityError:  # a grade came in that very instant
        return Result.OUTDATED
    return Result.WRITTEN


def _event_id(plan: UUID, place: int) -> UUID:
    """So that a plan is carried out once."""
    return uuid5(plan, str(place))
