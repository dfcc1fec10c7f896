"""A picture sent by the editor's script."""

from django import forms

from cards.forms.base import Form


class PictureForm(Form):
    """One file."""

    picture = forms.FileField(allow_empty_file=True)
