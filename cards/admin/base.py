"""What all our admin pages share."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.models import Learner


class RowForm(ModelForm):
    """A row's form, whose labels end without a colon, as all of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class OurAdmin(admin.ModelAdmin):
    """Lists and forms that are headed by what they show, and pages of ours within the admin's frame."""

    form = RowForm
    show_facets = admin.ShowFacets.ALWAYS
    empty_value_display = ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_action_choices(
        self, request: HttpRequest, default_choices: list[tuple[str, str]] | None = None
    ) -> list[tuple[str, str]]:
        """A button each, so there is no empty choice."""
        return super().get_action_choices(request, default_choices or [])

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        title = str(obj) if obj else gettext("Make a %(kind)s") % {"kind": self.opts.verbose_name}
        return super().render_change_form(
            request, context | {"title": title, "subtitle": ""}, add, change, form_url, obj
        )

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, title: str, status: int = 200
    ) -> TemplateResponse:
        """A page of ours."""
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, template, frame | context, status=status)


class StaffAdmin(OurAdmin):
    """What everybody on the staff may see and decide, in the decks that they may edit; the queryset says which.

    Nothing is added or deleted here, by a list's action neither: rows are archived, closed or decided.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ArchiveFilter(admin.SimpleListFilter):
    title = _("archive")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", gettext("In use")), ("yes", gettext("Archived"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"no", "yes"}:
            return queryset.filter(archived_at__isnull=self.value() == "no")
        return queryset


def is_staff(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and isinstance(user, Learner) and user.is_staff


def staff_of(request: HttpRequest) -> Learner:
    """Who works here; the admin has checked that they are staff."""
    return cast(Learner, request.user)
