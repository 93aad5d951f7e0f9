"""Checks the files of a national summary against the database and against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.services.verify import verify_file


class Command(BaseCommand):
    help = (
        "Check summary.json: its hash, every figure and count against the database, and the PDF, Word and Excel files"
        " of the same name beside it against the JSON. Ends with 0 only when all agree."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the JSON file, such as DIR/summary.json")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if path.suffix in (".pdf", ".docx", ".xlsx"):
            path = path.with_suffix(".json")
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
