"""The yearly review: who has access to what, gone through by somebody else than the one who has it.

An access counts as right from the day it was given or last confirmed; after ``settings.ACCESS_REVIEW_AFTER`` it is
overdue. Helsedirektoratet's administrators go through all, the statsforvalter its region, contacts their own unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import MUNICIPAL, scope_of
from municipalities.access_levels import reviewed_filter
from municipalities.models import Membership, Role, User
from municipalities.querysets import valid_on
from municipalities.services.access_given import end_now, keep_one
from municipalities.services.dated import EntryRefused
from municipalities.services.names import OfficeNameOnDay, UnitName, office_names, unit_names
from municipalities.transitions import log


@dataclass(frozen=True)
class Access:
    """One access. ``own``: the reviewer's, which somebody else confirms; ``may_end``: whether she may end it."""

    membership_id: int
    name: str
    email: str
    role: str
    place: str
    since: dt.date
    last_login: dt.date | None
    confirmed_on: dt.date | None
    confirmed_by: str
    overdue: bool
    own: bool
    may_end: bool


def accesses_to_review(user: User, *, today: dt.date) -> list[Access]:
    """All that ``user`` goes through on ``today``: national bodies and offices first, then municipalities by number, at
    each by role and name. No machines. Four queries."""
    scope = scope_of(user, today=today)
    rows = Membership.objects.filter(
        reviewed_filter(scope), valid_on(today), user__is_active=True, user__service_account=None
    ).select_related("user")
    ends = set(Membership.objects.filter(reviewed_filter(scope, ending=True)).values_list("pk", flat=True))
    units = unit_names({row.municipality_id for row in rows if row.municipality_id}, today)
    offices = office_names(today)
    roles = list(Role.values)
    ordered = sorted(rows, key=lambda row: (*_order(row, units, offices), roles.index(row.role), str(row.user)))
    return [_access(row, _place(row, units, offices), row.pk in ends, user, today) for row in ordered]


def accesses_confirm(*, membership_ids: Collection[int], actor: User, now: dt.datetime) -> int:
    """Say of accesses that they are still right, each with an Event. Returns how many; those that are the actor's own,
    out of her reach or over are left."""
    today = timezone.localdate(now)
    reach = reviewed_filter(scope_of(actor, today=today))
    with transaction.atomic():
        locked = Membership.objects.select_for_update().filter(pk__in=list(membership_ids)).values_list("pk", flat=True)
        rows = Membership.objects.filter(reach, valid_on(today), pk__in=list(locked)).exclude(user=actor)
        found = list(rows.order_by("pk"))
        for row in found:
            row.confirmed_on, row.confirmed_by_name = today, str(actor)
            row.save(update_fields=["confirmed_on", "confirmed_by_name"])
            log(row, "access_confirmed", actor=actor, now=now, to_state=row.role)
    return len(found)


def access_end_reviewed(*, membership_id: int, actor: User, now: dt.datetime) -> Membership:
    """End an access that is no longer right, at once.

    Raises EntryRefused when it is not one that the actor may end, is her own, or must stay for want of another.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        list(Membership.objects.select_for_update().filter(pk=membership_id))
        scope = scope_of(actor, today=today)
        rows = Membership.objects.filter(reviewed_filter(scope, ending=True), valid_on(today), pk=membership_id)
        found = rows.exclude(user=actor).select_related("user").first()
        if found is None:
            raise EntryRefused({"": _("This access has ended, or is not yours to end.")})
        keep_one(found, "contact.invite" if scope.roles <= MUNICIPAL else "access.review", today)
        end_now(found, actor, now, today)
    return found


def _access(row: Membership, place: str, may_end: bool, reader: User, today: dt.date) -> Access:
    sure = max(row.valid_from, row.confirmed_on or row.valid_from)
    own = row.user_id == reader.pk
    return Access(
        membership_id=row.pk,
        name=str(row.user),
        email=row.user.email,
        role=str(Role(row.role).label),
        place=place,
        since=row.valid_from,
        last_login=timezone.localdate(row.user.last_login) if row.user.last_login else None,
        confirmed_on=row.confirmed_on,
        confirmed_by=row.confirmed_by_name,
        overdue=sure + settings.ACCESS_REVIEW_AFTER < today,
        own=own,
        may_end=may_end and not own,
    )


def _place(row: Membership, units: dict[int, UnitName], offices: dict[int, OfficeNameOnDay]) -> str:
    if row.municipality_id is not None:
        unit = units.get(row.municipality_id)
        return f"{unit.number} {unit.display_name}" if unit else _("a municipality that is no more")
    office = offices.get(row.office_id) if row.office_id is not None else None
    return office.name if office else _("the national bodies")


def _order(row: Membership, units: dict[int, UnitName], offices: dict[int, OfficeNameOnDay]) -> tuple[int, int, str]:
    if row.municipality_id is not None:
        return 2, 0, units[row.municipality_id].number if row.municipality_id in units else ""
    if row.office_id is not None:
        return 1, list(offices).index(row.office_id) if row.office_id in offices else 0, ""
    return 0, 0, ""
