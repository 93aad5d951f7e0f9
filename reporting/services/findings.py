"""What the checks find in a draft: for the page before sending in, and for sending in itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from reporting.checks import ERROR, WARNING, CheckFacts, Finding, run_checks, the_form_itself
from reporting.models import Report
from reporting.services.draft_view import spec_of, split_answers
from reporting.services.prefill import LastReport


def draft_findings(report: Report, last: LastReport, today: dt.date) -> list[Finding]:
    """Everything the checks find in the draft as it stands: errors first. No query beyond the round and its form.

    A question whose answer is broken or missing gets that finding alone.
    """
    spec = spec_of(report)
    answers, _hidden = split_answers(spec, report.draft)
    fields = report.draft.get("fields", {})
    broken = {key: stored["error"] for key, stored in fields.items() if stored.get("error")}
    own = the_form_itself(spec, answers, broken)
    named = {finding.question for finding in own}
    facts = CheckFacts(
        spec=spec,
        answers=answers,
        today=today,
        reference_date=report.round.reference_date,
        previous=last.answers if last.submission else None,
    )
    across = [finding for finding in run_checks(facts) if finding.level != ERROR or finding.question not in named]
    return _ordered(spec, [*own, *across])


def _ordered(spec: Any, findings: Sequence[Finding]) -> list[Finding]:
    places = {question.code: place for place, question in enumerate(spec.questions())}
    errors = [finding for finding in findings if finding.level == ERROR]
    rest = [finding for finding in findings if finding.level != ERROR]
    return [*sorted(errors, key=lambda finding: places[finding.question]), *rest]


def unexplained(findings: Sequence[Finding], comments: Mapping[str, str]) -> list[Finding]:
    """The findings that stop the report: errors, and warnings without an explanation."""
    return [
        finding
        for finding in findings
        if finding.level == ERROR or (finding.level == WARNING and not comments.get(finding.key, "").strip())
    ]
