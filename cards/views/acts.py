"""What is done with cards beside grading: suspend, resume, skip, restart, a due day; and taking any act back."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cards.actions import acts
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.acts import CardActForm, UndoForm
from cards.forms.review import SessionForm
from cards.http import Request, own_address
from cards.models import Learner
from cards.models.acts import ActKind
from cards.models.parts import Asked
from cards.views.guests import known_learner
from cards.views.review import note_that_waits, show_next
from cards.views.session import Session

# What is said when one card, or several, were changed.
DONE = {
    "suspend": (
        ngettext_lazy("%(number)s card is suspended.", "%(number)s cards are suspended.", "count"),
        acts.suspend_cards,
    ),
    "resume": (
        ngettext_lazy("%(number)s card is resumed.", "%(number)s cards are resumed.", "count"),
        acts.resume_cards,
    ),
    "skip": (
        ngettext_lazy(
            "%(number)s card is skipped for today.", "%(number)s cards are skipped for today.", "count"
        ),
        acts.skip_cards,
    ),
    "restart": (
        ngettext_lazy("%(number)s card is new again.", "%(number)s cards are new again.", "count"),
        acts.restart_cards,
    ),
    "due": (
        ngettext_lazy(
            "%(number)s card is due on that day.", "%(number)s cards are due on that day.", "count"
        ),
        None,
    ),
}
NOTHING = _("Nothing had to be changed.")


@require_POST
@never_cache
def card_act(request: Request) -> HttpResponse:
    """Does one thing with the chosen cards; then on with the session, or back to the list."""
    form = CardActForm(request.POST)
    is_session_read = form.errors.keys().isdisjoint(SessionForm.base_fields)
    session = Session.of(form) if is_session_read else Session()
    back = own_address(request, form.cleaned_data.get("next", ""))
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _answer(request, session, back, said, is_bad=True)
    if (waits := note_that_waits(request)) is not None:
        return waits
    data = form.cleaned_data
    done, act = DONE[data["act"]]
    learner, instant = known_learner(request), now()
    try:
        if act is None:
            count = acts.set_due(learner=learner, card_ids=data["cards"], due_on=data["due_on"], now=instant)
        else:
            count = act(learner=learner, card_ids=data["cards"], now=instant)
    except NotYours:
        raise Http404 from None
    except acts.BadDay as bad:
        return _answer(request, session, back, str(bad), is_bad=True)
    number = number_format(count, force_grouping=True)
    said = str(done % {"count": count, "number": number} if count else NOTHING)
    return _answer(request, session.then(Asked(data["cards"][0])), back, said)


@require_POST
@never_cache
def undo(request: Request) -> HttpResponse:
    """Takes the named act back: in a session its card is shown again, else one goes back to where one was."""
    form = UndoForm(request.POST)
    if request.learner is None or not form.is_valid():
        raise Http404
    if (waits := note_that_waits(request)) is not None:
        return waits
    kind, key = form.cleaned_data["act"]
    try:
        asked, said = _take_back(request.learner, kind, key, now())
    except NotYours:
        raise Http404 from None
    session = Session.of(form)
    back = own_address(request, form.cleaned_data["next"])
    return _answer(request, session, back, said, asked=asked)


def _take_back(learner: Learner, kind: ActKind, key: UUID | int, instant: datetime) -> tuple[Asked, str]:
    """The first card that is as it was before, with its part, and what is said."""
    match kind, key:
        case ActKind.EVENT, UUID():
            logs = acts.undo_event(learner=learner, event_id=key, now=instant)
            count = len({card_id for card_id, _part in logs})
            many = ngettext(
                "Taken back for %(count)s card. It is as it was before.",
                "Taken back for %(count)s cards. They are as they were before.",
                count,
            ) % {"count": count}
            said = many if count > 1 else gettext("Taken back. The card is as it was before.")
            return Asked(*logs[0]), said
        case ActKind.FLAG, int():
            card_id = acts.undo_flag(learner=learner, flag_id=key, now=instant)
            return Asked(card_id), gettext("The flag is withdrawn.")
        case _, int():
            ids = acts.undo_own_edit(learner=learner, revision_id=key, now=instant)
            if len(ids) == 1:
                return Asked(ids[0]), gettext("Your edit is taken back. The card reads as before.")
            many = ngettext(
                "Your edit of %(count)s card is taken back. It reads as before.",
                "Your edit of %(count)s cards is taken back. They read as before.",
                len(ids),
            )
            return Asked(ids[0]), many % {"count": len(ids)}
    raise NotYours(key)


def _answer(
    request: Request,
    session: Session,
    back: str,
    said: str,
    *,
    asked: Asked | None = None,
    is_bad: bool = False,
) -> HttpResponse:
    if request.htmx:
        return show_next(request, session, asked=asked, said=said)
    say: Callable[[Request, str], None] = messages.error if is_bad else messages.success
    say(request, said)
    return redirect(back or (session.url(card=asked) if asked else session.url()))
