"""The checks of a report: one check = one function = one file = one test.

Two hold for every form and follow from the definition alone (``the_form_itself``): an answer that cannot be one, and
a required question without an answer. The others look across questions, and hold in every round whose form asks what
they are about. ``docs/rules.md`` lists them with their sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from reporting.checks import (
    adopted_without_date,
    decision_date,
    expected_date_past,
    long_delay,
    national_id,
    network_missing,
    phase_without_plan,
    register_network,
    register_phase,
    register_plan,
    register_step,
    solution_newly_adopted,
    solutions_without_plan,
    sources,
    status_gone_back,
)
from reporting.checks.finding import ERROR, LEVELS, REMARK, WARNING, Check, CheckFacts, Finding, Rule
from reporting.form_spec import FormSpec, visible_codes

__all__ = [
    "CHECKS", "ERROR", "REMARK", "RULES", "WARNING", "Check", "CheckFacts", "Finding", "Rule", "run_checks",
    "the_form_itself",
]  # fmt: skip

CHECKS: tuple[Check, ...] = (
    adopted_without_date.CHECK,
    decision_date.CHECK,
    network_missing.CHECK,
    expected_date_past.CHECK,
    status_gone_back.CHECK,
    register_plan.CHECK,
    solutions_without_plan.CHECK,
    phase_without_plan.CHECK,
    long_delay.CHECK,
    national_id.CHECK,
    solution_newly_adopted.CHECK,
    register_network.CHECK,
    register_step.CHECK,
    register_phase.CHECK,
)
"""Errors first, then warnings, then remarks."""

FORM_ITSELF: tuple[Rule, ...] = (
    Rule(
        code="required",
        level=ERROR,
        title=_("All questions that are not optional, are answered."),
        why=_("What is not answered cannot be counted."),
        compares=_("The answers and the questions of the form that are shown and not optional."),
        source=sources.HALF_YEARLY,
        says=_("What is asked each half-year is fixed by Helsedirektoratet, and is summed up for the ministry."),
    ),
    Rule(
        code="invalid",
        level=ERROR,
        title=_("Every answer has the right form: a date is a date, a number a number."),
        why=_("What cannot be read as an answer cannot be counted."),
        compares=_("Each answer and the kind, the choices and the limits of its question."),
        source=sources.HALF_YEARLY,
        says=_("What is asked each half-year is fixed by Helsedirektoratet, and is summed up for the ministry."),
    ),
)
"""What ``the_form_itself`` looks for, as the list of checks says it."""

RULES: tuple[Rule, ...] = (*FORM_ITSELF, *CHECKS)
"""Everything that is looked at when a report is sent in."""


def run_checks(facts: CheckFacts) -> list[Finding]:
    """All findings across questions, errors first, each level in the form's order."""
    order = {question.code: place for place, question in enumerate(facts.spec.questions())}
    findings = [finding for check in CHECKS for finding in check.run(facts)]
    return sorted(findings, key=lambda one: (LEVELS.index(one.level), order.get(one.question, 0)))


def the_form_itself(spec: FormSpec, answers: Mapping[str, Any], errors: Mapping[str, str]) -> list[Finding]:
    """Errors that follow from the form alone: required questions that are shown and not answered, and fields whose
    text cannot be an answer (``errors``: field key -> error code).

    A matrix is one finding, at its first row without an answer.
    """
    shown = visible_codes(spec, answers)
    findings: list[Finding] = []
    for question in spec.questions():
        if question.code not in shown:
            continue
        broken = [key for key in question.field_keys() if key in errors]
        for key in broken:
            row = spec.field(key)[1]
            values = {"question": question.name}
            text = _("%(question)s: the answer cannot be used as it is. Correct it.")
            findings.append(Finding(ERROR, "invalid", text, question.code, row or question.code, values))
        if question.is_required(answers) and not broken:
            findings.extend(_missing(question, answers.get(question.code)))
    return findings


def _missing(question: Any, value: Any) -> list[Finding]:
    values: dict[str, Any] = {"question": question.name}
    if question.kind != "matrix":
        if value is not None:
            return []
        text = _("%(question)s: answer this question.")
        return [Finding(ERROR, "required", text, question.code, question.code, values)]
    rows = [row.key for row in question.rows if row.key not in (value or {})]
    if not rows:
        return []
    text = _("%(question)s: %(count)s of %(total)s are not answered.")
    values |= {"count": len(rows), "total": len(question.rows)}
    return [Finding(ERROR, "required", text, question.code, rows[0], values)]
