"""What is proposed, with a reason and a source."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.base import NextForm
from cards.forms.cards import EditForm, EditorForm


class ProposalForm(NextForm):
    """Why, and where it can be read up."""

    reason = forms.CharField(
        max_length=500,
        label=_("Why is this better?"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    source = forms.CharField(
        required=False,
        max_length=500,
        label=_("Source"),
        help_text=_("An address, or a book and its page. It helps whoever decides."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SuggestionForm(ProposalForm, EditForm):
    """The proposed wording, for a card that was at revision `base_number`."""


class NewCardForm(ProposalForm, EditorForm):
    """A card that the deck lacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why does the deck need it?")


class RemovalForm(ProposalForm):
    """Why a card should go."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why should it go?")
