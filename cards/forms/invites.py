"""Who is let into a group, and how often."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.base import Form
from cards.forms.members import ROLES
from cards.models import Role

DAYS = [("1", _("a day")), ("7", _("a week")), ("30", _("a month")), ("365", _("a year"))]


class InviteForm(Form):
    """By a link, or by mail to one address."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.MEMBER, widget=forms.RadioSelect)
    days = forms.TypedChoiceField(label=_("It can be used for"), choices=DAYS, initial="7", coerce=int)
    max_uses = forms.IntegerField(
        label=_("How many people it lets in"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Empty: as many as come."),
    )
    email = forms.EmailField(
        label=_("Mail it to"),
        required=False,
        max_length=254,
        help_text=_("Empty: you pass the link on yourself. A mailed invite lets in one person."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class RevokeForm(Form):
    """Which invite."""

    invite = forms.IntegerField(min_value=1, max_value=2**62)


class JoinForm(Form):
    """Join, and whether the group may see how far one is."""

    hide = forms.BooleanField(label=_("Hide how far I am. I count in the totals only."), required=False)

    @property
    def shows_progress(self) -> bool:
        data: dict[str, Any] = self.cleaned_data
        return not data["hide"]
