"""Learners: who has an account, who is staff, and a new password for somebody who lost theirs.

For superusers alone. Support needs to know that an account is there, whether it may sign in, and since when;
it needs no study log, schedule or private deck, so none is shown, not even by name when an account is deleted.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.actions.learners import change_rights, delete_learner, set_password
from cards.admin.base import OurAdmin, staff_of
from cards.clock import now
from cards.models import Learner

RIGHTS = ("is_active", "is_staff", "is_superuser")
LABELS = {"is_active": _("May sign in"), "is_staff": _("Staff"), "is_superuser": _("Superuser")}
HELP = {
    "is_active": _("Without this the account is closed, and everything in it kept."),
    "is_staff": _("Looks after the decks of the site and the public ones, here in the admin."),
    "is_superuser": _("Looks after learners too. Takes effect for staff alone."),
}


class PasswordForm(AdminPasswordChangeForm):
    """Django's, saved by our action. It closes no account: that is a right, and lies beside the others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields.pop("usable_password", None)

    def save(self, commit: bool = True) -> Learner:
        learner: Learner = self.user
        set_password(learner=learner, password=self.cleaned_data["password1"])
        return learner


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("account", gettext("With an account")), ("guest", gettext("Guests")), ("staff", gettext("Staff")),
            ("closed", gettext("May not sign in")),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Learner]) -> QuerySet[Learner]:
        match self.value():
            case "account" | "guest" as chosen:
                return queryset.filter(is_guest=chosen == "guest")
            case "staff":
                return queryset.filter(is_staff=True)
            case "closed":
                return queryset.filter(is_guest=False, is_active=False)
        return queryset


@admin.register(Learner)
class LearnerAdmin(OurAdmin, UserAdmin):
    list_display = ("username", "email", "state", "date_joined")
    list_filter = (StateFilter,)
    search_fields = ("username", "email")
    fieldsets = (
        (None, {"fields": ("username", "email", "date_joined", "last_login", "new_password")}),
        (_("Rights"), {"fields": RIGHTS}),
    )
    filter_horizontal = ()
    change_password_form = PasswordForm
    change_user_password_template = "admin/cards/learner/password.html"  # noqa: S105  (a template)

    @admin.display(description=_("state"))
    def state(self, learner: Learner) -> str:
        if learner.is_guest:
            return gettext("guest")
        if learner.is_superuser:
            return gettext("superuser") if learner.is_active else gettext("superuser, may not sign in")
        if learner.is_staff:
            return gettext("staff") if learner.is_active else gettext("staff, may not sign in")
        return gettext("learner") if learner.is_active else gettext("learner, may not sign in")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, labels=LABELS, help_texts=HELP, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # people sign up

    def has_change_permission(self, request: HttpRequest, obj: Learner | None = None) -> bool:
        # A guest has neither a password nor rights.
        return super().has_change_permission(request, obj) and not (obj and obj.is_guest)

    def has_delete_permission(self, request: HttpRequest, obj: Learner | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj != request.user

    def get_readonly_fields(self, request: HttpRequest, obj: Learner | None = None) -> tuple[str, ...]:
        own = RIGHTS if obj == request.user else ()  # nobody shuts themselves out
        return ("username", "email", "date_joined", "last_login", "new_password", *own)

    @admin.display(description=_("password"))
    def new_password(self, learner: Learner) -> SafeString | None:
        """The way to a new one. Nothing of the hash is shown."""
        return (
            None
            if learner.is_guest
            else format_html('<a href="{}">{}</a>', "../password/", gettext("Set a new one"))
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # By the filter alone: else the address could ask who has which deck, or studied what.
        return lookup == StateFilter.parameter_name

    def save_model(self, request: HttpRequest, obj: Learner, form: ModelForm, change: bool) -> None:
        change_rights(
            learner=obj, is_active=obj.is_active, is_staff=obj.is_staff, is_superuser=obj.is_superuser
        )

    def delete_model(self, request: HttpRequest, obj: Learner) -> None:
        delete_learner(learner=obj, now=now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Learner]) -> None:
        for learner in queryset:
            delete_learner(learner=learner, now=now())

    def get_deleted_objects(
        self, objs: Iterable[Learner], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Whom to delete, and how much goes with them: counts, since what a learner wrote and studied is private."""
        learners = list(objs)
        goes = {
            gettext("decks"): sum(learner.decks.count() for learner in learners),
            gettext("pictures"): sum(learner.pictures.count() for learner in learners),
            gettext("flags"): sum(learner.flags.count() for learner in learners),
            gettext("study events"): sum(learner.study_events.count() for learner in learners),
            gettext("demo runs"): sum(learner.demo_runs.count() for learner in learners),
        }
        refused = {gettext("your own account")} if staff_of(request) in learners else set()
        return [learner.username for learner in learners], goes, refused, []
