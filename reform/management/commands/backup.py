"""Makes a backup of database and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reform import clock
from reform.backup import BackupRefused, backup


class Command(BaseCommand):
    help = (
        "Write database and files, as they are at one moment, into a new folder with a manifest of their hashes."
        " ‘restore’ puts it back in an empty place and compares."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there, or empty")

    def handle(self, *args: Any, **options: Any) -> None:
        database, documents = settings.DATABASES["default"], Path(settings.DOCUMENT_ROOT)
        try:
            made = backup(options["folder"], database=database, documents=documents, now=clock.now())
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(f"{len(made.tables)} tables with {rows} rows, {len(made.files)} files, {made.taken_at}.")
