"""Drafts that are ready to be sent in with every check at work: an earlier round to compare with, registers that know
more than some units say, and each warning explained."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from bench import data
from bench.services import DAY, NOW, begun
from municipalities.models import Municipality, PhaseStatus, PlanDecision
from networks.models import Network, Participation
from reporting.checks import CHECKS, ERROR, WARNING
from reporting.demo.people import Cast
from reporting.demo.population import explain
from reporting.models import Report, Submission
from reporting.services.drafts import draft_open, draft_save_many

BEFORE = dt.date(2021, 11, 1)
PLAN = ("plan.decided_on", "plan.case", "plan.link", "plan.expected_on", "plan.process", "plan.anchoring")
STOPS_NOBODY = frozenset(check.code for check in CHECKS if check.level != ERROR)
"""The checks that can find something in a report that is sent in."""


def checked_drafts() -> tuple[list[Report], Cast]:
    """The reports of the round, each with a draft that passes the checks, and the people. Those of copied units have
    the drafts of their originals, and so do their registers and last reports."""
    data.filled_rounds((BEFORE,))
    reports, cast, items = begun(None, _answers)
    _registers(reports)
    originals = set(data.originals())
    for report in (row for row in reports if row.municipality_id in originals):
        contact = cast.contacts[report.municipality_id]
        draft_open(report=report, actor=contact, now=NOW)
        draft_save_many(report=report, items=items(report), actor=contact, now=NOW)
        explain(report, contact, NOW)
    data.copy_drafts(reports[0].round)
    ready = Report.objects.across_all(reason=data.REASON).filter(round=reports[0].round, status="draft")
    return list(ready.select_related("round").defer("draft").order_by("id")), cast


def _kind(number: str) -> int:
    """A unit's place in the mixture, 0-11, the same for its copies: their numbers end alike."""
    return int(number[-2:]) % 12


def _answers(number: str, given: dict[str, Any]) -> dict[str, Any]:
    """Some units say what a check asks about: a plan that is gone or late, a long delay, no network any more."""
    kind = _kind(number)
    if kind <= 4:
        given = {code: value for code, value in given.items() if code not in PLAN}
    if kind <= 2:
        return given | {"plan.status": "none", "progress.phase": "3"}
    if kind <= 4:
        late = {"plan.expected_on": "2022-03-15", "plan.process": "Saken er utsatt til høsten."}
        return given | {"plan.status": "process", **late}
    if kind == 5:
        return given | {"progress.delay_months": 30, "progress.delay_reason": "pandemic"}
    if kind <= 7:
        given = {code: value for code, value in given.items() if code != "network.which"}
        return given | {"network.participates": "no", "progress.step": "2", "progress.phase": "2"}
    return given


def _registers(reports: list[Report]) -> None:
    """What the registers know of every unit: what its last report said, and of some more than that."""
    units = Municipality.objects.across_all(reason=data.REASON).units_as_of(DAY)
    kinds = {unit.pk: _kind(unit.number) for unit in units}
    last = Submission.objects.across_all(reason=data.REASON).filter(report__round__reference_date=BEFORE)
    said = dict(last.values_list("report__municipality_id", "answers"))
    networks: dict[int, int] = {}
    for office, network in Network.offices.through.objects.values_list("office_id", "network_id").order_by("-id"):
        networks[office] = network
    plans, phases, parts = [], [], []
    for report in reports:
        unit, kind = report.municipality_id, kinds[report.municipality_id]
        before = said.get(unit, {})
        where = {"municipality_id": unit, "origin": "bench", "valid_from": BEFORE}
        written = {**where, "registered_at": NOW}
        plans.append(PlanDecision(**written, status="own" if kind <= 1 else before.get("plan.status", "none")))
        step, phase = (5, 4) if kind in (6, 7) else (before.get("progress.step"), before.get("progress.phase"))
        phases.append(PhaseStatus(**written, step=step, phase=phase))
        if kind % 2 == 0:
            parts.append(Participation(**where, network_id=networks[report.office_id], status="active"))
    for model, rows in ((PlanDecision, plans), (PhaseStatus, phases), (Participation, parts)):
        model.objects.get_queryset().bulk_create(rows, batch_size=data.BATCH)


def found() -> Counter[str]:
    """How often each check found something in what was sent in for the round, by its code."""
    rows = Submission.objects.across_all(reason=data.REASON).filter(report__round__reference_date=DAY)
    return Counter(finding["code"] for findings in rows.values_list("findings", flat=True) for finding in findings)


def unexplained() -> int:
    """How many warnings went in without their explanation."""
    rows = Submission.objects.across_all(reason=data.REASON).filter(report__round__reference_date=DAY)
    found = (finding for findings in rows.values_list("findings", flat=True) for finding in findings)
    return sum(finding["level"] == WARNING and not finding["comment"] for finding in found)
