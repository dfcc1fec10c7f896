"""Decks of the site, and public ones. A learner's private deck is nobody else's business."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cards.actions.decks import archive_deck, change_deck, make_site_deck, unarchive_deck
from cards.admin.base import ArchiveFilter, StaffAdmin, counted, is_staff, staff_of
from cards.clock import now
from cards.models import Card, Deck


class AudienceFilter(admin.SimpleListFilter):
    title = "who studies it"
    parameter_name = "audience"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("starter", "Starter decks"), ("public", "Other public ones"), ("private", "Not public")]

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
        labels = {"is_public": "Public", "is_starter": "Starter deck"}
        return super().get_form(request, obj, change, labels=labels, **kwargs)

    @admin.display(description="who studies it")
    def audience(self, deck: Deck) -> str:
        if not deck.is_public:
            return "its owner" if deck.owner_id else "nobody yet"
        return "everybody from the start" if deck.is_starter else "everybody who wants to"

    @admin.display(description="cards")
    def its_cards(self, deck: Any) -> SafeString:
        address = reverse("admin:cards_card_changelist", query={"deck": deck.pk})
        return format_html('<a href="{}">{}</a>', address, counted(deck.card_count, Card))

    def save_model(self, request: HttpRequest, obj: Deck, form: ModelForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in self.fields}
        if change:
            change_deck(deck=obj, **values)
        else:
            obj.pk = make_site_deck(now=now(), **values).pk

    @admin.action(description="Archive")
    def archive(self, request: HttpRequest, decks: QuerySet[Deck]) -> None:
        for deck in decks:
            archive_deck(deck=deck, now=now())
        messages.success(request, f"{counted(len(decks), Deck)} archived.")

    @admin.action(description="Bring back from the archive")
    def bring_back(self, request: HttpRequest, decks: QuerySet[Deck]) -> None:
        for deck in decks:
            unarchive_deck(deck=deck)
        messages.success(request, f"{counted(len(decks), Deck)} brought back.")
