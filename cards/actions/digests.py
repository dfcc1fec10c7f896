"""A learner's mail of the morning: its day is claimed, or given back where no server took the mail; and its end."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from cards.models import Learner
from cards.models.digests import is_unclaimed

SIGNER = Signer(salt="cards.digests")


class Forged(LookupError):
    """That token names nobody."""


def digests_are_sent() -> bool:
    """Whether this site can send any: it has a mail server, and knows its own address for the links."""
    return bool(settings.EMAIL_HOST and settings.SITE_URL)


def claim_digest(*, learner: Learner, now: datetime) -> date | None:
    """Claims the learner's study day, and returns it; None where somebody has, or no mail is wanted any more.

    It is claimed before the mail is sent: whoever dies in between has sent none that day, and nobody sends two.
    """
    day = learner.study_day(now)
    wanted = Learner.objects.filter(is_unclaimed(day), pk=learner.pk, has_digest=True, is_active=True)
    return day if wanted.update(digest_on=day, digest_retry_at=None) else None


def give_back_digest(*, learner: Learner, day: date, retry_at: datetime | None = None) -> None:
    """No server took the mail: the day can be claimed anew, from that instant on."""
    claimed = Learner.objects.filter(pk=learner.pk, digest_on=day)
    claimed.update(digest_on=day - timedelta(days=1), digest_retry_at=retry_at)


def stop_digests(*, learner_id: int) -> None:
    """No more of them. A learner who is gone gets none either."""
    Learner.objects.filter(pk=learner_id).update(has_digest=False)


def token_of(learner: Learner) -> str:
    """What the link in a mail names its learner by. It holds for ever: a mail of years ago can still be answered."""
    return SIGNER.sign(str(learner.pk))


def learner_of(token: str) -> int:
    """Whose token that is. Raises Forged."""
    try:
        return int(SIGNER.unsign(token))
    except (BadSignature, ValueError):
        raise Forged from None
