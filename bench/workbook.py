"""The preview of a region's workbook of 2 000 participations: at most 2 times a plain reading of all its cells."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import openpyxl
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from bench import data
from municipalities.models import Office, User
from networks.models import Network, Participation, WorkbookUpload
from networks.services.workbook import snapshot_take, workbook_make, workbook_plan, workbook_upload

NAME = "workbook_preview"
DAY = dt.date(2022, 5, 4)
MOMENT = dt.datetime(2022, 5, 4, 9, tzinfo=ZoneInfo("Europe/Oslo"))
ROWS = 2_000
TRIES = 7


def run(emit: Callable[..., None]) -> None:
    data.registers()
    office = Office.objects.across_all(reason=data.REASON).get(key="oslo-og-viken")
    actor = User.objects.create(username="bench-workbook")
    for factor in (1, 10):
        data.copies(factor)
        _participations(office, ROWS * factor)
        with override("nb"):
            whole = edited(workbook_make(office, today=DAY, language="nb"))
            with CaptureQueriesContext(connection) as queries:
                preview(whole, office, actor)
            plan = workbook_plan(WorkbookUpload.objects.across_all(reason=data.REASON).first(), today=DAY)
            if not plan.changes or not plan.faults:
                raise RuntimeError("the edited workbook must show changes and faults")
            pairs = [(_timed(preview, whole, office, actor), _timed(plain, whole)) for _ in range(TRIES)]
        ours, bare = (min(column) for column in zip(*pairs, strict=True))
        size = f"{ROWS * factor} participations, {371 * factor} units"
        emit(NAME, ours / bare, "ratio", limit=2.0, size=size)
        emit(f"{NAME}_seconds", ours, "s", size=size)
        emit(f"{NAME}_queries", len(queries), "queries", limit=10, size=size)


def preview(whole: bytes, office: Office, actor: User):
    """What sending in a file does until its changes are known: judge it, read it, keep its rows, and compare them with
    the registers."""
    upload = workbook_upload(office=office, file_name="nettverk.xlsx", data=whole, actor=actor, now=MOMENT)
    return upload.preview_hash


def plain(whole: bytes) -> int:
    """A plain reader: every cell of every sheet, read-only."""
    book = openpyxl.load_workbook(io.BytesIO(whole), read_only=True, data_only=True)
    return sum(len(row) for page in book.worksheets for row in page.iter_rows(values_only=True))


def edited(whole: bytes) -> bytes:
    """The workbook with every tenth participation changed, and a few that cannot be."""
    book = openpyxl.load_workbook(io.BytesIO(whole))
    page = book.worksheets[1]
    for line in range(2, page.max_row + 1, 10):
        page.cell(line, 8).value = f"Rettet {line}"
    for line in range(3, page.max_row + 1, 200):
        page.cell(line, 6).value = "i fjor"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _participations(office: Office, wanted: int) -> None:
    """Periods of half a year of the region's units in networks of the region, until there are ``wanted``."""
    units = snapshot_take(office, today=DAY).units
    own = [unit for unit in units.all_own() if units.exists(unit, DAY)]
    have = Participation.objects.across_all(reason=data.REASON).count()
    networks = -(-wanted // (len(own) * 4))
    rows = []
    for number in range(networks):
        network, _made = Network.objects.get_queryset().get_or_create(
            name=f"Læringsnettverk {len(own)} nr. {number}",
            kind="regional",
            defaults={"valid_from": dt.date(2020, 1, 1)},
        )
        network.offices.add(office)
        rows += [
            Participation(
                network=network, municipality_id=unit, status="active", origin=f"bench:{len(own)}",
                valid_from=dt.date(2020 + half // 2, 1 + 6 * (half % 2), 1),
                valid_to=dt.date(2020 + half // 2, 6 + 6 * (half % 2), 30),
            )
            for unit in own
            for half in range(4)
        ]  # fmt: skip
    Participation.objects.get_queryset().bulk_create(rows[: wanted - have], batch_size=2_000)


def _timed(work: Callable[..., object], *given: object) -> float:
    start = time.perf_counter()
    work(*given)
    return time.perf_counter() - start
