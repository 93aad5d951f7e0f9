"""Write every counted answer of the rounds to an Excel workbook with its code book."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from municipalities.borders import BORDERS, THEN, TODAY
from reform import clock
from reporting.documents.answer_words import fixed_word, heads
from reporting.documents.extract import extract
from reporting.documents.render_answers import render_answers
from reporting.models import Round


class Command(BaseCommand):
    help = "Write all counted answers, of all rounds or of those named, to an Excel file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rounds", nargs="*", help="reference dates, YYYY-MM-DD; all where none is named")
        parser.add_argument("--out", required=True, help="the file to write")
        parser.add_argument(
            "--borders",
            default=THEN,
            help="then: units as on each round's day; today: beside them the units of today to which they belong",
        )
        parser.add_argument("--language", choices=["nb", "nn"], default="nb")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["borders"] not in BORDERS:
            raise CommandError(f"Unknown borders {options['borders']!r}. Choose {' or '.join(BORDERS)}.")
        day = clock.today() if options["borders"] == TODAY else None
        rounds = self._rounds(options["rounds"])
        path = Path(options["out"])
        unfinished = path.with_name(path.name + ".part")
        try:
            with translation.override(options["language"]), transaction.atomic(), unfinished.open("wb") as file:
                found = extract(rounds, options["language"], borders=day)
                count = render_answers(found, file, heads(in_other_borders=day is not None), fixed_word)
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{path}: {count}")

    def _rounds(self, texts: list[str]) -> list[Round]:
        rounds = Round.objects.across_all(reason="extract").counted().select_related("form_version")
        if not texts:
            found = list(rounds)
            if not found:
                raise CommandError("There is no round yet.")
            return found
        found = []
        for text in texts:
            try:
                day = dt.date.fromisoformat(text)
            except ValueError:
                raise CommandError(f"{text!r} is no date; write it as 2022-05-01.") from None
            round_ = rounds.filter(reference_date=day).first()
            if round_ is None:
                raise CommandError(f"There is no round per {day}.")
            found.append(round_)
        return found
