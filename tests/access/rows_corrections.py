"""Who may propose, read, answer and withdraw a correction."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from municipalities.models import CorrectionProposal, Municipality
from tests.access.matrix import Row, Target
from tests.access.rows_registers import number
from tests.world import World


def proposed(about: str = "support", **data):
    """A proposal of the unit, and what is posted about it."""

    def make(world: World, unit: Municipality) -> Target:
        user = world.users["editor-3004"]
        row = CorrectionProposal.objects.get_queryset().create(
            municipality=unit, about=about, text="Møtet mangler.", proposed_by=user, proposed_by_name=str(user),
            proposed_at=dt.datetime(2022, 5, 3, 9, tzinfo=ZoneInfo("Europe/Oslo")),
        )  # fmt: skip
        return Target(obj=row, data=data or None)

    return make


def proposal(world: World, unit: Municipality) -> Target:
    target = number(world, unit)
    return Target(obj=target.obj, kwargs=target.kwargs, data={"about": "plan", "text": "Feil dato."})


def style(world: World, unit: Municipality) -> Target:
    return Target(kwargs={"style": "csv"})


ROWS = [
    Row("correction_new", "GET", "correction.propose", number),
    Row("correction_new", "POST", "correction.propose", proposal),
    Row("correction_list", "GET", "register.read"),
    Row("correction_file", "GET", "register.read", style),
    Row("correction_detail", "GET", "register.read", proposed("plan")),
    Row("correction_answer", "POST", "correction.answer", proposed("plan", outcome="decline", text="Nei.")),
    Row("correction_withdraw", "POST", "correction.propose", proposed()),
]
