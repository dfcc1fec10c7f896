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
from cards.forms.review import (
    MOST_SECONDS,
    MOST_TRIES,
    AnswerForm,
    BesideAnswerForm,
    GradeForm,
    SessionForm,
    SheetForm,
)
from cards.http import Request, part_page, render_page, wants_part
from cards.kinds import Checked
from cards.models import Card, Learner
from cards.models.acts import Act
from cards.models.following import Following, following, shown_of
from cards.models.parts import Asked, Shown
from cards.models.practice import next_place
from cards.models.queue import is_asked_today, queue_counts
from cards.scheduling import (
    NEW,
    NOT_MOVED,
    Grade,
    Mode,
    Outcome,
    QueueCounts,
    futures,
    mode_at,
    outcome_text,
)
from cards.translated import translated
from cards.views.ahead import ahead_of, asked_context, confirmation, confirmed, was_done_elsewhere
from cards.views.beside import beside
from cards.views.finish import finish
from cards.views.guests import known_learner, today_of
from cards.views.leech import Leech, leech_after, leech_named
from cards.views.prompt import filled
from cards.views.session import Practised, Session, card_for, frame, pick
from cards.views.tried import sheet_form, sheet_of, tried

ELSEWHERE = _(
    "That card was graded elsewhere in the meantime. Nothing was counted twice; this is where you are now."
)
AHEAD_ELSEWHERE = _(
    "The card that stood here was done elsewhere in the meantime. Nothing was counted twice; this is where you are now."
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
    return show_next(request, Session.of(form), asked=data["card"], leech=leech)


def show_next(
    request: Request,
    session: Session,
    *,
    asked: Asked | None = None,
    act: Act | None = None,
    said: str = "",
    leech: Leech | None = None,
    typed: str = "",
    sheet: Checked | None = None,
    ahead: Shown | None = None,
) -> HttpResponse:
    """The prompt of that card where it is one of the day's, else of the card that comes next; or the finish.

    For htmx with the address that shows it again: a reload finds the learner where they are, not at the card before.
    Where that very prompt was sent `ahead`, only what the grade made another.
    """
    instant = now()
    today = today_of(request, instant)
    card, counts, practised = pick(request.learner, session, today, asked)
    is_confirmed = card is not None and ahead == shown_of(card) and not (said or leech)
    if ahead and not (is_confirmed or said) and was_done_elsewhere(ahead, request.learner):
        said = AHEAD_ELSEWHERE
    context = frame(request, session, today, counts, practised, act) | {"said": said, "leech": leech}
    if card is None:
        if not session.practise:
            context |= finish(request.learner, today, counts)
        response = render_page(request, "review/finish.html", context, part="session")
    else:
        context |= asked_context(card, instant)
        if asked is not None and Asked(card.pk, card.part) == asked:
            context |= {"typed": typed, "sheet": sheet or context["sheet"]}
        response = confirmation(context) if is_confirmed else _prompt(request, context)
    if request.htmx:
        replace_url(response, session.url(**_named(asked, leech)))
    return response


def _prompt(request: Request, context: dict[str, Any]) -> HttpResponse:
    """The page, or its part: filled in, where it is a usual one."""
    html = filled(request, context) if wants_part(request) else None
    if html is None:
        return render_page(request, "review/prompt.html", context, part="session")
    return part_page(html)


def _named(asked: Asked | None, leech: Leech | None) -> dict[str, object]:
    """What an address has to name so that the same is shown again."""
    return {"card": asked} if asked else {"leech": leech.card.pk} if leech else {}


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
        asked = Asked(card_id, form.cleaned_data["part"])
        return show_next(request, Session.of(form), asked=asked, said=said, typed=typed)
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
    asked, instant = Asked(card_id, data["part"]), now()
    today = today_of(request, instant)
    card = card_for(request.learner, asked, today, has_answer=True)
    if card is None:
        raise Http404
    state = card.own.state if card.own else NEW
    mode = Mode.PRACTICE if session.practise else mode_at(state, today)
    spreading = request.learner.study_settings.spreading(*asked) if request.learner else NOT_MOVED
    if asked.part not in card.part_numbers:
        return show_next(request, session, asked=asked, said=REWORDED)
    is_over = mode is Mode.PRACTICE or not is_asked_today(card, asked.part, request.learner, today)
    if state.number != data["n"] or (is_over and not session.practise):
        return show_next(request, session, asked=asked, said=ELSEWHERE)
    outcomes = futures(state, today, mode, spreading)
    sheet = sheet_form(card, request.POST)
    if sheet and (again := _again(card, sheet)):
        return show_next(request, session, asked=asked, sheet=again)
    follows, counts, practised = _what_follows(request, session, card, asked, today)
    context = frame(request, session, today, counts, practised, None) | {
        "card": card,
        "n": state.number,
        "asked": data["asked"],
        "typed": data["typed"],
        "chosen": data["chosen"],
        "shuffle": data["shuffle"],
        "goal": data["goal"],
        "tried": tried(card, data, sheet),
        "said": said,
        "back": _answer_url(session, asked, data),
        "grades": grade_buttons(outcomes, today),
        "ahead": ahead_of(request, session.then(asked), follows, counts, state, outcomes, instant)
        if follows
        else None,
        "mode": mode.value,
        "demos": [each for each in demos_of(card.wording) if not each.errors],
        **beside(card, request.learner, with_grade=True),
        **more,
    }
    status = 422 if more else 200
    return render_page(request, "review/review_answer.html", context, part="session", status=status)


def _answer_url(session: Session, asked: Asked, data: dict[str, Any]) -> str:
    """The address that shows that answer again."""
    kept = ("n", "asked", "typed", "chosen", "shuffle", "goal")
    named = {name: data[name] for name in kept if data[name] not in (None, "")}
    part = {"part": asked.part} if asked.part else {}
    query = urlencode(session.fields() | part | named, doseq=True)
    return f"{reverse('cards:review_answer', args=[asked.card_id])}?{query}"


def _what_follows(
    request: Request, session: Session, card: Card, asked: Asked, today: date
) -> tuple[Following | None, QueueCounts, Practised]:
    """The card that comes after this one, where htmx asks; and how far the session is."""
    learner = request.learner
    if not session.practise:
        if wants_part(request):
            return *following(card, learner, today), Practised()
        return None, queue_counts(learner, today, is_exact=False), Practised()
    found = session.cards(learner, today)
    place = found.index(asked) if asked in found else 0
    rest = found[next_place(found, asked) :]
    comes = card_for(learner, rest[0], today) if rest and wants_part(request) else None
    follows = Following(comes, even_if_again=True) if comes else None
    return follows, QueueCounts(), Practised(place, len(found))


def grade_buttons(outcomes: dict[Grade, Outcome], today: date) -> list[dict[str, object]]:
    """For each grade its number, its name and what pressing it will do: the very outcome that would be stored."""
    return [
        {
            "value": grade.value,
            "label": translated(grade.label),
            "text": translated(outcome_text(outcome, today)),
        }
        for grade, outcome in outcomes.items()
    ]


@require_POST  # whose answer no cache keeps, without being told
def grade(request: Request) -> HttpResponse:
    """Writes the grade, and what was typed as a note, and shows what comes next."""
    form = GradeForm(request.POST)
    if not form.is_valid():
        return show_next(request, Session(), said=_("That grade could not be read. Nothing was written."))
    data = form.cleaned_data
    session = Session.of(form)
    instant = now()
    learner = known_learner(request)
    asked = Asked(data["card"], data["part"])
    if "text" in request.POST and (waits := _save_note(learner, data["card"], NoteForm(request.POST))):
        return _show_answer(request, session, data["card"], data, **waits)
    try:
        graded = grade_card(
            learner=learner,
            card_id=asked.card_id,
            part=asked.part,
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
        return redirect(_answer_url(session, asked, data))
    said = ELSEWHERE if graded.result is Result.OUTDATED else ""
    session = session if said else session.then(asked)
    again = asked if said else None
    leech = leech_after(learner, graded, learner.study_day(instant))
    if not request.htmx:
        if said:
            messages.warning(request, said)
        return redirect(session.url(**_named(again, leech)))
    act, foreseen = Act.of_grade(graded.event_id) if graded.event_id else None, data["ahead"]
    if foreseen and act and graded.result is Result.WRITTEN and not (session.practise or leech):
        reply = confirmed(request, foreseen, graded, act, instant)
        if reply is not None:
            return reply
    ahead = foreseen.shown if foreseen else None
    return show_next(request, session, asked=again, act=act, said=said, leech=leech, ahead=ahead)


def note_that_waits(request: Request) -> HttpResponse | None:
    """Writes what was typed as a note beside an answer that is left by another act than a grade. Where that cannot be,
    the answer with the note as it was typed, and nothing else is to be done."""
    form = BesideAnswerForm(request.POST)
    if "text" not in request.POST or not form.is_valid():
        return None
    data, typed = form.cleaned_data, request.POST.copy()
    typed.pop("act", None)  # what is done with the card: none of the note's
    waits = _save_note(known_learner(request), data["card"], NoteForm(typed))
    return _show_answer(request, Session.of(form), data["card"], data, **waits) if waits else None


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
