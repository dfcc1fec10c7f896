"""How much one may say to others within an hour."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from cards.models import Comment, Learner, SuggestionComment

HOUR = timedelta(hours=1)


class TooMany(Exception):
    """Somebody has said, or reported, as much within an hour as one may."""


def hold_pace_of_comments(author: Learner, now: datetime) -> None:
    """Whatever one says, in a discussion or about a suggestion, counts. Raises TooMany beyond the hour's limit."""
    hold_pace(Comment.objects.filter(author=author), SuggestionComment.objects.filter(author=author), now=now)


def hold_pace(*said: QuerySet, now: datetime) -> None:
    """Raises TooMany where so many of those rows are of the last hour that another one would be too many."""
    if sum(rows.filter(created_at__gt=now - HOUR).count() for rows in said) >= settings.COMMENTS_PER_HOUR:
        raise TooMany
