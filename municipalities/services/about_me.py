"""What is stored about one person, for herself alone: read in one place, shown on a page and as a file; and what she
may put right herself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.free_text import text_fault
from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import Event, Membership, OutgoingMail, Role, User
from municipalities.personal import PERSONAL
from municipalities.querysets import valid_on
from municipalities.services.dated import EntryRefused
from municipalities.services.names import office_names, unit_names
from municipalities.transitions import log

PROFILE = ("username", "first_name", "last_name", "email", "phone", "language")
LANGUAGES = ("nb", "nn")
_PHONE = frozenset("0123456789+ ()-")


def about_me(*, user: User, now: dt.datetime) -> dict[str, Any]:
    """All that is stored about ``user``, as plain values that JSON can hold; moments are ISO texts."""
    today = timezone.localdate(now)
    return {
        "profile": {name: getattr(user, name) for name in PROFILE} | _times(user),
        "memberships": _memberships(user, today),
        "mails": [
            {
                "queued": _iso(mail.queued_at),
                "sent": _iso(mail.sent_at),
                "status": mail.status,
                "subject": mail.subject,
                "text": mail.body,
            }
            for mail in OutgoingMail.objects.filter(user=user).order_by("pk")
        ],
        "login": {
            "addresses": list(EmailAddress.objects.filter(user=user).order_by("pk").values_list("email", flat=True)),
            "second_steps": [
                {"kind": row.type, "made": _iso(row.created_at), "used": _iso(row.last_used_at)}
                for row in Authenticator.objects.filter(user=user).order_by("pk")
            ],
        },
        "sessions": [{"ends": _iso(row.expire_date)} for row in _sessions(user, now)],
        "events": [
            {
                "at": _iso(event.happened_at),
                "kind": event.kind,
                "what": event.name,
                "about": event.object_type,
                "number": event.object_id,
                "as": event.actor_name,
                "note": event.note,
            }
            for event in Event.everything.filter(actor=user).order_by("pk")
        ],
        "named": dict(_named(user)),
    }


def _times(user: User) -> dict[str, str]:
    return {"made": _iso(user.date_joined), "last_login": _iso(user.last_login)}


def _memberships(user: User, today: dt.date) -> list[dict[str, str]]:
    rows = list(Membership.objects.filter(user=user).order_by("valid_from", "pk"))
    units = unit_names([row.municipality_id for row in rows if row.municipality_id], today)
    offices = office_names(today)
    found = []
    for row in rows:
        unit, office = units.get(row.municipality_id or 0), offices.get(row.office_id or 0)
        where = unit.display_name if unit else office.name if office else ""
        found.append({"role": str(Role(row.role).label), "where": where, "from": str(row.valid_from),
                      "to": str(row.valid_to or "")})  # fmt: skip
    return found


def _sessions(user: User, now: dt.datetime) -> Iterator[Session]:
    """The sessions in which she is logged in; a session does not say whose it is but inside."""
    for row in Session.objects.filter(expire_date__gt=now).order_by("expire_date"):
        if row.get_decoded().get("_auth_user_id") == str(user.pk):
            yield row


def _named(user: User) -> Iterator[tuple[str, int]]:
    """How many rows of each kind name her, by field; those that have her user."""
    for path, kind in PERSONAL.items():
        model = path.rpartition(".")[0]
        if not kind.whose or model in ("municipalities.OutgoingMail", "municipalities.Event"):
            continue
        if count := apps.get_model(model)._base_manager.filter(**{kind.whose: user}).count():
            yield path, count


def _iso(moment: dt.datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def flat(stored: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """What is stored as lines of a sheet: where it stands (``mails 2 subject``), and the value."""
    if isinstance(stored, dict):
        for name, value in stored.items():
            yield from flat(value, f"{path} {name}".strip())
    elif isinstance(stored, list):
        for number, value in enumerate(stored, start=1):
            yield from flat(value, f"{path} {number}")
    else:
        yield path, str(stored)


def profile_correct(
    *, user: User, first_name: str, last_name: str, phone: str, language: str, now: dt.datetime
) -> list[str]:
    """Put right one's own name, telephone and language. Returns the names of the fields that were changed.

    Raises EntryRefused with a sentence at the field that is wrong. The Event names the fields, and not what they held.
    """
    wanted = {
        "first_name": " ".join(first_name.split()), "last_name": " ".join(last_name.split()),
        "phone": " ".join(phone.split()), "language": language,
    }  # fmt: skip
    faults: dict[str, Any] = {}
    for name in ("first_name", "last_name"):
        if not wanted[name]:
            faults[name] = _("Fill in this field.")
        elif len(wanted[name]) > 150 or not wanted[name].isprintable():
            faults[name] = _("Write the name as it is, at most 150 characters.")
        elif fault := text_fault(wanted[name]):
            faults[name] = fault
    if len(wanted["phone"]) > 30 or not set(wanted["phone"]) <= _PHONE:
        faults["phone"] = _("Write a telephone number with digits, for example 22 33 44 55.")
    if language not in LANGUAGES:
        faults["language"] = _("Choose one of the languages.")
    if faults:
        raise EntryRefused(faults)
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, wanted[name])
            setattr(user, name, wanted[name])
        if changed:
            row.save(update_fields=changed)
            log(row, "profile_corrected", actor=user, now=now, note=", ".join(changed))
    return changed


def email_change_ask(*, user: User, email: str, now: dt.datetime) -> int:
    """Ask Helsedirektoratet's administrators for another e-mail address, at most once a day. Returns how many of them
    were written to. The address is what one logs in by, so nobody changes her own. Raises EntryRefused."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise EntryRefused({"email": _("Write a work e-mail, for example kari.nordmann@kommune.no.")}) from None
    if email == user.email.lower():
        raise EntryRefused({"email": _("This is the address that is registered.")})
    today = timezone.localdate(now)
    keepers = Membership.objects.filter(valid_on(today), role=Role.HDIR_ADMIN, user__is_active=True)
    context = {"person": str(user), "old": user.email, "new": email, "url": absolute_url("/")}
    with transaction.atomic():
        for row in (found := list(keepers.select_related("user"))):
            key = f"user:{user.pk} address {today} to:{row.user_id}"
            mail_queue_template(key=key, user=row.user, name="address_wanted", context=context, now=now)
        log(user, "email_change_asked", actor=user, now=now)
    return len({row.user_id for row in found})
