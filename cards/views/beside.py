"""What a learner sees beside an answer that is shown, and nowhere before: what changed, their note, what is said."""

from cards.forms.notes import NoteForm
from cards.models import Card, Learner
from cards.models.discussions import discussed_in
from cards.models.revisions import changed_since


def beside(card: Card, learner: Learner | None, *, with_grade: bool = False) -> dict[str, object]:
    """For the page of a card, and for its answer in a review, whose grade saves the note too.

    `card` is one with schedule and note.
    """
    return {
        "changed": changed_since(card, learner) if learner else None,
        "note_form": NoteForm.of(card.own_note, with_grade=with_grade),
        "discussions": discussed_in(card, learner),
    }
