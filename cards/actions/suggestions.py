"""Learners say what is wrong, or how to say it better; those who may edit the deck decide."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cards.actions.cards import StaleEdit, archive_card, edit_card, make_card
from cards.actions.notices import notify
from cards.actions.pace import hold_pace_of_comments
from cards.cardtext import Wording
from cards.models import Card, Deck, Flag, Learner, Notice, Revision, Suggestion, SuggestionComment


class AlreadyDecided(Exception):
    """The suggestion is no longer open."""


def suggest_wording(
    *,
    card: Card,
    proposer: Learner,
    wording: Wording,
    base_number: int,
    reason: str,
    now: datetime,
    source: str = "",
) -> Suggestion:
    """Hands in a better wording."""
    asked = Suggestion(card=card, base_number=base_number, reason=reason, source=source)
    return _suggest(asked, wording, proposer, now)


def suggest_new_card(
    *, deck: Deck, proposer: Learner, wording: Wording, reason: str, now: datetime, source: str = ""
) -> Suggestion:
    """Hands in a card that the deck lacks."""
    asked = Suggestion(kind=Suggestion.Kind.NEW, deck=deck, base_number=0, reason=reason, source=source)
    return _suggest(asked, wording, proposer, now)


def suggest_to_remove(
    *, card: Card, proposer: Learner, reason: str, now: datetime, source: str = ""
) -> Suggestion:
    """Says that the card should go, as it reads now."""
    asked = Suggestion(
        kind=Suggestion.Kind.REMOVAL,
        card=card,
        base_number=card.revision_number,
        reason=reason,
        source=source,
    )
    return _suggest(asked, card.wording, proposer, now)


def _suggest(asked: Suggestion, wording: Wording, proposer: Learner, now: datetime) -> Suggestion:
    """Hands it in. The same proposal, still open, is not written twice."""
    asked.prompt, asked.answer, asked.details = wording.prompt, wording.answer, wording.details
    asked.proposer, asked.created_at = proposer, now
    same = {name: getattr(asked, name) for name in ("kind", "card", "deck", "prompt", "answer", "details")}
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=proposer.pk)  # both halves of a double click queue here
        standing: Suggestion | None = Suggestion.objects.open().filter(proposer=proposer, **same).first()
        if standing is None:
            asked.save(force_insert=True)
    return standing or asked


def accept_suggestion(
    *,
    suggestion: Suggestion,
    wording: Wording,
    base_number: int,
    editor: Learner,
    reply: str,
    now: datetime,
) -> Revision | None:
    """Does what is proposed, by both: the wording (as proposed, or as the editor amended it) is the card's next
    revision, or the first of a new card at the deck's end; or the card goes into the archive.

    Raises StaleEdit when the card is no longer at `base_number`, AlreadyDecided when somebody was faster.
    """
    with transaction.atomic():
        current = _lock_open(suggestion)
        revision = None
        if current.kind == Suggestion.Kind.CHANGE:
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
        elif current.kind == Suggestion.Kind.NEW:
            current.card = make_card(
                deck=current.about_deck,
                wording=wording,
                author=editor,
                co_author=current.proposer,
                reason=current.reason,
                now=now,
                source=Revision.Source.SUGGESTED,
            )
            # None where the deck ended with that very card, which another proposal brought.
            revision = current.card.revisions.filter(number=1, suggestion=None).first()
        else:
            card = Card.objects.select_for_update().get(pk=current.subject.pk)
            if card.revision_number != base_number:
                raise StaleEdit(card)
            archive_card(card=card, now=now)
        _decide(current, Suggestion.Status.ACCEPTED, editor, reply, now, revision)
    return revision


def decline_suggestion(*, suggestion: Suggestion, editor: Learner, reply: str, now: datetime) -> None:
    """Closes a suggestion without a change. Raises AlreadyDecided when somebody was faster."""
    with transaction.atomic():
        _decide(_lock_open(suggestion), Suggestion.Status.DECLINED, editor, reply, now, None)


def withdraw_suggestion(*, suggestion: Suggestion, proposer: Learner, now: datetime) -> None:
    """The proposer takes it back: it is closed, by their own hand. Raises AlreadyDecided when somebody was faster."""
    decline_suggestion(suggestion=suggestion, editor=proposer, reply="", now=now)


def comment_on_suggestion(
    *, suggestion: Suggestion, author: Learner, text: str, now: datetime
) -> SuggestionComment:
    """A word between the proposer and those who decide, which is told to whoever has spoken there before.

    What one has just said is not said twice. Raises TooMany beyond the hour's limit.
    """
    with transaction.atomic():
        Suggestion.objects.select_for_update().get(
            pk=suggestion.pk
        )  # both halves of a double click queue here
        last = suggestion.comments.order_by("pk").last()
        if last is not None and (last.author_id, last.text) == (author.pk, text):
            return last
        hold_pace_of_comments(author, now)
        comment = SuggestionComment.objects.create(
            suggestion=suggestion, author=author, text=text, created_at=now
        )
        concerned = set(Learner.objects.filter(suggestion_comments__suggestion=suggestion))
        _tell(Notice.Kind.ANSWERED, suggestion, concerned, author, now)
    return comment


def _tell(
    kind: Notice.Kind, suggestion: Suggestion, others: set[Learner], by: Learner, now: datetime
) -> None:
    """The proposer, and these others."""
    to = others | ({suggestion.proposer} if suggestion.proposer else set())
    notify(
        kind=kind, to=to, by=by, now=now, suggestion=suggestion, card=suggestion.card, deck=suggestion.deck
    )


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
    _tell(Notice.Kind(status), suggestion, set(), editor, now)


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


def close_flags(*, flags: Iterable[Flag], closer: Learner, now: datetime) -> None:
    """Says so of several."""
    open_ones = Flag.objects.open().filter(pk__in=[flag.pk for flag in flags])
    open_ones.update(closed_at=now, closed_by=closer)
