"""Opens a reporting round."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from reform import clock
from reporting.form_spec import FormError
from reporting.models import Report
from reporting.services.notice_day import notices_due
from reporting.services.rounds import RoundRefused, round_open, standard_dates

DATES = ("opens_on", "municipality_deadline", "office_deadline", "hdir_deadline", "closes_on")


def day(text: str) -> dt.date:
    """An ISO date; raises CommandError with a clear line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a date. Write it as 2022-05-01.") from error


class Command(BaseCommand):
    help = (
        "Open the reporting round of a reference date, with the form of the question bank and a report for every"
        " municipality and district that exists on that day. Run again, it only makes the reports that are missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference_date", help="the day that is reported on, such as 2022-05-01")
        for name in DATES:
            parser.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar="DATE", help="instead of the usual")
        parser.add_argument("--letter", default="", help="the letter that fixes what the round asks")
        parser.add_argument("--today", metavar="DATE", help="the day on which it is opened; today where not given")

    def handle(self, *args: Any, **options: Any) -> None:
        reference_date = day(options["reference_date"])
        dates = {name: day(options[name]) for name in DATES if options[name]}
        now = clock.now()
        if options["today"]:
            now = dt.datetime.combine(day(options["today"]), dt.time(9), tzinfo=clock.OSLO)
        whole = {**standard_dates(reference_date), **dates}
        if (
            not whole["opens_on"]
            <= whole["municipality_deadline"]
            <= whole["office_deadline"]
            <= whole["hdir_deadline"]
        ):
            raise CommandError("The dates are not in order: opening, municipalities, offices, Hdir.")
        if whole["closes_on"] < whole["municipality_deadline"]:
            raise CommandError("The round cannot close before the municipalities' deadline.")
        try:
            with transaction.atomic():
                round_ = round_open(
                    reference_date=reference_date, actor=None, now=now, dates=dates, letter=options["letter"]
                )
        except (RoundRefused, FormError, ValidationError, IntegrityError, ValueError) as error:
            raise CommandError(str(error)) from error
        announced = len(notices_due(now=now).rows.get(round_, ()))
        count = Report.objects.across_all(reason="say how many").filter(round=round_).count()
        self.stdout.write(
            f"The round of {round_} is open from {round_.opens_on} with {count} reports; deadline"
            f" {round_.municipality_deadline}; {announced} contacts told."
        )
