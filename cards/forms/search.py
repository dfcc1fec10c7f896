"""What is searched for, and under which name it is kept."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cards.forms.base import Form
from cards.search import MOST_CHARACTERS, All, Query, QueryError, parse
from cards.translated import translated

NAME_LENGTH = 80


class QueryField(forms.CharField):
    """A search as its text, which can be read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"strip": False, "max_length": MOST_CHARACTERS, **kwargs})

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            query = parse(value)
        except QueryError as error:
            raise ValidationError(translated(str(error)), code="query") from None
        if self.required and query == All():
            raise ValidationError(self.error_messages["required"], code="required")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sentence, and the text in three: the piece that it is about, and what stands before and after it."""

    message: str
    before: str
    piece: str
    after: str


class SearchForm(Form):
    """The box, and which page of what is found."""

    q = QueryField(
        required=False,
        label=_("Search the cards"),
        widget=forms.TextInput(
            attrs={
                "type": "search", "data-key": "/", "enterkeyhint": "search",
                "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false",
            }
        ),
    )  # fmt: skip
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    @property
    def text(self) -> str:
        """What stands in the box."""
        return self["q"].value() or ""

    @property
    def address(self) -> str:
        """The box, as an address says it."""
        return urlencode({"q": self.text})

    @property
    def query(self) -> Query:
        """What was read of a valid form's box."""
        return parse(self.text)

    @property
    def mistake(self) -> Mistake | None:
        """What is wrong with it, and around which piece."""
        text = self.text
        try:
            parse(text)
        except QueryError as error:
            return Mistake(
                translated(str(error)), text[: error.start], text[error.start : error.end], text[error.end :]
            )
        return None


class SavedSearchForm(Form):
    """A search to keep."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        label=_("Keep this search as"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    query = QueryField(label=_("Query"))

    def clean_name(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_query(self) -> str:
        """Without spaces around it: what is the same search reads the same."""
        query: str = self.cleaned_data["query"]
        return query.strip()
