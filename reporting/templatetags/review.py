"""Small words of the review pages (``{% load review %}``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

from reporting import querysets

if TYPE_CHECKING:
    from municipalities.models import Event
    from reporting.models import Round
    from reporting.worklist import WorkRow

register = template.Library()


_PLACES = {
    "return": "melding", "note": "notat", "message": "skriv", "extend": "frist", "on_behalf": "paa-vegne",
    "take_back": "tilbake", "reopen": "gjenaapne",
}  # fmt: skip


@register.simple_tag
def failed_place(failed: Mapping[str, str]) -> str:
    """The field of the text that could not be kept."""
    if failed.get("place") == "pair":
        return f"sporsmal-{failed.get('question', '')}"
    return _PLACES.get(failed.get("where", ""), f"kommentar-{failed.get('question', '')}")


@register.simple_tag
def cannot_pick(row: WorkRow) -> str:
    """Why a row cannot be chosen, for those who do not see that its box is missing."""
    name = {"name": row.full_name}
    if row.status == "approved":
        return _("%(name)s cannot be chosen: it is approved") % name
    if row.status == "returned":
        return _("%(name)s cannot be chosen: it is returned") % name
    if row.status == "reopened":
        return _("%(name)s cannot be chosen: it is reopened") % name
    if row.status == "submitted":
        return _("%(name)s cannot be chosen: it has warnings to judge") % name
    return _("%(name)s cannot be chosen: it is not sent in") % name


NOTED = frozenset({"return", "take_back", "reopen", "extend", "take_over", "hand_back"})
"""The events whose note is shown: what somebody wrote to the municipality."""


@register.simple_tag
def event_text(event: Event) -> str:
    """What happened, and who did it: ``Sent in by Kari Nordmann``."""
    known = {
        "start": _("Draft begun by %(name)s"),
        "submit": _("Sent in on behalf of the municipality by %(name)s")
        if event.on_behalf_of_id
        else _("Sent in by %(name)s"),
        "return": _("Returned by %(name)s"),
        "approve": _("Approved by %(name)s"),
        "take_back": _("Approval taken back by %(name)s"),
        "reopen": _("Reopened by %(name)s"),
        "extend": _("Later deadline given by %(name)s"),
        "extension_end": _("The later deadline was taken back by %(name)s"),
        "take_over": _("Taken over on behalf of the municipality by %(name)s"),
        "hand_back": _("Given back to the municipality by %(name)s"),
        "message": _("Message written by %(name)s"),
        "remind": _("Reminded by %(name)s"),
    }
    text = known.get(event.name)
    if text is None:
        return event.name
    return text % {"name": event.who or _("the portal")}


@register.filter
def has_note(event: Event) -> bool:
    """Whether the history shows what was written with the event."""
    return bool(event.note) and event.name in NOTED


@register.filter
def round_key(round_: Round) -> str:
    """What stands for the round in the work list's address."""
    return querysets.round_key(round_)
