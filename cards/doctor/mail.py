"""Mail: whether a server takes it."""

import smtplib
import sys

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from cards.doctor.finding import Finding, first_line, ok, problem, warning

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
