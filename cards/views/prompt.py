"""The prompt that a grade's reply brings, filled into a page that the template gave before.

The template is the one truth: for each shape that its page can have it is rendered once, with marks for what is
another each time (the card, its deck, numbers, the act that can be undone, the form's token), and the marks then give
way to values. Of a hundred nodes a grade then renders none.
Only what nearly every prompt is: a question to think about, in the day's reviews, of which nothing else is to be said.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from html import unescape
from typing import Any

from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from cards.http import Request
from cards.models import Card, Deck, Schedule
from cards.models.acts import Act
from cards.scheduling import Kind, QueueCounts
from cards.templatetags.card_text import loss_curve, markdown
from cards.templatetags.limits import day_counts
from cards.views.session import Session

CARD, DECK, NUMBER, ASKED = (str(4_611_686_018_427_387_000 + place) for place in (1, 2, 3, 4))
TEXT, NAME, ACT, TOKEN = "\0text\0", "\0name\0", "\0act\0", "\0token\0"
CURVE, COUNTS = "\0curve\0", "\0counts\0"
MARKED = "markofthetext"
AROUND = '\n<div id="session">\n  {}\n  {}\n</div>\n'


def filled(request: Request, context: Mapping[str, Any]) -> str | None:
    """What `review/prompt.html#session` is in this context; None where it is none of the usual shapes."""
    asked = filled_asked(request, context)
    if asked is None:
        return None
    return AROUND.format(_filled_progress("review/_progress.html", context), asked)


def filled_confirmation(context: Mapping[str, Any]) -> str | None:
    """What `review/_confirmed.html` is in this context; None where it is none of the usual shapes."""
    if context["session"] != Session() or context.get("said"):
        return None
    values = {ASKED: str(context["asked"]), ACT: conditional_escape(context["act"].name)}
    return _filled_progress("review/_confirmed.html", context, values)


def _filled_progress(template: str, context: Mapping[str, Any], values: Mapping[str, str] = {}) -> str:
    label, pieces = _progress_pieces(template, get_language() or "")
    values = {**values, CURVE: loss_curve(context["share"], label), COUNTS: day_counts(context["counts"])}
    return "".join([values.get(piece, piece) for piece in pieces])


def filled_asked(request: Request, context: Mapping[str, Any]) -> str | None:
    """What `review/prompt.html#asked` is in it: the same but for how far the day is."""
    card, act = context["card"], context["act"]
    wording = card.wording
    if context["session"] != Session() or context["leech"] or context["said"] or context["typed"]:
        return None
    if (
        card.part
        or context["sheet"]
        or context["choices"]
        or wording.accepted
        or act is None
        or request.learner is None
    ):
        return None
    pieces = _pieces(
        get_language() or "", context["today"], act.kind, context["has_answer_box"],
        card.own is not None and card.own.is_suspended, card.own is not None and card.own.due_on is not None,
    )  # fmt: skip
    values = {
        CARD: str(card.pk), DECK: str(card.deck_id), NUMBER: str(context["n"]), ASKED: str(context["asked"]),
        NAME: conditional_escape(card.deck.name), ACT: conditional_escape(act.name), TOKEN: _token(request),
        TEXT: markdown(card.question),
    }  # fmt: skip
    return "".join([values.get(piece, piece) for piece in pieces])


def _token(request: Request) -> str:
    """For its forms: the one that the request was let in by, else a new one.

    It was checked before any view. A mask of its own keeps a page's length from telling of it (BREACH), which takes
    pages that another site can have sent again and again: without that token it can't have this one.
    """
    sent = request.POST.get("csrfmiddlewaretoken") or request.META.get("HTTP_X_CSRFTOKEN")
    return conditional_escape(sent) if sent and request.method == "POST" else get_token(request)


@lru_cache(maxsize=64)
def _progress_pieces(template: str, language: str) -> tuple[str, list[str]]:
    """What the curve is called, and the page around it and the counts, with their marks, in turn."""
    none = QueueCounts()
    named = {"asked": int(ASKED), "act": Act(ACT, Kind.GRADED)}
    html = get_template(template).render({"session": Session(), "counts": none, "share": 0, **named})
    label = re.search(r'aria-label="([^"]+)"', html)
    assert label is not None
    name = unescape(label[1])
    html = html.replace(loss_curve(0, name), CURVE).replace(day_counts(none), COUNTS)
    return name, re.split(f"({CURVE}|{COUNTS}|{ASKED}|{ACT})", html)


@lru_cache(maxsize=256)
def _pieces(
    language: str, today: date, kind: str, has_answer_box: bool, is_suspended: bool, is_known: bool
) -> list[str]:
    """The page of that shape, and its marks, in turn."""
    card = Card(pk=int(CARD), prompt=MARKED, deck=Deck(pk=int(DECK), name=NAME))
    card.own = Schedule(is_suspended=is_suspended, due_on=today if is_known else None)
    html = get_template("review/prompt.html#asked").render(
        {
            "session": Session(), "card": card, "n": int(NUMBER), "asked": int(ASKED), "act": Act(ACT, kind),
            "today": today, "has_answer_box": has_answer_box, "csrf_token": TOKEN,
        }
    )  # fmt: skip
    html = html.replace(markdown(MARKED), TEXT)
    return re.split(f"({'|'.join((CARD, DECK, NUMBER, ASKED, NAME, ACT, TOKEN, TEXT))})", html)
