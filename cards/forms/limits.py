"""How many cards a day brings at most: each day, and today only."""

from django import forms

from cards.forms.base import Form
from cards.models.limits import MOST_PER_DAY


def limit_field(label: str, help_text: str = "", *, required: bool = False) -> forms.IntegerField:
    """How many cards, at most."""
    return forms.IntegerField(
        min_value=0, max_value=MOST_PER_DAY, required=required, label=label, help_text=help_text
    )


class TodayLimitsForm(Form):
    """Today only; empty is as usual. And where to go then."""

    new = limit_field("New cards today, at most")
    reviews = limit_field("Reviews today, at most")
    then = forms.ChoiceField(choices=[("home", "home"), ("review", "review")], required=False)


class DeckLimitsForm(Form):
    """Of one deck: each day, where empty is no limit, and today only, where empty is as usual."""

    new_per_day = limit_field("New cards on one day, at most")
    reviews_per_day = limit_field("Reviews on one day, at most")
    new = limit_field("New cards today, at most")
    reviews = limit_field("Reviews today, at most")
