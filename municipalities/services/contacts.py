"""The contacts of a municipality, kept by the municipality itself: who is invited, who has to go, in which language.

Only name, work e-mail and role are kept of a person. Somebody who is invited chooses her password by a link that
holds for some days (``PASSWORD_RESET_TIMEOUT``); after that, "forgotten password" on the login page gives a new one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import MUNICIPAL, can
from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import Membership, Municipality, Role, User
from municipalities.querysets import valid_on
from municipalities.services.dated import EntryRefused
from municipalities.services.names import unit_names
from municipalities.services.people import membership_end, membership_grant
from municipalities.transitions import log

RIGHT = "contact.invite"
ROLES = (Role.MUNICIPALITY_EDITOR, Role.MUNICIPALITY_READER)
LANGUAGES = ("", "nb", "nn")
"""The languages of a municipality's notices; the empty one lets each person have her own."""


@dataclass(frozen=True)
class Contact:
    """A person at a municipality. ``waiting``: she has not chosen a password yet, and so never been here."""

    membership_id: int
    user_id: int
    name: str
    email: str
    role: str
    role_label: str
    since: dt.date
    waiting: bool

    @property
    def fills_in(self) -> bool:
        return self.role == Role.MUNICIPALITY_EDITOR


def contacts_of(unit_id: int, *, today: dt.date) -> list[Contact]:
    """The people at the unit on ``today``, those who fill in first, then by name; no machines. One query."""
    rows = Membership.objects.filter(
        valid_on(today), municipality_id=unit_id, role__in=MUNICIPAL, user__is_active=True, user__service_account=None
    ).select_related("user")
    ordered = sorted(rows, key=lambda row: (ROLES.index(Role(row.role)), row.user.last_name, row.user.first_name))
    return [
        Contact(
            membership_id=row.pk,
            user_id=row.user_id,
            name=str(row.user),
            email=row.user.email,
            role=row.role,
            role_label=str(Role(row.role).label),
            since=row.valid_from,
            waiting=not row.user.has_usable_password(),
        )
        for row in ordered
    ]


def contact_invite(
    *, municipality: Municipality, first_name: str, last_name: str, email: str, role: str, actor: User, now: dt.datetime
) -> Membership:
    """Give a colleague access to one's own municipality, and write to her.

    Somebody whom the portal knows gets the role besides what she has; a new one is made, and chooses her password by
    the link in the mail. Raises PermissionDenied, and EntryRefused with a sentence at the field that is wrong.
    """
    _require(actor, municipality, now)
    today = timezone.localdate(now)
    first_name, last_name, email = (" ".join(text.split()) for text in (first_name, last_name, email))
    email = email.lower()
    _refuse_wrong(first_name, last_name, email, role)
    with transaction.atomic():
        list(Municipality.objects.get_queryset().select_for_update().filter(pk=municipality.pk))
        user = User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email)).order_by("pk").first()
        if user is None:
            user = _new_user(first_name, last_name, email, municipality, actor)
        else:
            _refuse_known(user, municipality, role, today)
        membership = membership_grant(
            user=user, role=role, municipality=municipality, valid_from=today, actor=actor, now=now
        )
        for other in _others(membership, today):  # one role at a unit: the new one takes the other's place
            membership_end(membership=other, valid_to=_last_day(other, today), actor=actor, now=now)
        _invitation(user, municipality, f"contact:{membership.pk} invited", actor, now)
    return membership


def contact_remind(*, membership_id: int, municipality: Municipality, actor: User, now: dt.datetime) -> Membership:
    """Send the invitation again, at most once a day, to somebody who has not chosen a password.

    Raises PermissionDenied, and EntryRefused when she is no contact any more or has been here.
    """
    _require(actor, municipality, now)
    today = timezone.localdate(now)
    membership = _membership(membership_id, municipality, today)
    if membership.user.has_usable_password():
        raise EntryRefused({"": _("%(name)s has already chosen a password.") % {"name": membership.user}})
    with transaction.atomic():
        _invitation(membership.user, municipality, f"contact:{membership.pk} invited {today}", actor, now)
    return membership


def contact_end(*, membership_id: int, municipality: Municipality, actor: User, now: dt.datetime) -> Membership:
    """Take a colleague's access to the municipality away, from today on.

    What she wrote and sent in stays, with her name. Raises PermissionDenied, and EntryRefused when she is no contact
    any more, or nobody would be left who can fill in.
    """
    _require(actor, municipality, now)
    today = timezone.localdate(now)
    with transaction.atomic():
        list(Municipality.objects.get_queryset().select_for_update().filter(pk=municipality.pk))
        membership = _membership(membership_id, municipality, today)
        editors = [row for row in contacts_of(municipality.pk, today=today) if row.fills_in and not row.waiting]
        if [row.user_id for row in editors] == [membership.user_id]:
            sentence = _("%(name)s is the only one who can fill in. Invite somebody else first.")
            raise EntryRefused({"": sentence % {"name": membership.user}})
        membership_end(membership=membership, valid_to=_last_day(membership, today), actor=actor, now=now)
        if not membership.user.has_usable_password() and not _has_another(membership, today):
            membership.user.is_active = False  # the link in the mail leads nowhere from now on
            membership.user.save(update_fields=["is_active"])
    return membership


def notice_language_set(*, municipality: Municipality, language: str, actor: User, now: dt.datetime) -> None:
    """Choose the language of the notices to the municipality; empty lets each person have her own.

    Raises PermissionDenied, and EntryRefused for a language that is none of ``LANGUAGES``.
    """
    _require(actor, municipality, now)
    if language not in LANGUAGES:
        raise EntryRefused({"language": _("Choose one of the languages.")})
    with transaction.atomic():
        row = Municipality.objects.get_queryset().select_for_update().get(pk=municipality.pk)
        if row.notice_language == language:
            return
        before, row.notice_language = row.notice_language, language
        row.save(update_fields=["notice_language"])
        log(row, "notice_language", actor=actor, now=now, from_state=before, to_state=language)


def _require(actor: User, municipality: Municipality, now: dt.datetime) -> None:
    decision = can(actor, RIGHT, municipality, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)


def _refuse_wrong(first_name: str, last_name: str, email: str, role: str) -> None:
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
    if role not in ROLES:
        faults["role"] = _("Choose what she may do.")
    if faults:
        raise EntryRefused(faults)


def _refuse_known(user: User, municipality: Municipality, role: str, today: dt.date) -> None:
    if not user.is_active:
        raise EntryRefused({"email": _("This person's user is closed. Ask Helsedirektoratet to open it.")})
    rows = Membership.objects.filter(valid_on(today), user=user)
    if rows.exclude(role__in=MUNICIPAL).exists() or hasattr(user, "service_account"):
        raise EntryRefused({"email": _("This person has another role in the portal. Ask Helsedirektoratet.")})
    if rows.filter(municipality=municipality, role=role).exists():
        raise EntryRefused({"email": _("%(name)s has this access already.") % {"name": user}})


def _new_user(first_name: str, last_name: str, email: str, municipality: Municipality, actor: User) -> User:
    user = User(
        username=email,
        email=email,
        first_name=first_name,
        last_name=last_name,
        language=municipality.notice_language or actor.language,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _others(membership: Membership, today: dt.date) -> Any:
    rows = Membership.objects.filter(
        valid_on(today), user=membership.user_id, municipality=membership.municipality_id, role__in=MUNICIPAL
    )
    return rows.exclude(pk=membership.pk)


def _has_another(membership: Membership, today: dt.date) -> bool:
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    return Membership.objects.filter(still, user=membership.user_id).exclude(pk=membership.pk).exists()


def _last_day(membership: Membership, today: dt.date) -> dt.date:
    """Yesterday, so that the access ends at once; for one that began today, today: it cannot end before it began."""
    return max(today - dt.timedelta(days=1), membership.valid_from)


def _membership(membership_id: int, municipality: Municipality, today: dt.date) -> Membership:
    rows = Membership.objects.filter(valid_on(today), pk=membership_id, municipality=municipality, role__in=MUNICIPAL)
    found = rows.filter(user__service_account=None).select_related("user").first()
    if found is None:
        raise EntryRefused({"": _("This person is no contact of the municipality any more.")})
    return found


def _invitation(user: User, municipality: Municipality, key: str, actor: User, now: dt.datetime) -> None:
    path = reverse("home")
    if not user.has_usable_password():
        address = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        path = reverse("account_reset_password_from_key", kwargs=address)
    names = unit_names([municipality.pk], timezone.localdate(now))
    unit = names[municipality.pk].display_name if municipality.pk in names else ""
    context = {
        "unit": unit,
        "inviter": str(actor),
        "is_new": not user.has_usable_password(),
        "url": absolute_url(path),
        "login": absolute_url(reverse("account_login")),
    }
    mail_queue_template(key=key, user=user, name="invited", context=context, now=now)
