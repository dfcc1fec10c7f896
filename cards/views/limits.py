"""Limits that are not of each day and all decks: those of one deck, and those of today only."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cards.actions.limits import set_deck_limits, set_today_limits
from cards.clock import now
from cards.forms.limits import DeckLimitsForm, TodayLimitsForm
from cards.http import Request, render_page
from cards.models import Deck


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def today_limits(request: Request) -> HttpResponse:
    """More or fewer cards today than usual."""
    learner = request.learner
    if learner is None:
        raise Http404
    today = learner.study_day(now())
    form = TodayLimitsForm(
        request.POST if request.method == "POST" else None, initial=learner.exceptions(today)._asdict()
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        set_today_limits(learner=learner, new=data["new"], reviews=data["reviews"], now=now())
        if data["then"] != "review":
            messages.success(request, _("Saved."))
        return redirect(f"cards:{data['then'] or 'home'}")
    context = {"form": form, "has_exception": learner.has_exception(today)}
    return render_page(request, "limits/today_limits.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def deck_limits(request: Request, deck_id: int) -> HttpResponse:
    """A deck's own limits, for whoever studies it."""
    learner = request.learner
    deck = get_object_or_404(Deck.objects.studied_by(learner), pk=deck_id)
    if learner is None:
        raise Http404
    enrolment = deck.enrolments.get(learner=learner)
    stored = {"new_per_day": enrolment.new_per_day, "reviews_per_day": enrolment.reviews_per_day}
    initial = stored | enrolment.exceptions(learner.study_day(now()))._asdict()
    form = DeckLimitsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        data, instant = form.cleaned_data, now()
        each_day = {name: data[name] for name in stored}
        set_deck_limits(learner=learner, deck=deck, now=instant, **each_day)
        set_today_limits(learner=learner, deck=deck, new=data["new"], reviews=data["reviews"], now=instant)
        messages.success(request, _("Saved."))
        return redirect(deck)
    context = {"form": form, "deck": deck}
    return render_page(request, "limits/deck_limits.html", context, status=422 if form.errors else 200)
