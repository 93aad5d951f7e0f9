"""Small words of the review pages (``{% load review %}``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from municipalities.models import Event
    from reporting.worklist import WorkRow

register = template.Library()


@register.simple_tag
def cannot_pick(row: WorkRow) -> str:
    """Why a row cannot be chosen, for those who do not see that its box is missing."""
    name = {"name": row.full_name}
    if row.status == "approved":
        return _("%(name)s cannot be chosen: it is approved") % name
    if row.status == "returned":
        return _("%(name)s cannot be chosen: it is returned") % name
    if row.status == "submitted":
        return _("%(name)s cannot be chosen: it has warnings to judge") % name
    return _("%(name)s cannot be chosen: it is not sent in") % name


@register.simple_tag
def event_text(event: Event) -> str:
    """What happened, and who did it: ``Sent in by Kari Nordmann``."""
    known = {
        "start": _("Draft begun by %(name)s"),
        "submit": _("Sent in by %(name)s"),
        "return": _("Returned by %(name)s"),
        "approve": _("Approved by %(name)s"),
        "remind": _("Reminded by %(name)s"),
    }
    text = known.get(event.name)
    if text is None:
        return event.name
    return text % {"name": event.actor_name or _("the portal")}
