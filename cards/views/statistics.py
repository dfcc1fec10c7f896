"""Statistics: of all that a learner studies, of one deck, of one card; each figure's numbers as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from cards.clock import now
from cards.figures import Figure, card_facts, facts, figure_named, figures, history
from cards.http import Request, csv_file, render_page
from cards.models import Card, Deck
from cards.models.queue import parts_with_schedules
from cards.reports import CardHistory, Scope, Statistics, card_history
from cards.views.guests import today_of


@require_GET
def statistics(request: Request) -> HttpResponse:
    """What the learner did, what stays of it and what comes."""
    found = _statistics(request)
    context = _shown(found) | {"decks": Deck.objects.studied_by(request.learner) if found else []}
    return render_page(request, "statistics/statistics.html", context)


@require_GET
def statistics_csv(request: Request, name: str) -> HttpResponse:
    """One figure's numbers."""
    return _named(_statistics(request), name, name)


@require_GET
def deck_statistics(request: Request, deck_id: int) -> HttpResponse:
    """The same of one deck, whether it is studied now or was once."""
    deck = _deck(request, deck_id)
    context = {"deck": deck} | _shown(_statistics(request, deck))
    return render_page(request, "statistics/deck_statistics.html", context)


@require_GET
def deck_statistics_csv(request: Request, deck_id: int, name: str) -> HttpResponse:
    """One figure's numbers, of one deck."""
    deck = _deck(request, deck_id)
    return _named(_statistics(request, deck), name, f"deck-{deck.pk}-{name}")


@require_GET
def card_statistics(request: Request, card_id: int) -> HttpResponse:
    """What happened to one card, and where the learner stands with it."""
    card = _card(request, card_id)
    found = _history(request, card)
    today = today_of(request, now())
    context = {
        "card": card,
        "parts": parts_with_schedules(card, request.learner),
        "today": today,
        "facts": card_facts(found, card.own),
        "figures": [history(found, today)] if found.events else [],
    }
    return render_page(request, "statistics/card_statistics.html", context)


@require_GET
def card_statistics_csv(request: Request, card_id: int) -> HttpResponse:
    """All that happened to the card."""
    card = _card(request, card_id)
    figure = history(_history(request, card), today_of(request, now()))
    return _file(f"card-{card.pk}-history", figure if figure.rows else None)


def _statistics(request: Request, deck: Deck | None = None) -> Statistics | None:
    """None for somebody unknown, who has done nothing yet."""
    learner = request.learner
    return Statistics(Scope(learner, learner.study_day(now()), deck)) if learner else None


def _shown(found: Statistics | None) -> dict[str, object]:
    if found is None or not found.has_answers:
        return {}
    return {"figures": figures(found), "facts": facts(found)}


def _deck(request: Request, deck_id: int) -> Deck:
    return get_object_or_404(Deck.objects.visible_to(request.learner), pk=deck_id)


def _card(request: Request, card_id: int) -> Card:
    cards = Card.objects.visible_to(request.learner)
    cards = cards.with_schedule(request.learner) if request.learner else cards.select_related("deck")
    return get_object_or_404(cards, pk=card_id)


def _history(request: Request, card: Card) -> CardHistory:
    return card_history(request.learner, card) if request.learner else CardHistory([])


def _named(found: Statistics | None, name: str, file_name: str) -> HttpResponse:
    return _file(file_name, figure_named(found, name) if found else None)


def _file(name: str, figure: Figure | None) -> HttpResponse:
    if figure is None:
        raise Http404
    return csv_file(name, figure.columns, figure.rows)
