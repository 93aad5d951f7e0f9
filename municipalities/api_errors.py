"""How the API says that something cannot be done now: one sentence, and the state that holds."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.views import exception_handler

from municipalities.transitions import NoteMissing, TransitionRefused


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """409 for a transition that cannot be made now, 400 for a missing note, 413 for a request that is too large; else
    as REST framework does."""
    if isinstance(error, RequestDataTooBig):
        return Response({"detail": _("The request is too large.")}, status=413)
    if isinstance(error, TransitionRefused):
        status = 400 if isinstance(error, NoteMissing) else 409
        return Response({"detail": str(error.message), "state": error.state}, status=status)
    return exception_handler(error, context)
