"""The review session: a prompt, its answer, a grade, the next prompt; and back.

The day's reviews and practice, of whatever a search finds, are one flow; only the day's touches the schedule.
"""

import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import replace_url

from cards.actions.notes import StaleNote, write_note
from cards.actions.study import NotYours, Result, grade_card
from cards.clock import now
from cards.forms.demo_runs import demos_of
from cards.forms.notes import NoteForm
from cards.forms.review import MOST_SECONDS, MOST_TRIES, AnswerForm, GradeForm, SessionForm, SheetForm
from cards.http import Request, render_page
from cards.kinds import Checked
from cards.models import Card, Learner
from cards.models.acts import Act
from cards.models.queue import queue_counts
from cards.scheduling import (
    NEW,
    NOT_MOVED,
    Mode,
    QueueCounts,
    Spreading,
    State,
    futures,
    mode_at,
    outcome_text,
)
from cards.translated import translated
from cards.views.beside import beside
from cards.views.finish import finish
from cards.views.guests import known_learner, today_of
from cards.views.leech import Leech, leech_after, leech_named
from cards.views.session import Practised, Session, card_for, frame, pick
from cards.views.tried import sheet_form, sheet_of, shown_choices, tried

ELSEWHERE = _(
    "That card was graded elsewhere in the meantime. Nothing was counted twice; this is where you are now."
)
REWORDED = _("This card was changed while you looked at it. It was not graded: this is how it reads now.")


@require_GET
@never_cache
def review(request: Request) -> HttpResponse:
    """The next prompt, or the end of the session."""
    form = SessionForm(request.GET)
    if not form.is_valid():
        if "practise" in form.errors:
            return redirect(f"{reverse('cards:search')}?{urlencode({'q': form['practise'].value()})}")
        raise Http404
    data = form.cleaned_data
    leech = leech_named(request.learner, data["leech"], today_of(request, now()))
    return show_next(request, Session.of(form), card_id=data["card"], leech=leech)


def show_next(
    request: Request,
    session: Session,
    *,
    card_id: int | None = None,
    act: Act | None = None,
    said: str = "",
    leech: Leech | None = None,
    typed: str = "",
    sheet: Checked | None = None,
) -> HttpResponse:
    """The prompt of `card_id` where it is one of the day's cards, else of the card that comes next; or the finish.

    For htmx with the address that shows it again: a reload finds the learner where they are, not at the card before.
    """
    instant = now()
    today = today_of(request, instant)
    card, counts, practised = pick(request.learner, session, today, card_id)
    context = frame(request, session, today, counts, practised, act) | {"said": said, "leech": leech}
    if card is None:
        if not session.practise:
            context |= finish(request.learner, today, counts)
        response = render_page(request, "review/finish.html", context, part="session")
    else:
        asked = int(instant.timestamp())
        is_again = card.pk == card_id  # else what was typed belongs to a card that is not shown
        context |= {
            "card": card,
            "n": card.own.number if card.own else 0,
            "asked": asked,
            "choices": shown_choices(card, asked),
            "typed": typed if is_again else "",
            "sheet": (sheet if is_again else None) or sheet_of(card),
        }
        response = render_page(request, "review/prompt.html", context, part="session")
    if request.htmx:
        replace_url(response, session.url(**_named(card_id, leech)))
    return response


def _named(card_id: int | None, leech: Leech | None) -> dict[str, object]:
    """What an address has to name so that the same is shown again."""
    return {"card": card_id} if card_id else {"leech": leech.card.pk} if leech else {}


@require_http_methods(["GET", "POST"])
@never_cache
def review_answer(request: Request, card_id: int) -> HttpResponse:
    """The answer of a card, what the learner typed or chose beside it, and the four grades with what each will do.

    Asked for by POST where something is to be checked, so that it may be long; nothing is written either way.
    """
    form = AnswerForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        if set(form.errors) != {"typed"}:
            return redirect("cards:review")
        said, typed = str(form.errors["typed"][0]), form.data["typed"]
        return show_next(request, Session.of(form), card_id=card_id, said=said, typed=typed)
    return _show_answer(request, Session.of(form), card_id, form.cleaned_data)


def _again(card: Card, form: SheetForm) -> Checked | None:
    """The worksheet as it is shown once more: with other numbers, or checked for the first time and not yet right."""
    sheet = sheet_of(card, form)
    if sheet is None or not form.is_valid():
        return sheet
    act = form.cleaned_data["act"]
    if act == "new":
        return sheet_of(card, seed=secrets.randbelow(2**31))
    if act == "check" and sheet.is_tried and sheet.mistakes and sheet.tries < MOST_TRIES:
        return replace(sheet, tries=sheet.tries + 1)
    return None


def _show_answer(
    request: Request, session: Session, card_id: int, data: dict[str, Any], *, said: str = "", **more: object
) -> HttpResponse:
    """`data` is an AnswerForm's. `more` stands in place of what is usual beside an answer: a note that waits."""
    card = card_for(request.learner, card_id, has_answer=True)
    if card is None:
        raise Http404
    instant = now()
    today = today_of(request, instant)
    state = card.own.state if card.own else NEW
    mode = Mode.PRACTICE if session.practise else mode_at(state, today)
    spreading = request.learner.study_settings.spreading(card_id, 0) if request.learner else NOT_MOVED
    if state.number != data["n"] or (mode is Mode.PRACTICE and not session.practise):
        return show_next(request, session, card_id=card_id, said=ELSEWHERE)
    sheet = sheet_form(card, request.POST)
    if sheet and (again := _again(card, sheet)):
        return show_next(request, session, card_id=card_id, sheet=again)
    counts = QueueCounts() if session.practise else queue_counts(request.learner, today)
    ids = session.cards(request.learner, today) if session.practise else []
    practised = Practised(ids.index(card_id) if card_id in ids else 0, len(ids))
    context = frame(request, session, today, counts, practised, None) | {
        "card": card,
        "n": state.number,
        "asked": data["asked"],
        "typed": data["typed"],
        "chosen": data["chosen"],
        "tried": tried(card, data, sheet),
        "said": said,
        "back": _answer_url(session, card_id, data),
        "grades": grade_buttons(state, today, mode, spreading),
        "mode": mode.value,
        "demos": [each for each in demos_of(card.wording) if not each.errors],
        **beside(card, request.learner, with_grade=True),
        **more,
    }
    status = 422 if more else 200
    return render_page(request, "review/review_answer.html", context, part="session", status=status)


def _answer_url(session: Session, card_id: int, data: dict[str, Any]) -> str:
    """The address that shows that answer again."""
    named = {name: data[name] for name in ("n", "asked", "typed", "chosen") if data[name] not in (None, "")}
    query = urlencode(session.fields() | named, doseq=True)
    return f"{reverse('cards:review_answer', args=[card_id])}?{query}"


def grade_buttons(state: State, today: date, mode: Mode, spreading: Spreading) -> list[dict[str, object]]:
    """For each grade its number, its name and what pressing it will do: the very outcome that would be stored."""
    return [
        {
            "value": grade.value,
            "label": translated(grade.label),
            "text": translated(outcome_text(outcome, today)),
        }
        for grade, outcome in futures(state, today, mode, spreading).items()
    ]


@require_POST
@never_cache
def grade(request: Request) -> HttpResponse:
    """Writes the grade, and what was typed as a note, and shows what comes next."""
    form = GradeForm(request.POST)
    if not form.is_valid():
        return show_next(request, Session(), said=_("That grade could not be read. Nothing was written."))
    data = form.cleaned_data
    session = Session.of(form)
    instant = now()
    learner = known_learner(request)
    if waits := _save_note(learner, data["card"], NoteForm(request.POST)):
        return _show_answer(request, session, data["card"], data, **waits)
    try:
        graded = grade_card(
            learner=learner,
            card_id=data["card"],
            part=data["part"],
            shown_number=data["n"],
            grade=data["grade"],
            is_practice=bool(session.practise),
            now=instant,
            answer_seconds=_answer_seconds(data["asked"], instant),
            shown_revision=data["revision"],
        )
    except NotYours:
        raise Http404 from None
    if graded.result is Result.REWORDED:
        if request.htmx:
            return _show_answer(request, session, data["card"], data, said=REWORDED)
        messages.warning(request, REWORDED)
        return redirect(_answer_url(session, data["card"], data))
    said = ELSEWHERE if graded.result is Result.OUTDATED else ""
    session = session if said else session.then(data["card"])
    card_id = data["card"] if said else None
    leech = leech_after(learner, graded, learner.study_day(instant))
    if not request.htmx:
        if said:
            messages.warning(request, said)
        return redirect(session.url(**_named(card_id, leech)))
    act = Act.of_grade(graded.event_id) if graded.event_id else None
    return show_next(request, session, card_id=card_id, act=act, said=said, leech=leech)


def _save_note(learner: Learner, card_id: int, form: NoteForm) -> dict[str, Any]:
    """Writes what was typed as a note beside the answer. Where that cannot be, returns what is shown there then."""
    waits: dict[str, Any] = {"note_form": form, "is_open": True, "has_focus": True}
    if not form.is_valid():
        return waits
    if form.is_touched:
        card = get_object_or_404(Card.objects.visible_to(learner), pk=card_id)
        data = form.cleaned_data
        try:
            write_note(learner=learner, card=card, text=data["text"], was=data["was"], now=now())
        except StaleNote as stale:
            return waits | {"note_form": form.based_on(stale.note), "is_stale": True}
    return {}


def _answer_seconds(asked: int | None, instant: datetime) -> int | None:
    """From the prompt to the grade; None where that is not known, or a coffee came between."""
    seconds = int(instant.timestamp()) - asked if asked else -1
    return seconds if 0 <= seconds <= MOST_SECONDS else None
