"""What learners proposed, and what becomes of it: those who may edit the deck decide."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.cards import StaleEdit
from cards.actions.pace import TooMany
from cards.actions.suggestions import (
    AlreadyDecided,
    accept_suggestion,
    comment_on_suggestion,
    decline_suggestion,
    withdraw_suggestion,
)
from cards.cardtext import Wording
from cards.clock import now
from cards.forms.suggestions import AmendForm, CommentForm, DecideForm, DecisionForm, decision_form
from cards.http import Request, render_page
from cards.models import Learner, Suggestion
from cards.models.revisions import revisions_at
from cards.views.back import back_of
from cards.views.discussions import too_many
from cards.views.editor import Conflict, conflict_of
from cards.views.guests import known_learner
from cards.views.rights import account_of, editing
from cards.views.waiting import waiting_for

PER_PAGE = 20


@require_GET
@never_cache
def suggestion_list(request: Request) -> HttpResponse:
    """What is proposed for the decks that one may edit, the oldest first; or what was decided, the newest first."""
    return _show_queue(request, account_of(request))


def _show_queue(request: Request, learner: Learner, decide: DecideForm | None = None) -> HttpResponse:
    queue = waiting_for(
        request,
        learner,
        Suggestion.objects.decidable_by(learner).select_related(
            "card__deck__group", "deck__group", "proposer", "decided_by"
        ),
        kinds=Suggestion.Kind.choices,
        done=("decided", _("Decided")),
        done_at="decided_at",
        per_page=PER_PAGE,
    )
    context = queue | {
        "proposals": _with_bases(queue["page"]),
        "decide": decide or DecideForm(suggestions=Suggestion.objects.none()),
    }
    status = 422 if decide and decide.errors else 200
    return render_page(request, "suggestions/suggestion_list.html", context, part="queue", status=status)


def _with_bases(suggestions: Iterable[Suggestion]) -> list[tuple[Suggestion, Wording | None]]:
    """Each with what the card said to its proposer; None of a new card. One query for those that changed since."""
    changed = {
        (each.card.pk, each.base_number)
        for each in suggestions
        if each.card is not None and each.base_number not in (0, each.card.revision_number)
    }
    found = revisions_at(changed)
    pairs: list[tuple[Suggestion, Wording | None]] = []
    for each in suggestions:
        base = found.get((each.card.pk, each.base_number)) or each.card if each.card else None
        pairs.append((each, base.wording if base else None))
    return pairs


@require_POST
def suggestion_list_decide(request: Request) -> HttpResponse:
    """Decides several as they were proposed, with one word to all. What cannot be is left, and that is said."""
    learner = account_of(request)
    decidable = Suggestion.objects.decidable_by(learner).select_related("card__deck", "deck")
    form = DecideForm(request.POST, suggestions=decidable)
    if not form.is_valid():
        if any(error.code == "invalid_choice" for error in form.errors.as_data().get("suggestions", ())):
            raise Http404
        return _show_queue(request, learner, form)
    done = stale = gone = 0
    for suggestion in form.cleaned_data["suggestions"].order_by("pk"):
        try:
            with editing(request, suggestion.about_deck):
                _decide(suggestion, form.cleaned_data, suggestion.wording, suggestion.base_number, learner)
            done += 1
        except StaleEdit:
            stale += 1
        except AlreadyDecided:
            gone += 1
    is_accepted = form.cleaned_data["act"] == "accept"
    _say_how_many(request, done, stale, gone, is_accepted=is_accepted)
    return redirect(back_of(request) or "cards:suggestion_list")


def _say_how_many(request: Request, done: int, stale: int, gone: int, *, is_accepted: bool) -> None:
    if done and is_accepted:
        messages.success(request, ngettext("%(n)d accepted.", "%(n)d accepted.", done) % {"n": done})
    elif done:
        messages.success(request, ngettext("%(n)d declined.", "%(n)d declined.", done) % {"n": done})
    if stale:
        said = ngettext(
            "%(n)d still waits: its card was changed since it was proposed. Look at it by itself.",
            "%(n)d still wait: their cards were changed since they were proposed. Look at each by itself.",
            stale,
        )
        messages.warning(request, said % {"n": stale})
    if gone:
        said = ngettext(
            "%(n)d had been decided in the meantime.", "%(n)d had been decided in the meantime.", gone
        )
        messages.warning(request, said % {"n": gone})


@require_http_methods(["GET", "POST"])
@never_cache
def suggestion_detail(request: Request, suggestion_id: int) -> HttpResponse:
    """What is proposed against what the card says, what was said about it, and for editors the decision."""
    learner = request.learner
    suggestion = _suggestion(request, suggestion_id)
    can_decide = Suggestion.objects.decidable_by(learner).filter(pk=suggestion.pk).exists()
    if request.method == "GET":
        return _show(request, suggestion, decision_form(suggestion), can_decide=can_decide)
    if not can_decide or learner is None:
        raise Http404
    form = decision_form(suggestion, request.POST)
    if not form.is_valid() or form.cleaned_data["act"] == "preview":
        return _show(request, suggestion, form, can_decide=True)
    wording = form.wording if isinstance(form, AmendForm) else suggestion.wording
    try:
        with editing(request, suggestion.about_deck):
            _decide(suggestion, form.cleaned_data, wording, form.cleaned_data["base_number"], learner)
    except AlreadyDecided:
        said = _("Somebody has decided this suggestion in the meantime. Nothing was written.")
        messages.warning(request, said)
        return _show(request, _suggestion(request, suggestion_id), form, can_decide=True, status=409)
    except StaleEdit as stale:
        messages.warning(request, _("The card was changed in the meantime. Nothing was written: look again."))
        suggestion.card = stale.card
        form = form.based_on(stale.card.revision_number)
        return _show(request, suggestion, form, can_decide=True, status=409)
    if form.cleaned_data["act"] == "decline":
        messages.success(request, _("Declined. The proposer reads your word in their inbox."))
    else:
        messages.success(request, _("Accepted. The card’s history names you both."))
    return redirect("cards:suggestion_list")


def _decide(
    suggestion: Suggestion, data: dict[str, str], wording: Wording, base_number: int, editor: Learner
) -> None:
    if data["act"] == "decline":
        decline_suggestion(suggestion=suggestion, editor=editor, reply=data["reply"], now=now())
        return
    accept_suggestion(
        suggestion=suggestion,
        wording=wording,
        base_number=base_number,
        editor=editor,
        reply=data["reply"],
        now=now(),
    )


def _suggestion(request: Request, suggestion_id: int) -> Suggestion:
    found = Suggestion.objects.visible_to(request.learner).select_related(
        "card__deck", "deck", "proposer", "decided_by", "revision"
    )
    return get_object_or_404(found, pk=suggestion_id)


def _show(
    request: Request,
    suggestion: Suggestion,
    form: DecisionForm,
    *,
    can_decide: bool,
    comment: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    learner = request.learner
    # As amended here; None where that cannot be read.
    proposed = getattr(form, "wording", None) if isinstance(form, AmendForm) and form.is_bound else None
    if (proposed is None and not form.is_bound) or not isinstance(form, AmendForm):
        proposed = suggestion.wording
    is_open = suggestion.status == Suggestion.Status.OPEN
    context = {
        "suggestion": suggestion,
        "card": suggestion.card,
        "deck": suggestion.about_deck,
        "form": form,
        "is_open": is_open,
        "can_decide": can_decide,
        "can_comment": Suggestion.objects.discussable_by(learner).filter(pk=suggestion.pk).exists(),
        "can_withdraw": is_open and learner is not None and suggestion.proposer_id == learner.pk,
        "before": _before(suggestion, is_open=is_open),
        "proposed": proposed,
        "conflict": _conflict(suggestion, proposed) if is_open and can_decide else None,
        "comments": suggestion.comments.select_related("author"),
        "comment_form": comment or CommentForm(),
        "zone": learner.time_zone if learner else "UTC",
    }
    status = 422 if form.errors or (comment and comment.errors) else status
    return render_page(request, "suggestions/suggestion_detail.html", context, status=status)


def _before(suggestion: Suggestion, *, is_open: bool) -> Wording | None:
    """What the card says; of what was decided, what it said to the proposer. A new card said nothing."""
    if suggestion.kind == Suggestion.Kind.NEW:
        return None
    if is_open:
        return suggestion.subject.wording
    return suggestion.subject.revisions.get(number=suggestion.base_number).wording


def _conflict(suggestion: Suggestion, proposed: Wording | None) -> Conflict | None:
    """What became of the card since the proposal was written, unless the proposal has taken that up."""
    if suggestion.kind != Suggestion.Kind.CHANGE or proposed is None:
        return None
    if suggestion.subject.revision_number == suggestion.base_number:
        return None
    conflict = conflict_of(suggestion.subject, suggestion.base_number, proposed)
    return None if conflict.merged == proposed else conflict


@require_POST
def suggestion_withdraw(request: Request, suggestion_id: int) -> HttpResponse:
    """The proposer takes it back."""
    learner = request.learner
    own = Suggestion.objects.visible_to(learner).filter(proposer=learner)
    suggestion = get_object_or_404(own, pk=suggestion_id)
    assert learner is not None  # nobody sees no suggestion
    try:
        withdraw_suggestion(suggestion=suggestion, proposer=learner, now=now())
    except AlreadyDecided:
        messages.warning(request, _("It had been decided in the meantime."))
    else:
        messages.success(request, _("The suggestion is withdrawn."))
    return redirect(suggestion)


@require_POST
def suggestion_comment(request: Request, suggestion_id: int) -> HttpResponse:
    """A word between the proposer and those who decide."""
    found = Suggestion.objects.discussable_by(request.learner)
    suggestion = get_object_or_404(found.select_related("proposer"), pk=suggestion_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        author, text = known_learner(request), form.cleaned_data["text"]
        try:
            comment_on_suggestion(suggestion=suggestion, author=author, text=text, now=now())
        except TooMany:
            form.add_error("text", too_many())
        else:
            return redirect(f"{suggestion.get_absolute_url()}#comments")
    suggestion = _suggestion(request, suggestion_id)
    can_decide = Suggestion.objects.decidable_by(request.learner).filter(pk=suggestion.pk).exists()
    return _show(request, suggestion, decision_form(suggestion), can_decide=can_decide, comment=form)
