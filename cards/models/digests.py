"""Who is to get a mail of what is due, now."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from cards.models.learners import Learner, time_zones
from cards.scheduling import MORNING, NOON

DAY = timedelta(days=1)


def confirmed_address(learner: Learner) -> str:
    """The address that mails go to: the primary one, if it was confirmed; else "", and always for a guest."""
    return str(_reachable().filter(pk=learner.pk).values_list("emailaddress__email", flat=True).first() or "")


def learners_to_mail(now: datetime) -> QuerySet[Learner]:
    """Those who asked for a mail, whose morning has begun (as scheduling.morning_begins has it) and whose study day has
    not been claimed; each with `address`. Two queries, however many learners there are.
    """
    asked = _reachable().filter(has_digest=True)
    clocks: dict[tuple[date, int], list[str]] = {}
    for zone in asked.order_by().values_list("time_zone", flat=True).distinct():
        if zone in time_zones():
            local = now.astimezone(ZoneInfo(zone))
            clocks.setdefault((local.date(), local.hour), []).append(zone)
    is_morning = Q(pk__in=[])
    for (day, hour), zones in clocks.items():
        if hour in MORNING:
            is_morning |= Q(time_zone__in=zones) & _is_morning(day, hour)
    may_be_tried = Q(digest_retry_at=None) | Q(digest_retry_at__lte=now)
    found = asked.filter(is_morning, may_be_tried).annotate(address=F("emailaddress__email"))
    return found.order_by(F("digest_retry_at").asc(nulls_first=True), "pk")


def is_unclaimed(day: date) -> Q:
    """No mail was claimed for that study day, or one after it."""
    return Q(digest_on=None) | Q(digest_on__lt=day)


def _reachable() -> QuerySet[Learner]:
    """Accounts that are not closed, and have confirmed their primary address."""
    reachable: QuerySet[Learner] = Learner.objects.filter(
        is_guest=False, is_active=True, emailaddress__primary=True, emailaddress__verified=True
    )
    return reachable


def _is_morning(day: date, hour: int) -> Q:
    """Where it is that hour of that day. A study day that begins in the afternoon is still that of the day before."""
    has_begun = Q(rollover_hour__lte=hour) & is_unclaimed(day)
    goes_on = Q(rollover_hour__gte=NOON) & is_unclaimed(day - DAY)
    return Q(digest_hour__lte=hour) & (has_begun | goes_on)
