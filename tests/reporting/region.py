"""A region's report in a state, made without its services: what these tests need is that it is there."""

from __future__ import annotations

from reporting.models import RegionalReport, RegionalSubmission, Report
from tests.reporting.factories import at


def delivered_region(report: Report, status: str = "delivered") -> RegionalReport:
    """The region of ``report`` with its report of the round at Hdir."""
    now = at(report.round.office_deadline)
    regional = RegionalReport.objects.get_queryset().create(round=report.round, office=report.office)
    submission = RegionalSubmission.objects.get_queryset().create(
        regional=regional, number=1, form_version=report.round.form_version, answers={}, answers_hash="0" * 64,
        submitted_by_name="Amina", submitted_at=now,
    )  # fmt: skip
    RegionalReport.objects.get_queryset().filter(pk=regional.pk).update(
        status=status, current=submission, delivered_at=now, accepted_at=now if status == "accepted" else None
    )
    return regional
