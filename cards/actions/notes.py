"""A learner's own notes on cards, which nobody else reads."""

from datetime import datetime

from django.db import transaction

from cards.models import Card, Learner, Note

BETWEEN = "\n\n---\n\n"  # a line across, as Markdown has it


class StaleNote(Exception):
    """The note was changed since the form was opened. `note` is as it stands now, None if it is deleted."""

    def __init__(self, note: Note | None) -> None:
        super().__init__("The note was changed since it was opened.")
        self.note = note


def write_note(*, learner: Learner, card: Card, text: str, was: str, now: datetime) -> Note | None:
    """Writes the learner's note on the card, or changes it; an empty text deletes it. Returns what stands then.

    `was` is what the note said to the learner, "" where there was none. Raises StaleNote where it says something else
    by now.
    """
    with transaction.atomic():
        Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)  # a double click queues here
        note = Note.objects.filter(learner=learner, card=card).first()
        stands = note.text if note else ""
        if stands == text:
            return note
        if stands != was:
            raise StaleNote(note)
        if not text:
            Note.objects.filter(learner=learner, card=card).delete()
            return None
        if note is None:
            return Note.objects.create(learner=learner, card=card, text=text, created_at=now, changed_at=now)
        note.text, note.changed_at = text, now
        note.save(update_fields=["text", "changed_at"])
    return note


def move_notes(*, guest: Learner, into: Learner) -> None:
    """A guest's notes become the account's; two on one card become one, with a line between."""
    own = {note.card_id: note for note in into.notes.filter(card__in=guest.notes.values("card"))}
    for theirs in guest.notes.filter(card__in=own):
        note = own[theirs.card_id]
        if theirs.text != note.text:
            first, second = sorted((note, theirs), key=lambda each: each.created_at)
            note.text = f"{first.text}{BETWEEN}{second.text}"
            note.created_at, note.changed_at = first.created_at, max(note.changed_at, theirs.changed_at)
            note.save(update_fields=["text", "created_at", "changed_at"])
        theirs.delete()
    guest.notes.update(learner=into)
