"""Words for the differences between a report and the registers (``{% load risk %}``)."""

from __future__ import annotations

from django import template

from reporting.services.disagreement import Difference, why_words

register = template.Library()


@register.simple_tag
def why_text(entry: Difference) -> str:
    """Why the two differ, as a sentence."""
    return why_words(entry.why)
