"""What waits for those who may edit a deck."""

from dataclasses import dataclass

from cards.models import Flag, Learner, Suggestion
from cards.models.decks import DeckQuerySet


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many suggestions and flags are open."""

    suggestion_count: int
    flag_count: int


def waiting(learner: Learner | None, decks: DeckQuerySet | None = None) -> Waiting:
    """Of these decks, or of all, in those that the learner may edit. Two queries."""
    suggestions = Suggestion.objects.decidable_by(learner).open()
    flags = Flag.objects.decidable_by(learner).open()
    if decks is not None:
        suggestions, flags = suggestions.about(decks), flags.about(decks)
    return Waiting(suggestions.count(), flags.count())
