"""The trail in words: what each kind of Event is called, and what it is about. No database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from municipalities.history import NAMES as REGISTER_NAMES
from municipalities.models import Role
from municipalities.readings import READINGS

WORDS: Mapping[str, Any] = {
    **REGISTER_NAMES,
    **{name: reading.label for name, reading in READINGS.items()},
    "start": _("Begun"),
    "submit": _("Sent in"),
    "return": _("Returned"),
    "approve": _("Approved"),
    "unapprove": _("Approval taken back"),
    "take_back": _("Approval taken back"),
    "reopen": _("Reopened"),
    "extend": _("Given a later deadline"),
    "extension_end": _("Later deadline ended"),
    "take_over": _("Taken over on behalf of the municipality"),
    "hand_back": _("Handed back to the municipality"),
    "remind": _("Reminded"),
    "request": _("Asked for"),
    "built": _("Made"),
    "failed": _("Could not be made"),
    "retry": _("Tried again"),
    "cancel": _("Cancelled"),
    "send": _("Sent to the ministry"),
    "withdraw": _("Withdrawn"),
    "deliver": _("Delivered"),
    "accept": _("Accepted"),
    "propose": _("Correction proposed"),
    "put_right": _("Put right"),
    "decline": _("Declined"),
    "open": _("Opened"),
    "composed": _("Round begun"),
    "compose": _("Composed"),
    "published": _("Published"),
    "form_edited": _("Form changed"),
    "form_corrected": _("Published form corrected"),
    "dates_set": _("Dates set"),
    "unlocked": _("Opened for corrections"),
    "risk_assessed": _("Risk pattern judged"),
    "membership_granted": _("Role given"),
    "membership_ended": _("Role ended"),
    "service_account_made": _("Key given to a system"),
    "service_account_revoked": _("System shut out"),
    "section_hand": _("Part of the form handed over"),
    "section_take": _("Part of the form taken"),
    "section_done": _("Part of the form filled in"),
    "plan_attached": _("Plan attached"),
    "participation_removed": _("Participation taken out"),
    "participation_ended": _("Participation ended"),
    "workbook_applied": _("Workbook taken in"),
    "given": _("Support registered"),
    "changed": _("Changed"),
    "removed": _("Taken out"),
    "trail_deleted": _("Deleted from the trail by rule"),
}
"""What happened, by the name of the Event. Another name is shown as it is."""


def event_words(name: str) -> str:
    """What an Event of this name is called in the language in use."""
    return str(WORDS.get(name) or capfirst(name.replace("_", " ")))


def about_words(object_type: str) -> str:
    """What kind of thing an Event is about: ``reporting.report`` is a report."""
    try:
        return capfirst(str(apps.get_model(object_type)._meta.verbose_name))
    except (LookupError, ValueError):
        return object_type


def acting_words(acting: str) -> str:
    """The role of ``access.acting_as``; an older row has a name there, which is shown as it is."""
    role = acting.partition(" ")[0]
    return str(Role(role).label) if role in Role.values else acting
