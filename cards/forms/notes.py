"""What a learner writes for themselves beside a card."""

from typing import Any, Self

from django import forms

from cards.cardtext import normalise
from cards.forms.base import NextForm
from cards.models import Note
from cards.models.discussions import MOST_CHARACTERS


class NoteForm(NextForm):
    """The text, empty where the note is to go, and what the note said when the form was opened.

    In a review its fields are sent with the grade too, so that nothing typed is lost by grading.
    """

    act = forms.ChoiceField(choices=[("save", "save"), ("delete", "delete")], required=False)
    text = forms.CharField(required=False, strip=False, max_length=MOST_CHARACTERS)
    was = forms.CharField(required=False, strip=False)
    with_grade = forms.BooleanField(required=False)

    @classmethod
    def of(cls, note: Note | None, *, with_grade: bool = False) -> Self:
        """What stands in the form at first; `with_grade` where its fields belong to the form of the grades."""
        text = note.text if note else ""
        return cls(initial={"text": text, "was": text, "with_grade": with_grade})

    def based_on(self, note: Note | None) -> Self:
        """The same text, to be saved in place of what the note says by now."""
        texts = {"text": self["text"].value(), "was": note.text if note else ""}
        return type(self)(initial=texts | {"with_grade": self["with_grade"].value()})

    @property
    def is_touched(self) -> bool:
        """Whether anything was typed, of a form that is valid."""
        touched: bool = self.cleaned_data["text"] != self.cleaned_data["was"]
        return touched

    def clean_text(self) -> str:
        """As all our Markdown is stored."""
        return normalise(self.cleaned_data["text"])

    def clean_was(self) -> str:
        """The same."""
        return normalise(self.cleaned_data["was"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("act") == "delete":
            self.errors.pop("text", None)
            data["text"] = ""
        return data
