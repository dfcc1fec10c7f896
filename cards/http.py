"""What every view shares: the typed request, who asks, and the page or its part."""

import csv
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.encoding import escape_uri_path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_request, override
from django.utils.translation.trans_real import get_languages, parse_accept_lang_header
from django_htmx.middleware import HtmxDetails

from cards.models import Learner
from cards.regions import accepted_region, tag
from cards.sessions import GUEST_ID
from chapter5.logs import request_id

SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SECRET_PATH = re.compile(
    r"(/accounts/(?:confirm-email|password/reset/key)/|/digest/unsubscribe/|/join/).+"
)  # as an e-mail has it, with a key
HEALTH = {"/healthz", "/readyz"}  # asked every few seconds
access = logging.getLogger("chapter5.access")

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute, were it the start of a cell

REGION_COOKIE = "region"


class Request(HttpRequest):
    """A request as our views get it. `learner` is the account signed in, else this browser's guest, else None."""

    user: Learner | AnonymousUser
    htmx: HtmxDetails
    learner: Learner | None
    language: str


class LogMiddleware:
    """Gives each request an id, which its answer and all its lines of the log have, and logs it by a line of its own.

    A proxy of ours may have given the id already; a visitor's is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        given = request.headers.get("X-Request-ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0 else ""
        request_id.set(given if SAFE_ID.fullmatch(given) else uuid4().hex)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.get()
        level = _level(request, response)
        if access.isEnabledFor(level):
            _log(level, request, response, (time.perf_counter() - begun) * 1000)
        return response


def _level(request: HttpRequest, response: HttpResponse) -> int:
    if response.status_code >= 500:
        return logging.ERROR
    if response.status_code >= 400:
        return logging.WARNING
    return logging.DEBUG if request.path in HEALTH else logging.INFO


def _log(level: int, request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    """Nothing of what a form or a query holds, and no address: with the id, the proxy's log has that."""
    learner = getattr(request, "learner", None)
    fields = {
        "method": request.method,
        "path": SECRET_PATH.sub(r"\1...", escape_uri_path(request.path)),
        "status": response.status_code,
        "milliseconds": round(milliseconds, 1),
        "learner": learner.pk if learner else None,
    }
    access.log(level, "%s %s: %s", fields["method"], fields["path"], fields["status"], extra=fields)


class PolicyMiddleware(CSPMiddleware):  # type: ignore[misc]
    """django-csp's. Every page has the same policy, so that it is put into words once; there are no nonces."""

    def process_request(self, request: HttpRequest) -> None:
        pass

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return str(build_policy())


class LearnerMiddleware(AuthenticationMiddleware):
    """Sets `request.user`, as Django does, and `request.learner`.

    A guest is no user of Django's, so that the doors of accounts stay open to them.
    """

    def __call__(self, request: Request) -> HttpResponseBase:  # type: ignore[override]
        self.process_request(request)
        request.user = _read_along(request) or get_user(request)
        request.learner = request.user if request.user.is_authenticated else _guest(request)
        return self.get_response(request)  # type: ignore[return-value]


def _read_along(request: Request) -> Learner | None:
    """Who is signed in, where they were read along with the session, and all that Django asks of both is so.

    Where it is not, Django is left to say what follows.
    """
    session = request.session
    name = session.get(SESSION_KEY)  # first of all: it is this that reads the session
    learner: Learner | None = getattr(session, "learner", None)
    if learner is None or name != str(learner.pk) or not learner.is_active or learner.is_guest:
        return None
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    is_theirs = constant_time_compare(session.get(HASH_SESSION_KEY, ""), learner.get_session_auth_hash())
    return learner if is_theirs else None


def _guest(request: Request) -> Learner | None:
    guest_id = request.session.get(GUEST_ID)
    if not guest_id:
        return None
    learner: Learner | None = getattr(request.session, "learner", None)
    if learner is not None and learner.pk == guest_id and learner.is_guest:
        return learner
    guests = Learner.objects.filter(is_guest=True).select_related("study_settings")
    guest: Learner | None = guests.filter(pk=guest_id).first()
    return guest


class LanguageMiddleware:
    """Words, dates and numbers as the learner has set them, or this browser's cookies, or else as it accepts.

    `request.language` is that of the words; the region of dates and numbers need not be one of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        learner = request.learner
        accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
        own = learner.language if learner else ""
        request.language = own if own in get_languages() else get_language_from_request(request)
        region = (
            (learner.region if learner else "")
            or request.COOKIES.get(REGION_COOKIE, "")
            or accepted_region(name for name, _ in accepted)
        )
        with override(tag(request.language, region)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.language)
        patch_vary_headers(response, ["Accept-Language"])
        return response


def own_address(request: HttpRequest, address: str) -> str:
    """The address where it is one of this site's, else ""."""
    hosts = {request.get_host()}
    return address if url_has_allowed_host_and_scheme(address, hosts, request.is_secure()) else ""


def render_page(
    request: Request, template: str, context: Mapping[str, Any], *, part: str | None = None, status: int = 200
) -> HttpResponse:
    """The whole page; for htmx the `part` of it that the view names, where it names one.

    A history restore wants the whole page. The answer varies by HX-Request, so that no cache confuses the two.
    """
    is_part = part is not None and wants_part(request)
    response = render(request, f"{template}#{part}" if is_part else template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def wants_part(request: Request) -> bool:
    """Whether a part is asked for where there is one."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def part_page(html: str) -> HttpResponse:
    """The answer of `render_page` where the part is there already."""
    return HttpResponse(html, headers={"Vary": "HX-Request"})


def csv_file(name: str, columns: Iterable[object], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A table to take home, as `name`.csv."""
    response = HttpResponse(content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private"
    csv.writer(response).writerows([_safe(cell) for cell in row] for row in (columns, *rows))
    return response


def _safe(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula. Numbers stay numbers, -inf among them."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) and cell != "-inf" else cell
