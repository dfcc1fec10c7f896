"""Where one chooses what to practise without touching the schedule. Each choice is a search."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
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
from cards.views.guests import today_of

# By state: under each heading what it is called, the search, and the order in which it is practised.
READY = {
    _("What you forgot"): [
        (_("Today"), "forgotten:1", Order.DECK),
        (_("In the last 7 days"), "forgotten:7", Order.DECK),
        (_("In the last 30 days"), "forgotten:30", Order.DECK),
    ],
    _("What is hard"): [
        (_("With an E-Factor below 2"), "ease<2", Order.DECK),
        (_("Forgotten again and again"), "is:leech", Order.DECK),
        (_("Flagged by you"), "is:flagged", Order.DECK),
        (_("Suspended"), "is:suspended", Order.DECK),
    ],
    _("What comes"): [
        (_("In the next 7 days"), "due>0 due<=7", Order.DUE),
        (_("Later than that"), "due>7", Order.DUE),
        (_("Not learnt yet"), "is:new", Order.DECK),
    ],
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to practise: its name, the search that finds it, its order, and how many cards it has, if known."""

    name: str | Promise
    query: str
    order: Order = Order.DECK
    count: int | None = None

    @property
    def url(self) -> str:
        """Where its practice begins."""
        return f"{reverse('cards:review')}?{urlencode({'practise': self.query, 'order': self.order})}"


Topics = dict[str | Promise, list[Choice]]


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


def _by_state(learner: Learner | None, today: date) -> Topics:
    """Those that have cards."""
    if learner is None:
        return {}
    queries = [parse(query) for ready in READY.values() for _, query, _ in ready]
    counts = iter(found_counts(queries, learner, today))
    topics = {topic: [Choice(*each, count=next(counts)) for each in ready] for topic, ready in READY.items()}
    return {topic: [choice for choice in choices if choice.count] for topic, choices in topics.items()}


def _kept(learner: Learner | None) -> Topics:
    searches = learner.saved_searches.all() if learner else []
    return {_("Your searches"): [Choice(kept.name, kept.query) for kept in searches]}


def _decks(learner: Learner | None) -> Topics:
    queries = deck_queries(learner)
    cards = Card.objects.filter(archived_at=None, deck__in=list(queries)).order_by()
    counts = dict(cards.values_list("deck").annotate(count=Count("pk")))
    found = Deck.objects.filter(pk__in=counts).order_by("name", "pk").values_list("pk", "name")
    return {_("One deck"): [Choice(name, write(queries[pk]), count=counts[pk]) for pk, name in found]}


def _tags(learner: Learner | None) -> Topics:
    return {
        _("One tag"): [
            Choice(tag, write(Tagged(tag, is_whole=True)), count=count)
            for tag, count in tag_counts(learner).items()
        ]
    }
