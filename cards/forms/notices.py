"""Which notices have been read."""

from django import forms

from cards.forms.base import Form


class ReadForm(Form):
    """All up to that one, the newest that the page had."""

    newest = forms.IntegerField(min_value=1, max_value=2**63 - 1)
