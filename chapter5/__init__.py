"""Wiring only. Celery's app is imported by cards.tasks: a web process that enqueues nothing need not load it."""
