"""Small words of the review pages (``{% load review %}``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

if TYPE_CHECKING:
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
