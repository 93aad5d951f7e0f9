"""How the portal is doing: a page for Helsedirektoratet's administrators, and the same in figures for a machine."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.views import ScopedPage
from reform import clock
from reform.health import states
from reform.metrics import allowed, exposed
from reporting.services import operations


class Operations(ScopedPage):
    """``/drift/``: services, jobs and mails, and what went wrong lately."""

    right = "operations.read"
    template_name = "reporting/national/operations.html"

    def get_context(self) -> dict[str, Any]:
        found = operations.health(now=self.now)
        kinds = kind_words()
        return {
            "health": found,
            "works": [{"work": work, "name": kinds[work.kind], "late": work.is_late(self.now)} for work in found.works],
            "services": [{"name": service_words()[name], "state": state} for name, state in states().items()],
            "failures": [(kinds[one.kind], one) for one in operations.failures(now=self.now)],
            "days": operations.RECENT.days,
        }


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in the text format of Prometheus, for whoever has ``PORTAL_METRICS_TOKEN``; for all others there is
    no such page."""
    if not allowed(request):
        raise Http404
    body, media_type = exposed(operations.health(now=clock.now()))
    return HttpResponse(body, content_type=media_type)


def kind_words() -> dict[str, str]:
    """The kinds of jobs in words."""
    return {
        "build": _("The figures of a summary"), "summary": _("Files of a summary"), "volume": _("Regions' volumes"),
        "delivery": _("All files in one"), "receipt": _("Receipts"), "mail": _("Mails"),
    }  # fmt: skip


def service_words() -> dict[str, str]:
    """The services in words."""
    return {"database": _("Database"), "cache": _("Cache"), "broker": _("Queue of jobs")}
