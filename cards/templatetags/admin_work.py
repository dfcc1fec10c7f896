"""What waits for whoever opens the admin."""

from typing import Any

from django import template
from django.db.models import Count, Min

from cards.models import Card, Flag, Learner, Suggestion

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_work(context: template.Context) -> dict[str, dict[str, Any]]:
    """Open suggestions, open flags, and cards without an answer, in the decks that this admin may edit.

    For each the `count`, and the instant `since` which the oldest is there, or None.
    """
    staff: Learner = context["request"].user
    waiting = {
        "suggestions": Suggestion.objects.decidable_by(staff).open(),
        "flags": Flag.objects.decidable_by(staff).open(),
        "unanswered": Card.objects.editable_by(staff).needing_an_answer(),
    }
    return {
        name: rows.order_by().aggregate(count=Count("pk"), since=Min("created_at"))
        for name, rows in waiting.items()
    }
