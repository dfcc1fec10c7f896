"""An event and the schedule that follows from it, written by one statement: no transaction stays open between the two.

PostgreSQL alone, and the columns are the models' own. Either both are written or neither.
"""

from functools import cache

from django.db import connection

from cards.models.built import Statement, columns
from cards.models.study import STATE, Schedule, StudyEvent
from cards.scheduling import State


def write_at_once(event: StudyEvent, row: Schedule | None, state: State) -> bool:
    """Whether both were written: not where the row is no longer as it was read, or there is one where there was none.

    Raises IntegrityError when the event's number is taken all the same.
    """
    values = Schedule.columns(state) | {("event", name): getattr(event, name) for name in columns(StudyEvent)}
    if row is not None:
        values |= {"id": row.pk, "was": row.number}
    return bool(_statement(is_new=row is None).rows(values))


@cache
def _statement(*, is_new: bool) -> Statement:
    state = [field for field in Schedule._meta.concrete_fields if field.name in STATE]
    event = StudyEvent._meta.concrete_fields
    marks: list[object] = [field.name for field in state]
    if is_new:
        names = ", ".join([field.column for field in state] + ["learner_id", "card_id", "part"])
        places = ", ".join(["%s"] * (len(state) + 3))
        change = (
            f"INSERT INTO cards_schedule ({names}) VALUES ({places})"  # noqa: S608  (columns of models)
            " ON CONFLICT (learner_id, card_id, part) DO NOTHING RETURNING 1"
        )
        marks += [("event", name) for name in ("learner_id", "card_id", "part")]
    else:
        names = ", ".join(f"{field.column} = %s" for field in state)
        change = f"UPDATE cards_schedule SET {names} WHERE id = %s AND number = %s RETURNING 1"  # noqa: S608
        marks += ["id", "was"]
    names = ", ".join(field.column for field in event)
    places = ", ".join(f"%s::{field.db_type(connection)}" for field in event)
    return Statement(
        f"WITH changed AS ({change})"  # noqa: S608
        f" INSERT INTO cards_studyevent ({names}) SELECT {places} FROM changed RETURNING id",
        [*marks, *(("event", field.attname) for field in event)],
    )
