"""Says in the reader's language what the pure packages, and what is stored, say in English."""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import Any

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext, ngettext

from cards.messages import Message, Number

DRAWN = re.compile(r"(?<=>)[^<>]+(?=</(?:text|title)>)")  # what is read in a drawing
NUMBER = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[-−]?\d+)?( ?%)?")


def translated(text: str, kept: Mapping[str, Any] | None = None) -> str:
    """The text said anew; one that came out of the database by what was `kept` with it (cards.messages.kept)."""
    if isinstance(text, Message):
        return _said(text.message, text.more, text.number, text.params)
    if kept and text in kept:
        return _said(**kept[text])
    return gettext(text) if text else ""


def _said(message: str, more: str, number: int, params: Mapping[str, object]) -> str:
    said = ngettext(message, more, number) if more else gettext(message)
    return said % {name: _value(value) for name, value in params.items()} if params else said


def _value(value: object) -> object:
    match value:
        case Message():
            return translated(value)
        case {"message": str(message), "more": str(more), "number": int(number), "params": dict(params)}:
            return _said(message, more, number, params)
        case int():
            return number_format(value, force_grouping=True)
        case Number():
            return localised(value)
        case {"number": str(number), **rest} if not rest:
            return localised(number)
    return value


def localised(text: str) -> str:
    """A number that was written as 1,234.5 with the signs of the reader's region; any other text as it is."""
    if not text or not NUMBER.fullmatch(text):
        return text
    signs = {ord(","): str(get_format("THOUSAND_SEPARATOR")), ord("."): str(get_format("DECIMAL_SEPARATOR"))}
    return text.translate(signs)


def with_texts(svg: str, say: Callable[[str], str]) -> str:
    """The drawing with each of its texts as `say` gives it."""
    return DRAWN.sub(lambda text: escape(say(unescape(text[0])), quote=False), svg)
