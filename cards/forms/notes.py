"""What a learner writes for themselves beside a card."""

from typing import Any, Self

from django import forms

from cards.cardtext import normalise
from cards.forms.base import NextForm
from cards.models import Note
from cards.models.discussions import MOST_CHARACTERS


class NoteForm(NextForm):
    """The text, empty where the note is to go, and which state of the note the form was opened on."""

    act = forms.ChoiceField(choices=[("save", "save"), ("delete", "delete")])
    text = forms.CharField(required=False, strip=False, max_length=MOST_CHARACTERS)
    base = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, note: Note | None) -> Self:
        """What stands in the form at first."""
        return cls(initial=_state_of(note) | {"text": note.text if note else ""})

    def based_on(self, note: Note | None) -> Self:
        """The same text, to be saved in place of what the note says by now."""
        return type(self)(initial=_state_of(note) | {"text": self["text"].value()})

    def clean_text(self) -> str:
        """As all our Markdown is stored."""
        return normalise(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("act") == "delete":
            self.errors.pop("text", None)
            data["text"] = ""
        return data


def _state_of(note: Note | None) -> dict[str, str]:
    return {"base": note.changed_at.isoformat() if note else ""}
