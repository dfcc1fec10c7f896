"""What an owner does with a member."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.base import Form
from cards.models import Role

ACTS = ("role", "unban")  # at one press; what puts somebody out, or hands the group over, asks once more
# What each role but the owner's is for, in the order of their rights.
ROLES = [
    (Role.EDITOR, _("editor: writes cards, decides what is proposed, sets assignments")),
    (Role.MEMBER, _("member: suggests, flags, discusses")),
    (Role.VIEWER, _("viewer: reads and reviews only")),
]


class MemberForm(Form):
    """What is done at one press, and for a change of role the new one."""

    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, required=False, widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("act") == "role" and not data.get("role") and "role" not in self.errors:
            self.add_error("role", _("Choose a role."))
        return data


class MembersForm(Form):
    """Whom a list of members shows, and which page of it."""

    who = forms.ChoiceField(choices=[("banned", "banned")], required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
