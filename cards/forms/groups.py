"""What makes a group, and what is done with one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cards.cardtext import normalise
from cards.forms.base import Form
from cards.models import Deck, StudyGroup


class GroupForm(Form):
    """A group's name, what it says of itself, and who sees how far each member is."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=5_000,
        help_text=_("What you learn together, for whoever is invited. Markdown."),
        widget=forms.Textarea(attrs={"class": "markdown", "rows": 4}),
    )
    progress_shown = forms.ChoiceField(
        label=_("Who sees how far each member is with an assignment"),
        choices=StudyGroup.ProgressShown.choices,
        initial=StudyGroup.ProgressShown.EDITORS,
        help_text=_("Whoever joins is told, and each member may hide themselves."),
        widget=forms.RadioSelect,
    )

    def clean_name(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_description(self) -> str:
        """As all our Markdown is stored."""
        return normalise(self.cleaned_data["description"])


class SureForm(Form):
    """A button that says what it does: delete, leave."""

    def __init__(self, *args: Any, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ChoiceField(choices=[(act, act)])


class ProgressForm(Form):
    """Show how far I am, or hide it."""

    to = forms.ChoiceField(choices=[("show", "show"), ("hide", "hide")])


class FollowForm(Form):
    """Follow a public deck, or stop following it."""

    to = forms.ChoiceField(choices=[("follow", "follow"), ("stop", "stop")])
    deck = forms.ModelChoiceField(queryset=Deck.objects.none())

    def __init__(self, *args: Any, decks: QuerySet[Deck], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deck"].queryset = decks  # type: ignore[attr-defined]


class GiveForm(Form):
    """Which group gets a deck of one's own."""

    group = forms.ModelChoiceField(
        label=_("Group"), queryset=StudyGroup.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, groups: QuerySet[StudyGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        if len(groups) == 1:
            self.initial["group"] = groups[0]
