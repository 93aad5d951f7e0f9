"""Words for the differences between a report and the registers (``{% load risk %}``)."""

from __future__ import annotations

from django import template

from reporting.models import Report
from reporting.services.disagreement import Difference, report_differences, why_words

register = template.Library()


@register.simple_tag
def differences_of(report: Report) -> list[Difference]:
    """Where a report and the registers differ; what its approval will put right by itself is left out."""
    return [entry for entry in report_differences(report=report) if not entry.explained]


@register.simple_tag
def why_text(entry: Difference) -> str:
    """Why the two differ, as a sentence."""
    return why_words(entry.why)
