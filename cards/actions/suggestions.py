"""Learners say what is wrong, or how to say it better; those who may edit the deck decide."""

from datetime import datetime

from django.db import transaction

from cards.actions.cards import edit_card
from cards.cardtext import Wording
from cards.models import Card, Flag, Learner, Revision, Suggestion


class AlreadyDecided(Exception):
    """The suggestion is no longer open."""


def suggest_wording(
    *, card: Card, proposer: Learner, wording: Wording, base_number: int, reason: str, now: datetime
) -> Suggestion:
    """Hands in a better wording. The same proposal, still open, is not written twice."""
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=proposer.pk)  # both halves of a double click queue here
        suggestion, _ = Suggestion.objects.get_or_create(
            card=card,
            proposer=proposer,
            status=Suggestion.Status.OPEN,
            prompt=wording.prompt,
            answer=wording.answer,
            details=wording.details,
            defaults={"base_number": base_number, "reason": reason, "created_at": now},
        )
    return suggestion


def accept_suggestion(
    *,
    suggestion: Suggestion,
    wording: Wording,
    base_number: int,
    editor: Learner,
    reply: str,
    now: datetime,
) -> Revision | None:
    """Makes the wording (the proposed one, or as the editor amended it) the card's next revision, by both.

    Raises StaleEdit when the card is no longer at `base_number`, AlreadyDecided when somebody was faster.
    """
    with transaction.atomic():
        current = _lock_open(suggestion)
        revision = edit_card(
            card=current.subject,
            wording=wording,
            base_number=base_number,
            author=editor,
            co_author=current.proposer,
            reason=current.reason,
            now=now,
            source=Revision.Source.SUGGESTED,
        )
        _decide(current, Suggestion.Status.ACCEPTED, editor, reply, now, revision)
    return revision


def decline_suggestion(*, suggestion: Suggestion, editor: Learner, reply: str, now: datetime) -> None:
    """Closes a suggestion without a change. Raises AlreadyDecided when somebody was faster."""
    with transaction.atomic():
        _decide(_lock_open(suggestion), Suggestion.Status.DECLINED, editor, reply, now, None)


def _lock_open(suggestion: Suggestion) -> Suggestion:
    current = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if current.status != Suggestion.Status.OPEN:
        raise AlreadyDecided
    return current


def _decide(
    suggestion: Suggestion,
    status: Suggestion.Status,
    editor: Learner,
    reply: str,
    now: datetime,
    revision: Revision | None,
) -> None:
    suggestion.status, suggestion.decided_by, suggestion.decided_at = status, editor, now
    suggestion.reply, suggestion.revision = reply, revision
    suggestion.save()


def flag_card(*, card: Card, learner: Learner, kind: Flag.Kind, note: str, now: datetime) -> Flag:
    """Flags the card as it is worded now.

    A flag of another kind that the learner has open there is closed: they say this instead. Flagging it so
    again, while that is open, gives the flag that stands, with the new note if there is one.
    """
    with transaction.atomic():
        own = Flag.objects.open().filter(card=card, learner=learner)
        own.exclude(kind=kind).update(closed_at=now, closed_by=learner)
        flag, is_new = Flag.objects.get_or_create(
            card=card,
            learner=learner,
            kind=kind,
            closed_at=None,
            defaults={"note": note, "revision_number": card.revision_number, "created_at": now},
        )
        if note and not is_new and flag.note != note:
            flag.note = note
            flag.save(update_fields=["note"])
    return flag


def withdraw_flag(*, flag: Flag, now: datetime) -> None:
    """The learner takes the flag back: it closes, by its own hand."""
    close_flag(flag=flag, closer=flag.learner, now=now)


def close_flag(*, flag: Flag, closer: Learner, now: datetime) -> None:
    """Says that the flag has been dealt with. Closing a closed one changes nothing."""
    Flag.objects.filter(pk=flag.pk, closed_at=None).update(closed_at=now, closed_by=closer)
