"""Take out the names of contacts whose time is over, and say what was done; the nightly job does the same."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from municipalities.services.anonymise import contacts_due, contacts_forget, mails_empty
from reform import clock


class Command(BaseCommand):
    help = "Anonymise contacts whose last role ended so long ago that their names are kept no longer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self.stdout.write(f"{contacts_due(clock.today()).count()} contacts are due")
            return
        for done in contacts_forget(now=clock.now()):
            fields = ", ".join(f"{name} {count}" for name, count in sorted(done.fields.items())) or "nothing else"
            note = "; rows with the name alone were left, somebody else is called the same" if done.namesake else ""
            self.stdout.write(f"user {done.user_id}: {fields}{note}")
        self.stdout.write(f"{mails_empty(now=clock.now())} mails emptied")
