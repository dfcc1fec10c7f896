"""What an editor does with the chosen cards of a deck."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.actions.bulk import MOST_CARDS
from cards.cardtext import TextError, clean_tag
from cards.forms.acts import IdsField
from cards.forms.base import NextForm
from cards.models import Card, Deck, Learner

ACTS = ["tag", "untag", "move", "up", "down", "place", "archive", "back"]
NEEDED = {
    "tag": ("tag", _("Write a tag.")),
    "untag": ("tag", _("Write a tag.")),
    "move": ("deck", _("Choose a deck.")),
    "place": ("place", _("Write which place.")),
}


class BulkForm(NextForm):
    """The act, the cards, and what the act needs: a tag, another deck, a place in this one."""

    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    cards = IdsField(most=MOST_CARDS)
    tag = forms.CharField(required=False, max_length=100)
    deck = forms.ModelChoiceField(
        Deck.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("The cards cannot be moved there.")},
    )
    place = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, learner: Learner | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        self.fields["deck"].queryset = Deck.objects.active().editable_by(learner)  # type: ignore[attr-defined]

    def clean_tag(self) -> str:
        text: str = self.cleaned_data["tag"]
        if not text.strip():
            return ""
        try:
            return clean_tag(text)
        except TextError as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        name, said = NEEDED.get(data.get("act", ""), ("", ""))
        for other in {"tag", "deck", "place"} - {name}:
            self.errors.pop(other, None)  # a field that this act does not look at
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, said)
        if name == "deck" and data.get("deck") and data.get("cards"):
            self._check_way(data["deck"], data["cards"])
        return data

    def _check_way(self, deck: Deck, card_ids: list[int]) -> None:
        """A group's cards go to decks of that group alone."""
        cards = Card.objects.filter(pk__in=card_ids, deck__group__isnull=False)
        if cards.exclude(deck__group=deck.group_id).exists():
            self.add_error("deck", _("A group’s cards can be moved between its own decks only."))


class ChosenForm(forms.Form):
    """Which cards of a page are chosen as it opens, and the button that was pressed last."""

    chosen = forms.CharField(required=False, max_length=10_000)
    did = forms.ChoiceField(required=False, choices=[(act, act) for act in ("up", "down", "place")])

    def clean_chosen(self) -> set[int]:
        texts = self.cleaned_data["chosen"].split(",")
        return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19}
