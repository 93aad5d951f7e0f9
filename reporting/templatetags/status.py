"""Numbers as SVG takes them (``{% load status %}``): a point, never a comma, whatever the language."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def svg(value: float, more: float = 0) -> str:
    """``12.5``; with ``more`` added."""
    return f"{value + more:.1f}"
