"""In which order to practise."""

from django import forms


class PracticeForm(forms.Form):
    """Whether the choices lead to a shuffled practice."""

    shuffled = forms.BooleanField(required=False)
