"""A better wording, handed in with a reason."""

from typing import Self

from django import forms

from cards.forms.base import Form
from cards.forms.cards import EditForm, WordingForm
from cards.models import Suggestion


class NextForm(Form):
    """Where to go afterwards: an address as it was sent, still to be judged."""

    next = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)


class SuggestionForm(EditForm, NextForm):
    """The proposed wording, why it is better, and where to go afterwards."""

    reason = forms.CharField(
        max_length=500,
        label="Why is this better?",
        help_text="A source helps whoever decides.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecisionForm(WordingForm):
    """What becomes of a suggestion: its wording, perhaps amended, and a word to the proposer."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("accept", "decline", "preview")])
    base_number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reply = forms.CharField(
        required=False,
        max_length=500,
        label="A word to the proposer",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        """What the page begins with: the wording as it was proposed, for the revision that the page shows."""
        texts = {name: getattr(suggestion, name) for name in ("prompt", "answer", "details")}
        return cls(initial=texts | {"base_number": suggestion.subject.revision_number})

    def based_on(self, number: int) -> Self:
        """The same form, for a card that is at revision `number` by now."""
        form = type(self)({**dict(self.data.items()), "base_number": number})
        form.full_clean()
        return form
