"""What is not right about a card."""

from django import forms

from cards.forms.base import Form
from cards.models import Flag


class FlagForm(Form):
    """A kind, wrong where none is named, and a note where there is one."""

    kind = forms.ChoiceField(choices=Flag.Kind.choices, required=False, widget=forms.RadioSelect)
    note = forms.CharField(required=False, max_length=500)

    def clean_kind(self) -> Flag.Kind:
        return Flag.Kind(self.cleaned_data["kind"] or Flag.Kind.WRONG)
