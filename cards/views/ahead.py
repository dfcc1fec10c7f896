"""The prompt that is sent ahead: it comes with a card's answer, and stands there the moment a grade is pressed.

`static/js/ahead.js` puts it there and names it in the grade's request, with the counts as they were when it was found.
The reply has to confirm it. Mostly it is enough that this card still comes: the day, which was looked through for the
answer, is not looked through once more; the counts are what one grade makes of those, and are found anew with the next
answer. What cannot be foreseen, such as a grade that brings the same card again, is left to the reply.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString, mark_safe
from django_htmx.http import replace_url, retarget, trigger_client_event

from cards.actions.study import Graded
from cards.http import Request, part_page
from cards.models import Card, Learner
from cards.models.acts import Act
from cards.models.following import Following, Foreseen, counts_after, shown_of, still_comes
from cards.models.parts import Shown
from cards.scheduling import Grade, Outcome, QueueCounts, State
from cards.scheduling.leech import is_told
from cards.views.guests import known_learner, today_of
from cards.views.prompt import filled_asked, filled_confirmation
from cards.views.session import Practised, Session, frame
from cards.views.tried import sheet_of, shown_choices


@dataclass(frozen=True, slots=True)
class Ahead:
    """A prompt as HTML, which it is, and the grades after which it comes."""

    foreseen: Foreseen
    html: SafeString
    grades: str


def asked_context(card: Card, instant: datetime) -> dict[str, Any]:
    """What a prompt shows of its card, asked at that instant."""
    second = int(instant.timestamp())
    return {
        "card": card,
        "n": card.own.number if card.own else 0,
        "asked": second,
        "choices": shown_choices(card, second),
        "typed": "",
        "sheet": sheet_of(card),
    }


def ahead_of(
    request: Request,
    session: Session,
    follows: Following,
    counts: QueueCounts,
    state: State,
    outcomes: Mapping[Grade, Outcome],
    instant: datetime,
) -> Ahead | None:
    """The prompt that follows the card of that state, by what each of its grades does; None where none is foreseen.

    `counts` are the day's before the grade.
    """
    limit = request.learner.leech_lapses if request.learner else 0
    grades = [
        str(grade.value)
        for grade, outcome in outcomes.items()
        if (follows.even_if_again or not outcome.repeats_today)
        and not (outcome.state.lapses > state.lapses and is_told(outcome.state.lapses, limit))
    ]
    if not grades:
        return None
    today, act = today_of(request, instant), Act.of_grade(None)
    context = frame(request, session, today, QueueCounts(), Practised(), act)
    context |= asked_context(follows.card, instant) | {"said": "", "leech": None}
    html = filled_asked(request, context)
    if html is None:
        html = render_to_string("review/prompt.html#asked", context, request)
    foreseen = Foreseen(shown_of(follows.card), today, counts)
    return Ahead(foreseen, mark_safe(html), " ".join(grades))  # noqa: S308  (a template's)


def confirmed(
    request: Request, foreseen: Foreseen, graded: Graded, act: Act, instant: datetime
) -> HttpResponse | None:
    """The reply to a grade of the day's that was just written, where the prompt that stands there may still come; None
    where the day has to be looked through."""
    learner, today = known_learner(request), foreseen.today
    counts = counts_after(foreseen.counts, graded.card, graded.state, today)
    if (
        counts is None
        or learner.study_day(instant) != today
        or not still_comes(foreseen.shown, learner, today)
    ):
        return None
    session = Session()
    context = frame(request, session, today, counts, Practised(), act) | {"asked": int(instant.timestamp())}
    response = confirmation(context)
    replace_url(response, session.url())
    return response


def confirmation(context: dict[str, Any]) -> HttpResponse:
    """The reply where that very prompt stands there: what the grade made another, and a word for the script."""
    html = filled_confirmation(context) or get_template("review/_confirmed.html").render(context)
    response = part_page(html)
    retarget(response, "#progress")
    trigger_client_event(response, "confirmed", after="settle")
    return response


def was_done_elsewhere(shown: Shown, learner: Learner | None) -> bool:
    """Whether something happened to the card since its prompt was sent. One query."""
    if learner is None:
        return False
    (card_id, part), number, _ = shown
    return learner.schedules.filter(card=card_id, part=part, number__gt=number).exists()
