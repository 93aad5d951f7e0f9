"""Which readings leave an Event: of what is internal or personal, as one table with the reason for each.

What is public, or one's own, leaves none: a reading that everybody makes every day tells nothing. The same person who
reads the same thing again within ``AGAIN`` seconds leaves one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from municipalities.models import Event, Municipality
from municipalities.transitions import event_about

AGAIN = 600


@dataclass(frozen=True)
class Reading:
    """What was read, in words, and why it is written down."""

    label: Any
    reason: str


READINGS: Mapping[str, Reading] = {
    "notes_read": Reading(_("Read internal notes about a report"), "Written for the statsforvalter's staff alone."),
    "draft_read": Reading(
        _("Opened another unit's draft, on its behalf"), "Not sent in: it is not yet the municipality's word."
    ),
    "risk_read": Reading(_("Read a unit's risk patterns"), "Internal judgement, not for the municipality or others."),
    "risk_list_read": Reading(_("Read or took out the list of risk patterns"), "The same, for many units at once."),
    "contacts_read": Reading(
        _("Read contact data of people in other units"), "Names, addresses and telephones of people: personal."
    ),
    "admin_people_read": Reading(
        _("Looked up people in the administration"), "Names, addresses and roles of people: personal."
    ),
    "plan_document_read": Reading(_("Downloaded a document of a plan decision"), "Uploaded, and not published here."),
    "plan_attachment_read": Reading(_("Downloaded the plan of a region"), "Attached to a report, and not published."),
    "summary_read": Reading(
        _("Read a national summary that is not sent"), "A draft to the ministry, until it is sent."
    ),
    "summary_file_read": Reading(
        _("Downloaded a file of a national summary that is not sent"), "A draft to the ministry, until it is sent."
    ),
    "volume_read": Reading(_("Downloaded a region's volume"), "Holds what the regions are told, and not the public."),
    "trail_searched": Reading(_("Searched the trail"), "The trail says what people did: personal."),
    "trail_exported": Reading(_("Took out the trail as a file"), "The same, in a file that leaves the portal."),
}


def read_logged(request: Any, obj: Any, name: str) -> None:
    """Write that ``request.user`` reads ``obj`` (None: a list, which stands at her own user): at most one insert.

    ``name`` is a key of ``READINGS`` (KeyError for another). Call it when the reader's right has been asked for. An
    Event that cannot be written lets nothing be read: the error goes on.
    """
    READINGS[name]
    subject = request.user if obj is None else obj
    key = f"reading:{name}:{request.user.pk}:{subject._meta.label_lower}:{subject.pk}"
    if not _first(key):
        return
    try:
        event = event_about(subject, name, actor=request.user, now=request.now, kind=Event.Kind.READING)
        if isinstance(subject, Municipality):
            event.municipality_id = subject.pk
        event.save(force_insert=True)
    except BaseException:
        cache.delete(key)
        raise


def _first(key: str) -> bool:
    """Whether nobody has said this lately. A cache that is away makes more rows, never fewer."""
    try:
        return bool(cache.add(key, 1, AGAIN))
    except Exception:  # whichever way the cache is away
        return True
