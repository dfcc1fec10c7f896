"""What is not right about a card."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.base import Form
from cards.models import Flag
from cards.models.revisions import FlagQuerySet


class FlagForm(Form):
    """A kind, wrong where none is named, and a note where there is one."""

    kind = forms.ChoiceField(choices=Flag.Kind.choices, required=False, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def clean_kind(self) -> Flag.Kind:
        return Flag.Kind(self.cleaned_data["kind"] or Flag.Kind.WRONG)


class CloseForm(Form):
    """The flags that have been dealt with: the one whose button was pressed, else those that were chosen."""

    flag = forms.ModelChoiceField(Flag.objects.none(), required=False)
    flags = forms.ModelMultipleChoiceField(Flag.objects.none(), required=False)

    def __init__(self, *args: Any, flags: FlagQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("flag", "flags"):
            self.fields[name].queryset = flags  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        one = data.get("flag")
        data["flags"] = [one] if one else list(data.get("flags") or ())
        return data
