"""Celery's app: `celery -A chapter5 worker`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["files"] = "chapter5.broker:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "chapter5.redis_broker:Transport"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
app = Celery("chapter5")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _leave_logging_as_django_has_it(**kwargs: Any) -> None:
    """Celery adds nothing of its own, but that what libraries print becomes lines of the log."""
    app.log.redirect_stdouts("WARNING")  # type: ignore[arg-type]  # a name: children read it from the environment
