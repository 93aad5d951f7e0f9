"""A report's draft as a page shows it: every field with its source, its error and the last report's answer; how far
each section is; and what a register-backed question may choose from. Nothing here writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from networks.models import Network
from reporting.answers_typed import error_text
from reporting.form_spec import FormSpec, QuestionSpec, SectionSpec, visible_codes
from reporting.models import Report
from reporting.services.prefill import LastReport
from reporting.services.rounds import form_spec
from reporting.workflow import RoundClosed, require_report_open

EDITABLE = (Report.Status.NOT_STARTED, Report.Status.DRAFT, Report.Status.RETURNED, Report.Status.REOPENED)


@dataclass(frozen=True)
class SectionProgress:
    """How far a section is. ``total`` visible questions that count (required ones and those that are answered),
    ``filled`` of them answered, ``done`` answered and seen by somebody, ``errors`` that cannot be answers."""

    key: str
    total: int
    filled: int
    done: int
    errors: int

    @property
    def is_done(self) -> bool:
        return self.done == self.total and not self.errors


@dataclass(frozen=True)
class FieldView:
    """One field as a page shows it. ``last`` is the last report's value, ``at`` an ISO moment."""

    key: str
    question: QuestionSpec
    row: str
    value: Any = None
    rev: int = 0
    source: Mapping[str, str] | None = None
    confirmed: bool = False
    by: str = ""
    at: str = ""
    raw: str = ""
    error: str = ""
    last: Any = None


@dataclass(frozen=True)
class DraftView:
    """A report's draft with its form and the last report beside it. ``editable`` is about state and dates only."""

    report: Report
    spec: FormSpec
    fields: Mapping[str, FieldView]
    answers: Mapping[str, Any]
    hidden: Mapping[str, Any]
    visible: frozenset[str]
    comments: Mapping[str, str]
    progress: tuple[SectionProgress, ...]
    version: int
    editable: bool
    last: LastReport = field(default_factory=LastReport)


def is_open(report: Report, now: dt.datetime) -> bool:
    """Whether the report's round takes answers at ``now``."""
    try:
        require_report_open(report, now)
    except RoundClosed:
        return False
    return True


def draft_view(report: Report, last: LastReport, now: dt.datetime) -> DraftView:
    """The draft as it stands, without writing anything."""
    spec = spec_of(report)
    stored = report.draft.get("fields", {})
    answers, hidden = draft_answers(report)
    return DraftView(
        report=report,
        spec=spec,
        fields={key: _field_view(spec, key, stored.get(key, {}), last) for key in spec.field_keys()},
        answers=answers,
        hidden=hidden,
        visible=frozenset(visible_codes(spec, answers)),
        comments=report.draft.get("comments", {}),
        progress=progress(spec, report.draft),
        version=report.draft_version,
        editable=report.status in EDITABLE and is_open(report, now),
        last=last,
    )


def _field_view(spec: FormSpec, key: str, stored: Mapping[str, Any], last: LastReport) -> FieldView:
    question, row = spec.field(key)
    before = last.answers.get(question.code)
    code, raw = stored.get("error", ""), stored.get("raw", "")
    return FieldView(
        key=key,
        question=question,
        row=row,
        value=stored.get("value"),
        rev=stored.get("rev", 0),
        source=stored.get("source"),
        confirmed=is_seen(stored),
        by=stored.get("by", ""),
        at=stored.get("at", ""),
        raw=raw,
        error=error_text(question, code, raw) if code else "",
        last=before.get(row) if row and isinstance(before, Mapping) else before,
    )


def is_seen(stored: Mapping[str, Any]) -> bool:
    """Whether somebody has answered the stored field or seen what was filled in."""
    return bool(stored) and (not stored.get("source") or bool(stored.get("confirmed")))


def spec_of(report: Report) -> FormSpec:
    """The form that the report is read by, parsed once: of its round while it can be changed; what is sent in keeps the
    form it was sent in on, whatever is mended later."""
    sent = report.current if report.status not in EDITABLE else None
    if sent is None or sent.form_version_id == report.round.form_version_id:
        return form_spec(report.round.form_version)
    return form_spec(sent.form_version)


def draft_answers(report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    """The canonical answers of the draft: those that are shown, and those that their condition hides."""
    return split_answers(spec_of(report), report.draft)


def split_answers(spec: FormSpec, draft: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """As ``draft_answers``, of a draft document."""
    every = every_answer(spec, draft)
    shown = visible_codes(spec, every)
    return (
        {code: value for code, value in every.items() if code in shown},
        {code: value for code, value in every.items() if code not in shown},
    )


def every_answer(spec: FormSpec, draft: Mapping[str, Any]) -> dict[str, Any]:
    """All canonical answers of a draft document, hidden ones too."""
    fields = draft.get("fields", {})
    answers: dict[str, Any] = {}
    for question in spec.questions():
        if question.kind == "matrix":
            given = {row: fields.get(f"{question.code}:{row}", {}).get("value") for row in question.row_keys}
            value: Any = {row: key for row, key in given.items() if key is not None} or None
        else:
            value = fields.get(question.code, {}).get("value")
        if value is not None:
            answers[question.code] = value
    return answers


def progress(spec: FormSpec, draft: Mapping[str, Any]) -> tuple[SectionProgress, ...]:
    """How far each section is. Optional questions count once they are answered; a matrix counts as one question."""
    fields = draft.get("fields", {})
    answers = every_answer(spec, draft)
    shown = visible_codes(spec, answers)
    return tuple(_section_progress(section, fields, shown, answers) for section in spec.sections)


def _section_progress(
    section: SectionSpec, fields: Mapping[str, Any], shown: Collection[str], answers: Mapping[str, Any]
) -> SectionProgress:
    total = filled = done = errors = 0
    for question in section.questions:
        if question.code not in shown:
            continue
        stored = [fields.get(key, {}) for key in question.field_keys()]
        errors += any(entry.get("error") for entry in stored)
        answered = all(entry.get("value") is not None for entry in stored)
        if question.is_required(answers) or answered:
            total += 1
            filled += answered
            done += answered and all(is_seen(entry) for entry in stored)
    return SectionProgress(section.key, total, filled, done, errors)


def known_ids(question: QuestionSpec, report: Report, today: dt.date) -> set[str] | None:
    """The ids that a register-backed question may choose from: networks that exist and cover the report's office,
    or no office in particular. One query."""
    return {str(pk) for pk, _name in register_choices(question, report, today)}


def register_choices(question: QuestionSpec, report: Report, today: dt.date) -> list[tuple[int, str]]:
    """``(id, name)`` of what a register-backed question chooses from, by name."""
    if question.limit("register") != "networks":
        return []
    networks = Network.objects.across_all(reason="choices in the form").on(today)
    own = networks.filter(offices=report.office_id) | networks.filter(offices__isnull=True)
    return list(own.distinct().order_by("name", "id").values_list("id", "name"))
