"""What a review session takes from its addresses and forms."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cards.cardtext import MOST_CHOICES, MOST_CLOZES, Place
from cards.forms.base import LeanForm
from cards.forms.search import QueryField
from cards.models.following import Foreseen
from cards.models.parts import MOST_ID, Asked
from cards.models.practice import Order
from cards.scheduling import Grade

MOST_SECONDS = 600
TYPED_LENGTH = 4_000
MOST_TRIES = 1  # before the working is shown


class AskedField(forms.CharField):
    """A card and a part of it, as `Asked` writes them; None where there is none. Or what else `read` reads."""

    default_error_messages = {"invalid": _("A card could not be read.")}

    def __init__(self, read: Callable[[str], Any] = Asked.read, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return self.read(text) if text else None
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class SessionForm(LeanForm):
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
    after = AskedField(required=False)
    card = AskedField(required=False)
    leech = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class AnswerForm(SessionForm):
    """Show the answer of the card, or of its `part`, that was shown at event `n`; its choices shuffled so."""

    part = forms.TypedChoiceField(
        choices=[(str(part), str(part)) for part in range(MOST_CLOZES + 1)],
        coerce=int,
        required=False,
        empty_value=0,  # type: ignore[arg-type]
    )
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
    goal = forms.ChoiceField(choices=[(each, each) for each in ("reached", "missed")], required=False)
    chosen = forms.TypedMultipleChoiceField(
        choices=[(str(place), str(place)) for place in range(MOST_CHOICES)], coerce=int, required=False
    )
    shuffle = forms.IntegerField(min_value=0, max_value=2**53, required=False)


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


class BesideAnswerForm(AnswerForm):
    """What the forms beside an answer send: of which card it is, as it was shown at event `n`."""

    card = forms.IntegerField(min_value=1, max_value=MOST_ID)  # type: ignore[assignment]


class GradeForm(BesideAnswerForm):
    """A grade for the card, as it was shown at event `n`, with the answer of that `revision`.

    `ahead` is the prompt that stands there already, if one was sent with the answer.
    """

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    ahead = AskedField(Foreseen.read, max_length=120, required=False)
    grade = forms.TypedChoiceField(
        choices=[(grade.value, grade.label) for grade in Grade], coerce=lambda value: Grade(int(value))
    )
