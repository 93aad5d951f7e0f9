"""Figures for the one who watches the portal, in the text format of Prometheus.

Requests are counted as they are answered, in each process; with ``PROMETHEUS_MULTIPROC_DIR`` the processes of a machine
are told as one. Jobs, mails and queues are counted from their rows when somebody asks. No label holds anything about a
person, a municipality or an address with a key in it: a request is told by the name of its view.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

if _folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(_folder).mkdir(parents=True, exist_ok=True)

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ANSWERED = CollectorRegistry()
REQUESTS = Histogram(
    "portal_request_seconds", "Seconds from a request to its answer", ("view", "method", "status"),
    buckets=BUCKETS, registry=ANSWERED,
)  # fmt: skip
GetResponse = Callable[[HttpRequest], HttpResponse]


class MetricsMiddleware:
    """Count each request and its time, by view, method and status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name if match else "") or "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, str(response.status_code)).observe(time.perf_counter() - start)
        return response


def allowed(request: HttpRequest) -> bool:
    """Whether the request has the token; without one in the environment nobody has."""
    token: str = settings.PORTAL_METRICS_TOKEN
    said = request.headers.get("Authorization", "")
    return bool(token) and constant_time_compare(said, f"Bearer {token}")


def exposed(health: Any) -> tuple[bytes, str]:
    """The figures as text and its media type; ``health`` is what ``reporting.services.operations.health`` found."""
    requests = ANSWERED
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        MultiProcessCollector(requests)
    counted = CollectorRegistry()
    counted.register(_Counted(health))
    return generate_latest(requests) + generate_latest(counted), CONTENT_TYPE_LATEST


class _Counted:
    """What is counted from rows, as Prometheus asks for it."""

    def __init__(self, health: Any) -> None:
        self.health = health

    def collect(self) -> Iterator[GaugeMetricFamily]:
        health = self.health
        jobs = GaugeMetricFamily(
            "portal_jobs", "Jobs and mails by state; failed: in the last 7 days", labels=("kind", "state")
        )
        age = GaugeMetricFamily(
            "portal_queue_age_seconds", "How long the oldest that waits has waited", labels=("kind",)
        )
        for work in health.works:
            for state in ("waiting", "running", "stuck", "failed"):
                jobs.add_metric((work.kind, state), getattr(work, state))
            age.add_metric((work.kind,), work.age(health.at))
        yield jobs
        yield age
        yield GaugeMetricFamily(
            "portal_trail_unsealed", "Rows of the trail that wait for their seal", value=health.unsealed
        )
        if health.swept:
            seconds = (health.at - health.swept).total_seconds()
            yield GaugeMetricFamily("portal_scheduler_age_seconds", "Since the scheduler's job ran last", value=seconds)
