"""Data for the benchmarks: the real registers, copied where ten times the units are asked for, and filled rounds.

Reports are written in bulk here: what is measured is the reading, and the services are measured on their own.
"""

from __future__ import annotations

import datetime as dt

from django.core.management import call_command
from django.db import transaction

from municipalities.models import Municipality, MunicipalityVersion
from reporting.answers import answer_rows, answers_hash
from reporting.demo.answers import Unit, answers, fits
from reporting.models import Answer, Report, Round, Submission
from reporting.services.rounds import form_spec, round_open

REASON = "benchmark"
ROUNDS = tuple(dt.date(year, month, 1) for year in range(2020, 2026) for month in (5, 11))
BATCH = 2_000


def registers() -> None:
    """Load the real registers, once."""
    if not Municipality.objects.across_all(reason=REASON).exists():
        call_command("load_registers", verbosity=0, stdout=open("/dev/null", "w"))  # noqa: SIM115


def copies(factor: int) -> None:
    """Copy every unit of 2020-2023 until there are ``factor`` times as many."""
    day = dt.date(2022, 5, 1)
    have = Municipality.objects.across_all(reason=REASON).as_of(day).count()
    versions = list(
        MunicipalityVersion.objects.on(day).filter(municipality__kind="municipality", number__regex=r"^\d{4}$")
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


def filled_rounds(days: tuple[dt.date, ...] = ROUNDS) -> list[Round]:
    """The rounds per these days, every report approved with the answers of the demo's generator."""
    return [_filled(day, step) for step, day in enumerate(days)]


def _filled(day: dt.date, step: int) -> Round:
    moment = dt.datetime.combine(day, dt.time(10), dt.UTC)
    round_ = round_open(reference_date=day, actor=None, now=moment)
    spec = form_spec(round_.form_version)
    codes = [question.code for question in spec.questions()]
    rows = [key for question in spec.questions() if question.kind == "matrix" for key in question.row_keys]
    names = {
        unit.pk: unit for unit in Municipality.objects.across_all(reason=REASON).units_as_of(round_.reference_date)
    }
    reports = list(Report.objects.across_all(reason=REASON).filter(round=round_, current=None))
    given = {
        report.pk: fits(answers(Unit(names[report.municipality_id].number, False, (), rows), step % 2, day), codes)
        for report in reports
    }
    with transaction.atomic():
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
    return round_
