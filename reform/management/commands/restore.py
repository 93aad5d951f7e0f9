"""Puts a backup back in an empty place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reform.backup import BackupRefused, restore


class Command(BaseCommand):
    help = (
        "Put a backup that ‘backup’ made into the database and the folder that the settings name. Both must be empty."
        " Ends with 0 only when every table and every file is, by its hash, what was backed up."
    )
    requires_system_checks = ()  # the database is empty

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that ‘backup’ wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        database, documents = settings.DATABASES["default"], Path(settings.DOCUMENT_ROOT)
        try:
            put = restore(options["folder"], database=database, documents=documents)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        rows = sum(table.rows for table in put.tables.values())
        self.stdout.write(f"{len(put.tables)} tables with {rows} rows and {len(put.files)} files are put back.")
        self.stdout.write(f"They are, by their hashes, those of {put.taken_at}.")
