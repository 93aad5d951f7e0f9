"""Two addresses for machines: is the process alive, and can it do its work?"""

from __future__ import annotations

import structlog
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reform.celery import app

log = structlog.get_logger("portal.health")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    if hasattr(cache, "ping"):  # pages do without Redis for a while; here it is asked itself
        cache.ping()
    cache.set("readyz", "1", 10)
    if cache.get("readyz") != "1":
        raise RuntimeError("the cache does not give back what was put in")


def _broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


CHECKS = {"database": _database, "cache": _cache, "broker": _broker}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; asks nothing of any other service."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 with ``ok`` for each service, or 503; what went wrong stands in the log, not in the answer."""
    results = states()
    return JsonResponse(results, status=200 if set(results.values()) == {"ok"} else 503)


def states() -> dict[str, str]:
    """Each service with ``ok`` or ``failed``."""
    results = {}
    for name, check in CHECKS.items():
        try:
            check()
            results[name] = "ok"
        except Exception:  # whatever a service throws, the answer is: not ready
            log.exception("not ready", service=name)
            results[name] = "failed"
    return results
