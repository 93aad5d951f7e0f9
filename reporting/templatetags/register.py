"""The words of the registers on pages (``{% load register %}``)."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from municipalities.vocabulary import PHASES, STEPS, word
from reporting import register_file

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
