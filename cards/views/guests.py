"""Who asks, where that is nobody known: their zone, their day, their address; and their row.

A guest's row is made when there is something to keep: at the first POST that writes, never on GET.
"""

from datetime import date, datetime
from ipaddress import ip_address, ip_network
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac

from cards.actions.learners import guest_for
from cards.clock import now
from cards.http import Request
from cards.models import Learner
from cards.models.learners import time_zones
from cards.scheduling import study_day
from cards.sessions import GUEST_ID

DEFAULT_ROLLOVER_HOUR: int = Learner._meta.get_field("rollover_hour").default


def browser_zone(request: Request) -> str | None:
    """The browser's time zone, from the cookie that app.js sets; None where it is missing or unknown."""
    name = unquote(request.COOKIES.get("time_zone", ""))
    return name if name in time_zones() else None


def zone_of(request: Request) -> str:
    """The browser's time zone, else UTC."""
    return browser_zone(request) or "UTC"


def today_of(request: Request, instant: datetime) -> date:
    """The study day of whoever asks."""
    if request.learner is not None:
        return request.learner.study_day(instant)
    return study_day(instant, ZoneInfo(zone_of(request)), DEFAULT_ROLLOVER_HOUR)


def known_learner(request: Request) -> Learner:
    """Who asks; for somebody unknown a guest's row, made now and remembered by the session.

    The claim comes from the browser's CSRF secret, which the POST has just proved to hold: both halves of a double
    click find the same guest.
    """
    if request.learner is not None:
        return request.learner
    get_token(request)
    claim = salted_hmac("cards.guest", request.META["CSRF_COOKIE"], algorithm="sha256").hexdigest()[:32]
    guest = guest_for(claim=claim, time_zone=zone_of(request), now=now())
    request.session[GUEST_ID] = guest.pk
    request.learner = guest
    return guest


def address_of(request: Request) -> str:
    """A guest's network address, hashed with the site's key, for a limit; "" for an account, which has its own.

    Taken as allauth's limits take it, by the count of trusted proxies. An IPv6 household has a whole /64.
    """
    if request.learner is not None and not request.learner.is_guest:
        return ""
    try:
        address = ip_address(get_adapter(request).get_client_ip(request))
    except PermissionDenied:  # a server on a Unix socket knows none: its guests share one limit
        return salted_hmac("cards.address", "unknown", algorithm="sha256").hexdigest()
    network = ip_network((address, 64 if address.version == 6 else 32), strict=False)
    return salted_hmac("cards.address", str(network), algorithm="sha256").hexdigest()
