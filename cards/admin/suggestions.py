"""Suggestions: found here, and decided on the page that all editors share."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from cards.admin.base import StaffAdmin, staff_of
from cards.markup import plain
from cards.models import Suggestion


@admin.register(Suggestion)
class SuggestionAdmin(StaffAdmin):
    list_display = ("what", "kind", "proposer", "reason", "status", "created_at")
    list_filter = ("status", "kind")
    list_select_related = ("card__deck", "proposer")
    search_fields = ("prompt", "answer", "reason")
    ordering = ("-status", "created_at")  # “open” comes after “accepted” and “declined”
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        return Suggestion.objects.decidable_by(staff_of(request))

    @admin.display(description=_("suggestion"))
    def what(self, suggestion: Suggestion) -> str:
        return str(suggestion.card or plain(suggestion.wording.question))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """It is decided where all editors decide, on the page of the site."""
        if not object_id.isdecimal():
            raise Http404
        return redirect(get_object_or_404(self.get_queryset(request), pk=object_id))
