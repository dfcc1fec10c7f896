"""A session: which cards it has and which comes next, where one is in it, and what stands around each of its pages."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

from cards.clock import now
from cards.forms.review import SessionForm
from cards.http import Request
from cards.models import Card, Learner
from cards.models.acts import Act, last_act
from cards.models.parts import Asked
from cards.models.practice import Order, next_place, place_of, practice_cards
from cards.models.queue import is_in_queue, next_card, part_of_day, queue_counts
from cards.models.readable import readable_card
from cards.scheduling import QueueCounts
from cards.search import parse


@lru_cache
def _address(prefix: str) -> str:
    """Looked up once: each grade's reply names it."""
    return reverse("cards:review")


@dataclass(frozen=True, slots=True)
class Session:
    """Which cards: the day's; or, to practise, those that a search finds, and where one is among them."""

    practise: str = ""
    order: Order = Order.DECK
    seed: int | None = None
    after: Asked | None = None

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
        named = {**self.fields(), **more}
        return _address(get_script_prefix()) + (f"?{urlencode(named)}" if named else "")

    def then(self, asked: Asked) -> "Session":
        """The session after that card, or that part of it."""
        return replace(self, after=asked) if self.practise else self

    def cards(self, learner: Learner | None, today: date) -> list[Asked]:
        """What is practised, in order."""
        return practice_cards(parse(self.practise), learner, today, self.order, self.seed or 0, self.after)


@dataclass(frozen=True, slots=True)
class Practised:
    """How far a practice is: so many of its cards lie behind, each part counted."""

    cards: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.cards / self.total if self.total else 1.0


def pick(
    learner: Learner | None, session: Session, today: date, asked: Asked | None
) -> tuple[Card | None, QueueCounts, Practised]:
    """That card where it is one of the session's, else the one that comes next, with the part that is asked; and how
    far the session is."""
    if session.practise:
        found = session.cards(learner, today)
        place = next_place(found, session.after)
        if asked is not None:
            place = place_of(asked, found, place)
        card = card_for(learner, found[place], today) if place < len(found) else None
        return card, QueueCounts(), Practised(place, len(found))
    if asked is not None and learner is not None:
        card = card_for(learner, Asked(asked.card_id), today)
        if card is not None and is_in_queue(card, learner, today):
            counts = queue_counts(learner, today, is_exact=False)
            return part_of_day(card, learner, today, asked.part), counts, Practised()
    return *next_card(learner, today), Practised()


def card_for(learner: Learner | None, asked: Asked, today: date, *, has_answer: bool = False) -> Card | None:
    """The card as `readable_card` has it; for somebody unknown with its deck alone, and what they may do."""
    if learner is None:
        cards = Card.objects.visible_to(None).filter(pk=asked.card_id)
        card = cards.select_related("deck").with_can_correct(None).first()
    else:
        card = readable_card(learner, today, asked, has_answer=has_answer)
    if card is not None:
        card.part = asked.part
    return card


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
