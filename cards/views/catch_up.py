"""After a break: what is due is spread over some days, once it was seen how full they will be."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cards.actions import catch_up as actions
from cards.actions.study import Result
from cards.clock import now
from cards.forms.catch_up import CatchUpForm, DaysForm
from cards.http import Request, render_page
from cards.models.catch_up import USUAL_DAYS, last_catch_up, plan_of

OUTDATED = _("Your cards have changed since. This is how the days would be now; nothing was moved.")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def catch_up(request: Request) -> HttpResponse:
    """Shows each day as it is and as it would be; carries out what was shown."""
    learner, instant = request.learner, now()
    if learner is None:
        raise Http404
    if request.method == "POST":
        sent = CatchUpForm(request.POST)
        if not sent.is_valid():
            raise Http404
        result = actions.catch_up(learner=learner, now=instant, **sent.cleaned_data)
        if result is Result.OUTDATED:
            messages.warning(request, OUTDATED)
        return redirect("cards:catch_up")
    form = DaysForm(request.GET if "days" in request.GET else None, initial={"days": USUAL_DAYS})
    today = learner.study_day(instant)
    plan = plan_of(learner, today, form.cleaned_data["days"] if form.is_valid() else USUAL_DAYS)
    context = {"form": form, "plan": plan, "today": today, "last": last_catch_up(learner, today)}
    status = 422 if form.errors else 200
    return render_page(request, "catch_up/catch_up.html", context, part="plan", status=status)
