"""Invites: an owner makes, mails and revokes them; whoever has one sees what the group is, and joins."""

import logging

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cards.actions.invites import (
    NoInvite,
    TooManyInvites,
    invite_for,
    join_group,
    mail_invite,
    make_invite,
    revoke_invite,
)
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.decks import PageForm
from cards.forms.invites import InviteForm, JoinForm, RevokeForm
from cards.http import Request, render_page
from cards.models import Invite, Right, StudyGroup
from cards.views.rights import account_of, group_of

PER_PAGE = 50
log = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
def invite_list(request: Request, group_id: int) -> HttpResponse:
    """The invites that are open, and a new one: a link, or a mail with it."""
    group = group_of(request, group_id, Right.RUN)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and group.archived_at is None:
        try:
            invite = make_invite(group=group, by=account_of(request), now=now(), **form.cleaned_data)
        except NotYours:
            raise Http404 from None
        except TooManyInvites:
            form.add_error(None, _("That are many invites. Revoke some that are open, or wait an hour."))
        else:
            _say(request, invite)
            return redirect("cards:invite_list", group.pk)
    page = PageForm(request.GET)
    opened = group.invites.open(now()).select_related("created_by")
    invites = Paginator(opened, PER_PAGE).get_page(page.cleaned_data["page"] if page.is_valid() else 1)
    for invite in invites:
        invite.address = _address(request, invite)  # type: ignore[attr-defined]
    context = {"group": group, "form": form, "invites": invites}
    status = 422 if form.is_bound else 200
    return render_page(request, "invites/invite_list.html", context, status=status)


def _address(request: Request, invite: Invite) -> str:
    return request.build_absolute_uri(reverse("cards:join", args=[invite.token]))


def _say(request: Request, invite: Invite) -> None:
    """Mails it, where it is to be mailed, in this very request: whoever invites hears whether the mail went out."""
    if not invite.email:
        messages.success(
            request, _("The invite is made. Pass its link on to those whom you want in the group.")
        )
        return
    try:
        mail_invite(invite=invite, address=_address(request, invite))
    except OSError as error:  # smtplib's are some
        log.warning("An invite could not be mailed: %s", type(error).__name__)
        said = _(
            "The mail to %(email)s could not be sent. The invite is made all the same: pass its link on yourself."
        )
        messages.error(request, said % {"email": invite.email})
    else:
        messages.success(request, _("The invite is on its way to %(email)s.") % {"email": invite.email})


@require_POST
def invite_revoke(request: Request, group_id: int) -> HttpResponse:
    """It lets nobody in any more."""
    group = group_of(request, group_id, Right.RUN)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        revoke_invite(group=group, by=account_of(request), invite_id=form.cleaned_data["invite"], now=now())
    except NotYours:
        raise Http404 from None
    messages.success(request, _("The invite is revoked. Whoever came in by it stays."))
    return redirect("cards:invite_list", group.pk)


@require_http_methods(["GET", "POST"])
@never_cache
def join(request: Request, token: str) -> HttpResponse:
    """What the group is, what one will study, and who will see how far one is. A POST joins."""
    learner = request.learner
    is_account = learner is not None and not learner.is_guest
    try:
        if is_account and (group := StudyGroup.objects.of(learner).filter(invites__token=token).first()):
            return redirect(group)
        invite = invite_for(token=token, learner=learner, now=now())
        if learner is None or not is_account:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
        form = JoinForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            group = join_group(token=token, learner=learner, shows_progress=form.shows_progress, now=now())
            messages.success(request, _("Welcome. The group’s cards come up in your reviews now."))
            return redirect(group)
    except NoInvite:
        return render_page(request, "invites/no_invite.html", {}, status=404)
    group = invite.group
    context = {
        "invite": invite,
        "group": group,
        "form": form,
        "is_back": group.memberships.filter(learner=learner).exists(),
        "decks": group.decks.filter(archived_at=None),
        "followings": group.followings.filter(deck__archived_at=None, deck__is_public=True).select_related(
            "deck"
        ),
        "member_count": group.memberships.standing().count(),
    }
    return render_page(request, "invites/join.html", context, status=422 if form.is_bound else 200)
