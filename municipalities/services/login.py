"""Who is let in by an answer from a provider: an allow-list, which is the memberships that are there.

A municipality's person gets in when she was invited and represents a municipality where she has a role today. For
state staff the groups at their provider decide, and the memberships follow them. Nobody else gets a user.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from municipalities.access import MUNICIPAL
from municipalities.models import Membership, Municipality, MunicipalityVersion, Office, ProviderSession, User
from municipalities.oidc.claims import Answer
from municipalities.oidc.config import GroupRole
from municipalities.querysets import valid_on
from municipalities.services.invitations import invitation_take
from municipalities.services.local_accounts import access_over
from municipalities.services.people import ONE_DAY, membership_end, membership_grant, membership_withdraw
from municipalities.transitions import log

NO_ORGANISATION, UNKNOWN, NO_ACCESS, NO_GROUP, OTHER_WAY, TAKEN, CLOSED = (
    "representasjon",
    "organisasjon",
    "tilgang",
    "gruppe",
    "vei",
    "invitasjon",
    "stengt",
)
"""Why somebody is not let in, as it stands in the address of the page that says what to do."""

_SESSIONS_KEPT = dt.timedelta(days=1)  # a session lives for two hours at most


@dataclass(frozen=True)
class Invited:
    """Whose link was opened in the session: a user, by an invitation or (0) by a link to choose a new password."""

    user_id: int
    invitation_id: int = 0


@dataclass(frozen=True)
class Admission:
    """The outcome: a user to log in, with the units that she represents in this login (None: not restricted), or a
    ``reason`` with the units that she came for."""

    user: User | None = None
    represents: tuple[int, ...] | None = None
    reason: str = ""
    unit_ids: tuple[int, ...] = ()


def units_represented(numbers: Iterable[str], today: dt.date) -> tuple[int, ...]:
    """The municipalities that have one of these organisation numbers on ``today``, with their districts: who represents
    Oslo may be a contact of one of its districts. Two queries, none without numbers."""
    wanted = {number for number in numbers if number}
    if not wanted:
        return ()
    rows = MunicipalityVersion.objects.filter(valid_on(today))
    own = set(
        rows.filter(organisation_number__in=wanted)
        .exclude(municipality__kind=Municipality.Kind.TRAINING)
        .values_list("municipality_id", flat=True)
    )
    below = rows.filter(municipality__parent_id__in=own).values_list("municipality_id", flat=True)
    return tuple(sorted(own | set(below)))


def municipality_admit(
    answer: Answer, *, invited: Invited | None = None, today: dt.date, now: dt.datetime
) -> Admission:
    """Who comes from a municipality's provider. ``invited`` is whose link was opened in the session.

    The first login links the person to the user who was invited, with an Event; a refused one writes nothing.
    """
    if not answer.organisations:
        return Admission(reason=NO_ORGANISATION)
    units = units_represented(answer.organisations, today)
    if not units:
        return Admission(reason=UNKNOWN)
    with transaction.atomic():
        user, reason = _person(answer, invited)
        if user is None:
            return Admission(reason=reason or NO_ACCESS, unit_ids=units)
        held = list(Membership.objects.filter(valid_on(today), user=user))
        if any(row.role not in MUNICIPAL for row in held):
            return Admission(reason=OTHER_WAY, unit_ids=units)
        if not any(row.municipality_id in units for row in held):
            return Admission(reason=NO_ACCESS, unit_ids=units)
        if not _link(answer, user, invited, now):
            return Admission(reason=TAKEN, unit_ids=units)
    return Admission(user=user, represents=units)


def staff_admit(
    answer: Answer,
    *,
    groups: Mapping[str, GroupRole],
    invited: Invited | None = None,
    today: dt.date,
    now: dt.datetime,
) -> Admission:
    """Who comes from a provider of state staff: the roles are exactly those of her groups, from this login on.

    Somebody new in a group gets a user; who has left it loses the role, and gets no further without another. An account
    that the portal closed when the last role ended is opened again by a group. Each change leaves an Event.
    """
    wanted = _roles(answer.groups, groups)
    with transaction.atomic():
        user, reason = _person(answer, invited, reopen=bool(wanted))
        if reason:
            return Admission(reason=reason)
        held = list(Membership.objects.filter(valid_on(today), user=user)) if user is not None else []
        if any(row.role in MUNICIPAL for row in held):
            return Admission(reason=OTHER_WAY)
        if user is None and wanted:
            user = _new_staff(answer, now)
            if user is None:
                return Admission(reason=OTHER_WAY)
        _follow(user, held, wanted, today, now)
        if user is None or not wanted:
            return Admission(reason=NO_GROUP)
        if not _link(answer, user, invited, now):
            return Admission(reason=TAKEN)
    user.refresh_from_db()  # an ended role has ended her sessions, and this one begins after that
    return Admission(user=user)


def _follow(
    user: User | None, held: Iterable[Membership], wanted: set[tuple[str, int | None]], today: dt.date, now: dt.datetime
) -> None:
    """Give the roles of the groups first, and then end the others: an account without any role is closed."""
    if user is not None and wanted and not user.is_active:
        User.objects.filter(pk=user.pk).update(is_active=True, closed_at=None)
        log(user, "user_reopened", actor=None, now=now)
    for role, office_id in sorted(wanted, key=str) if user is not None else ():
        office = Office.objects.get(pk=office_id) if office_id else None
        membership_grant(user=user, role=role, office=office, valid_from=today, now=now)
    for row in held:
        if (row.role, row.office_id) in wanted:
            continue
        if row.valid_from >= today:
            access_over(membership=row, actor=None, now=now, today=today)
            membership_withdraw(membership=row, actor=None, now=now)
        else:
            membership_end(membership=row, valid_to=today - ONE_DAY, now=now)


def session_begun(*, provider: str, sid: str, session_key: str, user: User, now: dt.datetime) -> None:
    """Remember which session of the provider began this one, and forget those that are long over."""
    ProviderSession.objects.filter(began_at__lt=now - _SESSIONS_KEPT).delete()
    ProviderSession.objects.create(
        provider=provider, sid_hash=_hash(sid), session_key=session_key, user=user, began_at=now
    )


def session_ended(*, provider: str, sid: str) -> int:
    """End the sessions that the provider's session ``sid`` began, and no other. Returns how many there were."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = list(ProviderSession.objects.filter(provider=provider, sid_hash=_hash(sid)))
    for row in rows:
        store(row.session_key).delete()
        row.delete()
    return len(rows)


def _hash(sid: str) -> str:
    return hashlib.sha256(sid.encode()).hexdigest()


def _person(answer: Answer, invited: Invited | None, *, reopen: bool = False) -> tuple[User | None, str]:
    """The user whom the answer belongs to, or why she is not let in (neither: nobody knows her). ``reopen`` lets one
    pass whom the portal has closed by itself."""
    account = SocialAccount.objects.filter(provider=answer.provider, uid=answer.subject).select_related("user").first()
    people = User.objects.filter(service_account=None)
    if account is not None:
        user = people.filter(pk=account.user_id).first()
    elif invited is not None:
        user = people.filter(pk=invited.user_id).first()
    elif answer.email:
        found = list(people.filter(email__iexact=answer.email)[:2])
        user = found[0] if len(found) == 1 else None
    else:
        user = None
    if user is not None and not user.is_active and not (reopen and user.closed_at is not None):
        return None, CLOSED
    if user is not None and account is None and _linked(answer.provider, user):
        return None, TAKEN
    return user, ""


def _linked(provider: str, user: User) -> bool:
    return bool(SocialAccount.objects.filter(provider=provider, user=user).exists())


def _link(answer: Answer, user: User, invited: Invited | None, now: dt.datetime) -> bool:
    """Bind the provider's subject to the user, once, and use the invitation up; False where somebody was quicker."""
    list(User.objects.select_for_update().filter(pk=user.pk))
    account = SocialAccount.objects.filter(provider=answer.provider, uid=answer.subject).first()
    taken = True
    if invited is not None and invited.user_id == user.pk and invited.invitation_id:
        taken = invitation_take(invitation_id=invited.invitation_id, user=user, now=now)
    if account is not None:
        return bool(account.user_id == user.pk)
    if not taken or _linked(answer.provider, user):
        return False
    try:
        with transaction.atomic():
            SocialAccount.objects.create(
                provider=answer.provider, uid=answer.subject, user=user, extra_data=kept_data(answer, now)
            )
    except IntegrityError:
        return False
    log(user, "login_linked", actor=user, now=now, note=answer.provider)
    return True


def kept_data(answer: Answer, now: dt.datetime) -> dict[str, object]:
    """All that is kept of a login in the table of accounts: no identity number, no name, no token."""
    return {
        "sub": answer.subject,
        "organisations": list(answer.organisations),
        "acr": answer.acr,
        "at": now.isoformat(timespec="seconds"),
    }


def _roles(groups: Collection[str], config: Mapping[str, GroupRole]) -> set[tuple[str, int | None]]:
    """The (role, office) of the groups. An office that the register does not know gives nothing."""
    given = [config[group] for group in groups if group in config]
    offices = dict(Office.objects.filter(key__in=[entry.office for entry in given]).values_list("key", "pk"))
    return {(entry.role, offices.get(entry.office)) for entry in given if not entry.office or entry.office in offices}


def _new_staff(answer: Answer, now: dt.datetime) -> User | None:
    """A user for somebody in an allowed group; None where the address is another user's, which proves nothing."""
    name = answer.contact or f"{answer.provider}-{answer.subject}"[:150]
    if User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).exists():
        return None
    user = User(username=name, first_name=answer.first_name, last_name=answer.last_name)
    user.email = name if "@" in name else ""
    user.set_unusable_password()
    user.save(force_insert=True)
    log(user, "user_made", actor=None, now=now, note=answer.provider)
    return user
