"""Home: what today asks, in one sentence."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from cards.clock import now
from cards.http import Request, render_page
from cards.models import Deck
from cards.models.lists import with_due_count
from cards.models.queue import more_today, queue_counts
from cards.reports import DayLoad, asking, due_assignments, forecast, seconds_per_card, streak_of
from cards.scheduling import QueueCounts
from cards.views.finish import next_of
from cards.views.guests import today_of

DAYS_AHEAD = 14
MANY_DUE = 30  # so many cards, and twice as many as on any day to come, are a backlog


@require_GET
def home(request: Request) -> HttpResponse:
    """Today in one sentence, with the time it takes, or when the next cards come; the load ahead; the decks."""
    learner = request.learner
    today = today_of(request, now())
    counts = queue_counts(learner, today)
    pace = seconds_per_card(learner) if learner and counts.left else None
    days = forecast(learner, today, DAYS_AHEAD) if learner else []
    context = {
        "today": today,
        "counts": counts,
        "streak": streak_of(learner, today) if learner and learner.has_streak else 0,
        "seconds": None if pace is None else counts.left * pace,
        "assignments": asking(due_assignments(learner, today), today) if learner else [],
        "days": _honest(days, counts),
        "is_behind": len(days) > 1 and days[0].count >= max(MANY_DUE, 2 * max(day.count for day in days[1:])),
        "only_today": learner.exceptions(today) if learner and learner.has_exception(today) else None,
        "more": more_today(learner, today, counts) if learner and not counts.left else None,
        "decks": with_due_count(Deck.objects.studied_by(learner).with_counts(learner), learner, today),
    }
    if learner and not counts.left:
        context |= next_of(learner, today)
    return render_page(request, "home/home.html", context)


def _honest(days: list[DayLoad], counts: QueueCounts) -> list[DayLoad]:
    """Today's bar says what the sentence says: new cards and repeats too. What the limits keep back comes tomorrow."""
    if not days:
        return []
    now, tomorrow, *later = days
    kept_back = max(0, now.count - counts.due)
    return [DayLoad(now.day, counts.left), DayLoad(tomorrow.day, tomorrow.count + kept_back), *later]


@require_GET
def keys(request: Request) -> HttpResponse:
    """The keys of the review screen."""
    return render_page(request, "home/keys.html", {})
