"""What a group says about a card; and what is reported of it, to those who decide."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.actions.discussions import (
    StaleComment,
    close_reports,
    delete_comment,
    edit_comment,
    pass_on_report,
    report_comment,
    write_comment,
)
from cards.actions.pace import TooMany
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.decks import PageForm
from cards.forms.discussions import CommentEditForm, CommentForm, DecisionOnReportForm, PlaceForm, ReportForm
from cards.http import Request, render_page
from cards.models import Card, Comment, Report, Right, StudyGroup
from cards.models.discussions import CommentQuerySet
from cards.views.back import back_of

COMMENTS_PER_PAGE = 50
REPORTS_PER_PAGE = 20


@require_http_methods(["GET", "POST"])
@never_cache
def discussion(request: Request, group_id: int, card_id: int) -> HttpResponse:
    """What is said about a card in a group, the oldest first, and a form to say something."""
    group = get_object_or_404(StudyGroup.objects.allowing(request.learner, Right.READ), pk=group_id)
    cards = Card.objects.visible_to(request.learner).learnt_in(group).select_related("deck")
    card = get_object_or_404(cards, pk=card_id)
    if request.method == "GET":
        return _show(request, group, card, CommentForm())
    learner = request.learner
    if learner is None or not StudyGroup.objects.allowing(learner, Right.TAKE_PART).filter(pk=group.pk):
        raise Http404
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _show(request, group, card, form, status=422)
    try:
        comment = write_comment(
            group=group, card=card, author=learner, text=form.cleaned_data["text"], now=now()
        )
    except NotYours:
        raise Http404 from None
    except TooMany:
        form.add_error("text", too_many())
        return _show(request, group, card, form, status=429)
    return redirect(_address(comment, back_of(request)))


def _show(
    request: Request, group: StudyGroup, card: Card, form: CommentForm, *, status: int = 200
) -> HttpResponse:
    learner = request.learner
    comments = Comment.objects.filter(group=group, card=card).select_related("author", "deleted_by")
    reported = Report.objects.open().filter(comment=OuterRef("pk"), learner=learner)
    comments = comments.annotate(is_reported=Exists(reported))
    pages = Paginator(comments, COMMENTS_PER_PAGE)
    context = {
        "group": group,
        "card": card,
        "form": form,
        "comments": pages.get_page(_page(request, comments) or pages.num_pages),
        "can_write": StudyGroup.objects.allowing(learner, Right.TAKE_PART).filter(pk=group.pk).exists(),
        "can_moderate": StudyGroup.objects.allowing(learner, Right.MODERATE).filter(pk=group.pk).exists(),
        "back": back_of(request),
        "zone": learner.time_zone if learner else "UTC",
    }
    return render_page(request, "discussions/discussion.html", context, status=status)


def _page(request: Request, comments: CommentQuerySet) -> int | None:
    """The page that is asked for, or that of the comment that is; None for the newest."""
    place = PlaceForm(request.GET)
    if not place.is_valid():
        return None
    comment = comments.filter(pk=place.cleaned_data["comment"]).first()
    if comment is None:
        page: int | None = place.cleaned_data["page"]
        return page
    same_instant = Q(created_at=comment.created_at, pk__lt=comment.pk)
    before = comments.filter(Q(created_at__lt=comment.created_at) | same_instant).count()
    return before // COMMENTS_PER_PAGE + 1


def _address(comment: Comment, back: str) -> str:
    """The comment's place in the discussion, from which one finds back."""
    place, _, name = comment.get_absolute_url().partition("#")
    return f"{place}&{urlencode({'next': back})}#{name}" if back else f"{place}#{name}"


def too_many() -> str:
    """Why one may say no more for now."""
    most = settings.COMMENTS_PER_HOUR
    return ngettext(
        "That was %(number)s within an hour. Wait a little.",
        "That were %(number)s within an hour. Wait a little.",
        most,
    ) % {"number": most}


@require_http_methods(["GET", "POST"])
@never_cache
def comment_edit(request: Request, comment_id: int) -> HttpResponse:
    """Says one's own comment otherwise."""
    comments = Comment.objects.editable_by(request.learner).select_related("group", "card__deck", "author")
    comment = get_object_or_404(comments, pk=comment_id)
    context: dict[str, object] = {"comment": comment, "group": comment.group, "card": comment.card}
    if request.method == "GET":
        form = CommentEditForm.of(comment)
        return render_page(request, "discussions/comment_edit.html", context | {"form": form})
    form = CommentEditForm(request.POST)
    if not form.is_valid() or request.learner is None:
        return render_page(request, "discussions/comment_edit.html", context | {"form": form}, status=422)
    data = form.cleaned_data
    try:
        edit_comment(comment=comment, author=request.learner, text=data["text"], was=data["was"], now=now())
    except NotYours:
        raise Http404 from None
    except StaleComment as stale:
        context |= {"form": form.based_on(stale.comment), "stale": stale.comment}
        return render_page(request, "discussions/comment_edit.html", context, status=409)
    return redirect(comment)


@require_POST
@never_cache
def comment_delete(request: Request, comment_id: int) -> HttpResponse:
    """Takes a comment's text away: one's own, or in a group that one moderates. Again, it changes nothing."""
    learner = request.learner
    comment = get_object_or_404(Comment.objects.visible_to(learner), pk=comment_id)
    is_deletable = Comment.objects.deletable_by(learner).filter(pk=comment.pk).exists()
    if learner is None or not (is_deletable or comment.deleted_by == learner):
        raise Http404
    delete_comment(comment=comment, by=learner, now=now())
    messages.success(request, _("The comment is deleted."))
    return redirect(comment)


@require_http_methods(["GET", "POST"])
@never_cache
def comment_report(request: Request, comment_id: int) -> HttpResponse:
    """Says to those who decide that a comment should not stand there."""
    learner = request.learner
    comments = Comment.objects.reportable_by(learner).select_related("group", "card__deck", "author")
    comment = get_object_or_404(comments, pk=comment_id)
    form = ReportForm(request.POST if request.method == "POST" else None)
    context = {"comment": comment, "group": comment.group, "card": comment.card, "form": form}
    status = 200
    if learner is not None and form.is_valid():
        try:
            report_comment(comment=comment, learner=learner, reason=form.cleaned_data["reason"], now=now())
        except NotYours:
            raise Http404 from None
        except TooMany:
            form.add_error("reason", too_many())
            status = 429
        else:
            messages.success(request, _("Thank you. It is reported to those who look after the group."))
            return redirect(comment)
    elif request.method == "POST":
        status = 422
    return render_page(request, "discussions/comment_report.html", context, status=status)


@require_GET
@never_cache
def report_list(request: Request) -> HttpResponse:
    """The open reports that one may decide, those that are the staff's first for the staff."""
    learner = request.learner
    is_staff = learner is not None and learner.is_staff
    if not is_staff and not StudyGroup.objects.allowing(learner, Right.MODERATE).exists():
        raise Http404
    reports = Report.objects.open().decidable_by(learner).with_waiting(now())
    reports = reports.select_related("comment__group", "comment__card__deck", "comment__author")
    if is_staff:
        reports = reports.order_by("-is_for_staff", "created_at", "pk")
    form = PageForm(request.GET)
    page = form.cleaned_data["page"] if form.is_valid() else None
    context = {
        "reports": Paginator(reports, REPORTS_PER_PAGE).get_page(page or 1),
        "is_staff": is_staff,
        "zone": learner.time_zone if learner else "UTC",
    }
    return render_page(request, "discussions/report_list.html", context)


@require_POST
@never_cache
def report_decide(request: Request, report_id: int) -> HttpResponse:
    """Deletes what was reported, lets it stand, or passes the report on to the staff."""
    learner = request.learner
    reports = Report.objects.decidable_by(learner).select_related("comment__group", "comment__card")
    report = get_object_or_404(reports, pk=report_id)
    form = DecisionOnReportForm(request.POST)
    if learner is None or not form.is_valid():
        raise Http404
    instant = now()
    match form.cleaned_data["act"]:
        case "delete":
            delete_comment(comment=report.comment, by=learner, now=instant)
            messages.success(request, _("The comment is deleted."))
        case "fine":
            close_reports(comment=report.comment, by=learner, now=instant)
            messages.success(request, _("The comment stays. Its reports are closed."))
        case _:
            pass_on_report(report=report, by=learner, now=instant)
            messages.success(request, _("The site’s staff will decide."))
    return redirect("cards:report_list")
