"""Builds the national summary of a round and writes its four files."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reform import clock
from reporting.documents.build import FORMATS, LANGUAGES, draw, unchanged
from reporting.documents.facts import Composed
from reporting.models import Document, NationalSummary, Round
from reporting.services.compositions import NoYearlyReport, composition_of
from reporting.services.documents import document_render, sentence
from reporting.services.summaries import SummaryBusy, TooEarly, summary_build, summary_request

PAUSE = 0.3  # seconds between two looks at the rows
REASON = "build the national summary from the command line"


class Command(BaseCommand):
    help = (
        "Build the national summary of a round (its reference date) and write summary.json, .pdf, .docx and .xlsx to a"
        " folder. A running worker does the work; where none takes it up in time, it is done here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", help="the round's reference date, such as 2022-05-01")
        parser.add_argument("--out", required=True, metavar="DIR", help="the folder for the files; made if missing")
        parser.add_argument("--language", choices=LANGUAGES, default="nb", help="of the files (default: nb)")
        parser.add_argument("--yearly", action="store_true", help="the yearly report as of 31 December after the round")
        parser.add_argument("--here", action="store_true", help="do it in this process, without asking a worker")
        parser.add_argument(
            "--patience", type=float, default=20, metavar="SECONDS",
            help="how long a worker may take to take up a job before it is done here (default: 20)",
        )  # fmt: skip
        parser.add_argument(
            "--timeout", type=float, default=900, metavar="SECONDS", help="how long to wait in all (default: 900)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        round_ = self._round(options["round"])
        folder = Path(options["out"])
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        self.deadline = time.monotonic() + options["timeout"]
        self.patience = 0.0 if options["here"] else options["patience"]
        kind = NationalSummary.Kind.YEARLY if options["yearly"] else NationalSummary.Kind.HALF_YEAR
        summary = self._standing(round_, kind) or self._request(round_, kind)
        self._build(summary)
        for document in summary.documents.filter(kind="summary", language=options["language"]):
            self._draw(document)
        self._write(summary, folder, options["language"])
        self._draw_the_rest(summary, options["here"])

    def _standing(self, round_: Round, kind: str) -> NationalSummary | None:
        """The newest version that was made, where a build would come to the same again."""
        rows = NationalSummary.objects.across_all(reason=REASON).filter(kind=kind, round=round_)
        unmade = (NationalSummary.Status.FAILED, NationalSummary.Status.CANCELLED)
        newest = rows.exclude(status__in=unmade).order_by("-version").first()
        made = (NationalSummary.Status.READY, NationalSummary.Status.APPROVED, NationalSummary.Status.SENT)
        if newest is None or newest.status not in made:
            return None
        if Composed.of(newest) != Composed.of(composition_of(kind, round_)) or not unchanged(newest):
            return None
        self.stdout.write(f"Nothing has changed since version {newest.version}: that version is used again.")
        return newest  # type: ignore[no-any-return]

    def _request(self, round_: Round, kind: str) -> NationalSummary:
        try:
            return summary_request(round=round_, actor=None, now=clock.now(), kind=kind)
        except (NoYearlyReport, TooEarly) as error:
            late = f"The yearly report is made when {error.day} has been." if isinstance(error, TooEarly) else ""
            raise CommandError(late or "A yearly report is made of the round of 1 November.") from error
        except SummaryBusy as busy:
            self.stdout.write(f"Version {busy.summary.version} is being made already; waiting for it.")
            return busy.summary

    def _round(self, text: str) -> Round:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"{text!r} is not a date. Write the round's reference date as 2022-05-01.") from error
        rounds = Round.objects.across_all(reason=REASON).counted()
        found = rounds.filter(reference_date=day).first()
        if found is None:
            known = ", ".join(entry.isoformat() for entry in rounds.values_list("reference_date", flat=True))
            raise CommandError(f"There is no round per {day}. Rounds: {known or 'none'}.")
        return found  # type: ignore[no-any-return]

    def _build(self, summary: NationalSummary) -> None:
        building = NationalSummary.Status.BUILDING
        self._wait_or_do(
            summary,
            waiting=lambda: summary.status == building and summary.attempts == 0,
            busy=lambda: summary.status == building,
            here=lambda: summary_build(pk=summary.pk, clock=clock.now),
        )
        if summary.status == NationalSummary.Status.FAILED:
            raise CommandError(f"The summary could not be made. {sentence(summary.error)}")

    def _draw(self, document: Document) -> None:
        self._wait_or_do(
            document,
            waiting=lambda: document.status == Document.Status.QUEUED,
            busy=lambda: document.status in (Document.Status.QUEUED, Document.Status.RUNNING),
            here=lambda: document_render(pk=document.pk, clock=clock.now),
        )
        if document.status == Document.Status.FAILED:
            raise CommandError(f"The {document.format} file could not be made. {sentence(document.error)}")

    def _wait_or_do(
        self, row: Any, *, waiting: Callable[[], bool], busy: Callable[[], bool], here: Callable[[], Any]
    ) -> None:
        """Wait until a worker has finished with the row; do it here when none has taken it up after a while.

        Both is safe at once: a job is claimed by one of them.
        """
        patient_until = time.monotonic() + self.patience
        row.refresh_from_db()
        while busy():
            if time.monotonic() > self.deadline:
                raise CommandError("It took too long. The job goes on if a worker has it; ask again later.")
            if waiting() and time.monotonic() >= patient_until:
                if self.patience:
                    self.stdout.write("No worker has taken the job up; it is done here.")
                    self.patience = min(self.patience, 2)
                here()
            else:
                time.sleep(PAUSE)
            row.refresh_from_db()

    def _write(self, summary: NationalSummary, folder: Path, language: str) -> None:
        documents = {row.format: row for row in summary.documents.filter(kind="summary", language=language)}
        for fmt in FORMATS:
            file = Path(settings.DOCUMENT_ROOT) / documents[fmt].file
            data = file.read_bytes() if file.is_file() else draw(documents[fmt])  # old files are cleaned away
            path = folder / f"summary.{fmt}"
            beside = path.with_name(path.name + ".part")
            beside.write_bytes(data)
            beside.replace(path)
            self.stdout.write(f"{path}  {len(data)} bytes")
        self.stdout.write(f"Version {summary.version} of the summary per {summary.round.reference_date} is ready.")

    def _draw_the_rest(self, summary: NationalSummary, here: bool) -> None:
        """Without a worker the other language waits for nobody: it is drawn here too."""
        if here:
            for document in summary.documents.filter(kind="summary", status=Document.Status.QUEUED):
                document_render(pk=document.pk, clock=clock.now)
