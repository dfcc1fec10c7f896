"""What a demo gave, in templates: drawings that are safe, numbers that are short, code with its colours."""

import logging
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cards.demos.shown import shown
from cards.demos.svg import ATTRIBUTES, ELEMENTS
from cards.markup.code import code_block
from cards.models import DemoResult
from cards.translated import localised, translated, with_texts

register = template.Library()
logger = logging.getLogger(__name__)

# A tag as cards.demos.svg writes them: of its elements (and the division around them), with its attributes.
OWN_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(ELEMENTS | {'div'}))})(?: (?:{'|'.join(sorted(ATTRIBUTES))})=\"[^\"<>]*\")*\s*/?>"
)


@register.filter
def drawing(svg: str, kept: Mapping[str, Any] | None = None) -> SafeString:
    """A stored drawing; nothing, and an error in the log, for one that a worker of ours cannot have drawn.

    What was `kept` with a result says how its texts are said in the reader's language.
    What is stored was built by an allow-list. This costs little, and holds where somebody else could write there.
    """
    if re.search("[<>]", OWN_TAG.sub("", svg)):
        logger.error("A stored drawing holds what none of ours does; it is not shown.")
        return mark_safe("")
    if kept is not None:
        svg = with_texts(svg, lambda text: localised(translated(text, kept)))
    return mark_safe(svg)  # noqa: S308  (nothing but OWN_TAG and text)


@register.filter
def own_finding(result: DemoResult) -> str:
    """The sentence that a result comes to, where none of its plots and pictures says it already."""
    return "" if any(part.get("finding") == result.finding for part in result.parts) else result.finding


@register.simple_tag
def cells(
    shown: Sequence[Sequence[str]], numeric: Collection[int], kept: Mapping[str, Any] | None = None
) -> SafeString:
    """The rows of a table's body: of a demo's result, where `kept` says how, in the reader's language.

    A name such as great_pyrenees_173.jpg may be broken behind each underscore: on a phone a column is narrow.

    A loop of the template's takes a quarter of a second for a year of days.
    """
    if kept is not None:
        shown = [
            [
                localised(cell) if place in numeric else translated(cell, kept)
                for place, cell in enumerate(row, 1)
            ]
            for row in shown
        ]
    starts = dict.fromkeys(numeric, '<td class="num">')
    rows = (
        "".join(
            f"{starts.get(place, '<td>')}{escape(cell).replace('_', '_<wbr>')}</td>"
            for place, cell in enumerate(row, start=1)
        )
        for row in shown
    )
    return mark_safe("".join(f"<tr>{row}</tr>" for row in rows))  # noqa: S308  (each cell is escaped)


@register.filter
def code(text: str, language: str) -> SafeString:
    """A program's output or source, coloured where the language is one that is known."""
    return mark_safe(code_block(text, language))  # noqa: S308  (escaped by code_block)


@register.filter
def seconds(value: float) -> str:
    """A duration: ms below one second, then s with two digits or more."""
    if value < 0.9995:
        return _("%(number)s ms") % {"number": localised(f"{max(1, round(value * 1000))}")}
    return _("%(number)s s") % {"number": localised(f"{value:.2g}" if value < 99.5 else f"{value:.0f}")}


@register.filter
def share(progress: Mapping[str, Any]) -> float:
    """How far a run is, from 0 to 1, by its last report."""
    return float(progress.get("step", 0)) / (progress.get("of") or 1)


@register.filter
def numbers(progress: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a run has measured so far, by its last report: names and short numbers."""
    return [(name, localised(shown([value])[0])) for name, value in progress.get("numbers", {}).items()]


@register.filter
def doing(progress: Mapping[str, Any]) -> str:
    """What a run was doing at its last report, in the reader's language."""
    return translated(progress.get("text", ""), progress.get("messages"))
