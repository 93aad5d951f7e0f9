"""Whose a report is when its unit has ended since: merged into another, or split. The report itself stays as it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from municipalities.services import lineage_of_all, unit_names
from reporting.models import Report


@dataclass(frozen=True)
class Whose:
    """The units of today (their names) to which the report's unit belongs; none when it leads to no other."""

    names: tuple[str, ...]


def whose_now(report: Report, today: dt.date) -> Whose | None:
    """None while the report's unit exists on ``today``. One query; three more when it has ended."""
    if report.municipality_id in unit_names([report.municipality_id], today):
        return None
    related = lineage_of_all().today(report.municipality_id, today)
    names = unit_names([entry.unit_id for entry in related], today)
    return Whose(tuple(names[entry.unit_id].display_name for entry in related if entry.unit_id in names))
