"""The receipt of a Submission as Content: what was sent in, by whom and when, and every answer.

A Submission is frozen, so the same receipt can be made again at any time. This file reads the database; what is drawn
is the Content alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from municipalities.services import UnitName, unit_names
from networks.models import Network
from reporting.answers import date_text, format_answer
from reporting.documents import texts
from reporting.documents.content import Block, Column, Content, Heading, Paragraph, Row, Table, Text
from reporting.form_spec import FormSpec, QuestionSpec, SectionSpec, local, visible_codes
from reporting.models import Submission
from reporting.services.rounds import form_spec


def receipt_content(submission: Submission, language: str) -> Content:
    """The receipt in ``nb`` or ``nn``. A constant number of queries."""
    report = submission.report
    day = report.round.reference_date
    unit = unit_names([report.municipality_id], day)[report.municipality_id]
    spec = form_spec(submission.form_version)
    networks = _networks(spec, submission.answers)
    with override(language):
        blocks: list[Block] = [Heading("receipt", 1, _("Receipt"), numbered=False), _delivered(submission, unit)]
        if report.round.is_test:
            trial = (
                _("This is a test round."),
                _("What is answered here is counted nowhere, changes no register, and will be wiped."),
            )
            blocks.append(Paragraph((Text(" ".join(trial)),), "note"))
        blocks += _findings(submission, spec, language)
        for section in spec.sections:
            blocks += _section(section, submission.answers, spec, language, networks, _tables(blocks))
        blocks.append(Paragraph((Text(_("Reports from municipalities are as a rule public.")),), "note"))
        return Content(
            title=_("Receipt for the report as of %(day)s") % {"day": date_text(day)},
            subtitle=f"{unit.display_name} ({unit.number})",
            language=language,
            as_of=day,
            frozen_at=timezone.localtime(submission.submitted_at).isoformat(timespec="seconds"),
            version=str(submission.number),
            blocks=tuple(blocks),
            labels=_labels(language),
            counts=((_("Questions answered"), len(submission.answers)),),
            sample=settings.PORTAL_DEMO,
            meta=_meta(submission, unit),
            kind="receipt",
        )


def receipt_number(submission: Submission) -> str:
    """The number on the receipt: round, report and submission, ``2022-05-17-1``."""
    return f"{submission.report.round.reference_date:%Y-%m}-{submission.report_id}-{submission.number}"


def _tables(blocks: Iterable[Block]) -> int:
    """How many tables there are, so that the next one gets the next number."""
    return sum(isinstance(block, Table) for block in blocks)


def _labels(language: str) -> tuple[tuple[str, str], ...]:
    fixed = dict(texts.labels(_, language))
    fixed |= {
        "document_kind": _("Receipt"),
        "as_of": _("The report is as of"),
        "frozen_at": _("Sent in"),
        "attachment": _("The answers as JSON"),
    }
    return tuple(fixed.items())


def _delivered(submission: Submission, unit: UnitName) -> Paragraph:
    text = _("%(unit)s sent in the report on %(moment)s.") % {
        "unit": unit.display_name,
        "moment": moment_text(submission.submitted_at),
    }
    return Paragraph((Text(text), Text(" " + timeliness_text(submission))), "lead")


def timeliness_text(submission: Submission) -> str:
    """A sentence on whether the report came in time, in the active language."""
    if not submission.days_late and submission.extended_to:
        return _("It came within its extended deadline, %(day)s.") % {"day": date_text(submission.extended_to)}
    if not submission.days_late:
        return _("It came in time.")
    late = submission.days_late
    return ngettext("It came %(days)s day after the deadline.", "It came %(days)s days after the deadline.", late) % {
        "days": late
    }


def moment_text(moment: dt.datetime) -> str:
    """``23. mai 2022 kl. 14.04`` in Oslo's time, with hard blanks."""
    here = timezone.localtime(moment)
    return _("%(day)s at %(clock)s") % {"day": date_text(here.date()), "clock": f"{here:%H.%M}"}


def _meta(submission: Submission, unit: UnitName) -> tuple[tuple[str, str], ...]:
    report = submission.report
    lines = [
        (_("Municipality or district"), f"{unit.display_name} ({unit.number})"),
        (_("Round"), date_text(report.round.reference_date)),
        (_("Sent in by"), submission.submitted_by_name),
        (_("Receipt number"), receipt_number(submission)),
        (_("Form published"), form_published(submission)),
        (_("Control code of the answers"), submission.answers_hash),
    ]
    if submission.on_behalf_of_id is not None:
        lines.insert(3, (_("On behalf of"), unit.display_name))
    return tuple(lines)


def form_published(submission: Submission) -> str:
    """The day on which the form that was answered was published; its name where it has none."""
    form = submission.form_version
    return date_text(timezone.localdate(form.published_at)) if form.published_at else form.name


def _findings(submission: Submission, spec: FormSpec, language: str) -> list[Block]:
    explained = [entry for entry in submission.findings if entry.get("comment")]
    if not explained:
        return []
    columns = (Column("finding", _("Warning"), "text"), Column("comment", _("Explanation"), "text"))
    rows = tuple(Row(entry["key"], (local(entry["message"], language), entry["comment"])) for entry in explained)
    heading = _("Explained warnings")
    return [Heading("explained", 2, heading, numbered=False), Table("T1", heading, columns, rows)]


def _section(
    section: SectionSpec,
    answers: Mapping[str, Any],
    spec: FormSpec,
    language: str,
    networks: Mapping[str, str],
    tables: int,
) -> Iterable[Block]:
    shown = visible_codes(spec, answers)
    title = local(section.title, language)
    columns = (Column("question", _("Question"), "text"), Column("answer", _("Answer"), "text"))
    asked = [question for question in section.questions if question.code in shown]
    rows = tuple(
        Row(question.code, (local(question.text, language),
                            format_answer(question, answers.get(question.code), language, networks)))
        for question in asked
        if question.kind != "matrix"
    )  # fmt: skip
    yield Heading(f"section-{section.key}", 2, title, numbered=False)
    if rows:
        tables += 1
        yield Table(f"T{tables}", title, columns, rows)
    for question in asked:
        if question.kind == "matrix":
            tables += 1
            yield _matrix(question, answers.get(question.code) or {}, language, f"T{tables}")


def _matrix(question: QuestionSpec, value: Mapping[str, str], language: str, name: str) -> Table:
    groups = {group.key: local(group.text, language) for group in question.groups}
    columns = (Column("row", local(question.name, language), "text"), Column("answer", _("Answer"), "text"))
    rows = tuple(
        Row(row.key, (local(row.text, language), format_answer(question, value.get(row.key), language)),
            group=groups.get(row.group, ""))
        for row in question.rows
    )  # fmt: skip
    return Table(name, local(question.text, language), columns, rows)


def _networks(spec: FormSpec, answers: Mapping[str, Any]) -> dict[str, str]:
    ids = {pk for question in spec.questions() if question.kind == "register" for pk in answers.get(question.code, ())}
    if not ids:
        return {}
    rows = Network.objects.across_all(reason="names in a receipt").filter(pk__in=ids)
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}
