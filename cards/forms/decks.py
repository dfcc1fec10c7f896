"""What makes a deck, and what is asked of one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cards.cardtext import normalise
from cards.forms.base import Form
from cards.models import StudyGroup


class DeckForm(Form):
    """A deck's name and description."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=5_000,
        help_text=_("What the deck is about, for whoever opens it. Markdown."),
        widget=forms.Textarea(attrs={"class": "markdown", "rows": 4}),
    )

    def clean_name(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_description(self) -> str:
        """As all our Markdown is stored."""
        return normalise(self.cleaned_data["description"])


class NewDeckForm(DeckForm):
    """A new deck, and whose it is: one's own, or a group's that one edits."""

    def __init__(self, *args: Any, groups: QuerySet[StudyGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if groups:
            self.fields["group"] = forms.ModelChoiceField(
                label=_("Whose it is"), queryset=groups, required=False, empty_label=_("Mine alone")
            )


class ArchiveForm(Form):
    """Into the archive, or back: a deck's button and a card's."""

    to = forms.ChoiceField(choices=[("archive", "archive"), ("back", "back")])


class StudyForm(Form):
    """Study a deck, or stop studying it."""

    to = forms.ChoiceField(choices=[("study", "study"), ("stop", "stop")])


class PageForm(Form):
    """Which page of a long list."""

    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
