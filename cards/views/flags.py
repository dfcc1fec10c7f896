"""In one key: something about this card is not right. Those who may edit the deck deal with it."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.suggestions import close_flags, flag_card, withdraw_flag
from cards.clock import now
from cards.forms.flags import CloseForm, FlagForm
from cards.http import Request, render_page
from cards.models import Card, Flag, Revision
from cards.models.revisions import revisions_at
from cards.views.back import back_of
from cards.views.guests import known_learner
from cards.views.rights import account_of, editing
from cards.views.waiting import waiting_for

PER_PAGE = 30


@require_http_methods(["GET", "POST"])
def flag(request: Request, card_id: int) -> HttpResponse:
    """Flags the card, or says more about one's flag. htmx gets what takes the button's place."""
    card = get_object_or_404(Card.objects.correctable_by(request.learner), pk=card_id)
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
    card = get_object_or_404(Card.objects.correctable_by(request.learner), pk=card_id)
    if request.learner is None:
        raise Http404
    for own in Flag.objects.open().filter(card=card, learner=request.learner):
        withdraw_flag(flag=own, now=now())
    if request.htmx:
        return render(request, "flags/_flag_button.html", {"card": card, "has_focus": True})
    messages.success(request, _("The flag is withdrawn."))
    return redirect(card)


@require_GET
@never_cache
def flag_list(request: Request) -> HttpResponse:
    """What was flagged in the decks that one may edit, the oldest first; or what was dealt with, the newest first."""
    learner = account_of(request)
    queue = waiting_for(
        request,
        learner,
        Flag.objects.decidable_by(learner).select_related("card__deck", "learner", "closed_by"),
        kinds=Flag.Kind.choices,
        done=("closed", _("Closed")),
        done_at="closed_at",
        per_page=PER_PAGE,
    )
    context = queue | {"flagged": _as_flagged(queue["page"])}
    return render_page(request, "flags/flag_list.html", context, part="queue")


def _as_flagged(flags: Iterable[Flag]) -> list[tuple[Flag, Revision | None]]:
    """Each with the revision that was flagged, where the card reads otherwise by now. One query for all."""
    changed = {
        (flag.card_id, flag.revision_number)
        for flag in flags
        if flag.revision_number != flag.card.revision_number
    }
    found = revisions_at(changed)
    return [(flag, found.get((flag.card_id, flag.revision_number))) for flag in flags]


@require_POST
def flag_list_close(request: Request) -> HttpResponse:
    """They have been dealt with. Closing one that is closed changes nothing."""
    learner = account_of(request)
    form = CloseForm(request.POST, flags=Flag.objects.decidable_by(learner).select_related("card__deck"))
    if not form.is_valid():
        raise Http404
    flags = form.cleaned_data["flags"]
    with editing(request, *{flag.card.deck for flag in flags}):
        close_flags(flags=flags, closer=learner, now=now())
    if flags:
        said = ngettext("%(n)d flag closed.", "%(n)d flags closed.", len(flags)) % {"n": len(flags)}
        messages.success(request, said)
    else:
        messages.warning(request, _("Choose some first."))
    return redirect(back_of(request) or "cards:flag_list")
