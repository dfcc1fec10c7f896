"""What must hold before the site starts, beside Django's own checks."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def no_test_clock_in_production(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A site that can be told the time could be told that every card is due."""
    if settings.PRODUCTION and settings.TEST_CLOCK:
        return [Error("TEST_CLOCK is set in production.", hint="Unset TEST_CLOCK.", id="cards.E001")]
    return []


@register()
def no_debug_in_production(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """DEBUG shows source code and settings to whoever meets an error."""
    if settings.PRODUCTION and settings.DEBUG:
        return [Error("DEBUG is on in production.", hint="Unset DEBUG.", id="cards.E002")]
    return []
