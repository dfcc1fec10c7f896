"""Finding cards, and keeping searches."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.search import MOST_SAVED, NameTaken, TooMany, change_search, delete_search, save_search
from cards.clock import now
from cards.forms.search import SavedSearchForm, SearchForm
from cards.http import Request, render_page
from cards.markup import plain
from cards.models import Card, SavedSearch
from cards.models.acts import last_act
from cards.models.search import find
from cards.search import fold, leaves, write
from cards.search.mark import Piece, excerpt, mark, wanted
from cards.views.guests import known_learner, today_of

CARDS_PER_PAGE = 50
TAKEN = _("You keep another search of that name.")


@dataclass(frozen=True, slots=True)
class Found:
    """A card, with what was searched for marked in its prompt, and around it where the prompt has not all of it."""

    card: Card
    prompt: list[Piece]
    excerpt: list[Piece]

    @classmethod
    def of(cls, card: Card, needles: Sequence[str]) -> "Found":
        prompt = str(card)
        missing = [needle for needle in needles if needle not in fold(prompt)]
        if not missing:
            return cls(card, mark(prompt, needles), [])
        wording = card.wording
        texts = (wording.filled, wording.answer, *wording.references, *wording.tags)
        around = (excerpt(plain(text), missing) for text in texts)
        return cls(card, mark(prompt, needles), next(filter(None, around), []))


def search_url(query: str) -> str:
    """The page of what that search finds."""
    return f"{reverse('cards:search')}?{urlencode({'q': query})}"


@require_GET
@never_cache
def search(request: Request) -> HttpResponse:
    """What is found, and what can be done with it; where nothing is asked, how to ask, and the searches kept."""
    form = SearchForm(request.GET)
    return _show(request, form, status=200 if form.is_valid() else 422)


def _show(
    request: Request, form: SearchForm, keeping: SavedSearchForm | None = None, *, status: int
) -> HttpResponse:
    learner, text, today = request.learner, form.text.strip(), today_of(request, now())
    searches = list(learner.saved_searches.all()) if learner else []
    context = {
        "form": form,
        "text": text,
        "mistake": form.mistake,
        "today": today,
        "act": last_act(learner) if learner else None,
        "searches": searches,
        "kept": next((kept for kept in searches if kept.query == text), None),
        "keeping": keeping or SavedSearchForm(initial={"query": text}),
    }
    if text and form.is_valid():
        ids = find(form.query, learner, today).values_list("pk", flat=True)
        page = Paginator(ids, CARDS_PER_PAGE).get_page(form.cleaned_data["page"] or 1)
        # The texts of the page's cards alone, where the search may find a hundred thousand.
        cards = Card.objects.with_schedule(learner) if learner else Card.objects.select_related("deck")
        found = list(cards.filter(pk__in=page.object_list).order_by("deck_id", "position", "pk"))
        context |= {"page": page, "found": [Found.of(card, wanted(form.query)) for card in found]}
        if not found:
            alone = [term for term in leaves(form.query) if term != form.query]
            context["hopeless"] = [write(term) for term in alone if not find(term, learner, today).exists()]
    return render_page(request, "search/search.html", context, status=status)


@require_POST
def search_keep(request: Request) -> HttpResponse:
    """Keeps a search under a name."""
    form = SavedSearchForm(request.POST)
    if form.is_valid():
        try:
            kept = save_search(learner=known_learner(request), now=now(), **form.cleaned_data)
        except NameTaken:
            form.add_error("name", TAKEN)
        except TooMany:
            form.add_error(
                "name",
                _("You keep %(count)s searches, which is all there is room for. Delete one first.")
                % {"count": MOST_SAVED},
            )
        else:
            messages.success(request, _("Kept as “%(name)s”.") % {"name": kept.name})
            return redirect(search_url(kept.query))
    return _show(request, SearchForm({"q": form["query"].value()}), form, status=422)


@require_http_methods(["GET", "POST"])
@never_cache
def search_edit(request: Request, search_id: int) -> HttpResponse:
    """The name of a search, and what it looks for."""
    kept = get_object_or_404(SavedSearch, pk=search_id, learner=request.learner)
    initial = {"name": kept.name, "query": kept.query}
    form = SavedSearchForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            change_search(search=kept, **form.cleaned_data)
        except NameTaken:
            form.add_error("name", TAKEN)
        else:
            messages.success(request, _("Saved."))
            return redirect(search_url(kept.query))
    context = {"form": form, "kept": kept}
    return render_page(request, "search/search_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def search_delete(request: Request, search_id: int) -> HttpResponse:
    """Forgets a search."""
    delete_search(search=get_object_or_404(SavedSearch, pk=search_id, learner=request.learner))
    messages.success(request, _("The search is deleted. The cards that it found are where they were."))
    return redirect("cards:search")
