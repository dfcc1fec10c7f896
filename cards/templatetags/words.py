"""Numbers as the reader's region writes them. Django's own output groups no thousands: an id in an address has none."""

from collections.abc import Iterable

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cards.models import Deck

register = template.Library()


@register.simple_tag
def page_language() -> str:
    """That of the words, for an html element: en, wherever dates and numbers are from."""
    return (get_language() or "").partition("-")[0]


@register.filter
def number(value: float | None) -> str:
    """1,234 or 1.234, for people to read; nothing for None."""
    return "" if value is None else number_format(value, force_grouping=True)


@register.simple_tag
def names(decks: Iterable[Deck]) -> SafeString:
    """What they are called, one after the other."""
    return format_html_join(", ", "<b>{}</b>", ((deck.name,) for deck in decks))
