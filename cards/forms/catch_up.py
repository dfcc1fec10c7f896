"""Over how many days a backlog is spread."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.base import Form
from cards.models.catch_up import FEWEST_DAYS, MOST_DAYS, USUAL_DAYS


class DaysForm(Form):
    """Today and the days after it; a week where none are named."""

    days = forms.IntegerField(
        min_value=FEWEST_DAYS, max_value=MOST_DAYS, required=False, label=_("Days, today included")
    )

    def clean_days(self) -> Any:
        return self.cleaned_data["days"] or USUAL_DAYS


class CatchUpForm(DaysForm):
    """Carry out the plan that was shown."""

    plan = forms.UUIDField(widget=forms.HiddenInput)
