"""What becomes of what is proposed, and which of it is looked at."""

from typing import Any, Self
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.base import Form
from cards.forms.cards import WordingForm
from cards.models import Deck, StudyGroup, Suggestion
from cards.models.decks import DeckQuerySet
from cards.models.revisions import SuggestionQuerySet

MOST_AT_ONCE = 50


class ReplyForm(Form):
    """A word to the proposer, without which nothing is declined."""

    reply = forms.CharField(
        required=False,
        max_length=500,
        label=_("A word to the proposer"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("act") == "decline" and not data.get("reply"):
            self.add_error("reply", _("Say why: it is all that the proposer gets."))
        return data


class DecisionForm(ReplyForm):
    """What becomes of a suggestion, for a card that is at revision `base_number`; 0 for one that is yet to be made."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("accept", "decline", "preview")])
    base_number = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def based_on(self, number: int) -> Self:
        """The same form, for a card that is at revision `number` by now."""
        form = type(self)({**dict(self.data.items()), "base_number": number})
        form.full_clean()
        return form


class AmendForm(DecisionForm, WordingForm):
    """The same of a wording, which may be amended first."""


def decision_form(suggestion: Suggestion, data: Any = None) -> DecisionForm:
    """What was sent; else what the page begins with: what is proposed, for the revision that the page shows."""
    form = DecisionForm if suggestion.kind == Suggestion.Kind.REMOVAL else AmendForm
    texts = {name: getattr(suggestion, name) for name in ("prompt", "answer", "details")}
    number = suggestion.card.revision_number if suggestion.card else 0
    return form(data, initial=texts | {"base_number": number})


class DecideForm(ReplyForm):
    """What becomes of several, as they were proposed."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("accept", "decline")])
    suggestions = forms.ModelMultipleChoiceField(
        Suggestion.objects.none(), error_messages={"required": _("Choose some first.")}
    )

    def __init__(self, *args: Any, suggestions: SuggestionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suggestions"].queryset = suggestions  # type: ignore[attr-defined]

    def clean_suggestions(self) -> SuggestionQuerySet:
        chosen: SuggestionQuerySet = self.cleaned_data["suggestions"]
        if len(chosen) > MOST_AT_ONCE:
            raise forms.ValidationError(_("That is too much at once."))
        return chosen


class CommentForm(Form):
    """A word between the proposer and those who decide."""

    text = forms.CharField(
        max_length=2_000, label=_("Say something about it"), widget=forms.Textarea(attrs={"rows": 3})
    )


class QueueForm(Form):
    """Which of what waits is looked at: of a group's decks or of a deck, of a kind, open or closed."""

    deck = forms.ModelChoiceField(Deck.objects.none(), required=False, empty_label=_("All"), label=_("Deck"))
    group = forms.ModelChoiceField(
        StudyGroup.objects.none(), required=False, empty_label=_("All"), label=_("Group")
    )
    kind = forms.ChoiceField(required=False, label=_("Kind"))
    state = forms.ChoiceField(required=False, label=_("State"))

    def __init__(self, *args: Any, decks: DeckQuerySet, kinds: Any, states: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deck"].queryset = decks  # type: ignore[attr-defined]
        groups = StudyGroup.objects.filter(pk__in=decks.exclude(group=None).values("group"))
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]
        self.fields["state"].choices = states  # type: ignore[attr-defined]

    @property
    def decks(self) -> DeckQuerySet | None:
        """The decks that were asked for; None: all."""
        deck, group = self.cleaned_data["deck"], self.cleaned_data["group"]
        if deck is None and group is None:
            return None
        decks: DeckQuerySet = Deck.objects.filter(pk=deck.pk) if deck else Deck.objects.all()
        return decks.filter(group=group) if group else decks

    @property
    def query(self) -> str:
        """What was asked, for the addresses of further pages."""
        asked = {name: self.data.get(name, "") for name in self.fields}
        return urlencode({name: value for name, value in asked.items() if value})
