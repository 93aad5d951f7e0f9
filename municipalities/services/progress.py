"""Step, phase and delay of a municipality, registered directly. A step goes on until the next entry begins, so there is
never a day without one after the first: an entry is corrected or followed by another, and never ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from municipalities.models import Municipality, PhaseStatus
from municipalities.services import dated
from municipalities.services.dated import day_fault, refuse
from municipalities.services.decisions import now_day
from municipalities.services.registers import register_lock
from municipalities.vocabulary import DELAY_REASONS, PHASES, STEPS

LONGEST_DELAY = 120
"""Months; the same limit as the form's question has."""

_REASON = "write the registers of one municipality"


@dataclass(frozen=True)
class ProgressEntry:
    """Where a municipality stands from ``valid_from``: step 1-5, phase 2-4, delay in months (None: not known),
    the reason's key in ``vocabulary.DELAY_REASONS``, and a note in words."""

    valid_from: dt.date | None
    step: int | None = None
    phase: int | None = None
    delay_months: int | None = None
    delay_reason: str = ""
    note: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The row's fields; a reason goes with a delay only."""
        return {
            "step": self.step,
            "phase": self.phase,
            "delay_months": self.delay_months,
            "delay_reason": self.delay_reason if self.delay_months else "",
            "note": self.note.strip(),
        }


def progress_faults(entry: ProgressEntry, today: dt.date) -> dict[str, str]:
    """What is wrong with an entry in itself, one sentence a field. Pure."""
    faults: dict[str, str] = {}
    if entry.valid_from is None:
        faults["valid_from"] = _("Write the day from which this holds.")
    else:
        faults["valid_from"] = day_fault(entry.valid_from, today)
    if entry.step is None and entry.phase is None and entry.delay_months is None:
        faults["step"] = _("Choose a step or a phase, or write the delay.")
    if entry.step is not None and entry.step not in STEPS:
        faults["step"] = _("Choose one of the five steps.")
    if entry.phase is not None and entry.phase not in PHASES:
        faults["phase"] = _("Choose one of the phases 2 to 4.")
    if entry.delay_months is not None and not 0 <= entry.delay_months <= LONGEST_DELAY:
        faults["delay_months"] = _("Write a number of months from 0 to 120.")
    elif entry.delay_months and entry.delay_reason not in DELAY_REASONS:
        faults["delay_reason"] = _("Choose the main reason for the delay.")
    elif entry.delay_months and entry.delay_reason == "other" and not entry.note.strip():
        faults["note"] = _("Write what the other reason is.")
    return {name: text for name, text in faults.items() if text}


def progress_enter(*, municipality: Municipality, entry: ProgressEntry, actor: Any, now: dt.datetime) -> PhaseStatus:
    """Register where a municipality stands from a day; the entry before goes on until the day before, without a gap,
    and this one until the next. Raises EntryRefused with one sentence a field."""
    refuse(progress_faults(entry, now_day(now)))
    day = entry.valid_from
    assert day is not None  # progress_faults has seen to it  # noqa: S101
    with transaction.atomic():
        register_lock(municipality.pk)
        rows = _rows(municipality)
        fault = dated.existence_fault(municipality, day) or dated.clash_fault(rows, day) or _same_fault(rows, entry)
        refuse({"valid_from": fault} if fault else {})
        row = PhaseStatus(municipality=municipality, valid_from=day, **entry.values)
        row.origin, row.registered_at, row.registered_by_name = dated.new_origin(), now, str(actor or "")
        return dated.insert(row, rows, actor=actor, now=now, close_gap=True)  # type: ignore[no-any-return]


def progress_correct(
    *, status: PhaseStatus, entry: ProgressEntry, actor: Any, now: dt.datetime, reason: str = ""
) -> bool:
    """Put right an entry where it stands. Returns whether anything became different. Raises EntryRefused."""
    refuse(progress_faults(entry, now_day(now)))
    with transaction.atomic():
        row = _locked(status)
        rows = [other for other in _rows(row.municipality) if other.pk != row.pk]
        before, day = row.valid_from, entry.valid_from
        assert day is not None  # progress_faults has seen to it  # noqa: S101
        fault = dated.clash_fault(rows, day) or dated.existence_fault(row.municipality, day)
        refuse({"valid_from": fault} if fault else {})
        lines = [] if day == before else [f"valid_from: {before} → {day}"]
        dated.move(row, rows, day, actor=actor, now=now)
        lines += dated.changed(row, entry.values)
        if not lines:
            return False
        dated.corrected(row, lines, actor=actor, now=now, reason=reason)
        return True


def progress_remove(*, status: PhaseStatus, actor: Any, now: dt.datetime, reason: str) -> None:
    """Take out an entry that never was; the one before it goes on in its place. Raises EntryRefused (``reason``)."""
    refuse({} if reason.strip() else {"reason": _("Write why the entry is taken out.")})
    with transaction.atomic():
        row = _locked(status)
        fault = dated.direct_fault(row)
        refuse({"reason": fault} if fault else {})
        rows = [other for other in _rows(row.municipality) if other.pk != row.pk]
        dated.remove(row, rows, actor=actor, now=now, reason=reason.strip())


def _same_fault(rows: list[Any], entry: ProgressEntry) -> str:
    """An entry that says what the register says already from that day would be none."""
    day = entry.valid_from
    holds = [row for row in rows if day and row.valid_from < day and (row.valid_to is None or row.valid_to >= day)]
    if holds and all(getattr(holds[-1], name) == value for name, value in entry.values.items()):
        return _("This is what the register says already on that day. Change something, or leave it as it is.")
    return ""


def _rows(municipality: Municipality) -> list[Any]:
    rows = PhaseStatus.objects.across_all(reason=_REASON).filter(municipality=municipality)
    return list(rows.order_by("valid_from", "pk"))


def _locked(status: PhaseStatus) -> Any:
    row: Any = status
    register_lock(row.municipality_id)
    return PhaseStatus.objects.across_all(reason=_REASON).get(pk=row.pk)
