"""What is said about a card, what is wrong with that, and what becomes of it."""

from typing import Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cards.cardtext import normalise
from cards.forms.base import Form
from cards.forms.cards import markdown_area
from cards.models import Comment
from cards.models.discussions import MOST_CHARACTERS


class CommentForm(Form):
    """A comment's text."""

    text = forms.CharField(
        strip=False,
        max_length=MOST_CHARACTERS,
        label=_("Your comment"),
        help_text=_("Markdown. Who is named with an @, such as @ada, is told of it."),
        error_messages={"required": _("Write something first.")},
        widget=markdown_area(5),
    )

    def clean_text(self) -> str:
        """As all our Markdown is stored."""
        text = normalise(self.cleaned_data["text"])
        if not text.strip():
            raise ValidationError(self.fields["text"].error_messages["required"], code="required")
        return text


class CommentEditForm(CommentForm):
    """The text, and what the comment said when the form was opened."""

    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, comment: Comment) -> Self:
        """What stands in the form at first."""
        return cls(initial={"text": comment.text, "was": comment.text})

    def based_on(self, comment: Comment) -> Self:
        """The same text, to be saved in place of what the comment says by now."""
        return type(self)(initial={"text": self.cleaned_data["text"], "was": comment.text})

    def clean_was(self) -> str:
        """As all our Markdown is stored."""
        return normalise(self.cleaned_data["was"])


class PlaceForm(Form):
    """Where in a long discussion: a page of it, or that of a comment."""

    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
    comment = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class ReportForm(Form):
    """Why a comment should not stand there."""

    reason = forms.CharField(
        max_length=500,
        label=_("What is wrong with it?"),
        error_messages={"required": _("Say what is wrong with it.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionOnReportForm(Form):
    """What becomes of it."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("delete", "fine", "pass_on")])
