"""A session: which cards it has and which comes next, where one is in it, and what stands around each of its pages."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from cards.clock import now
from cards.forms.review import SessionForm
from cards.http import Request
from cards.models import Card, Learner
from cards.models.acts import Act, last_act
from cards.models.practice import Order, practice_cards
from cards.models.queue import is_in_queue, next_card, queue_counts
from cards.scheduling import QueueCounts
from cards.search import parse


@dataclass(frozen=True, slots=True)
class Session:
    """Which cards: the day's; or, to practise, those that a search finds, and where one is among them."""

    practise: str = ""
    order: Order = Order.DECK
    seed: int | None = None
    after: int | None = None

    @classmethod
    def of(cls, form: SessionForm) -> "Session":
        """A practice that begins shuffled gets its seed here, and keeps it."""
        data = form.cleaned_data
        seed = data["seed"]
        if seed is None and data["order"] is Order.SHUFFLED:
            seed = int(now().timestamp())
        return cls(data["practise"], data["order"], seed, data["after"])

    def fields(self) -> dict[str, object]:
        """What its forms and addresses carry."""
        named = {"practise": self.practise, "order": self.order, "seed": self.seed, "after": self.after}
        return {name: value for name, value in named.items() if value is not None} if self.practise else {}

    def url(self, **more: object) -> str:
        query = urlencode({**self.fields(), **more})
        return reverse("cards:review") + (f"?{query}" if query else "")

    def then(self, card_id: int) -> "Session":
        """The session after that card."""
        return replace(self, after=card_id) if self.practise else self

    def cards(self, learner: Learner | None, today: date) -> list[int]:
        """The ids of what is practised, in order."""
        return practice_cards(parse(self.practise), learner, today, self.order, self.seed or 0, self.after)


@dataclass(frozen=True, slots=True)
class Practised:
    """How far a practice is: so many of its cards lie behind."""

    cards: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.cards / self.total if self.total else 1.0


def pick(
    learner: Learner | None, session: Session, today: date, card_id: int | None
) -> tuple[Card | None, QueueCounts, Practised]:
    """The card of that id where it is one of the session's, else the one that comes next; and how far it is."""
    if session.practise:
        ids = session.cards(learner, today)
        place = ids.index(session.after) + 1 if session.after in ids else 0
        if card_id in ids:
            place = ids.index(card_id)
        card = card_for(learner, ids[place]) if place < len(ids) else None
        return card, QueueCounts(), Practised(place, len(ids))
    if card_id is not None and learner is not None:
        asked = card_for(learner, card_id)
        if asked is not None and is_in_queue(asked, learner, today):
            return asked, queue_counts(learner, today), Practised()
    return *next_card(learner, today), Practised()


def card_for(learner: Learner | None, card_id: int, *, has_answer: bool = False) -> Card | None:
    """With its schedule; to be shown with its answer, with the learner's note and their right too."""
    cards = Card.objects.visible_to(learner).filter(pk=card_id)
    if learner is not None:
        cards = cards.with_schedule(learner)
        return cards.with_note(learner).with_can_correct(learner).first() if has_answer else cards.first()
    return cards.select_related("deck").with_can_correct(None).first()


def frame(
    request: Request,
    session: Session,
    today: date,
    counts: QueueCounts,
    practised: Practised,
    act: Act | None,
) -> dict[str, object]:
    """What stands around a prompt, an answer and the finish alike."""
    learner = request.learner
    if act is None and learner is not None:
        act = last_act(learner)
    return {
        "session": session,
        "counts": counts,
        "practised": practised,
        "share": practised.share if session.practise else counts.share_done,
        "act": act,
        "today": today,
        "has_answer_box": learner.has_answer_box if learner else True,
    }
