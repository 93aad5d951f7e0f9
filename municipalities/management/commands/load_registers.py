"""Loads the registers that ship with the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from municipalities.registers.loaders import others_load
from municipalities.registers.reading import RegisterError
from municipalities.registers.services import DATA, registers_load
from municipalities.services import memberships_follow_all
from municipalities.services.training import training_unit
from reform import clock


class Command(BaseCommand):
    help = (
        "Load municipalities, districts, counties, offices, areas, solutions and phases from the register files."
        " Adds what is new and corrects what differs; loading again changes nothing."
        " Contacts of a municipality that was merged follow it."
        " When a file is wrong it says which line and why, and changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="folder", default=str(DATA), help="the folder with the files")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        try:
            loaded = registers_load(folder=folder, now=clock.now())
        except RegisterError as error:
            raise CommandError(f"{error}. Nothing was changed.") from error
        training_unit(now=clock.now())
        others = others_load(clock.now())
        people = memberships_follow_all(today=clock.today(), now=clock.now())
        if people.followed:
            self.stdout.write(f"Contacts who followed their municipality: {people.followed}.")
        if people.waiting:
            self.stdout.write(f"Contacts whom Helsedirektoratet must place: {people.waiting}.")
        if loaded.unchanged and not others:
            self.stdout.write("The registers are as in the files; nothing was changed.")
            return
        for label, added in loaded.added.items():
            self.stdout.write(f"{label}: {added} added, {loaded.corrected.get(label, 0)} corrected")
        for label, count in others.items():
            self.stdout.write(f"{label}: {count} added")
