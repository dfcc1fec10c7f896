"""Card text in templates: rendered Markdown, differences."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cards import cardtext, kinds, markup
from cards.cardtext import Wording
from cards.figures.words import about, number_word
from cards.reports import DayLoad
from cards.translated import localised, translated
from chapter5 import pyodide

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Card Markdown as sanitised HTML."""
    return mark_safe(markup.render_in(translated, text))  # noqa: S308  (sanitised by markup.render)


@register.filter
def plain(text: str) -> str:
    """Card Markdown as one line of text."""
    return markup.plain(text)


@register.filter
def filled(prompt: str) -> str:
    """A prompt, its clozes filled in, for `markdown` or `plain`."""
    return cardtext.show(prompt, is_filled=True)


@register.filter
def link_text(text: str) -> SafeString:
    """One line of Markdown, such as a reference, without the paragraph around it."""
    return mark_safe(markup.render_in(translated, text).strip().removeprefix("<p>").removesuffix("</p>"))  # noqa: S308


register.filter("number_word", number_word)
register.filter("about", about)


@register.filter
def written(number: float) -> str:
    """A number of a worksheet, in the signs of the reader's region, with a minus sign as prompts have it."""
    text = localised(kinds.written(abs(number)))
    return f"−{text}" if number < 0 else text


@register.filter
def working(wording: Wording) -> kinds.Checked | None:
    """The wording's worksheet with nothing filled in."""
    return kinds.check_worksheet(wording.worksheet, {}) if wording.worksheet else None


@register.filter
def python(code: str) -> SafeString:
    """Python, highlighted, as sanitised HTML."""
    fence = "`" * (3 + max((len(run) for run in re.findall("`+", code)), default=0))
    return markdown(f"{fence}python\n{code}\n{fence}")


@register.simple_tag
def pyodide_is_installed() -> bool:
    """Whether a card's Python console can be opened on this site."""
    return pyodide.is_installed(settings.PYODIDE_DIR)


TAGS = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}


@register.simple_tag
def difference(old: str, new: str) -> SafeString:
    """What was removed and what was added, word by word."""
    pieces = markup.difference(old, new)
    return format_html_join("", "{}", ((format_html(TAGS[piece.kind], piece.text),) for piece in pieces))


LONGEST_ADDED = 60  # characters


@register.simple_tag
def own_text(typed: str, answer: str) -> SafeString:
    """What the learner wrote, marked word by word against the answer, which is shown in full beside it.

    So what the answer says beyond is cut short here. A text that shares no word with the answer has no marks.
    """
    pieces = markup.difference(typed, markup.plain(answer))
    if not any(piece.kind == "same" and any(map(str.isalnum, piece.text)) for piece in pieces):
        return conditional_escape(typed)
    marked = []
    for place, piece in enumerate(pieces):
        text = piece.text
        if piece.kind == "added" and len(text) > LONGEST_ADDED:
            beginning = text[:LONGEST_ADDED].rpartition(" ")[0] + " " if place else ""
            text = beginning + "… "
        marked.append((TAGS[piece.kind], text))
    return format_html_join("", "{}", ((format_html(tag, text),) for tag, text in marked))


WIDTH, MINIMUM_AT, STEPS = 672, 0.8, 30


def _loss(t: float) -> float:
    """The height, in pixels from the top, of the curve at `t` from 0 to 1: a plateau, the fall, and the divergence."""
    fall = 1 / (1 + math.exp(-11 * (t - 0.42)))
    rise = max(0.0, (t - MINIMUM_AT) / (1 - MINIMUM_AT)) ** 2
    return 5 + 25 * fall - 27 * rise


def _path(ts: list[float]) -> str:
    return "M" + " ".join(f"{t * WIDTH:.0f} {_loss(t):.1f}" for t in ts)


WHOLE_CURVE = _path([step / STEPS for step in range(STEPS + 1)])


@register.simple_tag
def loss_curve(share: float, label: str) -> SafeString:
    """Progress as the learning-rate finder's plot: the day's last card lies at the minimum of the loss."""
    return _curve(round(max(0.0, min(1.0, share)), 3), str(label))


@lru_cache(maxsize=4_096)  # a thousand shares, each about half a pixel
def _curve(share: float, label: str) -> SafeString:
    end = share * MINIMUM_AT
    done = _path([*(step / STEPS for step in range(STEPS) if step / STEPS < end), end])
    return format_html(
        '<svg class="curve" viewBox="0 0 672 34" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path d="{}"/><path class="done" d="{}"/><path class="here" d="M{} {}h0"/></svg>',
        label,
        WHOLE_CURVE,
        done,
        round(end * WIDTH),
        round(_loss(end), 1),
    )


@register.simple_tag
def load_heights(days: Sequence[DayLoad]) -> list[tuple[DayLoad, int]]:
    """Each day with the height of its bar, in pixels: the fullest day's is 56."""
    most = max((load.count for load in days), default=0) or 1
    return [(load, math.ceil(56 * load.count / most)) for load in days]
