"""What a review session takes from its addresses and forms."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.cardtext import MOST_CHOICES, Place
from cards.forms.search import QueryField
from cards.models.practice import Order
from cards.scheduling import Grade

MOST_SECONDS = 600
TYPED_LENGTH = 4_000
MOST_TRIES = 1  # before the working is shown


class SessionForm(forms.Form):
    """Which session: the day's reviews; or practice, which leaves the schedule alone, of what a search finds.

    `leech` is a card that one is to be told of.
    """

    practise = QueryField(required=False)
    order = forms.TypedChoiceField(
        choices=[(order.value, order.value) for order in Order],
        coerce=Order,
        required=False,
        empty_value=Order.DECK,
    )
    seed = forms.IntegerField(min_value=0, max_value=2**53, required=False)
    after = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    card = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    leech = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class AnswerForm(SessionForm):
    """Show the answer of the card that was shown at event `n`."""

    n = forms.IntegerField(min_value=0, max_value=2**31 - 2)
    asked = forms.IntegerField(min_value=0, max_value=2**53, required=False)
    typed = forms.CharField(
        max_length=TYPED_LENGTH,
        required=False,
        strip=True,
        error_messages={
            "max_length": _(
                "Your answer has %(show_value)s characters; at most %(limit_value)s fit. Shorten it."
            )
        },
    )
    chosen = forms.TypedMultipleChoiceField(
        choices=[(str(place), str(place)) for place in range(MOST_CHOICES)], coerce=int, required=False
    )


class SheetForm(forms.Form):
    """What stands in a worksheet: `cell-C2` for each cell that is asked for.

    `numbers` is the seed of the numbers in it, if they were drawn; `tries` counts how often it was checked before.
    """

    act = forms.ChoiceField(choices=[(act, act) for act in ("check", "show", "new")], required=False)
    numbers = forms.IntegerField(min_value=0, max_value=2**53, required=False)
    tries = forms.IntegerField(min_value=0, max_value=MOST_TRIES, required=False)

    def __init__(self, *args: Any, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {place: f"cell-{place}" for place in places}
        for name in self.names.values():
            self.fields[name] = forms.CharField(required=False)

    @property
    def typed(self) -> dict[Place, str]:
        """What stands in each cell, of whatever length."""
        return {place: self.cleaned_data[name] for place, name in self.names.items()}


class GradeForm(AnswerForm):
    """A grade for the card, as it was shown at event `n`, with the answer of that `revision`."""

    card = forms.IntegerField(min_value=1, max_value=2**62)
    part = forms.IntegerField(min_value=0, max_value=32_767)
    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    grade = forms.TypedChoiceField(
        choices=[(grade.value, grade.label) for grade in Grade], coerce=lambda value: Grade(int(value))
    )
