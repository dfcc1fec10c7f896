"""A questionnaire, pasted or uploaded, and the role of each of its paragraphs."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.exchange.encoding import UnreadableFile, check_size, decode
from cards.exchange.questionnaire import NotAQuestionnaire, Paragraph, Role, read
from cards.forms.base import Form
from cards.translated import translated

LABELS = {
    Role.PROMPT: _("Prompt"),
    Role.ANSWER: _("Answer"),
    Role.CONTINUATION: _("Continuation"),
    Role.HEADING: _("Heading"),
    Role.IGNORE: _("Ignore"),
}


class QuestionnaireForm(Form):
    """The text itself: a file where one is chosen, else what was pasted."""

    name = forms.CharField(
        label=_("Name of the deck"),
        max_length=200,
        required=False,
        help_text=_("Empty: the text's first heading."),
    )
    text = forms.CharField(
        label=_("Questions and answers"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 14}),
        help_text=_("Paragraphs with a blank line between them: a question, its answer, the next question."),
    )
    file = forms.FileField(
        label=_("Or a text file"), required=False, help_text=_("Plain text, at most 2 MB.")
    )
    encoding = ""

    def clean(self) -> dict[str, Any]:
        """`text` holds what is to be read, `paragraphs` what was read; `encoding` names that of an uploaded file."""
        data = super().clean() or {}
        if file := data.get("file"):
            try:
                check_size(file.size)
                decoded = decode(file.read())
            except UnreadableFile as error:
                self.add_error("file", translated(str(error)))
                return data
            data["text"], self.encoding = decoded.text, decoded.encoding
        field = "file" if data.get("file") else "text"
        if not data.get("text", "").strip():
            if not self.errors:
                self.add_error(field, _("Paste a text, or choose a file."))
            return data
        try:
            data["paragraphs"] = read(data["text"])
        except NotAQuestionnaire as error:
            self.add_error(field, translated(str(error)))
        return data


class RolesForm(Form):
    """The role of each paragraph that was read, `role-1`, `role-2`, …; what is not said stays as it was read."""

    def __init__(self, data: Any, paragraphs: tuple[Paragraph, ...]) -> None:
        super().__init__(data)
        self.paragraphs = paragraphs
        for paragraph in paragraphs:
            self.fields[f"role-{paragraph.number}"] = forms.ChoiceField(
                label=gettext("Paragraph %(number)s is") % {"number": paragraph.number},
                choices=[(role.value, label) for role, label in LABELS.items()],
                initial=paragraph.role.value,
                required=False,
            )

    def chosen(self) -> tuple[Paragraph, ...]:
        """The paragraphs with the roles that the learner gave them."""
        return tuple(
            Paragraph(
                paragraph.number,
                paragraph.text,
                Role(self.cleaned_data[f"role-{paragraph.number}"] or paragraph.role),
            )
            for paragraph in self.paragraphs
        )
