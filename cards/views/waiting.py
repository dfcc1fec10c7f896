"""What waits for those who edit decks, asked for in the same way of suggestions and of flags."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.translation import gettext as _

from cards.forms.decks import PageForm
from cards.forms.suggestions import QueueForm
from cards.http import Request
from cards.models import Deck, Learner
from cards.models.revisions import FlagQuerySet, SuggestionQuerySet


def waiting_for(
    request: Request,
    learner: Learner,
    found: SuggestionQuerySet | FlagQuerySet,
    *,
    kinds: list[tuple[str, Any]],
    done: tuple[str, str],
    done_at: str,
    per_page: int,
) -> dict[str, Any]:
    """What a page of a queue shows: the `page` that was asked for, of what is open, the oldest first, or of what is
    done, the latest first; and what stands around it. `done` is the value and the name of that state, `done_at` the
    column that has its instant. Raises Http404 for a question that is none.
    """
    decks = Deck.objects.editable_by(learner)
    form = QueueForm(request.GET, decks=decks, kinds=kinds, states=[("", _("Open")), done])
    if not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    if asked["state"]:
        found = found.filter(**{f"{done_at}__isnull": False}).order_by(f"-{done_at}", "-pk")
    else:
        found = found.open().order_by("created_at", "pk")
    if asked["kind"]:
        found = found.filter(kind=asked["kind"])
    if form.decks is not None:
        found = found.about(form.decks)
    number = PageForm(request.GET)
    return {
        "form": form,
        "page": Paginator(found, per_page).get_page(number.cleaned_data["page"] if number.is_valid() else 1),
        "is_open": not asked["state"],
        "query": form.query,
        "zone": learner.time_zone,
    }
