"""What all our forms share."""

from typing import Any

from django import forms


class Form(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class NextForm(Form):
    """Where to go afterwards: an address as it was sent, still to be judged."""

    next = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
