"""What a learner does with cards beside grading them, and taking any act back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cards.actions.cards import undo_edit
from cards.actions.groups import editing
from cards.actions.study import NotYours, new_event, note_day
from cards.actions.suggestions import withdraw_flag
from cards.models import Card, Deck, Learner, Revision, Schedule, StudyEvent
from cards.models.acts import can_be_undone, standing_edits, standing_flags
from cards.models.parts import parts_in
from cards.scheduling import NEW, Kind, State, replay, step
from cards.scheduling.sm2 import MOST_INTERVAL_DAYS

MOST_CARDS = 10_000  # of one act
BATCH = 500  # rows of one statement
TRIES = 3
Log = tuple[int, int]  # a card's id, and a part


class BadDay(ValueError):
    """Why a card cannot be due on that day, as a sentence for the learner."""


def suspend_cards(*, learner: Learner, card_ids: Collection[int], now: datetime) -> int:
    """They come up no more until they are resumed. Returns how many that changes, as each of these does.

    Raises NotYours when one of the cards is not there for the learner, as each of these does; then none changes.
    """
    return _act(learner, card_ids, Kind.SUSPENDED, now)


def resume_cards(*, learner: Learner, card_ids: Collection[int], now: datetime) -> int:
    """They come up again, by the schedule that they had."""
    return _act(learner, card_ids, Kind.RESUMED, now)


def skip_cards(*, learner: Learner, card_ids: Collection[int], now: datetime) -> int:
    """They come up no more on this study day."""
    return _act(learner, card_ids, Kind.SKIPPED, now)


def restart_cards(*, learner: Learner, card_ids: Collection[int], now: datetime) -> int:
    """They are new again; what was graded before is kept, and counts no more."""
    return _act(learner, card_ids, Kind.RESTARTED, now)


def set_due(*, learner: Learner, card_ids: Collection[int], due_on: date, now: datetime) -> int:
    """They are due on that study day. Raises BadDay for one that is past, or more than 36,500 days ahead."""
    today = learner.study_day(now)
    if not today <= due_on <= today + timedelta(days=MOST_INTERVAL_DAYS):
        raise BadDay(_("Choose today or a later day, within a hundred years."))
    return _act(learner, card_ids, Kind.DUE_SET, now, due_on)


def _act(
    learner: Learner, card_ids: Collection[int], kind: Kind, now: datetime, due_on: date | None = None
) -> int:
    ids = set(card_ids)
    if len(ids) > MOST_CARDS or Card.objects.visible_to(learner).filter(pk__in=ids).count() != len(ids):
        raise NotYours(ids)
    today = learner.study_day(now)
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                states = _states(learner, ids)
                events = [
                    new_event(learner, card_id, part, state.number + 1, kind, now, today, due_on=due_on)
                    for (card_id, part), state in states.items()
                    if _changes(state, kind, today, due_on)
                ]
                after = {
                    (event.card_id, event.part): step(states[event.card_id, event.part], event.as_event())
                    for event in events
                }
                write_events(learner, events, after, today)
            return len({event.card_id for event in events})
        except IntegrityError:  # a grade was faster: read again
            continue
    raise RuntimeError("Three writers in a row were faster.")


def _states(learner: Learner, ids: Collection[int]) -> dict[Log, State]:
    """The state of each part of the cards, and of those that they had once: what is done with a card is done with all.

    So a part that an edit brings back is what the whole card is.
    """
    parts = Card.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "parts")
    states = {(card_id, part): NEW for card_id, mask in parts for part in parts_in(mask)}
    for row in Schedule.objects.filter(learner=learner, card__in=ids).order_by("card", "part"):
        states[row.card_id, row.part] = row.state
    return states


def _changes(state: State, kind: Kind, today: date, due_on: date | None) -> bool:
    """Whether there is anything to write: both halves of a double click ask for the same."""
    match kind:
        case Kind.SUSPENDED:
            return not state.is_suspended
        case Kind.RESUMED:
            return state.is_suspended
        case Kind.SKIPPED:
            return state.skipped_on != today
        case Kind.RESTARTED:
            return not state.is_new
        case _:
            return state.due_on != due_on


def write_events(
    learner: Learner, events: list[StudyEvent], states: Mapping[Log, State], today: date
) -> None:
    """Writes events, and the schedules after them, in a few statements for hundreds; inside a transaction.

    Raises IntegrityError when somebody else has one of their numbers: then nothing that was read is true any more.
    """
    if not events:
        return
    note_day(learner, today)
    StudyEvent.objects.bulk_create(events, batch_size=BATCH)
    rows = [
        Schedule(learner=learner, card_id=card_id, part=part, **Schedule.columns(state))
        for (card_id, part), state in states.items()
    ]
    Schedule.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["learner", "card", "part"],
        update_fields=list(Schedule.columns(NEW)),
    )


def undo_event(*, learner: Learner, event_id: UUID, now: datetime) -> list[Log]:
    """Takes an event back by one that voids it, and replays its log. Returns that log, or those.

    What was done to many cards in one instant is taken back for all of them. Taking back what is taken back already
    changes nothing. Raises NotYours unless it is the learner's own, and of today or one of the last 30 acts.
    """
    today = learner.study_day(now)
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                # The learner's row is the lock of all that rewrites more than a log's end.
                Learner.objects.select_for_update().get(pk=learner.pk)
                together = _together(learner, event_id, today)
                _void(learner, together, now, today)
            return [(event.card_id, event.part) for event in together]
        except IntegrityError:  # a grade was faster: read again
            continue
    raise RuntimeError("Three writers in a row were faster.")


def _together(learner: Learner, event_id: UUID, today: date) -> list[StudyEvent]:
    events = StudyEvent.objects.filter(learner=learner).exclude(kind=Kind.VOIDED)
    event = events.filter(pk=event_id).first()
    if event is None or not can_be_undone(learner, event.at, today):
        raise NotYours(event_id)
    return [event] if event.kind == Kind.GRADED else list(events.filter(kind=event.kind, at=event.at))


def _void(learner: Learner, events: Iterable[StudyEvent], now: datetime, today: date) -> None:
    wanted = {event.pk: event for event in events}
    for voided in StudyEvent.objects.filter(voids__in=wanted).values_list("voids", flat=True):
        del wanted[voided]
    logs: dict[Log, list[StudyEvent]] = defaultdict(list)
    of_cards = StudyEvent.objects.filter(learner=learner, card__in={each.card_id for each in wanted.values()})
    for event in of_cards.with_settings().order_by("number"):
        logs[event.card_id, event.part].append(event)
    voids = []
    for event in wanted.values():
        log = logs[event.card_id, event.part]
        number = log[-1].number + 1
        log.append(
            new_event(learner, event.card_id, event.part, number, Kind.VOIDED, now, today, voids=event.pk)
        )
        voids.append(log[-1])
    changed = {(event.card_id, event.part) for event in wanted.values()}
    write_events(
        learner, voids, {key: replay(each.as_event() for each in logs[key]) for key in changed}, today
    )


def undo_flag(*, learner: Learner, flag_id: int, now: datetime) -> int:
    """Withdraws the learner's flag. Returns its card's id. Raises NotYours unless it is open and theirs."""
    flag = standing_flags(learner).filter(pk=flag_id).first()
    if flag is None or not can_be_undone(learner, flag.created_at, learner.study_day(now)):
        raise NotYours(flag_id)
    withdraw_flag(flag=flag, now=now)
    card_id: int = flag.card_id
    return card_id


def undo_own_edit(*, learner: Learner, revision_id: int, now: datetime) -> list[int]:
    """Gives the card the wording that it had before the learner's edit. Returns its id, or theirs.

    What was written into many cards in one instant is taken back in all of them, but where somebody has edited one
    since, or the learner may edit it no more. Raises NotYours where nothing is left that could be taken back.
    """
    with editing(learner=learner, decks=list(Deck.objects.filter(cards__revisions=revision_id))):
        named = standing_edits(learner).filter(pk=revision_id).first()
        if named is None or not can_be_undone(learner, named.created_at, learner.study_day(now)):
            raise NotYours(revision_id)
        together = Revision.objects.filter(author=learner, created_at=named.created_at, reason=named.reason)
        list(Card.objects.filter(revisions__in=together).order_by("pk").select_for_update(no_key=True))
        standing = standing_edits(learner).filter(
            pk__in=together.values("pk")
        )  # asked again, now that they are held
        revisions = list(
            standing.filter(card__in=Card.objects.editable_by(learner))
            .select_related("card")
            .order_by("card")
        )
        if not revisions:
            raise NotYours(revision_id)
        for revision in revisions:
            undo_edit(revision=revision, author=learner, now=now)
    return [revision.card_id for revision in revisions]
