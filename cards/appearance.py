"""How pages look and listen in one browser: choices for anybody, each kept in a cookie of its name.

A phone and a desk want different ones, so they belong to no account.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cards.messages import _


class Choice(NamedTuple):
    """`values` with their labels; `default` is what a browser without the cookie has."""

    label: str
    help: str
    values: Mapping[str, str]
    default: str


APPEARANCE = {
    "theme": Choice(
        _("Theme"),
        _("System: as the device has it, which may change with the hour."),
        {"system": _("System"), "light": _("Light"), "dark": _("Dark")},
        default="system",
    ),
    "text": Choice(
        _("Text size"),
        _("Beside the browser’s own size, which counts as well."),
        {"small": _("Small"), "normal": _("Normal"), "large": _("Large"), "largest": _("Largest")},
        default="normal",
    ),
    "keys": Choice(
        _("Keys"),
        _(
            "Shown: each key is printed on what it presses. Hidden: it works all the same. Off: only Space, Enter and "
            "Tab do, so that neither speech input nor a hand on the keyboard grades a card by accident."
        ),
        {"shown": _("Shown"), "hidden": _("Hidden"), "off": _("Off")},
        default="shown",
    ),
}


def chosen(cookies: Mapping[str, str]) -> dict[str, str]:
    """The value of each choice in a browser with these cookies; one that is none counts as not chosen."""
    return {
        name: value if (value := cookies.get(name, "")) in choice.values else choice.default
        for name, choice in APPEARANCE.items()
    }
