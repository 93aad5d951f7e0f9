"""Figures on pages: their value as it is read, and the link to what is behind it (``{% load national %}``)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from municipalities.templatetags.portal import tag
from reporting.documents.content import Figure
from reporting.documents.formats import format_figure, format_share
from reporting.models import NationalSummary

register = template.Library()

SUMMARY_STATES: dict[str, tuple[Any, str]] = {
    "building": (pgettext_lazy("job", "Being made"), "info"),
    "failed": (pgettext_lazy("job", "Did not work"), "danger"),
    "cancelled": (gettext_lazy("Cancelled"), "neutral"),
    "ready": (gettext_lazy("Draft"), "info"),
    "approved": (gettext_lazy("Approved"), "success"),
    "sent": (gettext_lazy("Sent to the ministry"), "accent"),
    "withdrawn": (gettext_lazy("Withdrawn"), "warning"),
}
"""The tag of each state of a summary."""


@register.simple_tag
def summary_tag(summary: NationalSummary, replaced: NationalSummary | None = None) -> SafeString:
    """The state of a version; with ``replaced`` the version that was sent instead of it."""
    word, color = SUMMARY_STATES[summary.status]
    label = tag(word, color)
    if replaced is None:
        return label
    instead = _("Replaced by version %(version)s") % {"version": replaced.version}
    return format_html("{} {}", label, tag(instead, "neutral"))


@register.filter
def shown(figure: Figure) -> str:
    """``1 230``, ``51,4 %``, ``+39``; a dash where no value can be given."""
    return format_figure(figure)


@register.simple_tag(takes_context=True)
def figure_link(context: Any, figure: Figure, css: str = "", name: str = "") -> SafeString | str:
    """The figure as a link to its page; ``name`` says for a screen reader what it counts."""
    label = format_html('<span class="ds-sr-only">{}: </span>', name) if name else ""
    url = context["view"].figure_url(figure)
    return format_html('<a class="{}" href="{}">{}{}</a>', f"ds-link {css}".strip(), url, label, format_figure(figure))


@register.simple_tag
def rule_words(rule: str, source: Any) -> str:
    """``Version 1 of the rule “plan”``: the name is the same in the code and in the files (``rule`` is ``plan v1``)."""
    name, _space, version = rule.rpartition(" v")
    if not name or not version.isdigit():
        name, version = source.rule, source.version
    return _("Version %(version)s of the rule “%(name)s”, as it is called in the files") % {
        "version": version,
        "name": name,
    }


@register.filter
def percent(part: int, whole: int) -> str:
    """A share with one decimal, from two counts."""
    return format_share(Decimal(part) / Decimal(whole)) if whole else "–"
