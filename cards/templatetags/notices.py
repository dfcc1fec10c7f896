"""How many notices are unread."""

from django import template

from cards.models import Learner, Notice

register = template.Library()

MOST_COUNTED = 99  # more than that is “99+”


@register.simple_tag(takes_context=True)
def unread_notices(context: template.Context) -> str:
    """The count as it stands in the navigation; "" where there are none."""
    learner: Learner | None = getattr(context.get("request"), "learner", None)
    count = Notice.objects.visible_to(learner).unread().order_by()[: MOST_COUNTED + 1].count()
    if count > MOST_COUNTED:
        return f"{MOST_COUNTED}+"
    return str(count) if count else ""
