"""Decks of the site, and public ones. A learner's private deck is nobody else's business."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cards.actions.decks import archive_deck, change_deck, make_site_deck, unarchive_deck
from cards.admin.base import ArchiveFilter, StaffAdmin, is_staff, staff_of
from cards.clock import now
from cards.http import Request
from cards.models import Deck
from cards.views.rights import editing


class AudienceFilter(admin.SimpleListFilter):
    title = _("who studies it")
    parameter_name = "audience"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("starter", gettext("Starter decks")),
            ("public", gettext("Other public ones")),
            ("private", gettext("Not public")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Deck]) -> QuerySet[Deck]:
        match self.value():
            case "starter" | "public" as chosen:
                return queryset.filter(is_public=True, is_starter=chosen == "starter")
            case "private":
                return queryset.filter(is_public=False)
        return queryset


@admin.register(Deck)
class DeckAdmin(StaffAdmin):
    list_display = ("name", "its_cards", "audience", "owner", "archived_at")
    list_filter = (AudienceFilter, ArchiveFilter)
    list_select_related = ("owner",)
    search_fields = ("name",)
    fields = ("name", "description", "is_public", "is_starter")
    actions = ("archive", "bring_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deck]:
        decks = Deck.objects.editable_by(staff_of(request)).filter(
            group=None
        )  # a group's are worked on in the app
        return decks.annotate(card_count=Count("cards"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        labels = {"is_public": _("Public"), "is_starter": _("Starter deck")}
        return super().get_form(request, obj, change, labels=labels, **kwargs)

    @admin.display(description=_("who studies it"))
    def audience(self, deck: Deck) -> str:
        if not deck.is_public:
            return gettext("its owner") if deck.owner_id else gettext("nobody yet")
        return gettext("everybody from the start") if deck.is_starter else gettext("everybody who wants to")

    @admin.display(description=_("cards"))
    def its_cards(self, deck: Any) -> SafeString:
        address = reverse("admin:cards_card_changelist", query={"deck": deck.pk})
        count = ngettext("%(number)s card", "%(number)s cards", deck.card_count)
        number = number_format(deck.card_count, force_grouping=True)
        return format_html('<a href="{}">{}</a>', address, count % {"number": number})

    def save_model(self, request: HttpRequest, obj: Deck, form: ModelForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in self.fields}
        if change:
            change_deck(deck=obj, **values)
        else:
            obj.pk = make_site_deck(now=now(), **values).pk

    @admin.action(description=_("Archive"))
    def archive(self, request: HttpRequest, decks: QuerySet[Deck]) -> None:
        with editing(cast(Request, request), *decks):
            for deck in decks:
                archive_deck(deck=deck, now=now())
        said = ngettext("%(number)s deck archived.", "%(number)s decks archived.", len(decks))
        messages.success(request, said % {"number": len(decks)})

    @admin.action(description=_("Bring back from the archive"))
    def bring_back(self, request: HttpRequest, decks: QuerySet[Deck]) -> None:
        with editing(cast(Request, request), *decks):
            for deck in decks:
                unarchive_deck(deck=deck)
        said = ngettext("%(number)s deck brought back.", "%(number)s decks brought back.", len(decks))
        messages.success(request, said % {"number": len(decks)})
