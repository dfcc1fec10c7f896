"""All that is held on a learner: to take along, and to have deleted."""

from tempfile import SpooledTemporaryFile

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cards.actions.learners import LastAdmin, delete_learner
from cards.clock import now
from cards.forms.accounts import LeavingForm
from cards.http import Request, render_page
from cards.models import Learner
from cards.reports import held, leaving, write_my_data

IN_MEMORY_BYTES = 4 * 1024 * 1024  # beyond, the file is written to the disk


@require_safe
@never_cache
def my_data(request: Request) -> HttpResponse:
    """What is held, counted by kind, with the way to take it and the way to delete it."""
    if request.learner is None:
        return _to_sign_in(request)
    kinds = [(rows.title, count) for rows in held(request.learner) if (count := rows.count())]
    return render_page(request, "my_data/my_data.html", {"kinds": kinds})


@require_safe
@never_cache
def my_data_zip(request: Request) -> HttpResponseBase:
    """All of it in one file, made now."""
    learner, instant = request.learner, now()
    if learner is None:
        return _to_sign_in(request)
    file = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  (the response closes it)
    try:
        write_my_data(learner=learner, file=file, now=instant)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = f"chapter5-{slugify(learner.public_name)}-{instant.astimezone(learner.zone):%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def my_data_delete(request: Request) -> HttpResponse:
    """Says what goes and what stays; deletes for whoever gives the password (a guest has none), and signs out."""
    if request.learner is None:
        return _to_sign_in(request)
    leave = _leave if request.learner.is_guest else rate_limit(action="reauthenticate")(_leave)
    response: HttpResponse = leave(request, request.learner)
    return response


def _leave(request: Request, learner: Learner) -> HttpResponse:
    form = LeavingForm(request.POST if request.method == "POST" else None, user=learner)
    if form.is_bound and form.is_valid():
        try:
            delete_learner(learner=learner, now=now())
        except LastAdmin as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            messages.success(request, _("Everything that was to be deleted is deleted. Goodbye."))
            return redirect("cards:home")
    context = {"leaving": leaving(learner), "form": form}
    return render_page(request, "my_data/my_data_delete.html", context, status=422 if form.errors else 200)


def _to_sign_in(request: Request) -> HttpResponse:
    return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('cards:my_data')})}")
