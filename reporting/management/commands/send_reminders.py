"""Reminds those whose report has not come."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reform import clock
from reporting.management.commands.open_round import day
from reporting.services.reminder_plan import reminders_due


class Command(BaseCommand):
    help = (
        "Remind the contacts of the units whose report has not come: two weeks and three days before the deadline,"
        " the day after it and a week later. Run it every day; the same reminder is never sent twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", metavar="DATE", help="the day to remind for; today where not given")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if options["today"]:
            now = dt.datetime.combine(day(options["today"]), dt.time(7), tzinfo=clock.OSLO)
        done = reminders_due(now=now)
        if not done:
            self.stdout.write("No round is in a stage in which reminders are sent.")
        for round_, reminded in done.items():
            self.stdout.write(
                f"Round of {round_}: {reminded.reports} reports reminded of in {reminded.mails} mails;"
                f" {len(reminded.without_contact)} units have no contact."
            )
