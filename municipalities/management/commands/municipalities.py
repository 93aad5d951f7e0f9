"""Lists the municipalities of a day, for scripts outside the portal."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from municipalities.models import Municipality
from municipalities.services import lineage_of_all, office_names

FIELDS = ("id", "number", "name", "county", "office")
BELONGS = "belongs_to"


class Command(BaseCommand):
    help = (
        "List the municipalities that existed on a day, in Norwegian order, with id, number, name, county and office."
        " The id is the municipality's own and stays when it gets a new number. Numbers are text (0301)."
        " With --in-borders-of each also tells the municipalities of that day to which it belongs; whole is false where"
        " only a part of it does (a split)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        # Checked below, so that a mistake is told in one line.
        parser.add_argument("--as-of", dest="as_of", default="", help="the day, as YYYY-MM-DD")
        parser.add_argument("--in-borders-of", dest="borders", default="", help="another day, as YYYY-MM-DD")
        parser.add_argument("--format", dest="format", default="json", help="json or csv")

    def handle(self, *args: Any, **options: Any) -> None:
        day, style = _day(options["as_of"]), options["format"]
        if style not in ("json", "csv"):
            raise CommandError(f"Unknown format {style!r}. Choose json or csv.")
        rows = _rows(day)
        if not rows:
            raise CommandError(f"No municipality is registered on {day}. Has load_registers been run?")
        if options["borders"]:
            _add_belongs(rows, day, _day(options["borders"], "--in-borders-of"))
        if style == "json":
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        heads = (*FIELDS, BELONGS) if options["borders"] else FIELDS
        writer = csv.DictWriter(self.stdout, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **_in_words(row)} for row in rows)


def _add_belongs(rows: list[dict[str, Any]], day: dt.date, other: dt.date) -> None:
    """Tell of each row the municipalities of the other day, before or after, to which it belongs."""
    lineage = lineage_of_all()
    for row in rows:
        related = lineage.today(row["id"], other) if other >= day else lineage.origins(row["id"], other)
        spans = [(entry, lineage.span_on(entry.unit_id, other)) for entry in related]
        row[BELONGS] = [
            {"id": entry.unit_id, "number": span.number, "name": span.name, "whole": entry.whole}
            for entry, span in spans
            if span is not None
        ]


def _in_words(row: dict[str, Any]) -> dict[str, str]:
    """For CSV: the numbers with a semicolon between, and "part" in parentheses where only a part belongs there."""
    if BELONGS not in row:
        return {}
    numbers = [entry["number"] if entry["whole"] else f"{entry['number']} (part)" for entry in row[BELONGS]]
    return {BELONGS: "; ".join(numbers)}


def _day(text: str, option: str = "--as-of") -> dt.date:
    if not text:
        raise CommandError(f"Say which day: {option} YYYY-MM-DD.")
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a day has no time zone)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a day. Write it as YYYY-MM-DD, for example 2022-05-01.") from error


def _rows(day: dt.date) -> list[dict[str, Any]]:
    offices = office_names(day)
    units = Municipality.objects.across_all(reason="a list of names and numbers, which are public").as_of(day)
    return [
        {
            "id": row.pk,
            "number": row.number,
            "name": row.name,
            "county": row.county_name,
            "office": offices[row.office_id].name if row.office_id in offices else row.office_key,
        }
        for row in units
    ]
