"""Former contacts are forgotten when the rule's time is over: the name goes, what was done in which role stays.

What is done with each field stands in ``municipalities/personal.py``. What was sent in, decided or sent on keeps the
name of whoever did it: it is sealed, and kept by the Archives Act. Safe to run twice, and at any time.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation

from municipalities.models import Membership, OutgoingMail, User
from municipalities.models.people import former_contact
from municipalities.personal import ANONYMISE_AFTER_MONTHS, MAIL_MONTHS, PERSONAL, Then
from municipalities.transitions import log

FACTS = {"reporting.Notice": ("facts", "by")}
"""Where a name stands within a field of JSON: model -> (field, key)."""


@dataclass(frozen=True)
class Forgotten:
    """What was done with one person: ``fields`` counts rows by field. ``namesake``: somebody else has the same name,
    so rows that hold only a name were left as they were."""

    user_id: int
    role: str
    fields: Counter[str] = field(default_factory=Counter)
    namesake: bool = False


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day some months earlier, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def contacts_due(today: dt.date) -> QuerySet[User]:
    """The users whose last membership ended so long ago; no machines, nobody who keeps the site, nobody twice."""
    last = months_before(today, ANONYMISE_AFTER_MONTHS)
    had = Membership.objects.filter(user=OuterRef("pk"))
    since = had.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=last))
    rows = User.objects.filter(Exists(had), ~Exists(since), anonymised_at=None, service_account=None)
    return rows.filter(is_staff=False, is_superuser=False).order_by("pk")


def contacts_forget(*, now: dt.datetime) -> list[Forgotten]:
    """Anonymise everybody whose time is over, each in a transaction of her own. Returns what was done."""
    today = timezone.localdate(now)
    return [
        done
        for pk in list(contacts_due(today).values_list("pk", flat=True))
        if (done := contact_forget(pk=pk, now=now)) is not None
    ]


def contact_forget(*, pk: int, now: dt.datetime) -> Forgotten | None:
    """Anonymise one person; None when her time is not over, or it is done already."""
    today = timezone.localdate(now)
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=pk).first()
        if user is None or not contacts_due(today).filter(pk=pk).exists():
            return None
        role = Membership.objects.filter(user=user).order_by("valid_to", "pk").values_list("role", flat=True).last()
        done = Forgotten(user.pk, role or "", namesake=_namesakes(user))
        with translation.override("nb"):
            stands = former_contact(done.role)
        _names(user, stands, done)
        _rest(user, done)
        _user(user, done.role, now)
        told = ", ".join(f"{name} {count}" for name, count in sorted(done.fields.items()))
        log(user, "anonymised", actor=None, now=now, note=told + (" (namesake)" if done.namesake else ""))
    return done


def mails_empty(*, now: dt.datetime) -> int:
    """Empty the text of mails that were sent so long ago; that they were sent is kept. Returns how many."""
    last = months_before(timezone.localdate(now), MAIL_MONTHS)
    old = OutgoingMail.objects.filter(status=OutgoingMail.Status.SENT, sent_at__date__lt=last)
    return old.exclude(subject="", body="").update(subject="", body="")


def _namesakes(user: User) -> bool:
    same = User.objects.filter(first_name=user.first_name, last_name=user.last_name, anonymised_at=None)
    return same.exclude(pk=user.pk).exists()


def _rows(label: str) -> Any:
    return apps.get_model(label)._base_manager.all()


def _names(user: User, stands: str, done: Forgotten) -> None:
    """Put the role in the place of the name, by her user where the row has it, else by the name."""
    name = str(user)
    for path, kind in PERSONAL.items():
        model, _dot, column = path.rpartition(".")
        if kind.then is not Then.NAME or (not kind.whose and done.namesake):
            continue
        rows = _rows(model).filter(**({kind.whose: user} if kind.whose else {column: name}))
        if count := rows.exclude(**{column: stands}).update(**{column: stands}):
            done.fields[path] += count
    for model, (column, key) in FACTS.items():
        for row in [] if done.namesake else _rows(model).filter(**{f"{column}__{key}": name}):
            _rows(model).filter(pk=row.pk).update(**{column: {**getattr(row, column), key: stands}})
            done.fields[f"{model}.{column}"] += 1


def _rest(user: User, done: Forgotten) -> None:
    """Delete the rows that are about her login and notices, and empty her mails."""
    gone: set[str] = set()
    for path, kind in PERSONAL.items():
        model, _dot, column = path.rpartition(".")
        if kind.then is Then.DELETE and kind.whose and model not in gone:
            gone.add(model)
            if count := _rows(model).filter(**{kind.whose: user}).delete()[0]:
                done.fields[model] += count
        if kind.then is not Then.EMPTY:
            continue
        if count := _rows(model).filter(**{kind.whose: user}).exclude(**{column: ""}).update(**{column: ""}):
            done.fields[path] += count


def _user(user: User, role: str, now: dt.datetime) -> None:
    user.first_name = user.last_name = user.email = user.phone = ""
    user.username = f"former-{user.pk}"
    user.is_active = False
    user.anonymised_at, user.former_role = now, role
    user.set_unusable_password()
    user.save()
