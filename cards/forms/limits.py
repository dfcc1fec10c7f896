"""How many cards a day brings at most: each day, and today only."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.base import Form
from cards.models.limits import MOST_PER_DAY

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def limit_field(
    label: "str | _StrPromise", help_text: "str | _StrPromise" = "", *, required: bool = False
) -> forms.IntegerField:
    """How many cards, at most."""
    return forms.IntegerField(
        min_value=0, max_value=MOST_PER_DAY, required=required, label=label, help_text=help_text
    )


class TodayLimitsForm(Form):
    """Today only; empty is as usual. And where to go then."""

    new = limit_field(_("New cards today, at most"))
    reviews = limit_field(_("Reviews today, at most"))
    then = forms.ChoiceField(choices=[("home", "home"), ("review", "review")], required=False)


class DeckLimitsForm(Form):
    """Of one deck: each day, where empty is no limit, and today only, where empty is as usual."""

    new_per_day = limit_field(_("New cards on one day, at most"))
    reviews_per_day = limit_field(_("Reviews on one day, at most"))
    new = limit_field(_("New cards today, at most"))
    reviews = limit_field(_("Reviews today, at most"))
