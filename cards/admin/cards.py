"""Cards: find those that need an answer, edit with a preview and a reason, see and restore past wordings."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cards.actions.cards import StaleEdit, archive_card, edit_card, restore_revision, unarchive_card
from cards.admin.base import ArchiveFilter, StaffAdmin, staff_of
from cards.clock import now
from cards.forms.cards import EditForm, RestoreForm, initial_of
from cards.http import Request
from cards.models import Card, Deck, Suggestion
from cards.models.decks import CardQuerySet, needs_answer
from cards.views.editor import conflict_of, read_editor
from cards.views.rights import editing

REVISIONS_PER_PAGE = 20
CHANGED = _("The card was changed in the meantime. Nothing was restored: look again.")


class ReasonedEditForm(EditForm):
    """Here a reason is asked for always: many people study what is changed."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("Why it changes. It stands in the card’s history."),
        error_messages={"required": _("Say why: it stands in the card’s history.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReasonedRestoreForm(RestoreForm):
    """Back to a past revision, and why."""

    reason = forms.CharField(required=False, max_length=500)


class NeedsAnswer(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("needed", gettext("Needs an answer")), ("there", gettext("Has one"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Card]) -> QuerySet[Card]:
        match self.value():
            case "needed":
                return cast(CardQuerySet, queryset).needing_an_answer()
            case "there":
                return queryset.exclude(needs_answer())
        return queryset


class InDeck(admin.SimpleListFilter):
    """By the decks that the admin may edit: the names of others' private decks are no choice."""

    title = _("deck")
    parameter_name = "deck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(deck.pk), deck.name) for deck in Deck.objects.editable_by(staff_of(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Card]) -> QuerySet[Card]:
        chosen = (self.value() or "").strip()
        return queryset.filter(deck=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(Card)
class CardAdmin(StaffAdmin):
    list_display = ("__str__", "deck", "to_do", "revision_number", "archived_at")
    list_filter = (NeedsAnswer, InDeck, ArchiveFilter)
    list_select_related = ("deck",)
    search_fields = ("prompt", "answer")
    actions = ("archive", "bring_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Card]:
        flags, suggestions = Q(flags__closed_at=None), Q(suggestions__status=Suggestion.Status.OPEN)
        return Card.objects.editable_by(staff_of(request)).annotate(
            flag_count=Count("flags", filter=flags, distinct=True),
            suggestion_count=Count("suggestions", filter=suggestions, distinct=True),
        )

    @admin.display(description=_("to do"))
    def to_do(self, card: Any) -> str:
        """“needs an answer, 2 flags”, or nothing."""
        flags, suggestions = card.flag_count, card.suggestion_count
        waits = [gettext("needs an answer")] if card.needs_answer else []
        if flags:
            waits.append(ngettext("%(number)s flag", "%(number)s flags", flags) % {"number": flags})
        if suggestions:
            said = ngettext("%(number)s suggestion", "%(number)s suggestions", suggestions)
            waits.append(said % {"number": suggestions})
        return ", ".join(waits)

    @admin.action(description=_("Archive"))
    def archive(self, request: HttpRequest, cards: QuerySet[Card]) -> None:
        with editing(cast(Request, request), *{card.deck for card in cards}):
            for card in cards:
                archive_card(card=card, now=now())
        said = ngettext("%(number)s card archived.", "%(number)s cards archived.", len(cards))
        messages.success(request, said % {"number": len(cards)})

    @admin.action(description=_("Bring back from the archive"))
    def bring_back(self, request: HttpRequest, cards: QuerySet[Card]) -> None:
        with editing(cast(Request, request), *{card.deck for card in cards}):
            for card in cards:
                unarchive_card(card=card)
        said = ngettext("%(number)s card brought back.", "%(number)s cards brought back.", len(cards))
        messages.success(request, said % {"number": len(cards)})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The editor of the site, in the admin's frame."""
        card = self._card(request, object_id)
        if request.method != "POST":
            form = ReasonedEditForm(initial=initial_of(card))
            return self._editor(request, card, form, preview=card.wording)
        form, is_ready = read_editor(cast(Request, request), ReasonedEditForm(request.POST, request.FILES))
        if not is_ready:
            return self._editor(request, card, form)
        try:
            with editing(cast(Request, request), card.deck):
                revision = edit_card(
                    card=card,
                    wording=form.wording,
                    base_number=form.cleaned_data["base_number"],
                    author=staff_of(request),
                    reason=form.cleaned_data["reason"],
                    now=now(),
                )
        except StaleEdit as stale:
            conflict = conflict_of(stale.card, form.cleaned_data["base_number"], form.wording)
            form = form.based_on(stale.card.revision_number)
            return self._editor(request, stale.card, form, conflict=conflict, status=409)
        said = gettext("The card says that already.")
        if revision:
            said = gettext("Saved as revision %(number)s.") % {"number": revision.number}
        messages.success(request, said)
        return redirect("admin:cards_card_change", card.pk)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The revisions with their differences, newest first; a POST restores one."""
        card = self._card(request, object_id)
        if request.method == "POST":
            return self._restore(request, card)
        revisions = list(card.revisions.select_related("author", "co_author").order_by("-number"))
        steps = list(zip(revisions, [*revisions[1:], None], strict=True))
        history = Paginator(steps, REVISIONS_PER_PAGE).get_page(request.GET.get("page"))
        context = {"card": card, "history": history}
        title = gettext("History of “%(card)s”") % {"card": card}
        return self.page(request, "admin/cards/card/history.html", context, title=title)

    def _restore(self, request: HttpRequest, card: Card) -> HttpResponse:
        form = ReasonedRestoreForm(request.POST)
        if not form.is_valid():
            raise Http404
        revision = get_object_or_404(card.revisions, number=form.cleaned_data["restore"])
        try:
            with editing(cast(Request, request), card.deck):
                restored = restore_revision(
                    revision=revision,
                    base_number=form.cleaned_data["base_number"],
                    author=staff_of(request),
                    reason=form.cleaned_data["reason"],
                    now=now(),
                )
        except StaleEdit:
            messages.warning(request, CHANGED)
        else:
            said = gettext("The card says that already.")
            if restored:
                said = gettext("Back to revision %(number)s.") % {"number": revision.number}
            messages.success(request, said)
        return redirect("admin:cards_card_history", card.pk)

    def _card(self, request: HttpRequest, object_id: str) -> Card:
        if not object_id.isdecimal():
            raise Http404
        return get_object_or_404(self.get_queryset(request).select_related("deck"), pk=object_id)

    def _editor(
        self, request: HttpRequest, card: Card, form: EditForm, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        context.setdefault("preview", getattr(form, "wording", None))
        context |= {
            "card": card,
            "form": form,
            "back": reverse("admin:cards_card_changelist"),
            "flags": card.flags.open().select_related("learner"),
            "suggestions": card.suggestions.open().select_related("proposer"),
        }
        status = 422 if form.errors else status
        title = gettext("Edit “%(card)s”") % {"card": card}
        return self.page(request, "admin/cards/card/edit.html", context, title=title, status=status)
