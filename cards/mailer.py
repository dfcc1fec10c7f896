"""Sends the mails of the morning: claims a learner's day, writes the mail, hands it to the server; then the next."""

import logging
import smtplib
import time
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from cards.actions.digests import claim_digest, digests_are_sent, give_back_digest, token_of
from cards.clock import now
from cards.models import Learner, Notice
from cards.models.digests import learners_to_mail
from cards.models.queue import queue_counts
from cards.reports import seconds_per_card
from cards.scheduling import QueueCounts, morning_begins

MOST_AT_ONCE = 500
MOST_SECONDS = 10.0  # then the keeper looks after demo runs again, and goes on a minute later
PATIENCE_SECONDS = 5  # with the mail server
MOST_NOTICES = 10  # that a mail lists; the inbox has the others
RETRY = timedelta(minutes=15)
LONGEST_LINE = 998  # that SMTP allows
PERMANENT, CLOSING = 500, 421  # of SMTP's codes: no use in trying again, from there on; the server hangs up

logger = logging.getLogger(__name__)


def send_digests() -> int:
    """Sends as many of the mails that are due as ten seconds allow; the next call goes on. How many were taken.

    None for a day on which nothing is due: that day counts as claimed, and is looked at no more.
    """
    if not digests_are_sent():
        return 0
    began, sent = time.monotonic(), 0
    with _Server() as server:
        for learner in learners_to_mail(now())[:MOST_AT_ONCE]:
            if server.is_away or time.monotonic() - began > MOST_SECONDS:
                break
            day = claim_digest(learner=learner, now=now())
            counts = queue_counts(learner, day) if day else QueueCounts()
            if day and counts.due:
                sent += _send(server, learner, day, counts)
    return sent


def _send(server: "_Server", learner: Learner, day: date, counts: QueueCounts) -> bool:
    answer, says = server.take(digest(learner, day, counts))
    if answer is Answer.TAKEN:
        return True
    logger.warning("the digest of learner %s was not taken (%s): %s", learner.pk, says, answer)
    if answer is not Answer.NEVER:
        retry_at = now() + RETRY if answer is Answer.LATER else None
        give_back_digest(learner=learner, day=day, retry_at=retry_at)
    return False


class Mail(EmailMultiAlternatives):
    """One whose headers are not folded: a long address stands on its line, whatever reads it."""

    def message(self) -> Any:
        message = super().message()
        message.policy = message.policy.clone(max_line_length=LONGEST_LINE)
        return message


def digest(learner: Learner, day: date, counts: QueueCounts) -> Mail:
    """The mail in the learner's language, their dates and numbers in it."""
    with override(learner.language_tag):
        return _digest(learner, day, counts)


def _digest(learner: Learner, day: date, counts: QueueCounts) -> Mail:
    """The mail, as text and as HTML, with what a mail program needs to end them at a press (RFC 2369, RFC 8058)."""
    pace = seconds_per_card(learner)
    stop = f"{settings.SITE_URL}{reverse('cards:digest_unsubscribe', args=[token_of(learner)])}"
    context: dict[str, Any] = {
        "learner": learner,
        "day": day,
        "counts": counts,
        "seconds": None if pace is None else counts.left * pace,
        "hour": morning_begins(learner.digest_hour, learner.rollover_hour),
        "site": settings.SITE_URL,
        "stop": stop,
        **_unread(learner),
    }
    message = Mail(
        subject=render_to_string("digests/subject.txt", context).strip(),
        body=render_to_string("digests/digest.txt", context),
        to=[learner.address],  # type: ignore[attr-defined]  # of learners_to_mail
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("digests/_digest.html", context), "text/html")
    return message


def _unread(learner: Learner) -> dict[str, Any]:
    """What the inbox has that was not read, the newest of it as lines, for those who want that in their mail."""
    if not learner.has_digest_notices:
        return {}
    unread = Notice.objects.visible_to(learner).unread()
    count = unread.count()
    return {
        "notices": unread.with_subjects()[:MOST_NOTICES] if count else [],
        "unread_count": count,
        "more_count": max(count - MOST_NOTICES, 0),
    }


class Answer(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"
    LATER = "it is tried again in a quarter of an hour"
    AWAY = "the server takes none now; they are tried again"
    NEVER = (
        "none comes today"  # refused for good, or the connection broke when it may have been taken already
    )


class _Server:
    """The mail server, with one connection for all mails of a call, made for the first. Closed at the end of a with."""

    def __init__(self) -> None:
        self.connection = get_connection(timeout=PATIENCE_SECONDS)
        self.is_away = False  # it takes no mail at all, for the time being

    def __enter__(self) -> "_Server":
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def take(self, message: Mail) -> tuple[Answer, str]:
        """Hands it over. What became of it, and what the server says."""
        try:
            self.connection.open()  # where it is not yet
        except (smtplib.SMTPException, OSError) as error:
            self.is_away = True
            return Answer.AWAY, _says(error)
        try:
            self.connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code = min(code for code, _ in error.recipients.values())
            self.is_away = code == CLOSING
            return Answer.NEVER if code >= PERMANENT else Answer.LATER, _says(error)
        except smtplib.SMTPDataError as error:
            self.is_away = error.smtp_code < PERMANENT
            return Answer.LATER if self.is_away else Answer.NEVER, _says(error)
        except (smtplib.SMTPHeloError, smtplib.SMTPSenderRefused) as error:
            self.is_away = True
            return Answer.AWAY, _says(error)
        except (smtplib.SMTPException, OSError) as error:
            self.is_away = True
            return Answer.NEVER, _says(error)
        return Answer.TAKEN, ""


def _says(error: Exception) -> str:
    """The server's code, or the kind of failure: what a server says in words may hold an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    return type(error).__name__
