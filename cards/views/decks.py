"""Decks: the list, one deck, and what its owner does with it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.decks import archive_deck, edit_deck, leave_deck, make_deck, study_deck, unarchive_deck
from cards.actions.groups import make_group_deck
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.bulk import ChosenForm
from cards.forms.decks import ArchiveForm, DeckForm, NewDeckForm, PageForm, StudyForm
from cards.http import Request, render_page
from cards.models import Deck, Right, StudyGroup
from cards.models.acts import last_act
from cards.models.lists import with_due_count
from cards.models.search import deck_queries
from cards.reports import waiting
from cards.search import write
from cards.views.guests import known_learner, today_of
from cards.views.rights import editing

CARDS_PER_PAGE = 100


@require_GET
def deck_list(request: Request) -> HttpResponse:
    """One's own decks, those of one's groups, the public ones, and apart from them those in the archive."""
    learner = request.learner
    decks = Deck.objects.studiable_by(learner).with_counts(learner)
    decks = with_due_count(decks, learner, today_of(request, now()))
    visible = decks.select_related("group").order_by("group__name", "group", "name", "pk")
    active = [deck for deck in visible if not (deck.archived_at or (deck.group and deck.group.archived_at))]
    context = {
        "own": [deck for deck in active if learner and deck.owner_id == learner.pk],
        "of_groups": [deck for deck in active if deck.group_id],
        "others": [
            deck for deck in active if not deck.group_id and (not learner or deck.owner_id != learner.pk)
        ],
        "archived": [deck for deck in visible if deck not in active],
        "studied": set(Deck.objects.studied_by(learner).values_list("pk", flat=True)),
    }
    return render_page(request, "decks/deck_list.html", context)


@require_http_methods(["GET", "POST"])
def deck_new(request: Request) -> HttpResponse:
    """Makes a deck of one's own, or of a group that one edits; whoever makes it studies it from then on."""
    groups = StudyGroup.objects.allowing(request.learner, Right.EDIT)
    form = NewDeckForm(
        request.POST if request.method == "POST" else None,
        groups=groups,
        initial={"group": request.GET.get("group")},
    )
    if not form.is_valid():
        return render_page(
            request, "decks/deck_new.html", {"form": form}, status=422 if form.is_bound else 200
        )
    data = {name: form.cleaned_data[name] for name in ("name", "description")}
    maker = known_learner(request)
    group = form.cleaned_data.get("group")
    try:
        deck = (
            make_group_deck(group=group, maker=maker, now=now(), **data)
            if group
            else make_deck(owner=maker, now=now(), **data)
        )
    except NotYours:
        raise Http404 from None
    messages.success(request, _("The deck is made. Write its first card."))
    return redirect(deck)


@require_GET
def deck_detail(request: Request, deck_id: int) -> HttpResponse:
    """What a deck is about, its cards, and where the learner stands with each."""
    learner = request.learner
    decks = Deck.objects.visible_to(learner).select_related("owner", "group")
    deck = get_object_or_404(decks, pk=deck_id)
    cards = deck.cards.filter(archived_at=None).order_by("position", "pk")
    cards = cards.with_schedule(learner) if learner else cards
    can_edit = Deck.objects.editable_by(learner).filter(pk=deck.pk).exists()
    studied = Deck.objects.studied_by(learner).filter(pk=deck.pk)
    enrolment = deck.enrolments.filter(learner=learner, deck__in=studied).first() if learner else None
    today = today_of(request, now())
    form, choice = PageForm(request.GET), ChosenForm(request.GET)
    choice.is_valid()
    query = deck_queries(learner).get(deck.pk)  # a deck in the archive is not searched
    context = {
        "deck": deck,
        "today": today,
        "cards": Paginator(cards, CARDS_PER_PAGE).get_page(
            form.cleaned_data["page"] if form.is_valid() else 1
        ),
        "archived_cards": deck.cards.exclude(archived_at=None) if can_edit else [],
        "can_edit": can_edit,
        "move_decks": Deck.objects.reachable_from(deck, learner) if can_edit else [],
        "chosen": choice.cleaned_data.get("chosen", set()) if can_edit else set(),
        "did": choice.cleaned_data.get("did", ""),
        # Of a deck that is no group's, whoever may read it.
        "can_correct": not deck.group_id or Deck.objects.correctable_by(learner).filter(pk=deck.pk).exists(),
        "waiting": waiting(learner, Deck.objects.filter(pk=deck.pk)) if can_edit else None,
        "practise": write(query) if query else "",
        "act": last_act(learner) if learner else None,
        "enrolment": enrolment,
        "only_today": enrolment.exceptions(today) if enrolment and enrolment.has_exception(today) else None,
        "may_study": not deck.group_id or Deck.objects.studiable_by(learner).filter(pk=deck.pk).exists(),
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
    with editing(request, deck):
        edit_deck(deck=deck, name=form.cleaned_data["name"], description=form.cleaned_data["description"])
    messages.success(request, _("Saved."))
    return redirect(deck)


@require_POST
def deck_archive(request: Request, deck_id: int) -> HttpResponse:
    """Into the archive, or back."""
    deck = get_object_or_404(Deck.objects.editable_by(request.learner), pk=deck_id)
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        raise Http404
    if form.cleaned_data["to"] == "archive":
        with editing(request, deck):
            archive_deck(deck=deck, now=now())
        messages.success(
            request, _("The deck is in the archive. Its cards come up no more until you bring it back.")
        )
    else:
        with editing(request, deck):
            unarchive_deck(deck=deck)
        messages.success(request, _("The deck is back, with every card where it was."))
    return redirect(deck)


@require_POST
def deck_study(request: Request, deck_id: int) -> HttpResponse:
    """Study the deck from now on, or stop."""
    deck = get_object_or_404(Deck.objects.studiable_by(request.learner), pk=deck_id)
    form = StudyForm(request.POST)
    if not form.is_valid():
        raise Http404
    learner = known_learner(request)
    if form.cleaned_data["to"] == "study":
        study_deck(learner=learner, deck=deck, now=now())
        messages.success(request, _("Its cards now come up in your reviews."))
    else:
        leave_deck(learner=learner, deck=deck)
        messages.success(
            request, _("Its cards come up no more. What you learnt is kept for when you come back.")
        )
    return redirect(deck)
