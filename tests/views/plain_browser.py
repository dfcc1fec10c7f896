"""A browser without JavaScript: it sends a page's forms as they stand there, and nothing else."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client


@dataclass
class Form:
    """A form as it would be sent untouched. `buttons` maps what stands on a button to its attributes."""

    attributes: dict[str, str]
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """All forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside: dict[str, str] | None = None  # the textarea or button that is open
        self.text = ""
        self.select = ""
        self.apart: dict[str, Form] = {}  # what stands outside of the form that it names
        self.feed(html)
        for form in self.forms:
            if apart := self.apart.get(form.attributes.get("id", "")):
                form.fields |= apart.fields
                form.buttons |= apart.buttons

    def of(self, given: dict[str, str]) -> Form:
        """The form to which an element belongs: the one that it names, else the latest."""
        if "form" in given:
            return self.apart.setdefault(given["form"], Form({}))
        return self.forms[-1]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.forms.append(Form(given))
        elif tag == "textarea" or (tag == "button" and "hidden" not in given):
            self.inside, self.text = given, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.forms[-1].fields or "selected" in given):
            self.forms[-1].fields[self.select] = value
        elif tag == "input" and given.get("type") == "file":
            self.forms[-1].files.add(name)
        elif (
            tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given)
        ):
            self.of(given).fields[name] = value

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.inside is not None and "name" in self.inside:  # else it is never sent
            self.of(self.inside).fields[self.inside["name"]] = self.text.removeprefix("\n")
        elif tag == "button" and self.inside is not None:
            self.of(self.inside).buttons[" ".join(self.text.split())] = self.inside
            self.inside = None


def press(
    client: Client, page: HttpResponse, button: str, /, follow: bool = False, **changes: Any
) -> HttpResponse:
    """Presses the button of the page that says that, after filling in the changes. The form must have those fields."""
    [form] = [form for form in Forms(page.content.decode()).forms if button in form.buttons]
    pressed = form.buttons[button]
    assert changes.keys() <= form.fields.keys() | form.files
    data = form.fields | changes
    if pressed.get("name"):
        data[pressed["name"]] = pressed["value"]
    data = {name: _line_ends(value) for name, value in data.items()}
    own = page.request["PATH_INFO"]  # without an action a form is sent to its page
    action = pressed.get("formaction") or form.attributes.get("action") or own
    assert form.attributes["method"] == "post"
    if form.attributes.get("enctype") == "multipart/form-data":
        return client.post(action, data, follow=follow)
    assert not form.files
    return client.post(action, urlencode(data), "application/x-www-form-urlencoded", follow=follow)


def _line_ends(value: Any) -> Any:
    """As HTML has them sent."""
    return value.replace("\r\n", "\n").replace("\n", "\r\n") if isinstance(value, str) else value
