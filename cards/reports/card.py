"""One card, as one learner has known it: each event of its log, with what it led to."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cards.models import Card, Learner, StudyEvent
from cards.reports.retention import Recalled
from cards.scheduling import NEW, Grade, Kind, State, step


@dataclass(frozen=True, slots=True)
class CardEvent:
    """An event, whether a later one takes it back, and the state of its part before and after it."""

    event: StudyEvent
    is_voided: bool
    before: State
    after: State

    @property
    def local_at(self) -> datetime:
        """What the learner's own clock showed, without a zone."""
        return self.event.at.replace(tzinfo=None) + timedelta(minutes=self.event.zone_offset_minutes)

    @property
    def counts(self) -> bool:
        """Whether it is a review that the schedule follows from."""
        return self.event.kind == Kind.GRADED and self.before.counted_on != self.after.counted_on

    @property
    def asks(self) -> bool:
        """Whether it is one of something learnt, of which true retention is made."""
        return self.counts and self.before.counted_on is not None


@dataclass(frozen=True, slots=True)
class CardHistory:
    """All that happened to a card for a learner, part by part, in the order of each log."""

    events: list[CardEvent]

    def reviews(self) -> list[CardEvent]:
        return [each for each in self.events if each.counts]

    def recalled(self) -> Recalled:
        """True retention, as cards.reports.retention counts it."""
        asked = [each.event.grade != Grade.AGAIN for each in self.events if each.asks]
        return Recalled(sum(asked), len(asked))

    def seconds(self) -> list[int]:
        """How long each answer took that stands and was measured."""
        measured = (each.event.answer_seconds for each in self.events if not each.is_voided)
        return [seconds for seconds in measured if seconds is not None]


def card_history(learner: Learner, card: Card) -> CardHistory:
    """By the scheduler's own steps. One query."""
    log = list(
        StudyEvent.objects.filter(learner=learner, card=card).with_settings().order_by("part", "number")
    )
    voided = {event.voids for event in log}
    found: list[CardEvent] = []
    state, part = NEW, 0
    for event in log:
        if event.part != part:
            state, part = NEW, event.part
        before, is_voided = state, event.pk in voided
        if is_voided or event.kind == Kind.VOIDED:
            state = replace(state, number=event.number)
        else:
            state = step(state, event.as_event())
        found.append(CardEvent(event, is_voided, before, state))
    return CardHistory(found)
