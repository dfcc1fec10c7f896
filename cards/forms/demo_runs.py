"""What is asked of a demo: its parameters as fields, a run of it, runs to look at; and which demos a card names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.text import capfirst

from cards.cardtext import DemoLink, Wording
from cards.demos.contract import Choice, Demo, Integer, Parameter, ParametersRefused
from cards.demos.registry import demo as demo_of
from cards.forms.base import Form
from cards.translated import translated

FIRST_SEED = 42  # the same for everybody, so that what one computed is there for all
MOST_SEED = 2**31 - 1
MOST_CHARACTERS = 100_000  # of a parameter's text: what is longer is not even read
SHOWN_NAME = 40  # characters of an unknown parameter's name that its message repeats


@dataclass(frozen=True, slots=True)
class CardDemo:
    """A demo that a card names and that is here. `errors` say what is wrong with the parameters that it gives."""

    demo: Demo
    link: DemoLink
    errors: tuple[str, ...]


def demos_of(wording: Wording) -> list[CardDemo]:
    """The demos of a card, in the order written. Those that are not here are left out: they may come later."""
    found = []
    for link in wording.demos:
        demo = demo_of(link.slug)
        if demo is not None:
            found.append(CardDemo(demo, link, _errors(demo, dict(link.parameters))))
    return found


def _errors(demo: Demo, texts: Mapping[str, str]) -> tuple[str, ...]:
    try:
        demo.read(texts)
    except ParametersRefused as refused:
        return tuple(f"{name}: {translated(message)}" for name, message in refused.errors.items())
    return ()


class ParametersForm(Form):
    """A demo's parameters. `values` are those of a valid form; unbound it shows `texts`, or the defaults."""

    prefix = "p"  # so that no parameter's name can be that of another field, or of a page's own query

    values: dict[str, Any]

    def __init__(
        self, demo: Demo, data: QueryDict | None = None, *, texts: Mapping[str, str] | None = None
    ) -> None:
        defaults = {parameter.name: parameter.write(parameter.default) for parameter in demo.parameters}
        super().__init__(data, initial=defaults | dict(texts or {}))
        self.demo = demo
        self.fields |= {parameter.name: _field(parameter) for parameter in demo.parameters}
        for field in list(self.fields.values())[:1]:
            field.label = format_html("{} <kbd>D</kbd>", field.label)
            field.widget.attrs["data-key"] = "d"

    def clean(self) -> dict[str, Any]:
        """By the demo itself, which knows its ranges; the field that is wrong first gets the focus."""
        texts = {name: text for name, text in texts_in(self.data).items() if name not in self.errors}
        try:
            self.values = self.demo.read(texts)
        except ParametersRefused as refused:
            for name, message in refused.errors.items():
                if name in self.fields:
                    self.add_error(name, translated(message))
                else:
                    self.add_error(None, f"{name[:SHOWN_NAME]}: {translated(message)}")
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong is not None:
            self.fields[wrong].widget.attrs |= {"data-focus": True, "autofocus": True}
        return self.cleaned_data


def texts_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that a form or a query carries, by their own names."""
    start = f"{ParametersForm.prefix}-"
    return {name.removeprefix(start): text for name, text in data.items() if name.startswith(start)}


def _field(parameter: Parameter) -> forms.Field:
    """A field that takes any text: what is wrong with it, the demo says."""
    text = translated(parameter.help)
    shared: dict[str, Any] = {"label": translated(parameter.label), "required": False}
    if isinstance(parameter, Choice):  # whose range its own list shows
        choices = [(choice, choice) for choice in parameter.choices]
        return forms.CharField(**shared, help_text=text, widget=forms.Select(choices=choices))
    shared["help_text"] = f"{text} {capfirst(translated(parameter.range))}."
    attributes = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    if isinstance(parameter, Integer) and parameter.least >= 0:
        attributes["inputmode"] = "numeric"  # a phone's keys for numbers; most have no minus
    return forms.CharField(
        **shared, max_length=MOST_CHARACTERS, strip=False, widget=forms.TextInput(attrs=attributes)
    )


class RunForm(Form):
    """For which card a run is asked, with which seed, and beside which run that is `shown`."""

    card = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    seed = forms.IntegerField(min_value=0, max_value=MOST_SEED, required=False)
    shown = forms.UUIDField(required=False)

    def clean_seed(self) -> int:
        seed = self.cleaned_data["seed"]
        return FIRST_SEED if seed is None else seed


class DemoForm(Form):
    """What a demo's page shows: from which card one came, a page of one's runs, two of them side by side."""

    card = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
    left = forms.UUIDField(required=False)
    right = forms.UUIDField(required=False)


class PollForm(Form):
    """The state of a run that a page shows already."""

    state = forms.CharField(max_length=60, required=False)
