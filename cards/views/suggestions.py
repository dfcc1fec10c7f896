"""Any learner can say how to word a card better."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from cards.actions.suggestions import suggest_wording
from cards.cardtext import Wording
from cards.clock import now
from cards.forms.cards import initial_of
from cards.forms.suggestions import NextForm, SuggestionForm
from cards.http import Request, own_address
from cards.models import Card
from cards.views.editor import read_editor, show_editor
from cards.views.guests import known_learner

UNCHANGED = "This is how the card reads already. Change its wording, or flag it instead."


@require_http_methods(["GET", "POST"])
def suggest(request: Request, card_id: int) -> HttpResponse:
    """Hands in a better wording for those who may edit the deck; then back to where one came from."""
    card = get_object_or_404(Card.objects.visible_to(request.learner).select_related("deck"), pk=card_id)
    back = _back(request) or card.get_absolute_url()
    here = {
        "card": card,
        "back": back,
        "can_edit": Card.objects.editable_by(request.learner).filter(pk=card.pk).exists(),
    }
    if request.method == "GET":
        form = SuggestionForm(initial=initial_of(card) | {"next": back})
        return show_editor(request, "suggestions/suggest.html", form, here, wording=card.wording)
    form, is_ready = read_editor(request, SuggestionForm(request.POST, request.FILES))
    if is_ready and _reads_so(card, form.wording, form.cleaned_data["base_number"]):
        form.add_error(None, UNCHANGED)
        is_ready = False
    if not is_ready:
        return show_editor(request, "suggestions/suggest.html", form, here)
    suggest_wording(
        card=card,
        proposer=known_learner(request),
        wording=form.wording,
        base_number=min(form.cleaned_data["base_number"], card.revision_number),
        reason=form.cleaned_data["reason"],
        now=now(),
    )
    messages.success(request, "Thank you. Your suggestion waits for those who look after this deck.")
    return redirect(back)


def _reads_so(card: Card, wording: Wording, base_number: int) -> bool:
    """Whether the card reads so, or did when the form was opened: what was left alone is no proposal."""
    return card.revisions.filter(number__gte=base_number, **asdict(wording)).exists()


def _back(request: Request) -> str:
    """The address to go to afterwards, where one of this site's is named, else nothing."""
    form = NextForm(request.POST if request.method == "POST" else request.GET)
    return own_address(request, form.cleaned_data["next"]) if form.is_valid() else ""
