"""What is done with cards beside grading them, and what is taken back."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cards.actions.acts import MOST_CARDS
from cards.forms.base import NextForm
from cards.forms.review import SessionForm
from cards.models.acts import ActKind

MOST_ID = 2**62


class IdsField(forms.Field):
    """Ids of rows, one or more, each sent under the same name."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("Choose a card first."),
        "invalid": _("A card could not be read."),
        "many": _("At most %(most)d cards can be changed at once."),
    }

    def __init__(self, *args: Any, most: int = MOST_CARDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def to_python(self, value: Any) -> list[int]:
        texts = value or []
        if len(texts) > self.most:
            raise ValidationError(self.error_messages["many"], code="many", params={"most": self.most})
        if not all(text.isascii() and text.isdigit() for text in texts):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        ids = [int(text) for text in texts]
        if not all(0 < each < MOST_ID for each in ids):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return ids


class CardActForm(SessionForm, NextForm):
    """What to do with the chosen cards, and where to go then: on with the session, or to `next`."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("suspend", "resume", "skip", "restart", "due")])
    cards = IdsField()
    due_on = forms.DateField(required=False, error_messages={"invalid": _("Write the day as 2026-05-31.")})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("act") == "due" and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Choose a day."))
        return data


class UndoForm(SessionForm, NextForm):
    """Take back the act of that name. `act` becomes its kind and its id."""

    act = forms.CharField(max_length=80)

    def clean_act(self) -> tuple[ActKind, UUID | int]:
        kind, _colon, key = self.cleaned_data["act"].partition(":")
        try:
            if kind == ActKind.EVENT:
                return ActKind.EVENT, UUID(key)
            if not (key.isascii() and 0 < int(key) < MOST_ID):
                raise ValueError(key)
            return ActKind(kind), int(key)
        except ValueError:
            raise ValidationError(_("No act has that name.")) from None
