"""Who is in a group: the list, and what its owner does with one of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cards.actions.groups import NoMember, ban_member, change_role, hand_over, remove_member, unban_member
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.groups import SureForm
from cards.forms.members import MemberForm, MembersForm
from cards.http import Request, render_page
from cards.models import Learner, Membership, Right, StudyGroup
from cards.views.rights import account_of, group_of

PER_PAGE = 50
ASKED = ("hand_over", "remove", "ban")  # what is done once one has answered the question


@require_GET
def member_list(request: Request, group_id: int) -> HttpResponse:
    """Everybody in the group with their roles; for its owner those too whom no invite lets in."""
    group = group_of(request, group_id, Right.READ)
    may_run = StudyGroup.objects.allowing(request.learner, Right.RUN).filter(pk=group.pk).exists()
    form = MembersForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {"who": "", "page": None}
    banned = group.memberships.filter(status=Membership.Status.BANNED)
    standing = group.memberships.standing()
    shows_banned = data["who"] == "banned" and may_run
    listed = (banned if shows_banned else standing).by_rank().select_related("learner")
    context = {
        "group": group,
        "may_run": may_run,
        "members": Paginator(listed, PER_PAGE).get_page(data["page"] or 1),
        "shows_banned": shows_banned,
        "banned_count": banned.count() if may_run else 0,
    }
    return render_page(request, "members/member_list.html", context)


@require_http_methods(["GET", "POST"])
def member_edit(request: Request, group_id: int, membership_id: int) -> HttpResponse:
    """One member: their role, and the ways out of the group or to its ownership."""
    group = group_of(request, group_id, Right.RUN)
    member = _member(request, group, membership_id)
    form = MemberForm(request.POST if request.method == "POST" else None, initial={"role": member.role})
    if not form.is_valid():
        context = {"group": group, "member": member, "form": form}
        status = 422 if form.is_bound else 200
        return render_page(request, "members/member_edit.html", context, status=status)
    data = form.cleaned_data
    return _done(request, group, member, data["act"], role=data["role"])


@require_http_methods(["GET", "POST"])
def member_act(request: Request, group_id: int, membership_id: int, act: str) -> HttpResponse:
    """Says what follows, and asks; then the group is handed over to that member, or they are out of it."""
    if act not in ASKED:
        raise Http404
    group = group_of(request, group_id, Right.RUN)
    member = _member(request, group, membership_id)
    form = SureForm(request.POST if request.method == "POST" else None, act=act)
    if form.is_valid():
        return _done(request, group, member, act)
    context = {"group": group, "member": member, "act": act}
    status = 422 if form.is_bound else 200
    return render_page(request, "members/member_act.html", context, status=status)


def _member(request: Request, group: StudyGroup, membership_id: int) -> Membership:
    """Somebody else's membership, of those that are listed."""
    listed = group.memberships.select_related("learner").exclude(learner=request.learner)
    shown = (Membership.Status.STANDING, Membership.Status.BANNED)
    return get_object_or_404(listed.filter(status__in=shown), pk=membership_id)


def _done(request: Request, group: StudyGroup, member: Membership, act: str, role: str = "") -> HttpResponse:
    try:
        said = _act(group, account_of(request), member, act, role)
    except NotYours:
        raise Http404 from None
    except NoMember:
        messages.warning(request, _("Somebody, perhaps you in another tab, was faster: nothing was changed."))
    else:
        messages.success(request, said % {"name": member.learner.public_name, "group": group.name})
    return redirect("cards:member_list", group.pk)


def _act(group: StudyGroup, by: Learner, member: Membership, act: str, role: str = "") -> str:
    """Does it, and says what was done."""
    which: Any = {"group": group, "by": by, "membership_id": member.pk}
    match act:
        case "role":
            change_role(**which, role=role, now=now())
            return _("%(name)s has the new role.")
        case "hand_over":
            hand_over(**which, now=now())
            return _("%(group)s is %(name)s’s now. You are an editor of it.")
        case "remove":
            remove_member(**which, now=now())
            return _("%(name)s is out of %(group)s, and may be invited again.")
        case "ban":
            ban_member(**which, now=now())
            return _("%(name)s is out of %(group)s, and no invite lets them in.")
    unban_member(**which)
    return _("%(name)s may be invited again.")
