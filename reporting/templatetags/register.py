"""The words of the registers on pages (``{% load register %}``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from municipalities.models import PlanDocument
from municipalities.templatetags.portal import day
from municipalities.vocabulary import PHASES, STEPS, word
from reporting import register_file
from reporting.register_page.shapes import Origin, UnitLink

register = template.Library()


@register.filter
def plan_words(plan: str) -> str:
    """A plan status in words, with a capital."""
    return register_file.plan_words(plan)


@register.simple_tag
def step_words(step: int) -> str:
    """``Step 3: Plan and decide``."""
    return word(STEPS, step)


@register.simple_tag
def phase_words(phase: int) -> str:
    """``Phase 2: Mapping, planning and decisions``."""
    return word(PHASES, phase)


@register.simple_tag
def for_unit(values: Mapping[int, str], unit_id: int) -> str:
    """What a mapping has for a unit; empty where there is nothing."""
    return values.get(unit_id, "")


@register.simple_tag
def network_link(pk: int, name: str) -> SafeString:
    """The network's name, as a link where networks have a page."""
    try:
        url = reverse("network_detail", args=[pk])
    except NoReverseMatch:
        return format_html("{}", name)
    return format_html('<a class="ds-link" href="{}">{}</a>', url, name)


@register.simple_tag
def row_address(name: str, key: int | str) -> str:
    """The address of a register row's own page, or of a unit's by its number; empty where it has none."""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""


UNIT_QUERY = ("support_new",)
"""Addresses that take the unit as ``?kommune=``; the others have it in their path."""


@register.simple_tag
def unit_address(name: str, page: Any) -> str:
    """The address of what can be done about the page's unit; empty where there is no such address."""
    number = page.version.number
    try:
        if name in UNIT_QUERY:
            return f"{reverse(name)}?kommune={number}"
        return reverse(name, kwargs={"number": number})
    except NoReverseMatch:
        return ""


@register.simple_tag
def unit_links(units: Iterable[UnitLink]) -> SafeString:
    """Units by number and name, each a link where the reader may open its page."""
    parts = []
    for unit in units:
        text = format_html("{} {}", unit.number, unit.name)
        url = reverse("municipality_detail", args=[unit.number])
        parts.append(format_html('<a class="ds-link" href="{}">{}</a>', url, text) if unit.seen else text)
    return format_html_join(", ", "{}", ((part,) for part in parts))


@register.simple_tag
def document_link(document: PlanDocument) -> SafeString:
    """A document of a decision, as a link where documents can be opened."""
    url = row_address("plan_document", document.pk)
    if not url:
        return format_html("{}", document.file_name)
    return format_html('<a class="ds-link" href="{}">{}</a>', url, document.file_name)


@register.simple_tag
def origin_tag(origin: Origin | None, brief: bool = False) -> SafeString | str:
    """A tag on a row that no report put there: who registered it and when, and whether it was after the report.
    ``brief`` is for long lists: a tag on what came after the report, a word on what came before it."""
    if origin is None or not origin.direct:
        return ""
    word = _("Registered directly after the report") if origin.after_report else _("Registered directly")
    if brief and not origin.after_report:
        return format_html('<span class="sub">{}</span>', word)
    who = "" if brief else ", ".join(part for part in (origin.by, day(origin.at)) if part)
    said = format_html('<span class="sub">{}</span>', who) if who else ""
    return format_html(' <span class="ds-tag" data-color="brand2" data-size="sm">{}</span>{}', word, said)
