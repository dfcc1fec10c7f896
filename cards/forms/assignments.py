"""What a group is to learn, and by when."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cards.cardtext import TextError, clean_tag
from cards.forms.base import Form
from cards.models import Deck, StudyGroup
from cards.search import fold

MOST_DAYS = 730
MOST_TAGS = 20


class AssignmentForm(Form):
    """A deck that the group learns, perhaps some tags of it, and the day. `tags` becomes a list."""

    deck = forms.ModelChoiceField(Deck.objects.none(), label=_("Deck"), empty_label=None)
    tags = forms.CharField(
        label=_("Only cards with one of these tags"),
        required=False,
        max_length=500,
        help_text=_("With commas between them. Empty: the whole deck."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
    )
    due_on = forms.DateField(
        label=_("Learnt by"),
        help_text=_("By the end of that day, each member’s own."),
        error_messages={"invalid": _("Write the day as 2026-05-31."), "required": _("Choose a day.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, group: StudyGroup, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["deck"].queryset = Deck.objects.learnt_in(group)  # type: ignore[attr-defined]
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if not self.today <= day <= self.today + timedelta(days=MOST_DAYS):
            raise forms.ValidationError(_("Choose today or a later day, within two years."))
        return day

    def clean_tags(self) -> list[str]:
        written = [text for text in self.cleaned_data["tags"].split(",") if text.strip()]
        if len(written) > MOST_TAGS:
            raise forms.ValidationError(_("At most %(most)d tags."), params={"most": MOST_TAGS})
        try:
            return list(dict.fromkeys(map(clean_tag, written)))
        except TextError as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        deck, tags = data.get("deck"), data.get("tags")
        if deck and tags:
            tagged = Q(*(Q(search_tags__contains=f"\n{fold(tag)}\n") for tag in tags), _connector=Q.OR)
            if not deck.cards.filter(tagged, archived_at=None).exists():
                self.add_error("tags", _("No card of this deck has such a tag."))
        return data
