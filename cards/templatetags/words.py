"""Numbers as the reader's region writes them. Django's own output groups no thousands: an id in an address has none."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cards.models import Deck, Revision
from cards.translated import translated

register = template.Library()


@register.simple_tag
def page_language() -> str:
    """That of the words, for an html element: en, wherever dates and numbers are from."""
    return (get_language() or "").partition("-")[0]


@register.filter
def number(value: float | None) -> str:
    """1,234 or 1.234, for people to read; nothing for None."""
    return "" if value is None else number_format(value, force_grouping=True)


@register.filter
def made_by(revision: Revision) -> str:
    """How a wording came to be, and by whom: Edited by ada."""
    author, co_author = revision.author, revision.co_author
    if author and co_author:
        said = _("%(source)s by %(author)s with %(co_author)s")
    elif author:
        said = _("%(source)s by %(author)s")
    elif co_author:
        said = _("%(source)s with %(co_author)s")
    else:
        said = "%(source)s"
    return said % {
        "source": capfirst(revision.get_source_display()),
        "author": author.public_name if author else "",
        "co_author": co_author.public_name if co_author else "",
    }


@register.simple_tag
def names(decks: Iterable[Deck]) -> SafeString:
    """What they are called, one after the other."""
    return format_html_join(", ", "<b>{}</b>", ((deck.name,) for deck in decks))


@register.filter
def said(text: str, kept: Mapping[str, Any] | None = None) -> str:
    """A text of a demo, or of another pure package, in the reader's language; a stored one by what was kept with it."""
    return translated(text, kept)
