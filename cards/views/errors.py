"""Pages for what is not there and what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chapter5.logs import request_id


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """More text or more fields than a form of ours has, or a request that no browser sends."""
    return render(request, "errors/bad_request.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Absent and forbidden look the same."""
    return render(request, "errors/not_found.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the sign-in, or cookies are off."""
    return render(request, "errors/csrf_failure.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs nothing that may be broken: no database, no session."""
    language = (get_language() or "").partition("-")[0]
    return HttpResponse(
        f"<!doctype html><html lang={language}><meta charset=utf-8><title>chapter5</title>"
        f"<h1>{_('Something went wrong here.')}</h1>"
        f"<p>{_('It has been written to the log. What you graded before is kept.')}</p>"
        f"<p>{_('If you report it, name it:')} <code>{request_id.get()}</code></p>"
        f'<p><a href="/">{_("Home")}</a></p></html>',
        status=500,
    )
