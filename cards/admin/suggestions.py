"""Suggestions: accept, amend, or decline, with a word to the proposer."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from cards.actions.cards import StaleEdit
from cards.actions.suggestions import AlreadyDecided, accept_suggestion, decline_suggestion
from cards.admin.base import StaffAdmin, staff_of
from cards.cardtext import Wording
from cards.clock import now
from cards.forms.suggestions import DecisionForm
from cards.models import Suggestion
from cards.views.editor import Conflict, conflict_of

DECIDED = "Somebody has decided this suggestion in the meantime. Nothing was written."
CHANGED = "The card was changed in the meantime. Nothing was written: look again."


@admin.register(Suggestion)
class SuggestionAdmin(StaffAdmin):
    list_display = ("card", "proposer", "reason", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("card__deck", "proposer")
    search_fields = ("prompt", "answer", "reason")
    ordering = ("-status", "created_at")  # “open” comes after “accepted” and “declined”
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        return Suggestion.objects.decidable_by(staff_of(request)).exclude(card=None)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What is proposed against what the card says, and the decision."""
        suggestion = self._suggestion(request, object_id)
        if request.method != "POST":
            return self._show(request, suggestion, DecisionForm.of(suggestion))
        form = DecisionForm(request.POST)
        if not form.is_valid() or form.cleaned_data["act"] == "preview":
            return self._show(request, suggestion, form)
        try:
            self._decide(request, suggestion, form)
        except AlreadyDecided:
            messages.warning(request, DECIDED)
            return self._show(request, self._suggestion(request, object_id), form, status=409)
        except StaleEdit as stale:
            messages.warning(request, CHANGED)
            suggestion.card = stale.card
            form = form.based_on(stale.card.revision_number)
            return self._show(request, suggestion, form, status=409)
        return redirect("admin:cards_suggestion_changelist")

    def _suggestion(self, request: HttpRequest, object_id: str) -> Suggestion:
        if not object_id.isdecimal():
            raise Http404
        found = self.get_queryset(request).select_related("card__deck", "proposer", "decided_by")
        return get_object_or_404(found, pk=object_id)

    def _decide(self, request: HttpRequest, suggestion: Suggestion, form: DecisionForm) -> None:
        data, editor = form.cleaned_data, staff_of(request)
        if data["act"] == "decline":
            decline_suggestion(suggestion=suggestion, editor=editor, reply=data["reply"], now=now())
            messages.success(request, "Declined. The proposer sees your word on the card's page.")
            return
        accept_suggestion(
            suggestion=suggestion,
            wording=form.wording,
            base_number=data["base_number"],
            editor=editor,
            reply=data["reply"],
            now=now(),
        )
        messages.success(request, "Accepted. The card's history names you both.")

    def _show(
        self, request: HttpRequest, suggestion: Suggestion, form: DecisionForm, *, status: int = 200
    ) -> HttpResponse:
        # As amended here; None where that cannot be read.
        proposed = getattr(form, "wording", None) if form.is_bound else suggestion.wording
        is_open = suggestion.status == Suggestion.Status.OPEN
        context = {
            "suggestion": suggestion,
            "card": suggestion.card,
            "form": form,
            "is_open": is_open,
            "before": suggestion.subject.wording if is_open else _seen_by_proposer(suggestion),
            "proposed": proposed,
            "conflict": _conflict(suggestion, proposed) if is_open else None,
        }
        status = 422 if form.errors else status
        title = f"A suggestion for “{suggestion.card}”"
        return self.page(request, "admin/cards/suggestion/decide.html", context, title=title, status=status)


def _seen_by_proposer(suggestion: Suggestion) -> Wording:
    return suggestion.subject.revisions.get(number=suggestion.base_number).wording


def _conflict(suggestion: Suggestion, proposed: Wording | None) -> Conflict | None:
    """What became of the card since the proposal was written, unless the proposal has taken that up."""
    if proposed is None or suggestion.subject.revision_number == suggestion.base_number:
        return None
    conflict = conflict_of(suggestion.subject, suggestion.base_number, proposed)
    return None if conflict.merged == proposed else conflict
