"""How much a day holds: in words, and its cards as a bar."""

from functools import lru_cache

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cards.figures.words import number_word
from cards.models.queue import MOST_COUNTED
from cards.scheduling import QueueCounts

register = template.Library()


@register.simple_tag
def limits_text(new: int | None, reviews: int | None) -> str:
    """The likes of "5 new cards and 1 review"; what is None is left out."""
    texts = []
    if new is not None:
        texts.append(ngettext("%(number)s new card", "%(number)s new cards", new) % _number(new))
    if reviews is not None:
        texts.append(ngettext("%(number)s review", "%(number)s reviews", reviews) % _number(reviews))
    return both(texts)


def _number(count: int) -> dict[str, str]:
    return {"number": number_format(count, force_grouping=True)}


def both(texts: list[str]) -> str:
    """One or two of them."""
    if len(texts) < 2:
        return "".join(texts)
    first, second = texts
    return _("%(first)s and %(second)s") % {"first": first, "second": second}


@register.simple_tag
def kinds_text(counts: QueueCounts, is_sentence: bool = False) -> str:
    """The likes of "three to review, two new, one again"; in a sentence "three to review and two new"."""
    due, new, again = counts.due, counts.new, counts.repeat
    texts = []
    if due or not is_sentence:
        texts.append(
            ngettext("%(number)s to review", "%(number)s to review", due) % {"number": number_word(due)}
        )
    if new:
        texts.append(ngettext("%(number)s new", "%(number)s new", new) % {"number": number_word(new)})
    if is_sentence:
        return both(texts)
    if again:
        texts.append(ngettext("%(number)s again", "%(number)s again", again) % {"number": number_word(again)})
    return ", ".join(texts)


@register.simple_tag
def day_counts(counts: QueueCounts) -> SafeString:
    """What is done, and what will come, as the items of a list."""
    kinds = ("done", "due", "new", "repeat") if counts.repeat else ("done", "due", "new")
    language = get_language() or ""
    items = [_day_count(language, kind, getattr(counts, kind)) for kind in kinds]
    return mark_safe("".join(items))  # noqa: S308  (our words, and numbers)


@lru_cache(maxsize=8_192)  # a thousand numbers of each kind, in a language or two
def _day_count(language: str, kind: str, count: int) -> str:
    """In the language that is active, which has to be named."""
    number = _most(count) if kind == "due" else _number(count)
    match kind:
        case "done":
            text = ngettext("<b>%(number)s</b> done", "<b>%(number)s</b> done", count)
        case "due":
            text = ngettext("<b>%(number)s</b> to review", "<b>%(number)s</b> to review", count)
        case "new":
            text = ngettext("<b>%(number)s</b> new", "<b>%(number)s</b> new", count)
        case _:
            text = ngettext("<b>%(number)s</b> again today", "<b>%(number)s</b> again today", count)
    return f"<li>{text % number}</li>"


def _most(count: int) -> dict[str, str]:
    """1,000+ where there are more than are counted."""
    more = "+" if count > MOST_COUNTED else ""
    return {"number": number_format(min(count, MOST_COUNTED), force_grouping=True) + more}


@register.simple_tag
def bar(count: int, most: int) -> SafeString:
    """The number, and a bar that is as long in its cell as the number is beside the largest one."""
    drawn = '<span>{}</span><svg class="length" aria-hidden="true"><rect width="{}%" height="100%"/></svg>'
    shown = number_format(count, force_grouping=True)
    return format_html(drawn, shown, round(100 * count / most, 1) if most else 0)
