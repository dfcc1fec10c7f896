"""Any learner can say how to word a card better, which card is missing, which one should go."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cards.actions.suggestions import suggest_new_card, suggest_to_remove, suggest_wording
from cards.cardtext import Wording
from cards.clock import now
from cards.forms.cards import initial_of
from cards.forms.proposals import NewCardForm, RemovalForm, SuggestionForm
from cards.http import Request, render_page
from cards.models import Card, Deck
from cards.views.back import back_of
from cards.views.editor import read_editor, show_editor
from cards.views.guests import known_learner


@require_http_methods(["GET", "POST"])
def suggest(request: Request, card_id: int) -> HttpResponse:
    """Hands in a better wording for those who may edit the deck; then back to where one came from."""
    card = get_object_or_404(Card.objects.correctable_by(request.learner).select_related("deck"), pk=card_id)
    back = back_of(request) or card.get_absolute_url()
    here = {"card": card, "back": back, "can_edit": _can_edit(request, card.deck)}
    if request.method == "GET":
        form = SuggestionForm(initial=initial_of(card) | {"next": back})
        return show_editor(request, "proposals/suggest.html", form, here, wording=card.wording)
    form, is_ready = read_editor(request, SuggestionForm(request.POST, request.FILES))
    if is_ready and _reads_so(card, form.wording, form.cleaned_data["base_number"]):
        said = _("This is how the card reads already. Change its wording, or flag it instead.")
        form.add_error(None, said)
        is_ready = False
    if not is_ready:
        return show_editor(request, "proposals/suggest.html", form, here)
    suggest_wording(
        card=card,
        proposer=known_learner(request),
        wording=form.wording,
        base_number=min(form.cleaned_data["base_number"], card.revision_number),
        reason=form.cleaned_data["reason"],
        source=form.cleaned_data["source"],
        now=now(),
    )
    return _thanks(request, back)


@require_http_methods(["GET", "POST"])
def suggest_removal(request: Request, card_id: int) -> HttpResponse:
    """Says that a card should go."""
    cards = Card.objects.correctable_by(request.learner).select_related("deck").filter(archived_at=None)
    card = get_object_or_404(cards, pk=card_id)
    back = back_of(request) or card.get_absolute_url()
    form = RemovalForm(request.POST if request.method == "POST" else None, initial={"next": back})
    if not form.is_valid():
        context = {"card": card, "form": form, "back": back}
        status = 422 if form.is_bound else 200
        return render_page(request, "proposals/suggest_removal.html", context, status=status)
    suggest_to_remove(
        card=card,
        proposer=known_learner(request),
        reason=form.cleaned_data["reason"],
        source=form.cleaned_data["source"],
        now=now(),
    )
    return _thanks(request, back)


@require_http_methods(["GET", "POST"])
def suggest_card(request: Request, deck_id: int) -> HttpResponse:
    """Hands in a card that the deck lacks."""
    deck = get_object_or_404(Deck.objects.active().correctable_by(request.learner), pk=deck_id)
    here = {"deck": deck, "back": deck.get_absolute_url(), "can_edit": _can_edit(request, deck)}
    if request.method == "GET":
        return show_editor(request, "proposals/suggest_card.html", NewCardForm(), here)
    form, is_ready = read_editor(request, NewCardForm(request.POST, request.FILES))
    if not is_ready:
        return show_editor(request, "proposals/suggest_card.html", form, here)
    suggest_new_card(
        deck=deck,
        proposer=known_learner(request),
        wording=form.wording,
        reason=form.cleaned_data["reason"],
        source=form.cleaned_data["source"],
        now=now(),
    )
    return _thanks(request, deck.get_absolute_url())


def _thanks(request: Request, back: str) -> HttpResponse:
    messages.success(request, _("Thank you. Your suggestion waits for those who look after this deck."))
    return redirect(back)


def _can_edit(request: Request, deck: Deck) -> bool:
    return Deck.objects.editable_by(request.learner).filter(pk=deck.pk).exists()


def _reads_so(card: Card, wording: Wording, base_number: int) -> bool:
    """Whether the card reads so, or did when the form was opened: what was left alone is no proposal."""
    return card.revisions.filter(number__gte=base_number, **asdict(wording)).exists()
