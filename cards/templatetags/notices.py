"""How many notices are unread."""

from datetime import date

from django import template
from django.db.models import QuerySet

from cards.models import Learner, Notice
from cards.models.built import found

register = template.Library()

MOST_COUNTED = 99  # more than that is “99+”


@register.simple_tag(takes_context=True)
def unread_notices(context: template.Context) -> str:
    """The count as it stands in the navigation; "" where there are none."""
    learner: Learner | None = getattr(context.get("request"), "learner", None)
    if learner is None or learner.is_guest:
        return ""
    count = sum(1 for _ in found(_unread, learner, date.min))
    if count > MOST_COUNTED:
        return f"{MOST_COUNTED}+"
    return str(count) if count else ""


def _unread(learner: Learner, _: date) -> QuerySet[Notice]:
    """As many as are counted. Built once, since every page asks; on whatever day."""
    return Notice.objects.visible_to(learner).unread().only("pk").order_by()[: MOST_COUNTED + 1]
