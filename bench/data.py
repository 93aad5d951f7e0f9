"""Data for the benchmarks: the real registers, copied where ten times the units are asked for, and filled rounds.

Reports are written in bulk here: what is measured is the reading, and the services are measured on their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.management import call_command
from django.db import connection, models, transaction

from municipalities.models import Municipality, MunicipalityVersion
from reporting.answers import answer_rows, answers_hash
from reporting.demo.answers import Unit, answers, fits
from reporting.models import Answer, Report, Round, Submission
from reporting.services.rounds import form_spec, round_open

REASON = "benchmark"
DAY = dt.date(2022, 5, 1)
ROUNDS = tuple(dt.date(year, month, 1) for year in range(2020, 2026) for month in (5, 11))
BATCH = 2_000
COPY = r"^[1-9]\d{4,}$"
"""A copy's number: that of its original after the copy's own. Districts have six digits too, and begin with 0."""


def registers() -> None:
    """Load the real registers, once."""
    if not Municipality.objects.across_all(reason=REASON).exists():
        call_command("load_registers", verbosity=0, stdout=open("/dev/null", "w"))  # noqa: SIM115


def copies(factor: int) -> None:
    """Copy every unit of 2020-2023 until there are ``factor`` times as many."""
    have = Municipality.objects.across_all(reason=REASON).as_of(DAY).count()
    versions = list(
        MunicipalityVersion.objects.on(DAY).filter(municipality__kind="municipality", number__regex=r"^\d{4}$")
    )
    for number in range(have // len(versions), factor):
        made = Municipality.objects.get_queryset().bulk_create([Municipality() for _ in versions])
        MunicipalityVersion.objects.bulk_create(
            [
                MunicipalityVersion(
                    municipality=unit,
                    number=f"{number}{version.number}",
                    name=version.name,
                    sort_key=version.sort_key,
                    county_id=version.county_id,
                    office_id=version.office_id,
                    valid_from=dt.date(2020, 1, 1),
                )
                for unit, version in zip(made, versions, strict=True)
            ]
        )


def originals() -> list[int]:
    """The units of the real registers."""
    return list(MunicipalityVersion.objects.on(DAY).exclude(number__regex=COPY).values_list("municipality", flat=True))


def filled_rounds(days: tuple[dt.date, ...] = ROUNDS) -> list[Round]:
    """The rounds per these days, every report approved with the answers of the demo's generator."""
    return [_filled(day, step) for step, day in enumerate(days)]


def _filled(day: dt.date, step: int) -> Round:
    """The originals' answers come from the demo's generator, in bulk; those of their copies are copied in SQL."""
    moment = dt.datetime.combine(day, dt.time(10), dt.UTC)
    round_ = round_open(reference_date=day, actor=None, now=moment)
    with transaction.atomic(), connection.cursor() as cursor:
        _pairs()
        cursor.execute("SELECT copy_id FROM bench_pair")
        copied = {pk for (pk,) in cursor.fetchall()}
        _write_answers(round_, step, moment, leave=copied)
        _copy_answers(round_)
        _write_answers(round_, step, moment, leave=set())  # copies of a unit that is not there on this day
    return round_


def _write_answers(round_: Round, step: int, moment: dt.datetime, *, leave: set[int]) -> None:
    """Submissions of every report that has none, except those of the units in ``leave``."""
    spec = form_spec(round_.form_version)
    codes = [question.code for question in spec.questions()]
    rows = [key for question in spec.questions() if question.kind == "matrix" for key in question.row_keys]
    day = round_.reference_date
    names = {unit.pk: unit for unit in Municipality.objects.across_all(reason=REASON).units_as_of(day)}
    empty = Report.objects.across_all(reason=REASON).filter(round=round_, current=None)
    reports = [report for report in empty if report.municipality_id not in leave]
    given = {
        report.pk: fits(answers(Unit(names[report.municipality_id].number, False, (), rows), step % 2, day), codes)
        for report in reports
    }
    submissions = Submission.objects.get_queryset().bulk_create(
        [
            Submission(
                report=report, number=1, form_version_id=round_.form_version_id, answers=given[report.pk],
                answers_hash=answers_hash(given[report.pk]), submitted_by_name="bench", submitted_at=moment,
            )
            for report in reports
        ],
        batch_size=500,
    )  # fmt: skip
    batch: list[Answer] = []
    for submission in submissions:
        batch += [
            Answer(
                submission=submission, question=row.question, row=row.row, value=row.value, number=row.number,
                date=row.date, text=row.text,
            )
            for row in answer_rows(spec, given[submission.report_id])
        ]  # fmt: skip
        if len(batch) > BATCH:
            Answer.objects.get_queryset().bulk_create(batch, batch_size=BATCH)
            batch = []
    Answer.objects.get_queryset().bulk_create(batch, batch_size=BATCH)
    for report, submission in zip(reports, submissions, strict=True):
        report.current, report.status = submission, Report.Status.APPROVED
        report.submitted_at = report.approved_at = moment
    Report.objects.get_queryset().bulk_update(
        reports, ["current", "status", "submitted_at", "approved_at"], batch_size=500
    )


def _pairs() -> None:
    """A table of which unit is the copy of which, for as long as the connection lasts."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_pair")
        cursor.execute(
            """CREATE TEMPORARY TABLE bench_pair AS
               SELECT copied.municipality_id AS copy_id, original.municipality_id AS original_id
               FROM municipalities_municipalityversion copied
               JOIN municipalities_municipalityversion original
                 ON substr(copied.number, length(copied.number) - 3) = original.number AND original.valid_from <= %s
                AND (original.valid_to IS NULL OR original.valid_to >= %s)
               WHERE length(copied.number) > 4 AND copied.number >= '1' AND length(original.number) = 4""",
            [DAY, DAY],
        )
        cursor.execute("CREATE INDEX bench_pair_original ON bench_pair (original_id)")


COPIES = """FROM reporting_report original
            JOIN bench_pair ON bench_pair.original_id = original.municipality_id
            JOIN reporting_report copied
              ON copied.municipality_id = bench_pair.copy_id AND copied.round_id = original.round_id"""


def _copy_answers(round_: Round) -> None:
    """Give every copy without a submission that of its original, with its answers."""
    where = "WHERE original.round_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            insert_select(Submission, {"report_id": "copied.id"})
            + f"{COPIES} JOIN reporting_submission source ON source.id = original.current_id"
            f" {where} AND copied.current_id IS NULL",
            [round_.pk],
        )
        cursor.execute(
            """UPDATE reporting_report SET status = 'approved',
               current_id = (SELECT id FROM reporting_submission sent WHERE sent.report_id = reporting_report.id),
               submitted_at = (SELECT submitted_at FROM reporting_submission s WHERE s.report_id = reporting_report.id),
               approved_at = (SELECT submitted_at FROM reporting_submission s WHERE s.report_id = reporting_report.id)
               WHERE round_id = %s AND current_id IS NULL
               AND EXISTS (SELECT 1 FROM reporting_submission s WHERE s.report_id = reporting_report.id)""",
            [round_.pk],
        )
        cursor.execute(
            insert_select(Answer, {"submission_id": "copied.current_id"})
            + f"{COPIES} JOIN reporting_answer source ON source.submission_id = original.current_id {where}"
            " AND NOT EXISTS (SELECT 1 FROM reporting_answer there WHERE there.submission_id = copied.current_id)",
            [round_.pk],
        )


def insert_select(model: type[models.Model], replaced: Mapping[str, str]) -> str:
    """``INSERT … SELECT`` of the rows called ``source``, with some columns ``replaced``."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join(replaced.get(column, f"source.{column}") for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {model._meta.db_table} ({names}) SELECT {chosen} "


def copy_drafts(round_: Round) -> None:
    """Give every copy's report, not begun yet, the draft of its original."""
    _pairs()
    drafts = dict(Report.objects.across_all(reason=REASON).filter(round=round_).values_list("municipality_id", "pk"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT copy_id, original_id FROM bench_pair")
        pairs = [(drafts[copy], drafts[original]) for copy, original in cursor.fetchall()]
    reports = Report.objects.across_all(reason=REASON).filter(round=round_).in_bulk()
    changed = []
    for copy, original in pairs:
        if reports[copy].status == Report.Status.NOT_STARTED:
            for field in ("draft", "draft_version", "draft_saved_at", "draft_saved_by", "status"):
                setattr(reports[copy], field, getattr(reports[original], field))
            changed.append(reports[copy])
    Report.objects.get_queryset().bulk_update(
        changed, ["draft", "draft_version", "draft_saved_at", "draft_saved_by", "status"], batch_size=200
    )
