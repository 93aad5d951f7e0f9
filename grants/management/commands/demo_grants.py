"""Fill the portal with the demo's invented grants."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from grants.demo import grants_make
from municipalities.models import User
from reform import clock

HDIR, REVIEWER = "hdir", "statsforvalter-trondelag"


class Command(BaseCommand):
    help = "Make the demo's grants on the demo population. Only where PORTAL_DEMO is set. Again it adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("The demo's grants are for demonstrations only: set PORTAL_DEMO=1.")
        people = {user.username: user for user in User.objects.filter(username__in=(HDIR, REVIEWER))}
        if len(people) < 2:
            raise CommandError("Make the demo population first: bin/manage demo_population")
        made = grants_make(hdir=people[HDIR], reviewer=people[REVIEWER], now=clock.now())
        self.stdout.write(", ".join(f"{label}: {count}" for label, count in made.items()) or "The grants are there.")
