"""Who gives access to whom: the level above to the level below, nobody to herself, each time with an Event.

Helsedirektoratet's administrators give it to the offices and to national bodies, the statsforvalter to the contacts of
its municipalities, contacts to their colleagues (``access.GIVES``). Only name, work e-mail and role are kept of a
person. Somebody who is new chooses her password by an invitation (``services.invitations``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.access import MUNICIPAL, NATIONAL, REGIONAL, can
from municipalities.access_levels import GIVES, may_give
from municipalities.models import Membership, Municipality, Office, Role, User
from municipalities.querysets import valid_on
from municipalities.services.dated import EntryRefused
from municipalities.services.invitations import InvitationState, invitation_send, invitations_of, sent_today
from municipalities.services.local_accounts import access_over, user_reopen
from municipalities.services.names import office_names, unit_names
from municipalities.services.people import membership_end, membership_grant, membership_withdraw
from municipalities.transitions import log

ORDER = list(Role.values)


@dataclass(frozen=True)
class Place:
    """Where access is given: a municipality or district, an office, or (neither) the national bodies."""

    municipality_id: int | None = None
    office_id: int | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles that there are at such a place."""
        return MUNICIPAL if self.municipality_id else REGIONAL if self.office_id else NATIONAL

    def lock(self) -> dict[str, Any]:
        """The unit itself, locked, as ``municipality`` and ``office``. At the national bodies the administrators'
        accesses are locked instead. To be called in a transaction."""
        unit = office = None
        if self.municipality_id:
            unit = Municipality.objects.get_queryset().select_for_update().get(pk=self.municipality_id)
        elif self.office_id:
            office = Office.objects.get_queryset().select_for_update().get(pk=self.office_id)
        else:
            list(Membership.objects.select_for_update().filter(role=Role.HDIR_ADMIN))
        return {"municipality": unit, "office": office}

    def name(self, today: dt.date) -> str:
        """What the place is called on a day, in the language in use."""
        if self.municipality_id:
            names = unit_names([self.municipality_id], today)
            return names[self.municipality_id].display_name if self.municipality_id in names else ""
        if self.office_id:
            return office_names(today)[self.office_id].name
        return str(_("the national bodies"))


@dataclass(frozen=True)
class Contact:
    """A person at a place. ``waiting``: she has not chosen a password yet, and so never been here; then
    ``invitation`` says where the invitation stands (waiting, expired), and ``until`` its last day."""

    membership_id: int
    user_id: int
    name: str
    email: str
    role: str
    role_label: str
    since: dt.date
    waiting: bool
    invitation: str = ""
    until: dt.date | None = None

    @property
    def fills_in(self) -> bool:
        return self.role == Role.MUNICIPALITY_EDITOR


def roles_to_give(right: str, place: Place) -> list[tuple[str, str]]:
    """The roles that the right can give at the place, each with what it is called there."""
    words = {Role.MUNICIPALITY_EDITOR: _("Fill in and send in"), Role.MUNICIPALITY_READER: _("Read only")}
    roles = [Role(role) for role in ORDER if role in GIVES[right] & place.roles]
    return [(role.value, words.get(role, capfirst(str(role.label)))) for role in roles]


def people_at(place: Place, *, today: dt.date, now: dt.datetime | None = None) -> list[Contact]:
    """The people at the place on ``today``, by role and then by name; no machines. One query, two with ``now``, by
    which the invitations are judged."""
    rows = Membership.objects.filter(
        valid_on(today), municipality_id=place.municipality_id, office_id=place.office_id, role__in=place.roles,
        user__is_active=True, user__service_account=None,
    ).select_related("user")  # fmt: skip
    ordered = sorted(rows, key=lambda row: (ORDER.index(row.role), row.user.last_name, row.user.first_name))
    waiting = [row.pk for row in ordered if _waits(row.user)]
    invited = invitations_of(waiting, now=now) if now is not None and waiting else {}
    return [_contact(row, invited.get(row.pk)) for row in ordered]


def people_counted(*, at: str, today: dt.date) -> dict[int | None, tuple[int, int]]:
    """How many have access at each place on ``today``, and how many of them have never been here. ``at`` is
    ``municipality_id`` or ``office_id``; the national bodies are at None of both. One query."""
    roles = MUNICIPAL if at == "municipality_id" else REGIONAL | NATIONAL
    rows = Membership.objects.filter(
        valid_on(today), role__in=roles, user__is_active=True, user__service_account=None
    ).values_list(at)
    waits = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX, user__last_login=None)
    counted = rows.annotate(all=Count("pk"), waiting=Count("pk", filter=waits)).order_by(at)
    return {place: (number, waiting) for place, number, waiting in counted}


def access_give(
    *, place: Place, right: str, role: str, first_name: str, last_name: str, email: str, actor: User, now: dt.datetime
) -> Membership:
    """Give somebody ``role`` at ``place`` by ``right``, and write to her.

    Somebody whom the portal knows gets the role besides what she has elsewhere; at this place it takes the other's
    place. Raises PermissionDenied, and EntryRefused with a sentence at the field that is wrong.
    """
    today = timezone.localdate(now)
    first_name, last_name, email = (" ".join(text.split()) for text in (first_name, last_name, email))
    email = email.lower()
    with transaction.atomic():
        where = place.lock()
        _require(actor, right, where, today)
        _refuse_wrong(first_name, last_name, email)
        if not may_give(actor, right, role, today=today, **where):
            raise EntryRefused({"role": _("Choose what she may do.")})
        if place.municipality_id and not place.name(today):
            raise EntryRefused({"": _("This municipality is no more. Give access at the one that took its place.")})
        user = User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email)).order_by("pk").first()
        if email == actor.email.lower() or user == actor:
            raise EntryRefused({"email": _("Nobody gives access to herself. Ask a colleague, or the level above.")})
        if user is None:
            user = _new_user(first_name, last_name, email, where["municipality"], actor)
        else:
            _refuse_known(user, place, role, today)
            if not user.is_active:
                user_reopen(user=user, actor=actor, now=now)
        membership = membership_grant(user=user, role=role, valid_from=today, actor=actor, now=now, **where)
        for other in _others(membership, place, today):
            end_now(other, actor, now, today)
        invitation_send(membership=membership, unit=place.name(today), actor=actor, now=now)
    return membership


def access_remind(*, membership_id: int, place: Place, right: str, actor: User, now: dt.datetime) -> Membership:
    """Send the invitation again, at most once a day, to somebody who has not chosen a password. The earlier link stops.

    Raises PermissionDenied, and EntryRefused when she has no access any more, has been here, or had one today.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        where = place.lock()
        _require(actor, right, where, today)
        membership = _membership(membership_id, place, right, today)
        if not _waits(membership.user):
            raise EntryRefused({"": _("%(name)s has already chosen a password.") % {"name": membership.user}})
        if sent_today(membership, today=today):
            raise EntryRefused({"": _("An invitation has gone to %(name)s today.") % {"name": membership.user}})
        invitation_send(membership=membership, unit=place.name(today), actor=actor, now=now)
    return membership


def access_end(*, membership_id: int, place: Place, right: str, actor: User, now: dt.datetime) -> Membership:
    """Take somebody's access to the place away, at once: she is logged out everywhere.

    What she wrote and sent in stays, with her name. Raises PermissionDenied, and EntryRefused when she has no access
    any more, or nobody would be left who must be there.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        where = place.lock()
        _require(actor, right, where, today)
        membership = _membership(membership_id, place, right, today)
        keep_one(membership, right, today)
        end_now(membership, actor, now, today)
    return membership


def access_replace(
    *, membership_id: int, place: Place, right: str, first_name: str, last_name: str, email: str, actor: User,
    now: dt.datetime,
) -> Membership:  # fmt: skip
    """Let somebody take over from another: she gets the same role, and the other's access ends at once.

    One who is to be replaced may hand over herself. Returns the new access. Raises what ``access_give`` raises, and
    EntryRefused when the old one has no access any more.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        where = place.lock()
        _require(actor, right, where, today)
        old = _membership(membership_id, place, right, today)
        new = access_give(
            place=place, right=right, role=old.role, first_name=first_name, last_name=last_name, email=email,
            actor=actor, now=now,
        )  # fmt: skip
        log(new, "access_taken_over", actor=actor, now=now, note=f"membership:{old.pk}")
        end_now(old, actor, now, today)
    return new


def keep_one(membership: Membership, right: str, today: dt.date) -> None:
    """Raise EntryRefused when the access must stay: the last contact of a municipality who can fill in, where a
    contact would end it, and the last administrator of Helsedirektoratet, whoever would."""
    place = Place(membership.municipality_id, membership.office_id)
    last_contact = right == "contact.invite" and membership.role == Role.MUNICIPALITY_EDITOR
    if not last_contact and membership.role != Role.HDIR_ADMIN:
        return
    same = [row for row in people_at(place, today=today) if row.role == membership.role and not row.waiting]
    if [row.user_id for row in same] != [membership.user_id]:
        return
    sentence = _("%(name)s is the only administrator. Give somebody else that access first.")
    if last_contact:
        sentence = _("%(name)s is the only one who can fill in. Invite somebody else first.")
    raise EntryRefused({"": sentence % {"name": membership.user}})


def end_now(membership: Membership, actor: User, now: dt.datetime, today: dt.date) -> None:
    """End an access at once. One that began today has never held for a whole day: it is taken back altogether."""
    if membership.valid_from < today:
        membership_end(membership=membership, valid_to=today - dt.timedelta(days=1), actor=actor, now=now)
        return
    access_over(membership=membership, actor=actor, now=now, today=today)
    membership_withdraw(membership=membership, actor=actor, now=now)


def _require(actor: User, right: str, where: dict[str, Any], today: dt.date) -> None:
    if right not in GIVES:
        raise KeyError(right)
    decision = can(actor, right, where["municipality"] or where["office"], today=today)
    if not decision:
        raise PermissionDenied(decision.reason)


def _refuse_wrong(first_name: str, last_name: str, email: str) -> None:
    faults: dict[str, str] = {}
    for name, text in (("first_name", first_name), ("last_name", last_name)):
        if not text:
            faults[name] = _("Fill in this field.")
        elif len(text) > 150 or not text.isprintable():
            faults[name] = _("Write the name as it is, at most 150 characters.")
    try:
        validate_email(email)
    except ValidationError:
        faults["email"] = _("Write a work e-mail, for example kari.nordmann@kommune.no.")
    if len(email) > 150:
        faults["email"] = _("The e-mail address is too long.")
    if faults:
        raise EntryRefused(faults)


def _refuse_known(user: User, place: Place, role: str, today: dt.date) -> None:
    if not user.is_active and user.closed_at is None:
        raise EntryRefused({"email": _("This person's user is closed. Ask Helsedirektoratet to open it.")})
    rows = Membership.objects.filter(valid_on(today), user=user)
    if hasattr(user, "service_account") or rows.exclude(role__in=place.roles).exists():
        raise EntryRefused({"email": _("This person has another role in the portal. Ask Helsedirektoratet.")})
    if rows.filter(municipality_id=place.municipality_id, office_id=place.office_id, role=role).exists():
        raise EntryRefused({"email": _("%(name)s has this access already.") % {"name": user}})


def _new_user(first_name: str, last_name: str, email: str, unit: Municipality | None, actor: User) -> User:
    language = (unit.notice_language if unit is not None else "") or actor.language
    user = User(username=email, email=email, first_name=first_name, last_name=last_name, language=language)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _others(membership: Membership, place: Place, today: dt.date) -> list[Membership]:
    """What else she has at the place: one role at a place, the new one takes the other's."""
    rows = Membership.objects.filter(
        valid_on(today), user=membership.user_id, municipality_id=place.municipality_id, office_id=place.office_id
    )
    return list(rows.exclude(pk=membership.pk).select_related("user"))


def _membership(membership_id: int, place: Place, right: str, today: dt.date) -> Membership:
    rows = Membership.objects.filter(
        valid_on(today), pk=membership_id, municipality_id=place.municipality_id, office_id=place.office_id,
        role__in=GIVES[right], user__service_account=None,
    )  # fmt: skip
    found = rows.select_related("user").first()
    if found is None:
        raise EntryRefused({"": _("This person has no access here any more.")})
    return found


def _waits(user: User) -> bool:
    return not user.has_usable_password() and user.last_login is None


def _contact(row: Membership, invited: tuple[InvitationState, dt.date] | None) -> Contact:
    return Contact(
        membership_id=row.pk,
        user_id=row.user_id,
        name=str(row.user),
        email=row.user.email,
        role=row.role,
        role_label=str(Role(row.role).label),
        since=row.valid_from,
        waiting=_waits(row.user),
        invitation=invited[0].value if invited else "",
        until=invited[1] if invited else None,
    )
