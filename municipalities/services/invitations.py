"""An invitation: a link by mail with which somebody who was given access chooses her first password.

It holds for ``settings.INVITATION_DAYS``, works once, and stops when a newer one is sent or the access ends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.urls import reverse

from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import Invitation, Membership, User
from municipalities.transitions import log


class InvitationState(StrEnum):
    """Where an invitation stands: it waits, it is too old, it was used, or there is none that holds."""

    WAITING = "waiting"
    EXPIRED = "expired"
    USED = "used"
    GONE = "gone"


@dataclass(frozen=True)
class Found:
    """What a link leads to. ``user`` and ``sent_by`` are known while it is waiting, expired or used."""

    state: InvitationState
    user: User | None = None
    sent_by: str = ""
    invitation_id: int = 0


class InvitationRefused(Exception):
    """The invitation cannot be accepted any more; ``state`` says why."""

    def __init__(self, state: InvitationState) -> None:
        super().__init__(state.value)
        self.state = state


def invitation_send(*, membership: Membership, unit: str, actor: User, now: dt.datetime) -> None:
    """Write to somebody who was given access to ``unit`` (its name). Who has no password yet gets a link to choose one;
    earlier links of hers lead nowhere from now on. Call it in a transaction."""
    user = membership.user
    path, key = reverse("home"), f"access:{membership.pk} {now.isoformat()}"
    is_new = not user.has_usable_password()
    if is_new:
        earlier = Invitation.objects.filter(membership__user=user, used_at=None, stopped_at=None)
        earlier.update(stopped_at=now)
        secret = secrets.token_urlsafe(32)
        row = Invitation.objects.create(
            membership=membership, key_hash=_hash(secret), sent_at=now, sent_by=actor, sent_by_name=str(actor),
            expires_at=now + dt.timedelta(days=settings.INVITATION_DAYS),
        )  # fmt: skip
        path, key = f"{reverse('invitation')}?nokkel={secret}", f"invitation:{row.pk}"
        log(membership, "invitation_sent", actor=actor, now=now, to_state="waiting")
    context = {
        "unit": unit,
        "inviter": str(actor),
        "is_new": is_new,
        "days": settings.INVITATION_DAYS,
        "url": absolute_url(path),
    }
    mail_queue_template(key=key, user=user, name="invited", context=context, now=now)


def invitation_find(secret: str, *, now: dt.datetime) -> Found:
    """What the link with ``secret`` leads to at ``now``. One query. A closed account's leads nowhere."""
    rows = Invitation.objects.select_related("membership__user").filter(key_hash=_hash(secret))
    row = rows.first()
    if row is None or row.stopped_at is not None or not row.membership.user.is_active:
        return Found(InvitationState.GONE)
    user = row.membership.user
    if row.used_at is not None or user.has_usable_password():
        return Found(InvitationState.USED, user, row.sent_by_name, row.pk)
    state = InvitationState.EXPIRED if row.expires_at <= now else InvitationState.WAITING
    return Found(state, user, row.sent_by_name, row.pk)


def invitation_accept(*, secret: str, password: str, now: dt.datetime) -> User:
    """Take the invitation: the password is hers from now on.

    Raises InvitationRefused when it does not hold any more, ValidationError for a password that is too weak.
    """
    with transaction.atomic():
        found = invitation_find(secret, now=now)
        if found.state is not InvitationState.WAITING or found.user is None:
            raise InvitationRefused(found.state)
        user = User.objects.select_for_update().get(pk=found.user.pk)
        validate_password(password, user)
        taken = Invitation.objects.filter(pk=found.invitation_id, used_at=None, stopped_at=None).update(used_at=now)
        if not taken:
            raise InvitationRefused(InvitationState.USED)
        user.set_password(password)
        user.save(update_fields=["password"])
        log(user, "invitation_accepted", actor=user, now=now)
    return user


def invitation_take(*, invitation_id: int, user: User, now: dt.datetime) -> bool:
    """Use an invitation up by a login from the person's own organisation, in place of a first password. False where it
    is not hers, or does not hold any more. Call it in a transaction."""
    rows = Invitation.objects.filter(pk=invitation_id, membership__user=user, used_at=None, stopped_at=None)
    taken = bool(rows.filter(expires_at__gt=now).update(used_at=now))
    if taken:
        log(user, "invitation_accepted", actor=user, now=now)
    return taken


def invitations_of(membership_ids: Collection[int], *, now: dt.datetime) -> dict[int, tuple[InvitationState, dt.date]]:
    """The newest invitation of each membership that has one: where it stands, and its last day (or, for one that was
    used, the day of that). One query."""
    rows = Invitation.objects.filter(membership_id__in=list(membership_ids)).order_by("id")
    return {row.membership_id: _standing(row, now) for row in rows}


def sent_today(membership: Membership, *, today: dt.date) -> bool:
    """Whether an invitation went to her today already."""
    return Invitation.objects.filter(membership=membership, sent_at__date=today, stopped_at=None).exists()


def _standing(row: Invitation, now: dt.datetime) -> tuple[InvitationState, dt.date]:
    from django.utils.timezone import localdate

    if row.used_at is not None:
        return InvitationState.USED, localdate(row.used_at)
    state = InvitationState.EXPIRED if row.expires_at <= now or row.stopped_at else InvitationState.WAITING
    return state, localdate(row.expires_at)


def _hash(secret: str) -> str:
    """What is kept of a key. It has 256 bits of chance, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()
