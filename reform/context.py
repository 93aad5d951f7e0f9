"""What every page knows about the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """``today`` (a date, or None on an error page) and ``portal_demo`` (whether this is the demo)."""
    return {"today": getattr(request, "today", None), "portal_demo": settings.PORTAL_DEMO}
