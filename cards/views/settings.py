"""What learners set for themselves, and the appearance of pages, which anybody may choose."""

from typing import Literal

from django.conf import settings as site
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cards.actions.digests import digests_are_sent
from cards.actions.learners import change_settings, settings_of
from cards.appearance import APPEARANCE
from cards.forms.settings import AppearanceForm, PlaceForm, SettingsForm
from cards.http import Request, own_address, render_page
from cards.models.digests import confirmed_address
from cards.views.guests import browser_zone

PLACE: tuple[Literal["language", "region"], ...] = ("language", "region")
YEAR_SECONDS = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def settings(request: Request) -> HttpResponse:
    """The settings of the account, or of the guest; somebody unknown signs in first."""
    learner = request.learner
    if learner is None:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    stored = settings_of(learner)
    # What this browser had before its learner was known; saving makes it theirs.
    for name in PLACE:
        stored[name] = stored[name] or request.COOKIES.get(name, "")
    address = confirmed_address(learner) if digests_are_sent() else ""
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=stored, address=address)
    if form.is_bound and form.is_valid():
        change_settings(learner=learner, **form.cleaned_data)
        messages.success(request, _("Saved."))
        response = redirect("cards:settings")
        for name in PLACE:
            response.delete_cookie(name, samesite="Lax")
        return response
    zone = browser_zone(request)
    context = {"form": form, "are_digests_sent": digests_are_sent()}
    if zone is not None and zone != learner.time_zone:
        # The same form, with the browser's zone in place of the stored one: taking it over is saving that.
        there = {**stored, "time_zone": zone}
        context["take_over"] = SettingsForm(initial=there, address=address, auto_id=False)
    return render_page(request, "settings/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def appearance(request: Request) -> HttpResponse:
    """What anybody may choose of this browser's pages, kept in cookies; then back to where it was chosen."""
    form = AppearanceForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        # A learner's own settings have these two; the cookies are for whoever is not known yet.
        place = PlaceForm(initial=request.COOKIES) if request.learner is None else None
        return render_page(
            request,
            "settings/appearance.html",
            {"form": form, "place": place},
            status=422 if form.errors else 200,
        )
    target = own_address(request, form.cleaned_data["next"])
    response = HttpResponseRedirect(target or reverse("cards:appearance"))
    defaults = {name: choice.default for name, choice in APPEARANCE.items()}
    for name, default in (defaults | dict.fromkeys(PLACE, "")).items():
        value = form.cleaned_data[name]
        if value == default and name in form.data:
            response.delete_cookie(name, samesite="Lax")
        elif value:
            response.set_cookie(
                name,
                value,
                max_age=YEAR_SECONDS,
                samesite="Lax",
                httponly=True,
                secure=site.SESSION_COOKIE_SECURE,
            )
    return response
