"""Where one chooses what to practise without touching the schedule. Each choice is a search."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cards.clock import now
from cards.forms.practice import PracticeForm
from cards.forms.search import SearchForm
from cards.http import Request, render_page
from cards.models import Card, Deck, Learner
from cards.models.practice import Order
from cards.models.search import deck_queries, found_counts, tag_counts
from cards.search import Tagged, parse, write
from cards.views.review import today_of

# By state: under each heading what it is called, the search, and the order in which it is practised.
READY = {
    "What you forgot": [
        ("Today", "forgotten:1", Order.DECK),
        ("In the last 7 days", "forgotten:7", Order.DECK),
        ("In the last 30 days", "forgotten:30", Order.DECK),
    ],
    "What is hard": [
        ("With an E-Factor below 2", "ease<2", Order.DECK),
        ("Forgotten again and again", "is:leech", Order.DECK),
        ("Flagged by you", "is:flagged", Order.DECK),
        ("Suspended", "is:suspended", Order.DECK),
    ],
    "What comes": [
        ("In the next 7 days", "due>0 due<=7", Order.DUE),
        ("Later than that", "due>7", Order.DUE),
        ("Not learnt yet", "is:new", Order.DECK),
    ],
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to practise: its name, the search that finds it, its order, and how many cards it has, if known."""

    name: str
    query: str
    order: Order = Order.DECK
    count: int | None = None

    @property
    def url(self) -> str:
        """Where its practice begins."""
        return f"{reverse('cards:review')}?{urlencode({'practise': self.query, 'order': self.order})}"


@require_GET
@never_cache
def practice(request: Request) -> HttpResponse:
    """What can be practised: by state, deck and tag, and the learner's own searches."""
    learner, today = request.learner, today_of(request, now())
    form = PracticeForm(request.GET)
    is_shuffled = form.is_valid() and form.cleaned_data["shuffled"]
    topics = {**_by_state(learner, today), **_kept(learner), **_decks(learner), **_tags(learner)}
    if is_shuffled:
        topics = {
            topic: [replace(choice, order=Order.SHUFFLED) for choice in choices]
            for topic, choices in topics.items()
        }
    context = {"topics": topics, "is_shuffled": is_shuffled, "form": SearchForm()}
    return render_page(request, "practice/practice.html", context)


def _by_state(learner: Learner | None, today: date) -> dict[str, list[Choice]]:
    """Those that have cards."""
    if learner is None:
        return {}
    queries = [parse(query) for ready in READY.values() for _, query, _ in ready]
    counts = iter(found_counts(queries, learner, today))
    topics = {topic: [Choice(*each, count=next(counts)) for each in ready] for topic, ready in READY.items()}
    return {topic: [choice for choice in choices if choice.count] for topic, choices in topics.items()}


def _kept(learner: Learner | None) -> dict[str, list[Choice]]:
    searches = learner.saved_searches.all() if learner else []
    return {"Your searches": [Choice(kept.name, kept.query) for kept in searches]}


def _decks(learner: Learner | None) -> dict[str, list[Choice]]:
    queries = deck_queries(learner)
    cards = Card.objects.filter(archived_at=None, deck__in=list(queries)).order_by()
    counts = dict(cards.values_list("deck").annotate(count=Count("pk")))
    found = Deck.objects.filter(pk__in=counts).order_by("name", "pk").values_list("pk", "name")
    return {"One deck": [Choice(name, write(queries[pk]), count=counts[pk]) for pk, name in found]}


def _tags(learner: Learner | None) -> dict[str, list[Choice]]:
    return {
        "One tag": [
            Choice(tag, write(Tagged(tag, is_whole=True)), count=count)
            for tag, count in tag_counts(learner).items()
        ]
    }
