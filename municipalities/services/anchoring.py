"""Anchoring in plans that is registered directly: entered, corrected, ended, taken out.

A row holds from the day its plan was adopted until the next plan of the kind takes its place. A plan in which the
reform is to be taken in later is expected; it is no anchoring yet, and ends when the plan is adopted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from municipalities.coverage import LENGTH
from municipalities.models import Municipality, PlanAnchoring, PlanDecision
from municipalities.services import dated
from municipalities.services.dated import EntryRefused, day_fault, refuse
from municipalities.services.decisions import now_day
from municipalities.services.registers import register_lock
from municipalities.vocabulary import BUDGET, HANDLINGSDEL, OWN_PLAN, PLAN_TYPES

_REASON = "write the registers of one municipality"
LATEST_YEAR = 2100


@dataclass(frozen=True)
class AnchoringEntry:
    """What is written about a plan. ``plan_type`` is a key of ``vocabulary.PLAN_TYPES``.

    An adopted plan holds from ``adopted_on``; an expected one from ``valid_from``, the day from which it is planned
    (None: the day it is entered). ``covers_from`` and ``covers_to`` are its first and last year.
    """

    plan_type: str
    is_expected: bool = False
    name: str = ""
    adopted_on: dt.date | None = None
    expected_on: dt.date | None = None
    covers_from: int | None = None
    covers_to: int | None = None
    link: str = ""
    note: str = ""
    valid_from: dt.date | None = None
    decision: PlanDecision | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The row's fields; what belongs to an adopted plan is left out of an expected one, and the other way."""
        return {
            "plan_type": self.plan_type,
            "is_expected": self.is_expected,
            "name": self.name.strip(),
            "adopted_on": None if self.is_expected else self.adopted_on,
            "expected_on": self.expected_on if self.is_expected else None,
            "covers_from": self.covers_from,
            "covers_to": self.covers_to,
            "link": self.link.strip(),
            "note": self.note.strip(),
            "decision": self.decision,
        }


def anchoring_faults(entry: AnchoringEntry, today: dt.date) -> dict[str, str]:
    """What is wrong with an entry in itself, one sentence a field. Pure.

    The years: a handlingsdel with økonomiplan covers four, a yearly budget one (kommuneloven § 14-2 and 14-3).
    """
    faults: dict[str, str] = {}
    if entry.plan_type not in PLAN_TYPES:
        return {"plan_type": _("Choose the plan.")}
    if entry.is_expected:
        faults["valid_from"] = day_fault(entry.valid_from, today)
        begins = entry.valid_from or today
        if entry.expected_on is not None and entry.expected_on <= begins:
            faults["expected_on"] = _("The day must be later than the day from which the plan is expected.")
    else:
        missing = "" if entry.adopted_on else _("Write the day on which the plan was adopted.")
        faults["adopted_on"] = missing or day_fault(entry.adopted_on, today)
    faults |= _years_faults(entry)
    faults["link"] = dated.link_fault(entry.link.strip())
    if entry.plan_type == OWN_PLAN and not entry.name.strip():
        faults["name"] = _("Write the name of the plan.")
    return {name: text for name, text in faults.items() if text}


def _years_faults(entry: AnchoringEntry) -> dict[str, str]:
    first, last, length = entry.covers_from, entry.covers_to, LENGTH.get(entry.plan_type)
    if first is None and last is None:
        needed = length is not None and not entry.is_expected
        return {"covers_from": _("Write the first and the last year that the plan covers.")} if needed else {}
    if first is None or last is None:
        return {"covers_from" if first is None else "covers_to": _("Write both the first and the last year.")}
    if not (dated.PUT_FORWARD.year <= first <= LATEST_YEAR and last <= LATEST_YEAR):
        return {"covers_from": _("Write the year with four digits, for example 2022.")}
    if last < first:
        return {"covers_to": _("The last year comes before the first.")}
    count = last - first + 1
    if entry.plan_type == BUDGET and count != 1:
        return {"covers_to": _("A yearly budget covers one year.")}
    if entry.plan_type == HANDLINGSDEL and count < LENGTH[HANDLINGSDEL]:
        return {"covers_to": _("The economic plan covers four years: 2022 to 2025, for example.")}
    if length and entry.adopted_on and not entry.is_expected and not 0 <= first - entry.adopted_on.year <= 1:
        return {"covers_from": _("The plan is adopted in the year before its first year. Check the years.")}
    return {}


def anchoring_enter(
    *, municipality: Municipality, entry: AnchoringEntry, actor: Any, now: dt.datetime
) -> PlanAnchoring:
    """Register a plan in its place in time. An adopted one ends the plan of its kind before it, and what was expected.

    Raises EntryRefused with one sentence a field.
    """
    today = now_day(now)
    refuse(anchoring_faults(entry, today))
    day = _begins(entry, today)
    where = "valid_from" if entry.is_expected else "adopted_on"
    with transaction.atomic():
        register_lock(municipality.pk)
        rows = _rows(municipality, entry.plan_type)
        mine = _same_pair(rows, entry)
        fault = dated.existence_fault(municipality, day) or dated.clash_fault(mine, day)
        refuse({where: fault} if fault else {})
        row = PlanAnchoring(municipality=municipality, valid_from=day, **entry.values)
        row.origin, row.registered_at, row.registered_by_name = dated.new_origin(), now, str(actor or "")
        dated.insert(row, mine, actor=actor, now=now)
        if not entry.is_expected:
            _fulfil(rows, entry, day, actor, now)
        return row


def anchoring_correct(
    *, anchoring: PlanAnchoring, entry: AnchoringEntry, actor: Any, now: dt.datetime, reason: str = ""
) -> bool:
    """Put right what is registered about a plan, where it stands. Returns whether anything became different.

    Another kind of plan, or an expected one that is adopted, is a new entry. Raises EntryRefused.
    """
    today = now_day(now)
    refuse(anchoring_faults(entry, today))
    with transaction.atomic():
        row = _locked(anchoring)
        if (row.plan_type, row.is_expected) != (entry.plan_type, entry.is_expected):
            text = _("This is another plan than the one that is corrected. Register it as a new one.")
            raise EntryRefused({"plan_type": text})
        mine = [other for other in _same_pair(_rows(row.municipality, row.plan_type), entry) if other.pk != row.pk]
        before = row.valid_from
        day = before
        if entry.is_expected:
            day = entry.valid_from or before
        elif row.adopted_on is not None and entry.adopted_on is not None and entry.adopted_on != row.adopted_on:
            day = entry.adopted_on  # where a report says that it is anchored, a day of adoption only adds to it
        fault = dated.clash_fault(mine, day) or dated.existence_fault(row.municipality, day)
        refuse({"valid_from" if entry.is_expected else "adopted_on": fault} if fault else {})
        lines = [] if day == before else [f"valid_from: {before} → {day}"]
        try:
            dated.move(row, mine, day, actor=actor, now=now)
        except EntryRefused as refused:
            where = "valid_from" if entry.is_expected else "adopted_on"
            raise EntryRefused({where: refused.faults["valid_from"]}) from None
        lines += dated.changed(row, entry.values)
        if not lines:
            return False
        dated.corrected(row, lines, actor=actor, now=now, reason=reason)
        return True


def anchoring_end(*, anchoring: PlanAnchoring, last: dt.date, actor: Any, now: dt.datetime, note: str = "") -> None:
    """Let an anchoring end: ``last`` is the last day on which the plan holds, or is expected.

    Raises EntryRefused (``last``) for a day to come, before its first day, or after the day on which it ends already.
    """
    with transaction.atomic():
        row = _locked(anchoring)
        fault = day_fault(last, now_day(now))
        if not fault and last < row.valid_from:
            text = _("The entry begins on %(day)s. It cannot end before that.")
            fault = text % {"day": dated.in_words(row.valid_from)}
        if not fault and row.valid_to is not None and last > row.valid_to:
            fault = _("This entry ends on %(day)s. Choose that day or an earlier one.") % {
                "day": dated.in_words(row.valid_to)
            }
        refuse({"last": fault} if fault else {})
        dated.end(row, last, actor=actor, now=now, note=note.strip())


def anchoring_remove(*, anchoring: PlanAnchoring, actor: Any, now: dt.datetime, reason: str) -> None:
    """Take out an anchoring that never was; the plan of its kind before it goes on. The Event keeps what it said.

    Raises EntryRefused (``reason``) without a reason.
    """
    refuse({} if reason.strip() else {"reason": _("Write why the entry is taken out.")})
    with transaction.atomic():
        row = _locked(anchoring)
        fault = dated.direct_fault(row)
        refuse({"reason": fault} if fault else {})
        rows = _rows(row.municipality, row.plan_type)
        mine = [other for other in rows if other.is_expected == row.is_expected and other.pk != row.pk]
        dated.remove(row, mine, actor=actor, now=now, reason=reason.strip())


def _begins(entry: AnchoringEntry, today: dt.date) -> dt.date:
    if entry.is_expected:
        return entry.valid_from or today
    assert entry.adopted_on is not None  # anchoring_faults has seen to it  # noqa: S101
    return entry.adopted_on


def _rows(municipality: Municipality, plan_type: str) -> list[Any]:
    rows = PlanAnchoring.objects.across_all(reason=_REASON).filter(municipality=municipality, plan_type=plan_type)
    return list(rows.order_by("valid_from", "pk"))


def _locked(anchoring: PlanAnchoring) -> Any:
    row: Any = anchoring
    register_lock(row.municipality_id)
    return PlanAnchoring.objects.across_all(reason=_REASON).get(pk=row.pk)


def _same_pair(rows: list[Any], entry: AnchoringEntry) -> list[Any]:
    """The rows that this one may not overlap. Several plans of one's own may hold side by side, by their names."""
    mine = [row for row in rows if row.is_expected == entry.is_expected]
    if entry.plan_type != OWN_PLAN:
        return mine
    name = entry.name.strip().casefold()
    return [row for row in mine if row.name.strip().casefold() in (name, "")]


def _fulfil(rows: list[Any], entry: AnchoringEntry, day: dt.date, actor: Any, now: dt.datetime) -> None:
    """What was expected of this kind is adopted now: it ends the day before, or goes where it never held."""
    expected = AnchoringEntry(entry.plan_type, is_expected=True, name=entry.name)
    for row in _same_pair(rows, expected):
        if row.valid_from > day or (row.valid_to is not None and row.valid_to < day):
            continue
        if row.valid_from == day:
            dated.remove(row, [], actor=actor, now=now, reason="")
        else:
            dated.end(row, day - dated.ONE_DAY, actor=actor, now=now)
