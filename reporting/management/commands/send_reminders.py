"""Tells those who have something to do, or says who would be told."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reform import clock
from reporting.management.commands.open_round import day
from reporting.models import Notice
from reporting.services.notice_day import Planned, Told, notices_due, notices_planned
from reporting.services.notice_message import Message
from reporting.services.rounds import rounds_open_due


class Command(BaseCommand):
    help = (
        "Tell everybody who has something to do in a round what is due: that it is open, and reminders two weeks and"
        " three days before the deadline, on the last day, the day after it and a week later. One message a person and"
        " day. Run it every day; nothing is told twice, and days on which it did not run are caught up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", metavar="DATE", help="the day to tell for; today where not given")
        parser.add_argument("--dry-run", action="store_true", help="send nothing, and say who would be told what")
        parser.add_argument("--format", choices=("table", "json"), default="table", help="of the dry run")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if options["today"]:
            now = dt.datetime.combine(day(options["today"]), dt.time(7), tzinfo=clock.OSLO)
        if options["format"] == "json" and not options["dry_run"]:
            raise CommandError("--format json goes together with --dry-run.")
        if options["dry_run"]:
            planned = notices_planned(now=now)
            self._json(planned) if options["format"] == "json" else self._table(planned, now.date())
        else:
            rounds_open_due(now=now)
            self._told(notices_due(now=now))

    def _told(self, told: Told) -> None:
        for round_, rows in told.rows.items():
            reports = len({row.report_id for row in rows if row.report_id})
            people = len({row.user_id for row in rows})
            self.stdout.write(
                f"Round of {round_}: {len(rows)} notices about {reports} reports to {people} people;"
                f" {len(told.silent[round_])} units have no contact."
            )
        if not told.rows:
            self.stdout.write("No round is open.")
        self.stdout.write(f"{told.mails} mails are on their way.")

    def _table(self, planned: Planned, today: dt.date) -> None:
        for message in planned.messages:
            self.stdout.write(f"{message.user.email}  {_kinds(message)}  {message.subject}")
        for message in planned.later:
            self.stdout.write(f"{message.user.email}  {_kinds(message)}  {message.subject}  (has had one today; waits)")
        self.stdout.write(
            f"{len(planned.messages)} people would get a mail on {today}, and {len(planned.later)} would wait."
            " Nothing was sent."
        )

    def _json(self, planned: Planned) -> None:
        rows = [_entry(message, False) for message in planned.messages]
        rows += [_entry(message, True) for message in planned.later]
        self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))


def _kinds(message: Message) -> str:
    return ",".join(part.notice.kind for part in message.parts)


def _entry(message: Message, waits: bool) -> dict[str, Any]:
    return {
        "user": message.user.username,
        "email": message.user.email,
        "language": message.language,
        "subject": message.subject,
        "waits": waits,
        "notices": [_notice(part.notice) for part in message.parts],
    }


def _notice(row: Notice) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "round": str(row.round),
        "report": row.report_id,
        "deadline": row.facts.get("deadline"),
        "key": row.key,
    }
