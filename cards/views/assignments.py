"""Assignments: what a group is to learn by a day, and how far it is."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.assignments import edit_assignment, end_assignment, set_assignment
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.assignments import AssignmentForm
from cards.forms.decks import PageForm
from cards.http import Request, render_page
from cards.models import Assignment, Deck, Right
from cards.reports import due_assignments, group_progress
from cards.views.guests import today_of
from cards.views.rights import account_of, group_of

MEMBERS_PER_PAGE = 100


@require_http_methods(["GET", "POST"])
def assignment_new(request: Request, group_id: int) -> HttpResponse:
    """Sets one."""
    group = group_of(request, group_id, Right.EDIT)
    data = request.POST if request.method == "POST" else None
    form = AssignmentForm(
        data, group=group, today=today_of(request, now()), initial={"deck": request.GET.get("deck")}
    )
    if not form.is_valid():
        context = {"form": form, "group": group, "has_decks": Deck.objects.learnt_in(group).exists()}
        status = 422 if form.is_bound else 200
        return render_page(request, "assignments/assignment_new.html", context, status=status)
    try:
        assignment = set_assignment(group=group, by=account_of(request), now=now(), **form.cleaned_data)
    except NotYours:
        raise Http404 from None
    messages.success(request, _("It is set. Everybody in the group hears of it."))
    return redirect(assignment)


@require_GET
def assignment_detail(request: Request, assignment_id: int) -> HttpResponse:
    """What is to be learnt, what that means for oneself, and how far the group is."""
    learner = account_of(request)
    found = Assignment.objects.visible_to(learner).select_related("group", "deck")
    assignment = get_object_or_404(found, pk=assignment_id)
    progress = group_progress(assignment, learner)
    page = PageForm(request.GET)
    own = next((row.membership for row in progress.rows if row.membership.learner_id == learner.pk), None)
    dues = due_assignments(learner, today_of(request, now()), assignment.group) if own else []
    context = {
        "assignment": assignment,
        "group": assignment.group,
        "is_standing": Assignment.objects.standing().filter(pk=assignment.pk).exists(),
        "due": next((due for due in dues if due.assignment.pk == assignment.pk), None),
        "own": own,
        "progress": progress,
        "rows": Paginator(progress.rows, MEMBERS_PER_PAGE).get_page(
            page.cleaned_data["page"] if page.is_valid() else 1
        ),
        "may_edit": Assignment.objects.editable_by(learner).filter(pk=assignment.pk, ended_at=None).exists(),
    }
    return render_page(request, "assignments/assignment_detail.html", context)


@require_http_methods(["GET", "POST"])
def assignment_edit(request: Request, assignment_id: int) -> HttpResponse:
    """Something else, or another day."""
    assignment = _editable(request, assignment_id)
    initial = {"deck": assignment.deck_id, "tags": assignment.tags, "due_on": assignment.due_on}
    data = request.POST if request.method == "POST" else None
    form = AssignmentForm(data, group=assignment.group, today=today_of(request, now()), initial=initial)
    if not form.is_valid():
        context = {"form": form, "group": assignment.group, "assignment": assignment}
        status = 422 if form.is_bound else 200
        return render_page(request, "assignments/assignment_edit.html", context, status=status)
    try:
        edit_assignment(assignment=assignment, by=account_of(request), **form.cleaned_data)
    except NotYours:
        raise Http404 from None
    messages.success(request, _("Saved."))
    return redirect(assignment)


@require_POST
def assignment_end(request: Request, assignment_id: int) -> HttpResponse:
    """Nobody is asked for it any more."""
    learner = account_of(request)
    found = Assignment.objects.editable_by(learner).select_related("group")
    assignment = get_object_or_404(found, pk=assignment_id)
    try:
        end_assignment(assignment=assignment, by=learner, now=now())
    except NotYours:
        raise Http404 from None
    messages.success(request, _("It is ended. What was learnt stays learnt."))
    return redirect(assignment.group)


def _editable(request: Request, assignment_id: int) -> Assignment:
    found = Assignment.objects.editable_by(account_of(request)).select_related("group")
    return get_object_or_404(found, pk=assignment_id, ended_at=None)
