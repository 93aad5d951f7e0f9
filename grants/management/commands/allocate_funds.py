"""Shares a year's funds among the offices, for scripts outside the portal."""

from __future__ import annotations

import csv
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from grants.services.funds import YearUnknown, allocation_by, formula_copied, formula_of, formula_years, plain
from municipalities.services.dated import EntryRefused

LANGUAGE = "en"
"""A script reads what this says, so its sentences are those of the other commands."""


class Command(BaseCommand):
    help = (
        "Share the offices' funds of YEAR by its formula, and tell what each office gets, in 1 000 kr, in the offices'"
        " own order. With --formula another year's formula is used, with the offices and municipalities of 1 January"
        " of YEAR. CSV has a last line with the sums."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        # Checked below, so that a mistake is told in one line.
        parser.add_argument("year", nargs="?", default="", metavar="YEAR", help="the year, for example 2022")
        parser.add_argument("--formula", dest="formula", default="", help="the year whose formula is used instead")
        parser.add_argument("--format", dest="format", default="json", help="json or csv")

    def handle(self, *args: Any, **options: Any) -> None:
        year, style = _year(options["year"]), options["format"]
        other = _year(options["formula"]) if options["formula"] else year
        if style not in ("json", "csv"):
            raise CommandError(f"Unknown format {style!r}. Choose json or csv.")
        try:
            with translation.override(LANGUAGE):
                formula = formula_of(other)
                shared = allocation_by(formula if other == year else formula_copied(formula, year))
        except YearUnknown as unknown:
            hint = "With --formula YEAR another year's is used." if formula_years() else "Has load_registers been run?"
            raise CommandError(f"{unknown} {hint}") from None
        except EntryRefused as refused:
            raise CommandError(str(refused)) from None
        told = plain(shared)
        if style == "json":
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            self._csv(told)

    def _csv(self, told: dict[str, Any]) -> None:
        keys = [part["key"] for part in told["parts"]]
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["office", "name", "municipalities", *(f"part_{key}" for key in keys), "amount"])
        for row in told["offices"]:
            shares = [row["parts"][key] for key in keys]
            writer.writerow([row["office"], row["name"], row["municipalities"], *shares, row["amount"]])
        parts = [part["amount"] for part in told["parts"]]
        writer.writerow(["total", "", told["municipalities"], *parts, told["total"]])


def _year(text: str) -> int:
    if not text:
        raise CommandError("Say which year: allocate_funds YEAR, for example 2022.")
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise CommandError(f"{text!r} is not a year. Write it with four digits, for example 2022.")
    return int(text)
