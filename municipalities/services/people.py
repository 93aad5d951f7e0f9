"""Who gets a role and until when, each with an Event."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from municipalities.models import Membership, Municipality, Office, User
from municipalities.querysets import valid_on
from municipalities.transitions import log


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

    Raises IntegrityError when the role and the unit do not fit together.
    """
    same = {"user": user, "role": role, "municipality": municipality, "office": office}
    with transaction.atomic():
        kept = Membership.objects.filter(valid_on(valid_from), **same).first()
        if kept is not None:
            return kept
        membership = Membership.objects.create(valid_from=valid_from, valid_to=valid_to, **same)
        log(membership, "membership_granted", actor=actor, now=now, to_state=role, note=user.username)
        return membership


def membership_end(
    *, membership: Membership, valid_to: dt.date | None, actor: User | None = None, now: dt.datetime
) -> None:
    """Let a role end on ``valid_to`` (its last day; None lets it go on), with an Event.

    Raises IntegrityError when it would end before it began.
    """
    with transaction.atomic():
        membership.valid_to = valid_to
        membership.save(update_fields=["valid_to"])
        note = f"{membership.user.username}: {valid_to or 'open'}"
        log(membership, "membership_ended", actor=actor, now=now, from_state=membership.role, note=note)
