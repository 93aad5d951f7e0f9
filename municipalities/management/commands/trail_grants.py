"""What the application's own role on PostgreSQL may do with the trail."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from municipalities.guards import grants_sql


class Command(BaseCommand):
    help = (
        "Print the SQL that lets a role of PostgreSQL add to the trail and read it, and nothing else: no UPDATE, DELETE"
        " or TRUNCATE. Run it as the owner of the tables, after what grants rights on all tables and after each"
        " migration. With --apply it is done at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, help="the role that web and workers log in with")
        parser.add_argument("--apply", action="store_true", help="do it, and print nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        role = options["role"]
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
            raise CommandError("A role's name is small letters, digits and underscores.")
        if not options["apply"]:
            self.stdout.write("".join(f"{statement};\n" for statement in grants_sql(role)), ending="")
            return
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles.")
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in grants_sql(role):
                cursor.execute(statement)
