"""Study groups: one's own, a new one, a group's page, and what its owner and its editors do with it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.groups import (
    OwnerStays,
    archive_group,
    delete_group,
    edit_group,
    follow_deck,
    give_deck,
    leave_group,
    make_group,
    show_progress,
    unarchive_group,
    unfollow_deck,
)
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.decks import ArchiveForm, PageForm
from cards.forms.groups import FollowForm, GiveForm, GroupForm, ProgressForm, SureForm
from cards.http import Request, render_page
from cards.models import Comment, Deck, Membership, Right, StudyGroup
from cards.models.lists import with_due_count
from cards.reports import due_assignments, waiting
from cards.views.guests import today_of
from cards.views.rights import account_of, group_of

PER_PAGE = 50


@require_GET
def group_list(request: Request) -> HttpResponse:
    """The groups that one is in; for staff the others too."""
    learner = account_of(request)
    own = Membership.objects.standing().filter(learner=learner).select_related("group")
    standing = Count("group__memberships", filter=Q(group__memberships__status=Membership.Status.STANDING))
    own = own.annotate(member_count=standing).order_by("group__name", "group")
    form = PageForm(request.GET)
    others = StudyGroup.objects.allowing(learner, Right.READ).exclude(
        pk__in=StudyGroup.objects.of(learner).values("pk")
    )
    context = {
        "active": [each for each in own if each.group.archived_at is None],
        "archived": [each for each in own if each.group.archived_at],
        "others": Paginator(others, PER_PAGE).get_page(form.cleaned_data["page"] if form.is_valid() else 1)
        if learner.is_staff
        else None,
    }
    return render_page(request, "groups/group_list.html", context)


@require_http_methods(["GET", "POST"])
def group_new(request: Request) -> HttpResponse:
    """Makes a group, which its maker owns."""
    learner = account_of(request)
    form = GroupForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render_page(request, "groups/group_new.html", {"form": form}, status=status)
    group = make_group(owner=learner, now=now(), **form.cleaned_data)
    messages.success(request, _("The group is made. Give it a deck, and invite others."))
    return redirect(group)


@require_GET
def group_detail(request: Request, group_id: int) -> HttpResponse:
    """What a group is about, its decks with one's own state on each, and who is in it."""
    learner = account_of(request)
    group = group_of(request, group_id, Right.READ)
    today = today_of(request, now())
    theirs = Q(group=group) | Q(pk__among=group.followings.values("deck"))
    decks = Deck.objects.active().visible_to(learner).filter(theirs)
    decks = with_due_count(decks.with_counts(learner), learner, today)
    archived = group.decks.exclude(archived_at=None) if group.archived_at is None else group.decks.all()
    may_edit, may_moderate, may_run = (
        StudyGroup.objects.allowing(learner, right).filter(pk=group.pk).exists()
        for right in (Right.EDIT, Right.MODERATE, Right.RUN)
    )
    context = {
        "group": group,
        "membership": group.memberships.standing().filter(learner=learner).first(),
        "owner": group.memberships.standing().select_related("learner").filter(role="owner").first(),
        "member_count": group.memberships.standing().count(),
        "decks": decks,
        "archived": archived,
        "studied": set(Deck.objects.studied_by(learner).values_list("pk", flat=True)),
        "today": today,
        "assignments": due_assignments(learner, today, group),
        "may_edit": may_edit,
        "may_moderate": may_moderate,
        "may_run": may_run,
        "waiting": waiting(learner, Deck.objects.filter(group=group)) if may_edit else None,
    }
    return render_page(request, "groups/group_detail.html", context)


@require_http_methods(["GET", "POST"])
def group_edit(request: Request, group_id: int) -> HttpResponse:
    """Name, description, and who sees how far each member is."""
    group = group_of(request, group_id, Right.RUN)
    initial = {name: getattr(group, name) for name in ("name", "description", "progress_shown")}
    form = GroupForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        context = {"form": form, "group": group}
        status = 422 if form.is_bound else 200
        return render_page(request, "groups/group_edit.html", context, status=status)
    try:
        edit_group(group=group, by=account_of(request), **form.cleaned_data)
    except NotYours:
        raise Http404 from None
    messages.success(request, _("Saved."))
    return redirect(group)


@require_POST
def group_archive(request: Request, group_id: int) -> HttpResponse:
    """Into the archive, or back."""
    group = group_of(request, group_id, Right.RUN)
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        if form.cleaned_data["to"] == "archive":
            archive_group(group=group, by=account_of(request), now=now())
            said = _("The group is in the archive. Its cards come up no more until you bring it back.")
        else:
            unarchive_group(group=group, by=account_of(request))
            said = _("The group is back, with everything as it was.")
    except NotYours:
        raise Http404 from None
    messages.success(request, said)
    return redirect(group)


@require_http_methods(["GET", "POST"])
def group_delete(request: Request, group_id: int) -> HttpResponse:
    """Says what goes and what stays; then deletes the group."""
    group = group_of(request, group_id, Right.RUN)
    form = SureForm(request.POST if request.method == "POST" else None, act="delete")
    if form.is_valid():
        try:
            delete_group(group=group, by=account_of(request))
        except NotYours:
            raise Http404 from None
        messages.success(request, _("The group is deleted. Its decks are yours now."))
        return redirect("cards:group_list")
    context = {
        "group": group,
        "others": group.memberships.standing().count() - 1,
        "decks": group.decks.annotate(card_count=Count("cards")).order_by("name", "pk"),
        "following_count": group.followings.count(),
        "assignment_count": group.assignments.count(),
        "comment_count": Comment.objects.filter(group=group, deleted_at=None).count(),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "groups/group_delete.html", context, status=status)


@require_http_methods(["GET", "POST"])
def group_leave(request: Request, group_id: int) -> HttpResponse:
    """Says what becomes of one's cards; then one is out of it. Its owner is told to hand it over first."""
    learner = account_of(request)
    group = get_object_or_404(StudyGroup.objects.of(learner), pk=group_id)
    is_owner = StudyGroup.objects.allowing(learner, Right.RUN).filter(pk=group.pk).exists()
    form = SureForm(request.POST if request.method == "POST" else None, act="leave")
    if form.is_valid() and not is_owner:
        try:
            leave_group(group=group, learner=learner, now=now())
        except NotYours:
            raise Http404 from None
        except OwnerStays:
            return redirect("cards:group_leave", group.pk)
        messages.success(
            request,
            _("You have left %(group)s. What you learnt there is kept, for when you come back.")
            % {"group": group.name},
        )
        return redirect("cards:group_list")
    context = {"group": group, "is_owner": is_owner}
    status = 422 if form.is_bound else 200
    return render_page(request, "groups/group_leave.html", context, status=status)


@require_POST
def group_progress(request: Request, group_id: int) -> HttpResponse:
    """Whether the group may see how far one is."""
    learner = account_of(request)
    group = get_object_or_404(StudyGroup.objects.of(learner), pk=group_id)
    form = ProgressForm(request.POST)
    if not form.is_valid():
        raise Http404
    shows = form.cleaned_data["to"] == "show"
    try:
        show_progress(group=group, learner=learner, shows_progress=shows)
    except NotYours:
        raise Http404 from None
    said = _("The group may see how far you are.") if shows else _("You count in the group’s totals only.")
    messages.success(request, said)
    return redirect(group)


@require_http_methods(["GET", "POST"])
def group_follow(request: Request, group_id: int) -> HttpResponse:
    """The public decks, to be followed or not."""
    group = group_of(request, group_id, Right.EDIT)
    followable = Deck.objects.active().filter(is_public=True)
    if request.method == "GET":
        page = PageForm(request.GET)
        followed = set(group.followings.values_list("deck", flat=True))
        listed = followable.with_counts(request.learner)
        context = {
            "group": group,
            "followed": followed,
            "decks": Paginator(listed, PER_PAGE).get_page(
                page.cleaned_data["page"] if page.is_valid() else 1
            ),
        }
        return render_page(request, "groups/group_follow.html", context)
    form = FollowForm(
        request.POST, decks=Deck.objects.filter(Q(followings__group=group) | Q(pk__in=followable)).distinct()
    )
    if not form.is_valid():
        raise Http404
    deck, by = form.cleaned_data["deck"], account_of(request)
    try:
        if form.cleaned_data["to"] == "follow":
            follow_deck(group=group, deck=deck, by=by, now=now())
            said = _("%(group)s follows %(deck)s now.")
        else:
            unfollow_deck(group=group, deck=deck, by=by)
            said = _("%(group)s follows %(deck)s no more. Whoever studies it goes on.")
    except NotYours:
        raise Http404 from None
    messages.success(request, said % {"group": group.name, "deck": deck.name})
    return redirect("cards:group_follow", group.pk)


@require_http_methods(["GET", "POST"])
def deck_give(request: Request, deck_id: int) -> HttpResponse:
    """One's own deck becomes a group's."""
    learner = account_of(request)
    own = Deck.objects.active().filter(owner=learner, is_public=False)
    deck = get_object_or_404(own, pk=deck_id)
    groups = StudyGroup.objects.allowing(learner, Right.EDIT)
    form = GiveForm(request.POST if request.method == "POST" else None, groups=groups)
    if not form.is_valid():
        context = {"form": form, "deck": deck, "has_groups": groups.exists()}
        status = 422 if form.is_bound else 200
        return render_page(request, "groups/deck_give.html", context, status=status)
    group = form.cleaned_data["group"]
    try:
        give_deck(deck=deck, group=group, by=learner, now=now())
    except NotYours:
        raise Http404 from None
    messages.success(
        request, _("%(deck)s is a deck of %(group)s now.") % {"deck": deck.name, "group": group.name}
    )
    return redirect(deck)
