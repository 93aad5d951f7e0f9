"""Time in words (``{% load burden %}``): ``14 minutter``, ``3,2 timer``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.templatetags.portal import number

register = template.Library()


@register.filter
def minutes(seconds: float) -> str:
    """Seconds as minutes: whole ones, and ``under 1 minutt`` for what is shorter."""
    if seconds < 60:
        return _("under 1 minute")
    count = int((Decimal(str(seconds)) / 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": number(count)}


@register.filter
def hours(seconds: float) -> str:
    """Seconds as hours: one decimal below ten, else whole ones."""
    exact = Decimal(str(seconds)) / 3600
    rounded = exact.quantize(Decimal("0.1") if exact < 10 else Decimal(1), rounding=ROUND_HALF_UP)
    words = ngettext("%(n)s hour", "%(n)s hours", 1 if rounded == 1 else 2)
    return words % {"n": number(rounded)}
