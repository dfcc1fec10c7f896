"""The inbox: what others did that one wants to know of."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cards.actions.notices import read_notice, read_notices
from cards.clock import now
from cards.forms.decks import PageForm
from cards.forms.notices import ReadForm
from cards.http import Request, render_page
from cards.models import Notice
from cards.reports import waiting
from cards.views.rights import account_of

PER_PAGE = 50


@require_GET
@never_cache
def inbox(request: Request) -> HttpResponse:
    """One's notices, the newest first."""
    learner = account_of(request)
    notices = Notice.objects.visible_to(learner)
    form = PageForm(request.GET)
    pages = Paginator(notices.with_subjects(), PER_PAGE)
    context = {
        "notices": pages.get_page(form.cleaned_data["page"] if form.is_valid() else 1),
        "newest": notices.unread().order_by("-pk").values_list("pk", flat=True).first(),
        "zone": learner.time_zone,
        "waiting": waiting(learner),
    }
    return render_page(request, "notices/inbox.html", context)


@require_POST
def inbox_read(request: Request) -> HttpResponse:
    """All that the page had are read."""
    learner = account_of(request)
    form = ReadForm(request.POST)
    if not form.is_valid():
        raise Http404
    read_notices(learner=learner, newest_id=form.cleaned_data["newest"], now=now())
    return redirect("cards:inbox")


@require_POST
def notice_open(request: Request, notice_id: int) -> HttpResponse:
    """That one is read from now on; then to what it is about."""
    notices = Notice.objects.visible_to(account_of(request)).with_subjects()
    notice = get_object_or_404(notices, pk=notice_id)
    read_notice(notice=notice, now=now())
    return redirect(notice.get_absolute_url())
