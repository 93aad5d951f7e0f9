"""The contacts of a municipality, kept by the municipality itself: who is invited, who has to go, in which language.

Giving and ending access is ``access_given``'s, the same on every level; here the right is a contact's own.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import Membership, Municipality, User
from municipalities.services.access_given import Contact, Place, access_end, access_give, access_remind, people_at
from municipalities.services.dated import EntryRefused
from municipalities.transitions import log

RIGHT = "contact.invite"
LANGUAGES = ("", "nb", "nn")
"""The languages of a municipality's notices; the empty one lets each person have her own."""


def contacts_of(unit_id: int, *, today: dt.date, now: dt.datetime | None = None) -> list[Contact]:
    """The people at the unit on ``today``; see ``people_at``."""
    return people_at(Place(municipality_id=unit_id), today=today, now=now)


def contact_invite(
    *, municipality: Municipality, first_name: str, last_name: str, email: str, role: str, actor: User, now: dt.datetime
) -> Membership:
    """Give a colleague access to one's own municipality, and write to her; see ``access_give``."""
    return access_give(
        place=Place(municipality_id=municipality.pk), right=RIGHT, role=role, first_name=first_name,
        last_name=last_name, email=email, actor=actor, now=now,
    )  # fmt: skip


def contact_remind(*, membership_id: int, municipality: Municipality, actor: User, now: dt.datetime) -> Membership:
    """Send the invitation again; see ``access_remind``."""
    place = Place(municipality_id=municipality.pk)
    return access_remind(membership_id=membership_id, place=place, right=RIGHT, actor=actor, now=now)


def contact_end(*, membership_id: int, municipality: Municipality, actor: User, now: dt.datetime) -> Membership:
    """Take a colleague's access to the municipality away, at once; see ``access_end``."""
    place = Place(municipality_id=municipality.pk)
    return access_end(membership_id=membership_id, place=place, right=RIGHT, actor=actor, now=now)


def notice_language_set(*, municipality: Municipality, language: str, actor: User, now: dt.datetime) -> None:
    """Choose the language of the notices to the municipality; empty lets each person have her own.

    Raises PermissionDenied, and EntryRefused for a language that is none of ``LANGUAGES``.
    """
    decision = can(actor, RIGHT, municipality, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    if language not in LANGUAGES:
        raise EntryRefused({"language": _("Choose one of the languages.")})
    with transaction.atomic():
        row = Municipality.objects.get_queryset().select_for_update().get(pk=municipality.pk)
        if row.notice_language == language:
            return
        before, row.notice_language = row.notice_language, language
        row.save(update_fields=["notice_language"])
        log(row, "notice_language", actor=actor, now=now, from_state=before, to_state=language)
