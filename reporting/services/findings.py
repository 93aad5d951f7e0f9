"""What the checks find in a draft: for the page before sending in, and for sending in itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from municipalities.national_ids import has_national_id
from reporting.checks import ERROR, WARNING, CheckFacts, Finding, run_checks, the_form_itself
from reporting.models import Report
from reporting.services.draft_view import EDITABLE, spec_of, split_answers
from reporting.services.drafts import lock_report
from reporting.services.prefill import LastReport
from reporting.services.register_facts import register_facts


def draft_findings(report: Report, last: LastReport, today: dt.date) -> list[Finding]:
    """Everything the checks find in the draft as it stands, held against the registers as the draft knows them: errors
    first. No query beyond the round and its form; ``findings_now`` is for all but the saving of a single field.

    A question gets one error at most.
    """
    spec = spec_of(report)
    answers, _hidden = split_answers(spec, report.draft)
    fields = report.draft.get("fields", {})
    broken = {key: stored["error"] for key, stored in fields.items() if stored.get("error")}
    own = the_form_itself(spec, answers, broken)
    facts = CheckFacts(
        spec=spec,
        answers=answers,
        today=today,
        reference_date=report.round.reference_date,
        previous=last.answers if last.submission else None,
        registers=report.draft.get("registers", {}),
    )
    return _ordered(spec, _once(own, run_checks(facts)))


def findings_now(report: Report, last: LastReport, today: dt.date) -> list[Finding]:
    """As ``draft_findings``, held against the registers as they are now. One query; where they have changed since,
    the draft learns it, so that the fields that are saved next are held against the same."""
    facts = register_facts(report)
    if facts != report.draft.get("registers"):
        _learn(report, facts)
    return draft_findings(report, last, today)


def _learn(report: Report, facts: Mapping[str, str]) -> None:
    """Put what the registers say into the draft, begun and not sent in, and into the caller's object. No answer is
    touched, so the draft keeps its version."""
    if "fields" in report.draft and report.status in EDITABLE:
        with transaction.atomic():
            row = lock_report(report)
            if "fields" in row.draft and row.status in EDITABLE:
                row.draft["registers"] = facts
                row.save(update_fields=["draft"])
    report.draft = {**report.draft, "registers": facts}


def _once(own: Sequence[Finding], across: Sequence[Finding]) -> list[Finding]:
    """One error a question: that it cannot be used as it is, else what a check says of it, else that it is missing."""
    broken = {finding.question for finding in own if finding.code == "invalid"}
    kept = [finding for finding in across if finding.level != ERROR or finding.question not in broken]
    said = {finding.question for finding in kept if finding.level == ERROR}
    return [*(finding for finding in own if finding.code == "invalid" or finding.question not in said), *kept]


def _ordered(spec: Any, findings: Sequence[Finding]) -> list[Finding]:
    places = {question.code: place for place, question in enumerate(spec.questions())}
    errors = [finding for finding in findings if finding.level == ERROR]
    rest = [finding for finding in findings if finding.level != ERROR]
    return [*sorted(errors, key=lambda finding: places[finding.question]), *rest]


def unexplained(findings: Sequence[Finding], comments: Mapping[str, str]) -> list[Finding]:
    """The findings that stop the report: errors, and warnings without an explanation. One that holds a national
    identity number explains nothing: it must be written anew."""
    return [
        finding
        for finding in findings
        if finding.level == ERROR or (finding.level == WARNING and not _explains(comments.get(finding.key, "")))
    ]


def _explains(comment: str) -> bool:
    return bool(comment.strip()) and not has_national_id(comment)
