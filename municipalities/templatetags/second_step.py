"""Whether the reader must log in with a second step (``{% load second_step %}``)."""

from __future__ import annotations

from typing import Any

from django import template

from municipalities.access_levels import needs_second_step
from municipalities.second_step import step_is_forced

register = template.Library()


@register.simple_tag(takes_context=True)
def second_step_forced(context: template.Context) -> bool | None:
    """True when she must, None when only the demo lets her go without, False when it is her own choice."""
    request: Any = context["request"]
    if step_is_forced(request.user, today=request.today):
        return True
    return None if needs_second_step(request.user, today=request.today) else False
