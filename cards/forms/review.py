"""What a review session takes from its addresses and forms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.cardtext import MOST_CHOICES
from cards.forms.search import QueryField
from cards.models.practice import Order
from cards.scheduling import Grade

MOST_SECONDS = 600
TYPED_LENGTH = 4_000


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


class GradeForm(AnswerForm):
    """A grade for the card, as it was shown at event `n`, with the answer of that `revision`."""

    card = forms.IntegerField(min_value=1, max_value=2**62)
    part = forms.IntegerField(min_value=0, max_value=32_767)
    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    grade = forms.TypedChoiceField(
        choices=[(grade.value, grade.label) for grade in Grade], coerce=lambda value: Grade(int(value))
    )
