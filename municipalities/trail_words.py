"""The trail in words: what each kind of Event is called, and what it is about. No database."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from municipalities.history import NAMES as REGISTER_NAMES
from municipalities.models import Role
from municipalities.readings import READINGS

_SOLUTION = re.compile(r"\d(\.\d)?")
_FROM_REPORT = re.compile(r"report:(?P<number>\d+)/(?P<version>\d+)")

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
    "message": _("Message written"),
    "message_colleagues": _("Message to colleagues written"),
    "deliver_cancel": _("Delivery taken back"),
    "figures_open": _("Figures opened"),
    "figures_closed": _("Figures closed"),
    "reports_added": _("Reports added"),
    "tried": _("Tried out"),
    "wiped": _("Trial emptied"),
    "correction_begun": _("Correction of the form begun"),
    "correction_dropped": _("Correction of the form dropped"),
    "region_form_begun": _("The region's form begun"),
    "region_form_dropped": _("The region's form dropped"),
    "notice_text_written": _("Text of a notice written"),
    "notice_text_taken_back": _("Text of a notice taken back"),
    "notice_language": _("Language of the notices chosen"),
    # people and their access
    "user_made": _("User made"),
    "user_closed": _("User closed"),
    "user_reopened": _("User opened again"),
    "invitation_sent": _("Invitation sent"),
    "invitation_accepted": _("Invitation accepted"),
    "login_linked": _("Login tied to the user"),
    "membership_withdrawn": _("Access taken away before it was used"),
    "access_taken_over": _("Access taken over from somebody"),
    "access_confirmed": _("Access confirmed in the yearly review"),
    "profile_corrected": _("Corrected what is stored about oneself"),
    "email_change_asked": _("Asked for another address"),
    "anonymised": _("Name replaced by the role"),
    # registers
    "training_unit_made": _("Unit for training made"),
    "unit_boundary": _("Boundary moved"),
    "unit_ended": _("Unit ended"),
    "unit_merged": _("Units merged"),
    "unit_renamed": _("Unit renamed"),
    "unit_renumbered": _("Unit given a new number"),
    "unit_split": _("Unit split"),
    "network_registered": _("Network registered"),
    "network_changed": _("Network changed"),
    "network_ended": _("Network ended"),
    "meeting_registered": _("Meeting registered"),
    "meeting_changed": _("Meeting changed"),
    "meeting_removed": _("Meeting removed"),
    "participation_registered": _("Participation registered"),
    "participation_changed": _("Participation changed"),
    "participation_by_report": _("Participation changed by an approved report"),
    "workbook_discarded": _("Workbook laid aside"),
    # grants
    "application_entered": _("Application registered"),
    "application_changed": _("Application changed"),
    "application_removed": _("Application taken out"),
    "applications_taken_in": _("List of applications taken in"),
    "applications_discarded": _("List of applications laid aside"),
    "appropriation_entered": _("Appropriation registered"),
    "appropriation_changed": _("Appropriation changed"),
    "appropriation_removed": _("Appropriation taken out"),
    "criteria_begun": _("Criteria of a year begun"),
    "criteria_changed": _("Criteria of a year changed"),
    "criteria_copied": _("Criteria copied from another year"),
    "criteria_ended": _("Criteria of a year ended"),
    "criterion_added": _("Criterion added"),
    "criterion_changed": _("Criterion changed"),
    "criterion_copied": _("Criterion copied from another year"),
    "criterion_removed": _("Criterion taken out"),
    "criterion_noted": _("Criterion judged by hand"),
    "criterion_note_withdrawn": _("Judgement of a criterion withdrawn"),
    "priority_decided": _("Priority decided"),
    "scheme_added": _("Grant scheme added"),
    "scheme_changed": _("Grant scheme changed"),
    "scheme_removed": _("Grant scheme taken out"),
    "schemes_copied": _("Grant schemes copied from another year"),
    "formula_written": _("Formula of the funds written"),
    "key_table_read": _("Table of figures taken in"),
}
"""What happened, by the name of the Event: every one that the code writes, as a test asks. Another name, of an older
row, is shown as it is."""


def event_words(name: str) -> str:
    """What an Event of this name is called in the language in use."""
    return str(WORDS.get(name) or capfirst(name.replace("_", " ")))


def about_words(object_type: str) -> str:
    """What kind of thing an Event is about: ``reporting.report`` is a report."""
    try:
        return capfirst(str(apps.get_model(object_type)._meta.verbose_name))
    except (LookupError, ValueError):
        return object_type


def state_words(object_type: str, state: str) -> str:
    """What an Event's ``from_state`` or ``to_state`` is called: a choice of the thing that it is about, or the report
    from which a row of a register came. What has no word is shown as it is."""
    if report := _FROM_REPORT.fullmatch(state):
        return gettext("report %(number)s, version %(version)s") % report.groupdict()
    try:
        fields = apps.get_model(object_type)._meta.concrete_fields
    except (LookupError, ValueError):
        return state
    for field in sorted(fields, key=lambda field: field.name != "status"):
        if word := dict(field.flatchoices).get(state):
            return str(word)
    return event_words(state) if state in WORDS else state


def note_words(object_type: str, note: str) -> str:
    """The note of an Event as a page shows it: the sentences that people wrote, and how many fields were changed. The
    fields themselves stand in it by the names of the code, and are for the files."""
    kept, fields = [], _of_json(note)
    for line in note.split("\n") if fields is None else ():
        field = line.partition(": ")[0]
        if field != line and (_SOLUTION.fullmatch(field) or field in _columns(object_type)):
            fields = (fields or 0) + 1
        elif line:
            kept.append(line)
    if fields:
        words = ngettext(
            "%(count)s field; its values stand in the files.",
            "%(count)s fields; their values stand in the files.",
            fields,
        )
        kept.append(words % {"count": fields})
    return "\n".join(kept)


def _of_json(note: str) -> int | None:
    """How many fields a note of ``{field: [old, new]}`` tells something of; None for another note."""
    try:
        found = json.loads(note) if note.startswith("{") else None
    except ValueError:
        return None
    return sum(any(value not in (None, "", []) for value in pair) for pair in found.values()) if found else None


def _columns(object_type: str) -> set[str]:
    try:
        fields = apps.get_model(object_type)._meta.get_fields()
    except (LookupError, ValueError):
        return set()
    return {name for field in fields for name in (field.name, getattr(field, "attname", field.name))}


def acting_words(acting: str) -> str:
    """The role of ``access.acting_as``; an older row has a name there, which is shown as it is."""
    role = acting.partition(" ")[0]
    return str(Role(role).label) if role in Role.values else acting
