"""Fill the portal with the demo's invented people, networks and two rounds of reports."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from municipalities.models import Municipality
from municipalities.services.trail_seal import trail_seal_all
from reform import clock
from reporting.demo.population import CURRENT, populate


class Command(BaseCommand):
    help = "Make the demo population on the loaded registers. Only where PORTAL_DEMO is set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default=settings.PORTAL_DEMO_PASSWORD, help="the demo users' password")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("The demo population is for demonstrations only: set PORTAL_DEMO=1.")
        if not options["password"]:
            raise CommandError("Give the demo users a password: --password, or PORTAL_DEMO_PASSWORD.")
        if not Municipality.objects.across_all(reason="are the registers loaded").as_of(CURRENT).exists():
            raise CommandError("Load the registers first: bin/manage load_registers")
        now = clock.now()
        counts = populate(until=now, password=options["password"], say=self._say)
        trail_seal_all(now=now)  # no beat may be running
        self.stdout.write(", ".join(f"{state}: {count}" for state, count in sorted(counts.items())))

    def _say(self, line: str) -> None:
        self.stderr.write(f"demo: {line}")
