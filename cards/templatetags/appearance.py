"""The appearance of pages in this browser, and the choices of it."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cards.appearance import APPEARANCE, chosen

register = template.Library()


@register.simple_tag
def appearance_attributes(request: HttpRequest) -> SafeString:
    """Attributes of the html element, such as ` data-theme="dark"`, for what was chosen; nothing where nothing was."""
    return format_html_join(
        "",
        ' data-{}="{}"',
        (
            (name, value)
            for name, value in chosen(request.COOKIES).items()
            if value != APPEARANCE[name].default
        ),
    )


@register.simple_tag
def appearance_choices(request: HttpRequest, *names: str) -> list[dict[str, Any]]:
    """Of the choices of these names, or of all: `name`, `label`, `help`, `values`, and the one `chosen`."""
    now = chosen(request.COOKIES)
    return [
        {
            "name": name,
            "label": choice.label,
            "help": choice.help,
            "values": choice.values,
            "chosen": now[name],
        }
        for name, choice in APPEARANCE.items()
        if not names or name in names
    ]
