"""Mail: whether a server takes it, and whether those of the morning are sent."""

import smtplib
import sys
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.http.request import validate_host
from django.template.defaultfilters import pluralize

from cards.actions.demo_runs import WORKER_SEEN_SECONDS
from cards.clock import now
from cards.doctor.finding import Finding, first_line, ok, problem, warning
from cards.models import DemoWorker, Learner

PATIENCE_SECONDS = 15
ADVICE = (
    "Correct EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD or "
    "DEFAULT_FROM_EMAIL."
)


def server() -> Finding:
    """A server takes it; nothing is sent."""
    if not settings.EMAIL_HOST:
        return warning(
            "It goes to the console, so nobody gets a new password by mail.",
            "Set EMAIL_HOST and the others of its kind, if more than you use this site.",
        )
    try:
        with get_connection(timeout=PATIENCE_SECONDS):
            pass
    except (smtplib.SMTPException, OSError) as error:
        return problem(f"{_server()} does not take it: {_answer(error)}.", ADVICE)
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        return warning(
            f"It is sent from {settings.DEFAULT_FROM_EMAIL}, which most servers refuse.",
            "Set DEFAULT_FROM_EMAIL to an address of yours.",
        )
    return ok(f"{_server()} takes it. Run `manage.py doctor --mail ADDRESS` to send one.")


def digests() -> Finding | None:
    """Mails of the morning: whether they are offered, and their links lead here."""
    if not settings.EMAIL_HOST:
        return None
    if not settings.SITE_URL:
        return warning(
            "None can be asked for, as the site does not know its own address.",
            "Set SITE_URL to it, like https://cards.example.org.",
        )
    host = urlsplit(settings.SITE_URL).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return problem(
            f"Their links lead to {settings.SITE_URL}, and the site does not answer to that name.",
            "Correct SITE_URL, or add its name to ALLOWED_HOSTS.",
        )
    count = Learner.objects.filter(has_digest=True).count()
    since = now() - timedelta(seconds=WORKER_SEEN_SECONDS)
    if count and DemoWorker.lately("care", since) is None:
        return problem(
            f"The keeper, which sends them, was not heard of for {WORKER_SEEN_SECONDS} s.",
            "Start it: with `make run`, or with `docker compose up --detach beat`.",
        )
    return ok(f"Asked for by {count} learner{pluralize(count)}; their links lead to {settings.SITE_URL}.")


def sent(address: str) -> Finding:
    """Sends one."""
    message = EmailMessage(
        "chapter5 can send mail",
        "This is the test mail that `manage.py doctor --mail` sends. Nothing is to be done.",
        to=[address],
        connection=get_connection(timeout=PATIENCE_SECONDS, stream=sys.stderr),  # stdout may be JSON
    )
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        return problem(f"{_server()} refuses a mail to {address}: {_answer(error)}.", ADVICE)
    return ok(f"{_server()} took a mail to {address}. Look whether it arrives.")


def _server() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.EMAIL_HOST else "The console"


def _answer(error: Exception) -> str:
    """The server's own words, where it said some."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_words(code, said) for code, said in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return first_line(error)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}".rstrip(". ")
