"""Checks a file of a national summary against the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.services.verify import verify_file


class Command(BaseCommand):
    help = (
        "Check a file of a national summary or of a region's volume, in any of the four formats: its summary is found"
        " by the hash in the file, the figures are computed again from the frozen inputs and looked for in the file."
        " With a file of the note the volumes of all regions are computed again too."
        " Beside a JSON file the PDF, Word and Excel files of the same name are checked too. Ends with 0 only when all"
        " agrees."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, such as DIR/summary.pdf")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            verdict = verify_file(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        for line in verdict.checked:
            self.stdout.write(line)
        for problem in verdict.problems:
            self.stderr.write(problem)
        if not verdict.ok:
            raise CommandError(f"{len(verdict.problems)} things do not agree.")
        self.stdout.write("All agree.")
