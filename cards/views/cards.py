"""Cards: the card's page, and writing it: new, changed, moved, archived, back to a past wording."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from cards.actions.cards import (
    KeyedCard,
    StaleEdit,
    archive_card,
    edit_card,
    make_card,
    move_card,
    restore_revision,
    unarchive_card,
)
from cards.clock import now
from cards.forms.attach import Attaching
from cards.forms.cards import EditForm, EditorForm, MoveForm, RestoreForm, WordingForm, initial_of
from cards.forms.decks import ArchiveForm, PageForm
from cards.forms.demo_runs import demos_of
from cards.http import Request, render_page
from cards.models import Card, Deck, Flag, Learner, Revision, Suggestion
from cards.models.acts import last_act
from cards.models.queue import parts_with_schedules
from cards.views.beside import beside
from cards.views.editor import conflict_of, read_editor, show_editor
from cards.views.guests import today_of, zone_of
from cards.views.rights import editing

REVISIONS_PER_PAGE = 20
CHANGED = _("The card was changed in the meantime. Nothing was restored: look at its history again.")


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A revision, and the one before it (None for the first)."""

    revision: Revision
    before: Revision | None


@require_GET
def card_detail(request: Request, card_id: int) -> HttpResponse:
    """What a card says, where the learner stands with it, and how its wording came to be."""
    learner = request.learner
    cards = Card.objects.visible_to(learner)
    cards = cards.with_schedule(learner).with_note(learner) if learner else cards.select_related("deck")
    card = get_object_or_404(cards.with_can_correct(learner), pk=card_id)
    can_edit = Card.objects.editable_by(learner).filter(pk=card.pk).exists()
    form = PageForm(request.GET)
    demos = demos_of(card.wording)
    context = {
        "card": card,
        "parts": parts_with_schedules(card, learner),
        "demos": [each for each in demos if not each.errors],
        "demos_refused": [each for each in demos if each.errors] if can_edit else [],
        "today": today_of(request, now()),
        "act": last_act(learner) if learner else None,
        "zone": learner.time_zone if learner else zone_of(request),
        "can_edit": can_edit,
        "move_form": _move_form(learner, card) if can_edit and not card.key else None,
        "flag": Flag.objects.open().filter(card=card, learner=learner).first() if learner else None,
        "suggestions": _own_suggestions(learner, card),
        "history": _history(card, form.cleaned_data["page"] if form.is_valid() else 1),
        **beside(card, learner),
    }
    return render_page(request, "cards/card_detail.html", context)


def _history(card: Card, page: int | None) -> object:
    revisions = list(card.revisions.select_related("author", "co_author").order_by("-number"))
    steps = [HistoryStep(*pair) for pair in zip(revisions, [*revisions[1:], None], strict=True)]
    return Paginator(steps, REVISIONS_PER_PAGE).get_page(page or 1)


def _own_suggestions(learner: Learner | None, card: Card) -> list[Suggestion]:
    if learner is None:
        return []
    return list(card.suggestions.filter(proposer=learner).order_by("-created_at"))


def _move_form(learner: Learner | None, card: Card, data: object = None) -> MoveForm:
    return MoveForm(data, decks=Deck.objects.reachable_from(card.deck, learner))


@require_http_methods(["GET", "POST"])
def card_new(request: Request, deck_id: int) -> HttpResponse:
    """Writes a card at the end of a deck."""
    deck = get_object_or_404(Deck.objects.editable_by(request.learner), pk=deck_id)
    if request.method == "GET":
        return show_editor(request, "cards/card_new.html", EditorForm(), {"deck": deck})
    form, is_ready = read_editor(request, EditorForm(request.POST, request.FILES))
    if not is_ready:
        return show_editor(request, "cards/card_new.html", form, {"deck": deck})
    with editing(request, deck):
        card = make_card(deck=deck, wording=form.wording, author=request.learner, now=now())
    messages.success(request, _("Written: %(card)s") % {"card": card})
    return redirect("cards:card_new", deck.pk) if form.cleaned_data["act"] == "another" else redirect(deck)


@require_http_methods(["GET", "POST"])
def card_edit(request: Request, card_id: int) -> HttpResponse:
    """Gives a card a new wording, or a past one again. Its schedules stay as they are."""
    cards = Card.objects.editable_by(request.learner).select_related("deck__owner")
    card = get_object_or_404(cards, pk=card_id)
    if "restore" in request.POST:
        return _restore(request, card)
    if request.method == "GET":
        form = EditForm(initial=initial_of(card))
        return show_editor(request, "cards/card_edit.html", form, {"card": card}, wording=card.wording)
    form, is_ready = read_editor(request, EditForm(request.POST, request.FILES))
    if is_ready and not form.cleaned_data["reason"] and card.deck.owner != request.learner:
        form.add_error("reason", _("Say why, for those who learn from this card."))
        is_ready = False
    if not is_ready:
        return show_editor(request, "cards/card_edit.html", form, {"card": card})
    data = form.cleaned_data
    try:
        with editing(request, card.deck):
            revision = edit_card(
                card=card,
                wording=form.wording,
                base_number=data["base_number"],
                author=request.learner,
                now=now(),
                reason=data["reason"],
            )
    except StaleEdit as stale:
        conflict = conflict_of(stale.card, data["base_number"], form.wording)
        form = form.based_on(stale.card.revision_number)
        context = {"card": stale.card, "conflict": conflict}
        return show_editor(request, "cards/card_edit.html", form, context, status=409)
    messages.success(
        request, _("Saved.") if revision else _("The card says that already. Nothing was written.")
    )
    return redirect(card)


def _restore(request: Request, card: Card) -> HttpResponse:
    form = RestoreForm(request.POST)
    if not form.is_valid() or request.learner is None:
        raise Http404
    revision = get_object_or_404(card.revisions, number=form.cleaned_data["restore"])
    try:
        with editing(request, card.deck):
            restored = restore_revision(
                revision=revision,
                base_number=form.cleaned_data["base_number"],
                author=request.learner,
                now=now(),
            )
    except StaleEdit:
        messages.warning(request, CHANGED)
    else:
        said = (
            _("Back to revision %(number)s.") % {"number": revision.number}
            if restored
            else _("The card says that already.")
        )
        messages.success(request, said)
    return redirect(card)


@require_POST
def card_preview(request: Request) -> HttpResponse:
    """The part that shows a wording as a review shows it; 422 with what is wrong with it."""
    form = WordingForm(request.POST)
    if form.is_valid():
        return render(request, "cards/_preview.html", {"preview": form.wording})
    errors = [error for said in form.errors.values() for error in said]
    return render(request, "cards/_preview.html", {"errors": errors}, status=422)


@require_POST
def card_demo(request: Request) -> HttpResponse:
    """The part of an editor for demos, after one of its buttons; with the details as they are now."""
    attaching = Attaching.read(request.POST)
    details = WordingForm(initial={"details": attaching.details})["details"]
    context = {"attaching": attaching, "details": details.as_widget(attrs={"hx-swap-oob": "true"})}
    status = 422 if attaching.is_refused else 200
    response = render(request, "cards/_attach.html", context, status=status)
    return trigger_client_event(response, "attached", after="settle")


@require_POST
def card_move(request: Request, card_id: int) -> HttpResponse:
    """To another deck that one may edit."""
    card = get_object_or_404(Card.objects.editable_by(request.learner).select_related("deck"), pk=card_id)
    form = _move_form(request.learner, card, request.POST)
    if not form.is_valid():
        messages.error(request, _("The card was not moved: choose a deck that you may edit."))
        return redirect(card)
    deck = form.cleaned_data["deck"]
    try:
        with editing(request, card.deck, deck):
            move_card(card=card, deck=deck)
    except KeyedCard:
        messages.error(
            request, _("The card stays: its deck is loaded from a file, which would bring it back.")
        )
    else:
        messages.success(request, _("Moved to %(deck)s.") % {"deck": deck.name})
    return redirect(card)


@require_POST
def card_archive(request: Request, card_id: int) -> HttpResponse:
    """Into the archive, or back."""
    card = get_object_or_404(Card.objects.editable_by(request.learner).select_related("deck"), pk=card_id)
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        raise Http404
    if form.cleaned_data["to"] == "archive":
        with editing(request, card.deck):
            archive_card(card=card, now=now())
        messages.success(
            request, _("The card is in the archive. It comes up no more until you bring it back.")
        )
    else:
        with editing(request, card.deck):
            unarchive_card(card=card)
        messages.success(request, _("The card is back, its schedule as it was."))
    return redirect(card)
