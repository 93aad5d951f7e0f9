"""The outcome of a criterion on a page (``{% load priority %}``): a shape and a word, never a colour alone."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from grants import words

register = template.Library()

_SHAPES = {
    "met": mark_safe('<circle cx="10" cy="10" r="9"/><path d="m5.8 10.4 2.9 2.9 5.6-6.2"/>'),
    "not_met": mark_safe('<circle cx="10" cy="10" r="9"/><path d="m6.8 6.8 6.4 6.4m0-6.4-6.4 6.4"/>'),
    "unknown": mark_safe('<circle cx="10" cy="10" r="9"/><path d="M6.5 10h7"/>'),
}
"""A filled disc with a tick, a ring with a cross, and a broken ring with a stroke."""


@register.simple_tag
def outcome(state: str, css: str = "") -> SafeString:
    """``met``, ``not_met`` or ``unknown`` as a shape with its word."""
    return format_html(
        '<span class="outcome {}" data-state="{}"><svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}'
        "</svg><span>{}</span></span>",
        css, state, _SHAPES[state], words.STATES[state],
    )  # fmt: skip
