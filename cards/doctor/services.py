"""Cache and broker: Redis, or the database and a folder."""

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import redis
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError

from cards.doctor.finding import Finding, first_line, listed, ok, problem, warning

PATIENCE_SECONDS = 5
KEPT_POLICIES = ("noeviction", "volatile-")  # under which Redis never drops a message: those do not expire


def cache() -> Finding:
    """It keeps a value."""
    kind, advice = (
        ("Redis", "Look into Redis's log: it may be full.")
        if settings.REDIS_URL
        else ("The database's table", "Run `manage.py prepare`, which makes the table.")
    )
    key, value = f"doctor-{uuid4()}", str(uuid4())
    try:
        caches["default"].set(key, value, 60)
        kept = caches["default"].get(key)
        caches["default"].delete(key)
    except (DatabaseError, redis.RedisError) as error:
        return problem(f"{kind} cannot be used as the cache: {first_line(error)}.", advice)
    if kept != value:
        return problem(
            f"{kind} forgets what the cache is told, so nobody's attempts to sign in are limited.", advice
        )
    return ok(f"{kind} keeps a value.")


def redis_server() -> Finding | None:
    """Redis answers, and never drops a message to make room."""
    if not settings.REDIS_URL:
        return None
    parts = urlsplit(settings.REDIS_URL)
    place = f"{parts.hostname}:{parts.port or 6379}{parts.path}"
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
        ) as client:
            client.ping()
            server: dict[str, Any] = client.info()  # type: ignore[assignment]
    except (redis.RedisError, OSError) as error:
        return problem(
            f"{place} cannot be used: {first_line(error)}.",
            "Start Redis (`docker compose up --detach redis`), or correct REDIS_URL.",
        )
    policy = server["maxmemory_policy"]
    if not policy.startswith(KEPT_POLICIES):
        return warning(
            f"{place} drops messages when it is full (maxmemory-policy {policy}).",
            "Set its maxmemory-policy to volatile-lru, as docker-compose.yml does.",
        )
    return ok(
        f"{place} answers, version {server['redis_version']}, and keeps messages when it is full ({policy})."
    )


def queue_folder() -> Finding | None:
    """Messages can be written; none of them was put aside."""
    if settings.REDIS_URL:
        return None
    folder = Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["folder"]))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return problem(
            f"No message can be written into {folder} ({error.strerror}), so demos wait.",
            "Make it a folder of whoever runs the site.",
        )
    if aside := sorted(path.name for path in folder.glob("*.unreadable")):
        return warning(
            f"No messages, and put aside in {folder}: {listed(aside)}.",
            "Find out who writes there, and delete them.",
        )
    return ok(f"{folder} takes messages.")
