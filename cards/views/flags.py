"""In one key: something about this card is not right."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cards.actions.suggestions import flag_card, withdraw_flag
from cards.clock import now
from cards.forms.flags import FlagForm
from cards.http import Request, render_page
from cards.models import Card, Flag
from cards.views.guests import known_learner


@require_http_methods(["GET", "POST"])
def flag(request: Request, card_id: int) -> HttpResponse:
    """Flags the card, or says more about one's flag. htmx gets what takes the button's place."""
    card = get_object_or_404(Card.objects.visible_to(request.learner), pk=card_id)
    if request.method == "GET":
        own = (
            Flag.objects.open().filter(card=card, learner=request.learner).first()
            if request.learner
            else None
        )
        return render_page(request, "flags/flag.html", {"card": card, "flag": own, "form": FlagForm()})
    form = FlagForm(request.POST)
    if not form.is_valid():
        return render_page(request, "flags/flag.html", {"card": card, "form": form}, status=422)
    own = flag_card(
        card=card,
        learner=known_learner(request),
        kind=form.cleaned_data["kind"],
        note=form.cleaned_data["note"],
        now=now(),
    )
    if request.htmx:
        # Pressed by its key the button leaves the focus on the grades; pressed in here, a button has just gone.
        has_focus = bool(form.data.get("kind"))
        return render(request, "flags/_flagged.html", {"card": card, "flag": own, "has_focus": has_focus})
    return redirect("cards:flag", card.pk)


@require_POST
def flag_withdraw(request: Request, card_id: int) -> HttpResponse:
    """Takes one's flag back. Doing it again changes nothing."""
    card = get_object_or_404(Card.objects.visible_to(request.learner), pk=card_id)
    if request.learner is None:
        raise Http404
    for own in Flag.objects.open().filter(card=card, learner=request.learner):
        withdraw_flag(flag=own, now=now())
    if request.htmx:
        return render(request, "flags/_flag_button.html", {"card": card, "has_focus": True})
    messages.success(request, "The flag is withdrawn.")
    return redirect(card)
