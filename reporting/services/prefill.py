"""What the registers or the last report know is filled in, so that nobody is asked twice (idea 4, Tillegg 40).

A question names its sources in ``prefill``, best first: ``last`` (the last report) or ``<register>:<value>``. Each
filled-in value carries its source: which one, who answered or that it is the register, and when. A value that the
form of this round cannot hold is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from municipalities.models import PhaseStatus, PlanAnchoring, PlanDecision, SolutionPosition
from networks.models import Participation, SupportActivity
from reform.dates import previous_reference_date
from reporting.answers import value_at
from reporting.answers_typed import clean
from reporting.documents.rules import REGIONAL_KINDS
from reporting.form_spec import FormSpec, QuestionSpec
from reporting.models import Report, Round, Submission
from reporting.services.register_facts import held, participations

_REASON = "fill in what the portal knows about this unit"


@dataclass(frozen=True)
class Prefilled:
    """A canonical value and where it is from: ``{"kind", "by", "on"}`` (kind: ``last``, or the register's name)."""

    value: Any
    source: dict[str, str]


@dataclass(frozen=True)
class LastReport:
    """The same unit's last submission in an earlier round. Without one ``answers`` is empty."""

    round: Round | None = None
    submission: Submission | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> dict[str, str]:
        """The source mark of a value taken from it."""
        if self.submission is None or self.round is None:
            return {}
        return {
            "kind": "last",
            "by": self.submission.submitted_by_name,
            "on": timezone.localdate(self.submission.submitted_at).isoformat(),
            "round": self.round.reference_date.isoformat(),
        }


def last_report(report: Report) -> LastReport:
    """What the unit sent in last before this round. One query.

    A unit that did not exist then (a merger) has none. A report that was returned and not sent in again counts too:
    it is the best that is known.
    """
    earlier = (
        Submission.objects.across_all(reason=_REASON)
        .filter(
            report__municipality_id=report.municipality_id,
            report__round__reference_date__lt=report.round.reference_date,
        )
        .exclude(report__round__kind=Round.Kind.TEST)
    )
    rows = earlier.select_related("report__round", "form_version").defer("form_version__definition")
    submission = rows.order_by("-report__round__reference_date", "-number").first()
    if submission is None:
        return LastReport()
    return LastReport(submission.report.round, submission, submission.answers)


class _Registers:
    """The registers as they stand on a day, each read once and only when a question asks for it."""

    def __init__(self, report: Report, since: dt.date, today: dt.date) -> None:
        self.report, self.since, self.today = report, since, today

    def _rows(self, model: type[Any]) -> Any:
        return held(model, self.report.municipality_id, self.today)

    @cached_property
    def plan(self) -> tuple[dict[str, Any], dt.date | None]:
        row = self._rows(PlanDecision).first()
        if row is None:
            return {}, None
        values = {
            "status": row.status,
            "decided_on": row.decided_on and row.decided_on.isoformat(),
            "case_number": row.case_number,
            "link": row.link,
            "expected_on": row.expected_on and row.expected_on.isoformat(),
            "process": row.process,
        }
        return values, timezone.localdate(row.registered_at)

    @cached_property
    def phase(self) -> tuple[dict[str, Any], dt.date | None]:
        row = self._rows(PhaseStatus).first()
        if row is None:
            return {}, None
        values = {
            "step": row.step and str(row.step),
            "phase": row.phase and str(row.phase),
            "delay_months": row.delay_months,
            "delay_reason": row.delay_reason,
        }
        return values, timezone.localdate(row.registered_at)

    @cached_property
    def anchoring(self) -> tuple[dict[str, Any], dt.date | None]:
        rows = list(self._rows(PlanAnchoring).filter(is_expected=False))
        return {"plan_types": list(dict.fromkeys(row.plan_type for row in rows))}, _latest(rows)

    @cached_property
    def positions(self) -> tuple[dict[str, Any], dt.date | None]:
        rows = list(self._rows(SolutionPosition).select_related("solution"))
        return {"solutions": {row.solution.code: row.position for row in rows}}, _latest(rows)

    @cached_property
    def participation(self) -> tuple[dict[str, Any], dt.date | None]:
        """The networks that the form offers. Whether the unit takes part is asked of regional ones, as the core
        indicator is counted (``rules.REGIONAL_KINDS``)."""
        rows = participations(self.report.municipality_id, self.report.office_id, self.today)
        found = list(rows.select_related("network").distinct())
        regional = {row.status for row in found if row.network.kind in REGIONAL_KINDS}
        if not regional:
            return {}, None
        part = "yes" if Participation.Status.ACTIVE in regional else "planned"
        which = list(dict.fromkeys(str(row.network_id) for row in found))
        return {"participates": part, "which": which}, max(row.valid_from for row in found)

    @cached_property
    def support(self) -> tuple[dict[str, Any], dt.date | None]:
        """What was given since the last round; nothing registered fills nothing in, and not that none was given."""
        given = SupportActivity.objects.across_all(reason=_REASON).filter(
            municipalities=self.report.municipality_id, on__gt=self.since, on__lte=self.today
        )
        rows = list(given.values_list("kind", "on"))
        return {"received": sorted({kind for kind, _on in rows})}, max((on for _kind, on in rows), default=None)


def _latest(rows: list[Any]) -> dt.date | None:
    return max((timezone.localdate(row.registered_at) for row in rows), default=None)


_REGISTERS: dict[str, Callable[[_Registers], tuple[dict[str, Any], dt.date | None]]] = {
    "plan": lambda registers: registers.plan,
    "phase": lambda registers: registers.phase,
    "anchoring": lambda registers: registers.anchoring,
    "positions": lambda registers: registers.positions,
    "participation": lambda registers: registers.participation,
    "support": lambda registers: registers.support,
}


def prefill(spec: FormSpec, report: Report, last: LastReport, today: dt.date) -> dict[str, Prefilled]:
    """What can be filled in, by field key. At most one query for each register that the form names."""
    registers = _Registers(report, previous_reference_date(report.round.reference_date), today)
    filled: dict[str, Prefilled] = {}
    for question in spec.questions():
        for row in question.row_keys or ("",):
            found = _first(question, row, registers, last)
            if found is not None:
                filled[f"{question.code}:{row}" if row else question.code] = found
    return filled


def _first(question: QuestionSpec, row: str, registers: _Registers, last: LastReport) -> Prefilled | None:
    for name in question.prefill:
        if name == "last":
            value, source = value_at(last.answers, question, row), last.source
        else:
            register, _, part = name.partition(":")
            values, on = _REGISTERS[register](registers)
            value = values.get(part)
            value = value.get(row) if row and isinstance(value, Mapping) else value
            if register == "support":  # the register knows kinds that no form has asked about
                value = [kind for kind in value if kind in question.option_keys] if value else value
            source = {"kind": register, "by": "", "on": on.isoformat() if on else ""}
        cleaned = clean(question, value, row=row)
        if cleaned.value is not None:
            return Prefilled(cleaned.value, source)
    return None
