"""Flags: what learners say is not right."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cards.actions.suggestions import close_flags
from cards.admin.base import StaffAdmin, staff_of
from cards.clock import now
from cards.http import Request
from cards.models import Flag
from cards.views.rights import editing


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", gettext("Open")), ("closed", gettext("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        if self.value() in {"open", "closed"}:
            return queryset.filter(closed_at__isnull=self.value() == "open")
        return queryset


@admin.register(Flag)
class FlagAdmin(StaffAdmin):
    list_display = ("kind", "to_the_card", "note", "learner", "created_at", "closed_at")
    list_display_links = None
    list_filter = (StateFilter, "kind")
    list_select_related = ("card__deck", "learner")
    actions = ("close",)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return (F("closed_at").desc(nulls_first=True), "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        return Flag.objects.decidable_by(staff_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The list's action asks for it; a single flag has nothing to change.
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("card"))
    def to_the_card(self, flag: Flag) -> SafeString:
        address = reverse("admin:cards_card_change", args=[flag.card_id])
        return format_html('<a href="{}">{}</a>', address, flag.card)

    @admin.action(description=_("Close: it has been dealt with"))
    def close(self, request: HttpRequest, flags: QuerySet[Flag]) -> None:
        with editing(cast(Request, request), *{flag.card.deck for flag in flags}):
            close_flags(flags=flags, closer=staff_of(request), now=now())
        said = ngettext("%(number)s flag closed.", "%(number)s flags closed.", len(flags))
        messages.success(request, said % {"number": len(flags)})
