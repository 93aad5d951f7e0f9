"""Registers as full as in a country that has worked for two years: what a page of a municipality shows."""

from __future__ import annotations

import datetime as dt

from bench.data import REASON
from municipalities.models import Municipality, Office, PhaseStatus, PlanAnchoring, PlanDecision
from networks.models import Network, Participation, SupportActivity
from reporting.models import Round

MADE = dt.datetime(2022, 5, 1, 12, tzinfo=dt.UTC)
PLANS = ("own", "inside", "process", "none")
TYPES = ("samfunnsdel", "handlingsdel", "budget", "care_plan")


def registers_filled(rounds: list[Round]) -> None:
    """A plan status at each round, two anchorings, a step, a network and three kinds of support for every unit."""
    first, last = rounds[0].reference_date, rounds[-1].reference_date
    units = list(Municipality.objects.across_all(reason=REASON).units_as_of(last))
    common = {"registered_at": MADE}
    PlanDecision.objects.get_queryset().bulk_create(
        PlanDecision(
            municipality_id=unit.pk, status=PLANS[(index + place) % 4], valid_from=day, valid_to=end,
            origin=f"register:{place}", decided_on=day, case_number=f"PS {index % 90 + 1}/21", **common,
        )
        for index, unit in enumerate(units)
        for place, (day, end) in enumerate(((first, last - dt.timedelta(days=1)), (last, None)))
    )  # fmt: skip
    PlanAnchoring.objects.get_queryset().bulk_create(
        PlanAnchoring(
            municipality_id=unit.pk, plan_type=TYPES[(index + place) % 4], valid_from=first, adopted_on=first,
            origin=f"register:{place}", **common,
        )
        for index, unit in enumerate(units)
        for place in range(2)
    )  # fmt: skip
    PhaseStatus.objects.get_queryset().bulk_create(
        PhaseStatus(
            municipality_id=unit.pk, step=1 + index % 5, phase=2 + index % 3, delay_months=index % 9,
            delay_reason="capacity", valid_from=first, origin="register:0", **common,
        )
        for index, unit in enumerate(units)
    )  # fmt: skip
    for office in Office.objects.get_queryset().order_by("order"):
        mine = [unit for unit in units if unit.office_id == office.pk]
        network = Network.objects.get_queryset().create(
            name=f"Læringsnettverk {office.key}", kind="regional", valid_from=first
        )
        network.offices.add(office)
        Participation.objects.get_queryset().bulk_create(
            Participation(
                network=network, municipality_id=unit.pk, status="active", origin="register:0", valid_from=first
            )
            for unit in mine[::2]
        )
        for kind in ("dialogue", "course", "letter"):
            activity = SupportActivity.objects.get_queryset().create(
                kind=kind, provider="statsforvalter", office=office, on=last - dt.timedelta(days=40),
                title="Plan og forankring", registered_at=MADE,
            )  # fmt: skip
            activity.municipalities.add(*(unit.pk for unit in mine))
