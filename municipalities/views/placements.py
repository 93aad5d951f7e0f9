"""Where people belong after a split: Helsedirektoratet says which of the parts each of them works for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.forms.placements import PlacementForm
from municipalities.lineage import Span
from municipalities.readings import read_logged
from municipalities.services import Homeless, PlaceRefused, membership_place, memberships_homeless
from municipalities.views import ScopedPage


@dataclass
class Gone:
    """A unit that is no more, the units of today to which it leads, and the people who wait there."""

    was: Span
    parts: list[Span]
    split: bool
    people: list[Homeless]
    form: PlacementForm


class Placements(ScopedPage):
    """Everybody whose municipality is no more and who has not been placed, by municipality; each has its own form."""

    right = "membership.place"
    template_name = "municipalities/placements.html"

    @cached_property
    def homeless(self) -> list[list[Homeless]]:
        """Those who wait, by unit."""
        rows = memberships_homeless(self.today)
        return [list(people) for _unit, people in groupby(rows, key=lambda row: row.membership.municipality_id)]

    def get_context(self) -> dict[str, Any]:
        if self.homeless:
            read_logged(self.request, None, "contacts_read")
        return {"units": [self._gone(people, PlacementForm(people)) for people in self.homeless]}

    def _gone(self, people: list[Homeless], form: PlacementForm) -> Gone:
        first = people[0]
        return Gone(first.was, [span for _part, span in first.parts], first.follows is None, people, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Place those who were answered for in one unit's form."""
        sent = request.POST.get("enhet", "")
        here = [people for people in self.homeless if str(people[0].membership.municipality_id) == sent]
        if not here:
            messages.warning(request, _("Nobody waits there any more. Somebody else may have placed them."))
            return redirect("placements")
        form = PlacementForm(here[0], request.POST)
        if form.is_valid() and self._placed(form):
            return redirect("placements")
        units = [self._gone(people, form if people is here[0] else PlacementForm(people)) for people in self.homeless]
        return self.render(self.template_name, {"units": units, "faulty": form}, status=422)

    def _placed(self, form: PlacementForm) -> bool:
        try:
            with transaction.atomic():
                for membership_id, unit_ids in form.answers.items():
                    membership_place(
                        membership_id=membership_id, unit_ids=unit_ids, day=self.today, actor=self.request.user,
                        now=self.now,
                    )  # fmt: skip
        except PlaceRefused:
            form.add_error(None, _("Somebody else placed one of them while you looked. Look again, and save anew."))
            return False
        count = len(form.answers)
        said = ngettext("%(n)s person has got a place.", "%(n)s people have got a place.", count) % {"n": count}
        messages.success(self.request, said)
        return True
