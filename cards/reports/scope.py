"""What a statistic is taken of: all that a learner studies, or one deck of it. Each part of a card counts as a card."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from cards.models import Card, Deck, Learner, Schedule
from cards.models.parts import is_asked
from cards.models.study import StudyEventQuerySet
from cards.scheduling import Kind

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Scope:
    """A learner on a study day, and the deck where it is of one alone."""

    learner: Learner
    today: date
    deck: Deck | None = None

    @property
    def year_began_on(self) -> date:
        """The first of the 365 study days that end today."""
        return self.today - YEAR + timedelta(days=1)

    def events(self) -> StudyEventQuerySet:
        """The events that no later one takes back, of cards in the archive and in decks that were left too."""
        events = self.learner.study_events.standing()
        return events if self.deck is None else events.filter(card__deck=self.deck)

    def grades(self) -> StudyEventQuerySet:
        """The year's answers: scheduled, repeated, practised."""
        days = (self.year_began_on, self.today)
        return self.events().filter(kind=Kind.GRADED, study_on__range=days)

    def decks(self) -> QuerySet[Deck]:
        """The deck, or those that the learner studies."""
        if self.deck is None:
            return Deck.objects.studied_by(self.learner)
        return Deck.objects.filter(pk=self.deck.pk)

    def cards(self) -> QuerySet[Card]:
        return Card.objects.filter(archived_at=None, deck__in=self.decks())

    def learnt(self) -> QuerySet[Schedule]:
        """The schedules of what was learnt of the cards, as they are now; suspended ones too."""
        schedules = Schedule.objects.filter(is_asked(), learner=self.learner, due_on__isnull=False)
        return schedules.filter(card__archived_at=None, card__deck__in=self.decks())
