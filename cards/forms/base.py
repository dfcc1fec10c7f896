"""What all our forms share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass


class _Shared(dict[str, forms.Field]):
    """Fields that every form of a class has in common, where Django gives each copies of its own."""

    def __deepcopy__(self, memo: object) -> "_Shared":
        return self


class _Lean(DeclarativeFieldsMetaclass):
    base_fields: dict[str, forms.Field]
    unsent: dict[str, Any]

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> "_Lean":
        form: _Lean = super().__new__(cls, name, bases, attrs)
        fields = form.base_fields = _Shared(form.base_fields)
        form.unsent = {name: field.clean(None) for name, field in fields.items() if not field.required}
        return form


class LeanForm(forms.Form, metaclass=_Lean):
    """A form that changes none of its fields, and reads but those that were sent: the others are as if sent empty.

    Copying and reading a dozen takes longer than all that is then done with three.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields = {name: field for name, field in self.fields.items() if name in data or field.required}

    def _clean_fields(self) -> None:
        """As Django's, but for what these forms have none of: what a field begins with, files, what is not editable."""
        for name, field in self.fields.items():
            try:
                sent = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
                self.cleaned_data[name] = field.clean(sent)
                if own := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = own()
            except forms.ValidationError as error:
                self.add_error(name, error)

    def clean(self) -> dict[str, Any]:
        self.fields = self.base_fields  # what is wrong may be said of any of them
        return type(self).unsent | self.cleaned_data


class Form(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class NextForm(Form):
    """Where to go afterwards: an address as it was sent, still to be judged."""

    next = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
