"""Decks: the list, one deck, and what its owner does with it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.decks import archive_deck, edit_deck, leave_deck, make_deck, study_deck, unarchive_deck
from cards.clock import now
from cards.forms.decks import ArchiveForm, DeckForm, PageForm, StudyForm
from cards.http import Request, render_page
from cards.models import Deck
from cards.models.acts import last_act
from cards.models.search import deck_queries
from cards.search import write
from cards.views.guests import known_learner
from cards.views.review import today_of

CARDS_PER_PAGE = 100


@require_GET
def deck_list(request: Request) -> HttpResponse:
    """One's own decks, the public ones, and apart from them those in the archive."""
    learner = request.learner
    visible = Deck.objects.visible_to(learner).with_counts(learner, today_of(request, now()))
    active = [deck for deck in visible if deck.archived_at is None]
    context = {
        "own": [deck for deck in active if learner and deck.owner_id == learner.pk],
        "others": [deck for deck in active if not learner or deck.owner_id != learner.pk],
        "archived": [deck for deck in visible if deck.archived_at],
        "studied": set(Deck.objects.studied_by(learner).values_list("pk", flat=True)),
    }
    return render_page(request, "decks/deck_list.html", context)


@require_http_methods(["GET", "POST"])
def deck_new(request: Request) -> HttpResponse:
    """Makes a deck, which its owner studies from then on."""
    form = DeckForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render_page(
            request, "decks/deck_new.html", {"form": form}, status=422 if form.is_bound else 200
        )
    data = form.cleaned_data
    deck = make_deck(
        owner=known_learner(request), name=data["name"], description=data["description"], now=now()
    )
    messages.success(request, "The deck is made. Write its first card.")
    return redirect(deck)


@require_GET
def deck_detail(request: Request, deck_id: int) -> HttpResponse:
    """What a deck is about, its cards, and where the learner stands with each."""
    learner = request.learner
    deck = get_object_or_404(Deck.objects.visible_to(learner).select_related("owner"), pk=deck_id)
    cards = deck.cards.filter(archived_at=None).order_by("position", "pk")
    cards = cards.with_schedule(learner) if learner else cards
    can_edit = Deck.objects.editable_by(learner).filter(pk=deck.pk).exists()
    studied = Deck.objects.studied_by(learner).filter(pk=deck.pk)
    enrolment = deck.enrolments.filter(learner=learner, deck__in=studied).first() if learner else None
    today = today_of(request, now())
    form = PageForm(request.GET)
    query = deck_queries(learner).get(deck.pk)  # a deck in the archive is not searched
    context = {
        "deck": deck,
        "today": today,
        "cards": Paginator(cards, CARDS_PER_PAGE).get_page(
            form.cleaned_data["page"] if form.is_valid() else 1
        ),
        "archived_cards": deck.cards.exclude(archived_at=None) if can_edit else [],
        "can_edit": can_edit,
        "practise": write(query) if query else "",
        "act": last_act(learner) if learner else None,
        "enrolment": enrolment,
        "only_today": enrolment.exceptions(today) if enrolment and enrolment.has_exception(today) else None,
        "is_studied": enrolment is not None if learner else studied.exists(),
    }
    return render_page(request, "decks/deck_detail.html", context)


@require_http_methods(["GET", "POST"])
def deck_edit(request: Request, deck_id: int) -> HttpResponse:
    """The name and the description."""
    deck = get_object_or_404(Deck.objects.editable_by(request.learner), pk=deck_id)
    initial = {"name": deck.name, "description": deck.description}
    form = DeckForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        context = {"form": form, "deck": deck}
        return render_page(request, "decks/deck_edit.html", context, status=422 if form.is_bound else 200)
    edit_deck(deck=deck, name=form.cleaned_data["name"], description=form.cleaned_data["description"])
    messages.success(request, "Saved.")
    return redirect(deck)


@require_POST
def deck_archive(request: Request, deck_id: int) -> HttpResponse:
    """Into the archive, or back."""
    deck = get_object_or_404(Deck.objects.editable_by(request.learner), pk=deck_id)
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        raise Http404
    if form.cleaned_data["to"] == "archive":
        archive_deck(deck=deck, now=now())
        messages.success(
            request, "The deck is in the archive. Its cards come up no more until you bring it back."
        )
    else:
        unarchive_deck(deck=deck)
        messages.success(request, "The deck is back, with every card where it was.")
    return redirect(deck)


@require_POST
def deck_study(request: Request, deck_id: int) -> HttpResponse:
    """Study the deck from now on, or stop."""
    deck = get_object_or_404(Deck.objects.visible_to(request.learner), pk=deck_id)
    form = StudyForm(request.POST)
    if not form.is_valid():
        raise Http404
    learner = known_learner(request)
    if form.cleaned_data["to"] == "study":
        study_deck(learner=learner, deck=deck, now=now())
        messages.success(request, "Its cards now come up in your reviews.")
    else:
        leave_deck(learner=learner, deck=deck)
        messages.success(
            request, "Its cards come up no more. What you learnt is kept for when you come back."
        )
    return redirect(deck)
