"""What is known of applications for grants, which are handled elsewhere: lists taken in from Excel, one row put right.

A list is read, compared with what is known, shown, and then saved whole or not at all, once. Each row that changes
leaves an Event, which names no unit: amounts are not for KS and USHT to see.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.application_plan import Fault, Plan, Register, SchemeName, Unit, Values, make_plan
from grants.application_sheet import LEAST, MOST, NOTE_LENGTH, find_list
from grants.models import ApplicationList, GrantApplication, Scheme
from grants.render_application_list import render_application_list
from municipalities.access import can
from municipalities.models import User
from municipalities.services import lineage_of_all, unit_names
from municipalities.services.dated import refuse
from municipalities.transitions import Transition, Workflow, WrongState, event_about, log, log_many, perform
from networks.workbook.read_workbook import read_workbook
from networks.workbook.rows import Found

RIGHT = "application.import"
REASON = "the applications of a year"
STATUS = ApplicationList.Status
ENTERED, CHANGED, REMOVED = "application_entered", "application_changed", "application_removed"
LIST = Workflow(
    "application_list",
    tuple(STATUS.values),
    (
        Transition("applications_taken_in", (STATUS.READ,), STATUS.TAKEN_IN, RIGHT, gettext_lazy("Take in"),
                   stamp="settled_at"),
        Transition("applications_discarded", (STATUS.READ,), STATUS.DISCARDED, RIGHT, gettext_lazy("Throw away"),
                   stamp="settled_at"),
    ),
    {
        STATUS.TAKEN_IN: gettext_lazy("The list has been taken in already."),
        STATUS.DISCARDED: gettext_lazy("The list has been thrown away. Send it in anew."),
    },
)  # fmt: skip


class ListOutdated(ValidationError):
    """What is known of the applications has changed since the list was shown."""


def list_day(year: int, today: dt.date) -> dt.date:
    """The day whose municipality numbers a list of ``year`` uses: the year's last, or today in a year that runs."""
    last = dt.date(year, 12, 31)
    return last if last <= today else max(today, dt.date(year, 1, 1))


def register_take(year: int, *, today: dt.date) -> Register:
    """What is known: the units of the year's day, the schemes, the applications. Five queries."""
    day = list_day(year, today)
    units = {
        pk: Unit(row.number, row.display_name, _names(row), row.kind == "district")
        for pk, row in unit_names(None, day).items()
    }
    schemes = Scheme.objects.across_all(reason=REASON).filter(year=year).order_by("order", "key")
    known = tuple(SchemeName(*row) for row in schemes.values_list("id", "key", "name_nb", "name_nn"))
    rows = GrantApplication.objects.across_all(reason=REASON).filter(scheme__year=year)
    fields = ("scheme_id", "municipality_id", "status", "applied_kr", "granted_kr", "shielded", "note")
    held = {(scheme, unit): Values(*values) for scheme, unit, *values in rows.values_list(*fields)}
    return Register(year, day, units, lineage_of_all(), known, held)


def _names(row: Any) -> tuple[str, ...]:
    return tuple({row.name, row.display_name, *(entry["name"] for entry in row.official_names)})


def template_make(year: int, *, today: dt.date, language: str) -> bytes:
    """An empty list as a workbook in the language in use, with the schemes and the municipalities to choose from;
    what is known stands in it. ``language`` (``nb`` or ``nn``) is that of the schemes' names."""
    return render_application_list(register_take(year, today=today), language=language)


def list_read(*, year: int, file_name: str, data: bytes, actor: User, now: dt.datetime) -> ApplicationList:
    """Read a list and keep its rows; nothing that is known changes.

    Raises PermissionDenied, and WorkbookRefused with one sentence when it is no workbook that can be read.
    """
    _require(actor, now)
    found, faults = find_list(read_workbook(data))
    kept: dict[str, Any] = {
        "found": found.__dict__ if found else None,
        "faults": [[fault.cell, fault.sentence] for fault in faults],
    }
    return ApplicationList.objects.get_queryset().create(
        year=year, file_name=file_name[-200:], sha256=hashlib.sha256(data).hexdigest(), plan=kept, read_by=actor,
        read_by_name=str(actor), read_at=now,
    )  # fmt: skip


def list_plan(held: ApplicationList, *, today: dt.date) -> tuple[Plan, Register]:
    """The changes and faults of a kept list against what is known now, and what it was compared with."""
    register = register_take(held.year, today=today)
    kept = held.plan.get("found")
    if kept is None:
        return Plan(faults=[Fault(*entry) for entry in held.plan.get("faults", ())]), register
    found = Found(**{**kept, "rows": [(number, cells) for number, cells in kept["rows"]]})
    return make_plan(found, register), register


def list_take_in(*, held: ApplicationList, seen: str, sure: bool = False, actor: User, now: dt.datetime) -> Plan:
    """Save every row of a list, or none, each with its Event; a list is taken in once.

    ``seen`` is the hash of the changes that were shown; ``sure`` answers the list's question with yes. Raises
    ListOutdated when something has changed since, ValidationError when there are faults, a question or nothing to
    save, and WrongState when it has been taken in or thrown away.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        perform(LIST, held, "applications_taken_in", actor=actor, now=now, note=held.file_name,
                content_hash=held.sha256)  # fmt: skip
        _lock(held.year)
        plan, _register = list_plan(held, today=today)
        if plan.hash != seen:
            raise ListOutdated(_("The applications have changed since you saw the list. Look at it anew."))
        if plan.faults:
            raise ValidationError(_("Correct the faults in Excel, and send the list in anew."))
        if not plan.changes:
            raise ValidationError(_("The list says what is known already, so there is nothing to save."))
        if plan.question and not sure:
            raise ValidationError(plan.question)
        _save(plan, held, actor, now)
    return plan


def list_discard(*, held: ApplicationList, actor: User, now: dt.datetime) -> None:
    """Throw a list away; nothing changes. Raises WrongState when it has been taken in."""
    perform(LIST, held, "applications_discarded", actor=actor, now=now, note=held.file_name, updates={"plan": {}})


def application_values(row: GrantApplication) -> Values:
    """What is known of an application."""
    return Values(row.status, row.applied_kr, row.granted_kr, row.shielded, row.note)


def application_state(row: GrantApplication) -> str:
    """A short hash of it, for a form to say what it was filled from."""
    return hashlib.sha256(repr(application_values(row)).encode()).hexdigest()[:16]


def application_change(
    *, application: GrantApplication, values: Values, seen: str, actor: User, now: dt.datetime
) -> bool:
    """Put one application right. Returns whether anything was changed.

    Raises PermissionDenied, EntryRefused with one sentence a field, and WrongState when somebody else was quicker.
    """
    _require(actor, now)
    with transaction.atomic():
        row = _locked(application)
        if application_state(row) != seen:
            text = _("Somebody else has changed the application since you opened it.")
            raise WrongState(text, state=application_state(row))
        if values.status != GrantApplication.Status.GRANTED and values.granted_kr == 0:
            values = replace(values, granted_kr=None)
        refuse(_faults(values))
        before = application_values(row)
        if before == values:
            return False
        _put(row, values, actor, now)
        row.save()
        log(row, CHANGED, actor=actor, now=now, from_state=before.status, to_state=values.status,
            note=_told(before, values), internal=True)  # fmt: skip
        return True


def application_remove(*, application: GrantApplication, actor: User, now: dt.datetime) -> None:
    """Take away an application that was taken in by mistake. Raises PermissionDenied, and WrongState when it is
    gone."""
    _require(actor, now)
    with transaction.atomic():
        row = _locked(application)
        log(row, REMOVED, actor=actor, now=now, from_state=row.status, note=_told(None, application_values(row)),
            internal=True)  # fmt: skip
        row.delete()


def _require(actor: User, now: dt.datetime) -> None:
    decision = can(actor, RIGHT, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)


def _lock(year: int) -> None:
    """Hold the year's schemes, so that two lists of a year are saved one after the other."""
    rows = Scheme.objects.across_all(reason=REASON).select_for_update(no_key=True).filter(year=year).order_by("pk")
    list(rows.values_list("pk"))


def _locked(application: GrantApplication) -> GrantApplication:
    _lock(Scheme.objects.across_all(reason=REASON).get(pk=application.scheme_id).year)
    row = GrantApplication.objects.across_all(reason=REASON).filter(pk=application.pk).first()
    if row is None:
        raise WrongState(_("Somebody else has removed the application."), state="")
    return row


def _put(row: GrantApplication, values: Values, actor: User, now: dt.datetime) -> None:
    for name, value in asdict(values).items():
        setattr(row, name, value)
    row.changed_at, row.changed_by_name = now, str(actor)


def _save(plan: Plan, held: ApplicationList, actor: User, now: dt.datetime) -> None:
    """Write all changes: one query to read the rows there are, one to add, one to change, one for the Events."""
    rows = GrantApplication.objects.across_all(reason=REASON).filter(scheme__year=held.year)
    known = {(row.scheme_id, row.municipality_id): row for row in rows}
    new, changed, events = [], [], []
    for change in plan.changes:
        key = (change.scheme, change.unit)
        row = known.get(key) or GrantApplication(scheme_id=change.scheme, municipality_id=change.unit)
        _put(row, change.values, actor, now)
        row.list = held
        (changed if change.before else new).append((row, change))
    queryset = GrantApplication.objects.get_queryset()
    queryset.bulk_create([row for row, _change in new])
    fields = [*asdict(Values("")), "changed_at", "changed_by_name", "list"]
    # written as rows that are there already: many times as fast as an update that chooses among them
    queryset.bulk_create(
        [row for row, _change in changed], update_conflicts=True, unique_fields=["id"], update_fields=fields
    )
    for row, change in (*new, *changed):
        events.append(
            event_about(
                row, CHANGED if change.before else ENTERED, actor=actor, now=now, content_hash=held.sha256,
                from_state=change.before.status if change.before else "", to_state=change.values.status,
                note=_told(change.before, change.values), internal=True,
            )
        )  # fmt: skip
    log_many(events)


def _told(before: Values | None, after: Values) -> str:
    """What an Event says: each field that differs."""
    old = asdict(before) if before else {}
    return "; ".join(f"{name}: {value}" for name, value in asdict(after).items() if old.get(name) != value)


def _faults(values: Values) -> dict[str, str]:
    faults: dict[str, str] = {}
    if values.status not in GrantApplication.Status.values:
        faults["status"] = _("Choose from the list.")
    for name in ("applied_kr", "granted_kr"):
        value = getattr(values, name)
        if value is not None and value < 0:
            faults[name] = _("The amount is negative.")
        elif value and value < LEAST:
            text = _("%(amount)s kr is too little for a grant. Is it in 1 000 kr? Write whole kroner.")
            faults[name] = text % {"amount": value}
        elif value and value > MOST:
            faults[name] = _("The amount is above 1 milliard kr. Check it.")
    if values.granted_kr is not None and values.status != GrantApplication.Status.GRANTED:
        faults.setdefault("granted_kr", _("Only an application that is granted has an amount granted."))
    if len(values.note) > NOTE_LENGTH:
        faults["note"] = _("The note is longer than %(most)s characters.") % {"most": NOTE_LENGTH}
    return faults
