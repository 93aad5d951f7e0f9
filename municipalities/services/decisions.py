"""Plan decisions that are registered directly, not by an approved report: entered, corrected, taken out.

A decision dated before others takes its place in time. Correcting an entry changes it where it stands, since a slip
of the pen is no new decision; the Event keeps what stood there. A Submission never changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import AreaPosition, Municipality, PlanDecision, SolutionPosition
from municipalities.services import dated
from municipalities.services.dated import EntryRefused, day_fault, in_words, refuse
from municipalities.services.registers import register_lock
from municipalities.vocabulary import POSITIONS
from reform.models import FocusArea, Solution

COUNCIL = (PlanDecision.Status.OWN, PlanDecision.Status.INSIDE, PlanDecision.Status.DECLINED)
"""What the municipal council has decided on a day; the other states are dated by the day from which they hold."""

_REASON = "write the registers of one municipality"


@dataclass(frozen=True)
class DecisionEntry:
    """What is written about a decision. ``status`` is a ``PlanDecision.Status``.

    ``valid_from`` is the day from which it holds; None means the day of the decision. ``areas`` and ``solutions``
    are the positions it takes, by code; what it does not name stays as it was.
    """

    status: str
    valid_from: dt.date | None = None
    title: str = ""
    decided_on: dt.date | None = None
    case_number: str = ""
    link: str = ""
    expected_on: dt.date | None = None
    process: str = ""
    elder_council_on: dt.date | None = None
    elder_council: str = ""
    areas: Mapping[str, str] = field(default_factory=dict)
    solutions: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds_from(self) -> dt.date | None:
        """The day from which it holds, where it is known."""
        return self.valid_from or (self.decided_on if self.status in COUNCIL else None)

    @property
    def values(self) -> dict[str, Any]:
        """The row's fields; what belongs to another status than the chosen one is left out."""
        council, process = self.status in COUNCIL, self.status == PlanDecision.Status.PROCESS
        return {
            "status": self.status,
            "title": self.title.strip(),
            "decided_on": self.decided_on if council else None,
            "case_number": self.case_number.strip() if council or process else "",
            "link": self.link.strip() if council or process else "",
            "expected_on": self.expected_on if process else None,
            "process": self.process.strip() if process else "",
            "elder_council_on": self.elder_council_on,
            "elder_council": self.elder_council.strip(),
        }


def decision_faults(entry: DecisionEntry, today: dt.date) -> dict[str, str]:
    """What is wrong with an entry in itself, one sentence a field. Pure.

    Criteria for grants 2021: a plan is a decision of the council, so it has a date; a process says how and when.
    """
    faults: dict[str, str] = {}
    if entry.status not in PlanDecision.Status.values:
        faults["status"] = _("Choose what the municipality has decided.")
        return faults
    if entry.status in COUNCIL:
        missing = "" if entry.decided_on else _("Write the day on which the council decided.")
        faults["decided_on"] = missing or day_fault(entry.decided_on, today)
    elif entry.valid_from is None:
        faults["valid_from"] = _("Write the day from which this holds.")
    if entry.valid_from is not None:
        faults["valid_from"] = day_fault(entry.valid_from, today) or _not_before(entry)
    if entry.status == PlanDecision.Status.PROCESS:
        faults["expected_on"] = _expected_fault(entry)
        faults["process"] = "" if entry.process.strip() else _("Write how the municipality works towards the decision.")
    faults["link"] = dated.link_fault(entry.values["link"])
    faults["elder_council_on"] = day_fault(entry.elder_council_on, today)
    faults["solutions"] = faults["areas"] = ""
    for name, positions in (("areas", entry.areas), ("solutions", entry.solutions)):
        if set(positions.values()) - set(POSITIONS):
            faults[name] = _("Choose one of the answers that are offered.")
    return {name: text for name, text in faults.items() if text}


def _not_before(entry: DecisionEntry) -> str:
    if entry.status in COUNCIL and entry.decided_on and entry.valid_from and entry.valid_from < entry.decided_on:
        return _("A decision cannot hold before the day on which it was made.")
    return ""


def _expected_fault(entry: DecisionEntry) -> str:
    if entry.expected_on is None:
        return _("Write the day on which the decision is expected.")
    if entry.valid_from is not None and entry.expected_on <= entry.valid_from:
        return _("The decision must be expected after the day from which the process is described.")
    return ""


def decision_enter(*, municipality: Municipality, entry: DecisionEntry, actor: Any, now: dt.datetime) -> PlanDecision:
    """Register a decision in its place in time; what held until then ends the day before and is named as replaced.

    Raises EntryRefused with one sentence a field.
    """
    today = now_day(now)
    refuse(decision_faults(entry, today))
    with transaction.atomic():
        register_lock(municipality.pk)
        rows = _rows(PlanDecision, municipality)
        day = entry.holds_from
        assert day is not None  # decision_faults has seen to it  # noqa: S101
        where = "decided_on" if entry.valid_from is None else "valid_from"
        fault = dated.existence_fault(municipality, day) or dated.clash_fault(rows, day)
        refuse({where: fault} if fault else {})
        row = PlanDecision(municipality=municipality, valid_from=day, replaces=_replaced(rows, day), **entry.values)
        _signed(row, actor, now)
        dated.insert(row, rows, actor=actor, now=now)
        _repoint(rows, row)
        _positions_write(row, entry, actor, now)
        return row


def decision_correct(
    *, decision: PlanDecision, entry: DecisionEntry, actor: Any, now: dt.datetime, reason: str = ""
) -> bool:
    """Put right what is registered about a decision, where it stands. Returns whether anything became different.

    ``entry.areas`` and ``entry.solutions`` are all the positions that the decision takes, as they should be. Raises
    EntryRefused with one sentence a field.
    """
    refuse(decision_faults(entry, now_day(now)))
    with transaction.atomic():
        row = _locked(decision)
        rows = [other for other in _rows(PlanDecision, row.municipality) if other.pk != row.pk]
        before = row.valid_from
        day = entry.holds_from or before
        fault = dated.clash_fault(rows, day) or dated.existence_fault(row.municipality, day)
        refuse({"valid_from": fault} if fault else {})
        lines = [] if day == before else [f"valid_from: {before} → {day}"]
        dated.move(row, rows, day, actor=actor, now=now)
        lines += dated.changed(row, entry.values)
        positions = _positions_correct(row, entry, before, actor, now)
        if not lines and not positions:
            return False
        dated.corrected(row, [*lines, *positions], actor=actor, now=now, reason=reason)
        for name in ("valid_from", "origin", *entry.values):
            setattr(decision, name, getattr(row, name))
        return True


def decision_remove(*, decision: PlanDecision, actor: Any, now: dt.datetime, reason: str) -> None:
    """Take out a decision that never was (the wrong municipality, entered twice); what it replaced goes on.

    The Event keeps all it said. Raises EntryRefused (``reason``) without a reason, for a decision that came from an
    approved report (it is corrected instead), or while it has documents.
    """
    if not reason.strip():
        raise EntryRefused({"reason": _("Write why the entry is taken out.")})
    with transaction.atomic():
        row = _locked(decision)
        fault = dated.direct_fault(row)
        refuse({"reason": fault} if fault else {})
        if row.documents.exists():
            raise EntryRefused({"reason": _("This decision has had documents. Correct it instead.")})
        _positions_correct(row, DecisionEntry(row.status), row.valid_from, actor, now)
        row.anchorings.update(decision=None)
        row.replaced_by.update(replaces=row.replaces)
        rows = [other for other in _rows(PlanDecision, row.municipality) if other.pk != row.pk]
        dated.remove(row, rows, actor=actor, now=now, reason=reason.strip())


def now_day(now: dt.datetime) -> dt.date:
    """The day of a moment, in Oslo."""
    return timezone.localdate(now)


def until_words(row: PlanDecision) -> str:
    """Until when an entry holds, where a later one is registered already; else empty."""
    if row.valid_to is None:
        return ""
    return _("It holds until %(day)s, because something else is registered from the day after.") % {
        "day": in_words(row.valid_to)
    }


def _rows(model: type[Any], municipality: Municipality) -> list[Any]:
    rows = model.objects.across_all(reason=_REASON).filter(municipality=municipality)
    return list(rows.order_by("valid_from", "pk"))


def _locked(decision: PlanDecision) -> Any:
    """The decision as it stands now, with the registers of its municipality locked."""
    row: Any = decision
    register_lock(row.municipality_id)
    return PlanDecision.objects.across_all(reason=_REASON).get(pk=row.pk)


def _signed(row: Any, actor: Any, now: dt.datetime) -> None:
    row.origin, row.registered_at, row.registered_by_name = dated.new_origin(), now, str(actor or "")


def _replaced(rows: Iterable[PlanDecision], day: dt.date) -> PlanDecision | None:
    """What held on the day before the decision, which it replaces."""
    holds = [row for row in rows if row.valid_from < day and (row.valid_to is None or row.valid_to >= day)]
    return holds[-1] if holds else None


def _repoint(rows: Iterable[Any], row: Any) -> None:
    """The decision after a newly inserted one replaces it, and no longer the one before."""
    later = [other for other in rows if other.valid_from > row.valid_from]
    after = min(later, key=lambda other: other.valid_from, default=None)
    if after is not None and after.replaces_id is not None and after.replaces_id == row.replaces_id:
        after.replaces = row
        after.save(update_fields=["replaces"])


# --- Positions --------------------------------------------------------------------------------------


def _positions_write(row: PlanDecision, entry: DecisionEntry, actor: Any, now: dt.datetime) -> list[str]:
    """Write the positions that a decision takes from its first day. Returns what was written, a line each."""
    lines = []
    for model, about, codes, positions in _registers(entry):
        held = _rows(model, row.municipality)
        for code, position in positions.items():
            same = [other for other in held if getattr(other, about) == codes[code]]
            if _position_write(model, row, same, {about: codes[code]}, position, actor, now):
                lines.append(f"{code}: {position}")
    return lines


def _position_write(
    model: type[Any], row: PlanDecision, same: list[Any], about: dict[str, int], position: str, actor: Any, now: Any
) -> bool:
    there = next((other for other in same if other.valid_from == row.valid_from), None)
    if there is None:
        new = model(
            municipality=row.municipality, valid_from=row.valid_from, position=position, decision=row, **about
        )  # fmt: skip
        _signed(new, actor, now)
        dated.insert(new, same, actor=actor, now=now)
        return True
    lines = dated.changed(there, {"position": position, "decision_id": row.pk})
    if lines:
        dated.corrected(there, lines, actor=actor, now=now, reason="")
    return bool(lines)


def _positions_correct(
    row: PlanDecision, entry: DecisionEntry, before: dt.date, actor: Any, now: dt.datetime
) -> list[str]:
    """Bring the positions of a decision to what ``entry`` says; those it no longer takes go. Returns what changed."""
    lines: list[str] = []
    for model, about, codes, positions in _registers(entry):
        names = {pk: code for code, pk in codes.items()}
        held = _rows(model, row.municipality)
        mine = {names[getattr(other, about)]: other for other in held if other.decision_id == row.pk}
        for code, other in mine.items():
            same = [it for it in held if getattr(it, about) == codes[code] and it.pk != other.pk]
            if code not in positions:
                lines.append(f"{code}: {other.position} → –")
                dated.remove(other, same, actor=actor, now=now, reason="")
                continue
            if other.valid_from == before != row.valid_from:
                dated.move(other, same, row.valid_from, actor=actor, now=now)
                other.save(update_fields=["valid_from"])
            changes = dated.changed(other, {"position": positions[code]})
            if changes:
                lines.append(f"{code}: {changes[0].partition(': ')[2]}")
                dated.corrected(other, changes, actor=actor, now=now, reason="")
        new = {code: position for code, position in positions.items() if code not in mine}
        area = model is AreaPosition
        part = DecisionEntry(row.status, areas=new if area else {}, solutions={} if area else new)
        lines += _positions_write(row, part, actor, now)
    return lines


def _registers(entry: DecisionEntry) -> Iterable[tuple[type[Any], str, dict[str, int], Mapping[str, str]]]:
    """The two registers of positions: model, field, ids by code, and what the entry says. Raises EntryRefused for a
    code that is no area or solution."""
    for model, about, source, positions in (
        (AreaPosition, "area_id", FocusArea, entry.areas),
        (SolutionPosition, "solution_id", Solution, entry.solutions),
    ):
        codes = dict(source.objects.values_list("code", "id"))
        if set(positions) - set(codes):
            raise EntryRefused({"solutions": _("Choose one of the answers that are offered.")})
        yield model, about, codes, positions
