"""Who gets a role and until when, each with an Event; and where people belong when their municipality is no more.

Access follows the identity: who is the contact of 3004 is the contact of 3107, for it is the same municipality. At a
merger into a new one people follow, since there is only one way. After a split Helsedirektoratet is asked, and until
it has answered they see the history of the unit that was, and none of the new ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.lineage import Related, Span
from municipalities.models import Membership, Municipality, MunicipalityLink, MunicipalityVersion, Office, User
from municipalities.querysets import valid_on
from municipalities.services.local_accounts import access_over
from municipalities.services.names import lineage_of_all
from municipalities.transitions import log

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Followed:
    """How many memberships followed their municipality, and how many wait for somebody to say where they belong."""

    followed: int
    waiting: int


@dataclass(frozen=True)
class Homeless:
    """A membership whose unit is no more on the day asked about. ``was`` is what the unit was called last, ``parts``
    the units of that day to which it leads, with what they are called (empty: it leads nowhere)."""

    membership: Membership
    was: Span
    parts: tuple[tuple[Related, Span], ...]

    @property
    def follows(self) -> int | None:
        """The one unit that the whole old one became, or None where somebody must choose."""
        if len(self.parts) == 1 and self.parts[0][0].whole:
            return self.parts[0][0].unit_id
        return None


class PlaceRefused(ValueError):
    """A membership that cannot be placed so: it has been placed meanwhile, or a unit is none of its parts."""


def membership_grant(
    *,
    user: User,
    role: str,
    municipality: Municipality | None = None,
    office: Office | None = None,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    actor: User | None = None,
    now: dt.datetime,
) -> Membership:
    """Give ``user`` a role from a day on, with an Event; an open one of the same kind is returned as it is.

    Raises PermissionDenied when ``actor`` would give it to herself, IntegrityError when the role and the unit do not
    fit together.
    """
    if actor is not None and actor.pk == user.pk:
        raise PermissionDenied(_("Nobody gives access to herself. Ask a colleague, or the level above."))
    return _grant(
        user=user, role=role, municipality=municipality, office=office, valid_from=valid_from, valid_to=valid_to,
        actor=actor, now=now,
    )  # fmt: skip


def _grant(
    *,
    user: User,
    role: str,
    municipality: Municipality | None,
    office: Office | None,
    valid_from: dt.date,
    valid_to: dt.date | None,
    actor: User | None,
    now: dt.datetime,
) -> Membership:
    same = {"user": user, "role": role, "municipality": municipality, "office": office}
    with transaction.atomic():
        kept = Membership.objects.filter(valid_on(valid_from), **same).first()
        if kept is not None:
            return kept
        membership = Membership.objects.create(valid_from=valid_from, valid_to=valid_to, **same)
        log(membership, "membership_granted", actor=actor, now=now, to_state=role)
        return membership


def membership_end(
    *, membership: Membership, valid_to: dt.date | None, actor: User | None = None, now: dt.datetime
) -> None:
    """Let a role end on ``valid_to`` (its last day; None lets it go on), with an Event.

    One that is over by then is over at once: she is logged out, and without any other access her account is closed.
    Raises PermissionDenied when ``actor`` would make her own last longer, IntegrityError when it would end before it
    began.
    """
    before = Membership.objects.filter(pk=membership.pk).values_list("valid_to", flat=True).first()
    longer = before is not None and (valid_to is None or valid_to > before)
    if longer and actor is not None and actor.pk == membership.user_id:
        raise PermissionDenied(_("Nobody gives access to herself. Ask a colleague, or the level above."))
    today = timezone.localdate(now)
    with transaction.atomic():
        _end(membership, valid_to, actor, now)
        if valid_to is not None and valid_to < today:
            access_over(membership=membership, actor=actor, now=now, today=today)


def membership_withdraw(*, membership: Membership, actor: User | None, now: dt.datetime) -> None:
    """Take back an access that has not held for a whole day, so that it does not hold until the day is over. The Event
    keeps what it was."""
    with transaction.atomic():
        note = f"user:{membership.user_id} since {membership.valid_from}"
        log(membership, "membership_withdrawn", actor=actor, now=now, from_state=membership.role, note=note)
        membership.delete()


def _end(membership: Membership, valid_to: dt.date | None, actor: User | None, now: dt.datetime) -> None:
    with transaction.atomic():
        membership.valid_to = valid_to
        membership.save(update_fields=["valid_to"])
        note = str(valid_to or "open")
        log(membership, "membership_ended", actor=actor, now=now, from_state=membership.role, note=note)


def memberships_homeless(day: dt.date) -> list[Homeless]:
    """The memberships that hold on ``day`` or later at a unit that is no more then, in the order of the units' last
    numbers and of the people's names. Three queries."""
    rows = _homeless(day).select_related("user").order_by("user__last_name", "user__first_name", "pk")
    lineage = lineage_of_all()
    found = []
    for row in rows:
        was = lineage.span_near(row.municipality_id, day)
        if was is None or was.valid_from > day:  # a unit that is yet to come
            continue
        parts = [(part, lineage.span_on(part.unit_id, day)) for part in lineage.today(row.municipality_id, day)]
        found.append(Homeless(row, was, tuple((part, span) for part, span in parts if span is not None)))
    return sorted(found, key=lambda entry: (entry.was.number, entry.membership.municipality_id))


def _homeless(day: dt.date) -> QuerySet[Membership]:
    there = MunicipalityVersion.objects.on(day).filter(municipality=OuterRef("municipality"))
    # One that began after its unit ended cannot end before it began: it is ended on its own first day.
    not_over = Q(valid_to__isnull=True) | (Q(valid_to__gte=day) & ~Q(valid_to=F("valid_from")))
    return Membership.objects.filter(~Exists(there), not_over, municipality__isnull=False)


def memberships_follow(*, day: dt.date, actor: User | None = None, now: dt.datetime) -> Followed:
    """Give people at a municipality that was merged the same role at the one that took its place, from ``day`` on.

    The old membership ends the day before; both leave an Event. Where the unit leads to several, nothing is done and
    the membership is counted as waiting. Run again it changes nothing.
    """
    followed = waiting = 0
    with transaction.atomic():
        for entry in memberships_homeless(day):
            if entry.follows is None:
                waiting += 1
            else:
                _move(entry.membership, [entry.follows], day, actor, now)
                followed += 1
    return Followed(followed, waiting)


def memberships_follow_all(*, today: dt.date, actor: User | None = None, now: dt.datetime) -> Followed:
    """Let people follow what the registers know of today and of days to come, each from its own day.

    To be called when the registers were loaded anew. Run again it changes nothing.
    """
    coming = MunicipalityLink.objects.filter(on__gt=today).values_list("on", flat=True).distinct()
    followed = Followed(0, 0)
    with transaction.atomic():
        for day in sorted({today, *coming}):
            found = memberships_follow(day=day, actor=actor, now=now)
            followed = Followed(followed.followed + found.followed, found.waiting)
    return followed


def membership_place(
    *, membership_id: int, unit_ids: Collection[int], day: dt.date, actor: User, now: dt.datetime
) -> list[Membership]:
    """Say where a person belongs whose unit was split: the same role at ``unit_ids`` from ``day`` on, or at none.

    The old membership ends the day before. Returns the new ones. Raises PlaceRefused when it has been placed (or has
    ended) meanwhile, and when a unit is not one of those that the old one became.
    """
    with transaction.atomic():
        list(Membership.objects.select_for_update().filter(pk=membership_id))
        entry = next((entry for entry in memberships_homeless(day) if entry.membership.pk == membership_id), None)
        if entry is None:
            raise PlaceRefused("placed already")
        if not set(unit_ids) <= {part.unit_id for part, _span in entry.parts}:
            raise PlaceRefused("not a part")
        return _move(entry.membership, sorted(set(unit_ids)), day, actor, now)


def _move(
    membership: Membership, unit_ids: Collection[int], day: dt.date, actor: User | None, now: dt.datetime
) -> list[Membership]:
    units = Municipality.objects.across_all(reason="the units that a person belongs to from now on")
    new = [
        _grant(
            user=membership.user,
            role=membership.role,
            municipality=unit,
            office=None,
            valid_from=max(day, membership.valid_from),
            valid_to=membership.valid_to,
            actor=actor,
            now=now,
        )
        for unit in units.filter(pk__in=unit_ids).order_by("pk")
    ]
    last = max(day - ONE_DAY, membership.valid_from)
    _end(membership, last, actor, now)  # she goes on at the new unit, so nothing is over
    return new
