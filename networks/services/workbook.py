"""A region's workbook: what it is compared with, its preview, and its acceptance in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import MunicipalityVersion, Office, User
from municipalities.names import display_name
from municipalities.services import office_names
from municipalities.transitions import Transition, Workflow, perform
from networks.models import Network, NetworkMeeting, Participation, WorkbookUpload
from networks.rules import NetworkValues, Part
from networks.services.meetings import meeting_write
from networks.services.networks import network_write, solution_codes
from networks.services.participations import participation_write, units_lock
from networks.workbook.layout import MEETINGS, NETWORKS, PARTS
from networks.workbook.plan import Plan, make_plan
from networks.workbook.read_workbook import read_workbook
from networks.workbook.render_workbook import render_workbook
from networks.workbook.rows import book_from_json, find_rows
from networks.workbook.snapshot import Meeting, Snapshot, Units
from reform.models import Solution

REASON = "the networks of one region"
STATUS = WorkbookUpload.Status
UPLOAD = Workflow(
    "workbook",
    tuple(STATUS.values),
    (
        Transition("workbook_applied", (STATUS.PREVIEWED,), STATUS.APPLIED, "network.edit", gettext_lazy("Accept"),
                   stamp="applied_at"),
        Transition("workbook_discarded", (STATUS.PREVIEWED,), STATUS.DISCARDED, "network.edit",
                   gettext_lazy("Throw away")),
    ),
    {
        STATUS.APPLIED: gettext_lazy("The workbook has been accepted already."),
        STATUS.DISCARDED: gettext_lazy("The workbook has been thrown away. Send it in anew."),
    },
)  # fmt: skip


class PreviewOutdated(ValidationError):
    """The registers have changed since the changes were shown."""


def snapshot_take(office: Office, *, today: dt.date) -> Snapshot:
    """What the registers say of a region's networks. Eight questions, whatever the size."""
    units = _units(office, today)
    networks = _networks(office)
    parts: dict[int, tuple[int, Part]] = {}
    own = set(units.all_own())
    rows = Participation.objects.across_all(reason=REASON).filter(network_id__in=networks)
    rows = rows.order_by("network__name", "network_id", "municipality_id", "valid_from", "pk")
    for pk, network, unit, status, start, end, note in rows.values_list(
        "pk", "network_id", "municipality_id", "status", "valid_from", "valid_to", "note"
    ):
        if unit in own:
            parts[pk] = (network, Part(unit, status, start, end, note, pk))
    return Snapshot(office.pk, today, units, solution_codes(), networks, parts, _meetings(networks, own))


def _units(office: Office, today: dt.date) -> Units:
    rows = (
        MunicipalityVersion.objects.real()
        .order_by("sort_key", "valid_from")
        .values_list("municipality_id", "number", "name", "official_names", "valid_from", "valid_to", "office_id")
    )
    versions = [
        (pk, number, display_name(name, others), (name, display_name(name, others), *(one["name"] for one in others)),
         first, last, office_id)
        if others else (pk, number, name, (name,), first, last, office_id)
        for pk, number, name, others, first, last, office_id in rows
    ]  # fmt: skip
    versions.sort(key=lambda row: row[4])
    return Units(versions, office=office.pk, today=today)


def _networks(office: Office) -> dict[int, NetworkValues]:
    offices: dict[int, set[int]] = {}
    themes: dict[int, list[str]] = {}
    own = Network.offices.through.objects.filter(office_id=office.pk).values("network_id")
    for network, covered in Network.offices.through.objects.filter(network_id__in=own).values_list(
        "network_id", "office_id"
    ):
        offices.setdefault(network, set()).add(covered)
    for network, code in Network.themes.through.objects.filter(network_id__in=own).values_list(
        "network_id", "solution__code"
    ):
        themes.setdefault(network, []).append(code)
    rows = Network.objects.across_all(reason=REASON).filter(pk__in=own).order_by("name", "pk")
    return {
        row.pk: NetworkValues(
            row.name, row.kind, frozenset(offices[row.pk]), row.valid_from, row.valid_to, row.host,
            tuple(row.organisers), tuple(sorted(themes.get(row.pk, ()))), row.note,
        )
        for row in rows
    }  # fmt: skip


def _meetings(networks: dict[int, NetworkValues], own: set[int]) -> dict[int, Meeting]:
    there: dict[int, set[int]] = {}
    for meeting, unit in NetworkMeeting.attendance.through.objects.filter(
        networkmeeting__network_id__in=networks
    ).values_list("networkmeeting_id", "municipality_id"):
        there.setdefault(meeting, set()).add(unit)
    rows = NetworkMeeting.objects.across_all(reason=REASON).filter(network_id__in=networks)
    return {
        row.pk: Meeting(
            row.network_id, row.on, row.title, row.note, frozenset(there.get(row.pk, set()) & own),
            frozenset(there.get(row.pk, set()) - own), row.pk,
        )
        for row in rows.order_by("on", "pk")
    }  # fmt: skip


def workbook_make(office: Office, *, today: dt.date, language: str) -> bytes:
    """The region's networks as a workbook, in the language in use; ``language`` (``nb`` or ``nn``) is that of the
    solutions' names."""
    field = "name_nn" if language == "nn" else "name_nb"
    solutions = list(Solution.objects.order_by("order").values_list("code", field))
    region = office_names(today)[office.pk].short_name
    return render_workbook(snapshot_take(office, today=today), region=region, solutions=solutions)


def workbook_upload(*, office: Office, file_name: str, data: bytes, actor: User, now: dt.datetime) -> WorkbookUpload:
    """Read a workbook and keep its rows; nothing in the registers changes.

    Raises WorkbookRefused with one sentence when it is no workbook that can be read.
    """
    book = find_rows(read_workbook(data))
    plan = make_plan(book, snapshot_take(office, today=timezone.localdate(now)))
    return WorkbookUpload.objects.get_queryset().create(
        office=office, file_name=file_name[-200:], sha256=hashlib.sha256(data).hexdigest(), rows=book.as_json(),
        preview_hash=plan.hash, uploaded_by=actor, uploaded_at=now,
    )  # fmt: skip


def workbook_plan(upload: WorkbookUpload, *, today: dt.date) -> Plan:
    """The changes and faults of a kept workbook against the registers as they are now."""
    return make_plan(book_from_json(upload.rows), snapshot_take(upload.office, today=today))


def workbook_apply(
    *, upload: WorkbookUpload, seen: str, leave_out: bool = False, actor: User, now: dt.datetime
) -> Plan:
    """Save every change of a workbook, all or none, each with its Event.

    ``seen`` is the hash of the changes that were shown; ``leave_out`` says that rows with faults are to be left out.
    Raises PreviewOutdated when the registers have moved on, ValidationError when there are faults and they are not to
    be left out, or nothing to save; WrongState when it has been accepted before.
    """
    with transaction.atomic():
        perform(UPLOAD, upload, "workbook_applied", actor=actor, now=now, content_hash=upload.sha256,
                note=upload.file_name, updates={"preview_hash": seen[:64]})  # fmt: skip
        _lock(upload.office, timezone.localdate(now))
        plan = workbook_plan(upload, today=timezone.localdate(now))
        if plan.hash != seen:
            raise PreviewOutdated(_("The registers have changed since you saw the changes. Look at them anew."))
        if plan.faults and not leave_out:
            raise ValidationError(_("Correct the faults, or say that the rows with faults are to be left out."))
        if not plan.changes:
            raise ValidationError(_("The workbook changes nothing, so there is nothing to save."))
        _save(plan, upload, actor, now)
    return plan


def workbook_discard(*, upload: WorkbookUpload, actor: User, now: dt.datetime) -> None:
    """Throw a workbook away; nothing in the registers changes. Raises WrongState when it has been accepted."""
    perform(UPLOAD, upload, "workbook_discarded", actor=actor, now=now, note=upload.file_name, updates={"rows": {}})


def _lock(office: Office, today: dt.date) -> None:
    """Hold the region's networks and units, so that nothing moves between the comparison and the writing.

    A participation written beside it keeps the network's key (``no_key``): the two cannot wait for each other.
    """
    own = Network.offices.through.objects.filter(office_id=office.pk).values("network_id")
    rows = Network.objects.across_all(reason=REASON).filter(pk__in=own).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    units_lock(_units(office, today).all_own())


def _save(plan: Plan, upload: WorkbookUpload, actor: User, now: dt.datetime) -> None:
    made: dict[Any, int] = {}
    how = {"actor": actor, "now": now, "content_hash": upload.sha256}
    networks = Network.objects.across_all(reason=REASON).in_bulk(_keys(plan, NETWORKS))
    parts = Participation.objects.across_all(reason=REASON).in_bulk(_keys(plan, PARTS))
    meetings = NetworkMeeting.objects.across_all(reason=REASON).in_bulk(_keys(plan, MEETINGS))
    for change in plan.changes:
        if change.sheet == NETWORKS:
            row = network_write(networks.get(change.key), change.values, **how)
            made[change.network] = row.pk
    _step_aside(plan, parts, meetings)
    for change in plan.changes:
        network = made.get(change.network, change.network)
        if change.sheet == PARTS:
            participation_write(parts.get(change.key), change.values, network_id=network, **how)
        elif change.sheet == MEETINGS:
            meeting = change.values
            meeting_write(
                meetings.get(change.key), network_id=network, on=meeting.on, title=meeting.title, note=meeting.note,
                attendance=meeting.attendance | meeting.others, **how,
            )  # fmt: skip


def _keys(plan: Plan, sheet: str) -> list[int]:
    return [change.key for change in plan.changes if change.sheet == sheet and change.key is not None]


def _step_aside(plan: Plan, parts: dict[int, Participation], meetings: dict[int, NetworkMeeting]) -> None:
    """Give rows that move to another first day a day of their own meanwhile: two may trade places."""
    for change in plan.changes:
        aside = dt.date.min + dt.timedelta(days=change.key or 0)
        if change.sheet == PARTS and change.key in parts and "valid_from" in change.fields:
            rows = Participation.objects.across_all(reason=REASON)
            rows.filter(pk=change.key).update(valid_from=aside)
        elif change.sheet == MEETINGS and change.key in meetings and {"on", "title"} & set(change.fields):
            NetworkMeeting.objects.across_all(reason=REASON).filter(pk=change.key).update(on=aside)
