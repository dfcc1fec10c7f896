"""The one clock. Everything that needs the time asks here, or is given it."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """The instant, aware, in UTC; the test clock's, where one is set (production refuses to start with one)."""
    if not settings.TEST_CLOCK:
        return datetime.now(UTC)
    path = Path(settings.TEST_CLOCK)
    text = path.read_text().strip() if path.is_absolute() else settings.TEST_CLOCK
    return datetime.fromisoformat(text).astimezone(UTC)
