"""A municipality's own system that delivers by the API: made, known by its key, and shut out again.

The key is shown once. The database holds only its SHA-256 and its first signs. The account's user has the role of one
who fills in for that one municipality, no password and no address, so it can neither log in nor get mail.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import Membership, Municipality, Role, ServiceAccount, User
from municipalities.querysets import valid_on
from municipalities.services.dated import EntryRefused
from municipalities.services.people import membership_end, membership_grant
from municipalities.transitions import log

RIGHT = "service.manage"
AT_MOST = 10
"""Keys in use at the same time for one municipality."""
NAME_LENGTH = 80
KEY_LENGTH = 43
"""Signs of a key: 256 random bits, as ``token_urlsafe`` writes them."""
REASON = "a key belongs to one municipality"


@dataclass(frozen=True)
class NewAccount:
    """An account that was made just now, and its key, which nobody can be shown again."""

    account: ServiceAccount
    key: str


def service_accounts_of(municipality: Municipality) -> list[ServiceAccount]:
    """The accounts of a municipality, those in use first, the newest first; also those that followed their own one into
    it when it was merged. One query."""
    mine = Q(municipality=municipality) | Q(user__memberships__municipality=municipality)
    rows = ServiceAccount.objects.across_all(reason=REASON).filter(mine).distinct().order_by("-id")
    return sorted(rows.select_related("municipality"), key=lambda row: row.revoked_at is not None)


def service_account_make(*, municipality: Municipality, name: str, actor: User, now: dt.datetime) -> NewAccount:
    """Give a system of the municipality a key of its own, from today on, with an Event.

    Raises PermissionDenied, and EntryRefused with a sentence at ``name``.
    """
    _require(actor, municipality, now)
    name = " ".join(name.split())
    if not name:
        raise EntryRefused({"name": _("Write what the system is called.")})
    if len(name) > NAME_LENGTH or not name.isprintable():
        raise EntryRefused(
            {"name": _("Write the name as it is, at most %(count)s characters.") % {"count": NAME_LENGTH}}
        )
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        list(Municipality.objects.get_queryset().select_for_update().filter(pk=municipality.pk))
        in_use = [row for row in service_accounts_of(municipality) if row.revoked_at is None]
        if len(in_use) >= AT_MOST:
            raise EntryRefused({"name": _("There are %(count)s keys in use. Revoke one first.") % {"count": AT_MOST}})
        if name.casefold() in {row.name.casefold() for row in in_use}:
            raise EntryRefused({"name": _("There is a key with this name. Choose another, to tell them apart.")})
        user = _machine(name, municipality)
        membership_grant(
            user=user, role=Role.MUNICIPALITY_EDITOR, municipality=municipality,
            valid_from=timezone.localdate(now), actor=actor, now=now,
        )  # fmt: skip
        account = ServiceAccount.objects.get_queryset().create(
            user=user, municipality=municipality, name=name, key_start=key[:8], key_hash=_hash(key),
            made_by=actor, made_by_name=str(actor), made_at=now,
        )  # fmt: skip
        log(account, "service_account_made", actor=actor, now=now, to_state="in_use", note=name)
    return NewAccount(account, key)


def service_account_revoke(*, account: ServiceAccount, actor: User, now: dt.datetime) -> ServiceAccount:
    """Shut a system out at once, with an Event; what it has sent in stays. One that is shut out stays so.

    Raises PermissionDenied.
    """
    _require(actor, account.municipality, now)
    with transaction.atomic():
        row = ServiceAccount.objects.across_all(reason=REASON).select_for_update().get(pk=account.pk)
        if row.revoked_at is not None:
            return row
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        User.objects.filter(pk=row.user_id).update(is_active=False)
        today = timezone.localdate(now)
        for membership in Membership.objects.filter(valid_on(today), user_id=row.user_id).select_related("user"):
            last = max(today - dt.timedelta(days=1), membership.valid_from)  # it cannot end before it began
            membership_end(membership=membership, valid_to=last, actor=actor, now=now)
        log(
            row, "service_account_revoked", actor=actor, now=now, from_state="in_use", to_state="revoked", note=row.name
        )
    return row


def service_account_by_key(key: str, *, today: dt.date) -> ServiceAccount | None:
    """The account in use whose key this is, with its user; None for any other text. The day is kept as the last one
    on which it was used, with one write a day at most."""
    if len(key) != KEY_LENGTH or not key.isascii():
        return None
    rows = ServiceAccount.objects.across_all(reason=REASON).select_related("user")
    account = rows.filter(key_hash=_hash(key), revoked_at__isnull=True, user__is_active=True).first()
    if account is not None and account.used_on != today:
        ServiceAccount.objects.get_queryset().filter(pk=account.pk).update(used_on=today)
    return account


def _hash(key: str) -> str:
    """A random key of 256 bits needs no salt and no slow hash: there is nothing to guess."""
    return hashlib.sha256(key.encode()).hexdigest()


def _machine(name: str, municipality: Municipality) -> User:
    user = User(
        username=f"machine-{secrets.token_hex(8)}",
        first_name=name,
        email="",
        language=municipality.notice_language or "nb",
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _require(actor: User, municipality: Municipality, now: dt.datetime) -> None:
    decision = can(actor, RIGHT, municipality, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    if ServiceAccount.objects.across_all(reason=REASON).filter(user_id=actor.pk).exists():
        raise PermissionDenied(_("A machine cannot give access to others."))
