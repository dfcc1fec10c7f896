"""The keeper: Celery's beat, which does itself what is due. So runs are looked after while the broker is away, too."""

from typing import Any

from celery.beat import PersistentScheduler
from django.db import close_old_connections


class Scheduler(PersistentScheduler):
    """Applies a task where beat would send it to a worker. A task that fails is logged, and comes again."""

    producer = None  # type: ignore[assignment]  # beat's own waits for the broker

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        close_old_connections()  # as before each request: a database that was away is connected to anew
        return self.app.tasks[entry.task].apply()
