"""Imports a change of the map of municipalities from files with the answers of Statistics Norway's Klass."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from municipalities.klass.plan import Plan, Wish, summary
from municipalities.klass.reading import CodeChange, KlassError, read_changes, read_codes
from municipalities.services.structure import structure_apply, structure_plan
from reform import clock

NOTHING = "Nothing was changed."


class Command(BaseCommand):
    help = (
        "Import a change of municipalities from two files of Klass, classification 131: the codes of a day (codesAt)"
        " and the changes that led to them (changes), both as JSON. Shows what would change (new, renamed, renumbered,"
        " merged, split, ended), asks, and writes it in one transaction. History is neither moved nor deleted."
        " Importing again changes nothing. A fault in a file is told in one line, and nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", help="the answer to codesAt")
        parser.add_argument("changes", help="the answer to changes")
        parser.add_argument("--on", default="", help="the day of the change, YYYY-MM-DD; else the day in the file")
        parser.add_argument("--counties", default="", help="the answer to codesAt of classification 104 (counties)")
        parser.add_argument(
            "--office", action="append", default=[], metavar="COUNTY=KEY", help="the office of a county, as 30=vestland"
        )
        parser.add_argument(
            "--boundary",
            action="append",
            default=[],
            metavar="OLD-NEW",
            help="a change that moved only a part, as 1418-4638; the codes alone do not always tell",
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(_wish(options), ask=not options["yes"], only_show=options["dry_run"])
        except KlassError as error:
            raise CommandError(f"{error} {NOTHING}") from error

    def _import(self, wish: Wish, *, ask: bool, only_show: bool) -> None:
        plan, registers = structure_plan(wish)
        if plan.empty:
            self.stdout.write(f"The registers are as in the files on {wish.on}. {NOTHING}")
            return
        self._show(plan, summary(plan, registers))
        if only_show:
            self.stdout.write(f"Only shown. {NOTHING}")
            return
        if ask and not _confirmed():
            raise CommandError(f"Not confirmed. {NOTHING}")
        applied = structure_apply(wish=wish, expected=plan, actor=None, now=clock.now())
        self.stdout.write(
            f"Written: {applied.versions} versions, {applied.links} links, {applied.counties} counties."
            f" Contacts who followed their municipality: {applied.followed.followed}."
        )
        if applied.followed.waiting:
            self.stdout.write(f"Contacts whom Helsedirektoratet must place: {applied.followed.waiting}.")

    def _show(self, plan: Plan, lines: list[tuple[str, list[str]]]) -> None:
        self.stdout.write(f"Changes on {plan.on}:")
        for heading, entries in lines:
            self.stdout.write(f"\n{heading}: {len(entries)}")
            for entry in entries:
                self.stdout.write(f"  {entry}")
        self.stdout.write("")


def _confirmed() -> bool:
    try:
        return input("Write these changes? Type yes: ").strip().lower() in ("yes", "ja")
    except EOFError:
        return False


def _wish(options: dict[str, Any]) -> Wish:
    codes = read_codes(Path(options["codes"]))
    changes = read_changes(Path(options["changes"]))
    on = _day(options["on"], changes)
    counties = read_codes(Path(options["counties"])) if options["counties"] else {}
    names = {number: code.names[0] for number, code in {**codes, **counties}.items() if len(number) == 2}
    return Wish(
        on=on,
        codes={number: code for number, code in codes.items() if len(number) == 4},
        changes=tuple(change for change in changes if change.on == on),
        county_names=names,
        offices=dict(_parts(text, r"(\d\d)=([a-z-]+)", "--office 30=vestland") for text in options["office"]),
        boundaries=frozenset(_parts(text, r"(\d{4})-(\d{4})", "--boundary 1418-4638") for text in options["boundary"]),
    )


def _day(text: str, changes: list[CodeChange]) -> dt.date:
    if text:
        try:
            return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError as error:
            raise KlassError(f"{text!r} is not a day; write it as 2024-01-01.") from error
    days = sorted({change.on for change in changes})
    if len(days) != 1:
        found = " and ".join(str(day) for day in days) if days else "no change"
        raise KlassError(f"The file of changes holds {found}; say which day with --on YYYY-MM-DD.")
    return days[0]


def _parts(text: str, pattern: str, example: str) -> tuple[str, str]:
    match = re.fullmatch(pattern, text, re.ASCII)
    if match is None:
        raise KlassError(f"{text!r} is not understood; write it as {example}.")
    return match[1], match[2]
