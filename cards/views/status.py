"""For whoever watches the server: is it alive, can it serve?"""

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cards.clock import now
from cards.models.database import migrations_to_run


@require_GET
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when reviews can be served; 503 only without the database or its migrations. The rest is degraded."""
    report = {"database": _database(), "cache": _cache()}
    is_ready = report["database"] == "ok"
    state = "unavailable" if not is_ready else "ok" if set(report.values()) == {"ok"} else "degraded"
    return JsonResponse({"state": state, **report}, status=200 if is_ready else 503)


def _database() -> str:
    try:
        return "has migrations to run" if migrations_to_run() else "ok"
    except DatabaseError:
        return "cannot be reached"


def _cache() -> str:
    try:
        cache.set("readyz", now().isoformat(), 60)
        return "ok" if cache.get("readyz") else "forgets"
    except Exception:  # whatever the cache's driver raises: this page says it, and stays up
        return "cannot be reached"
