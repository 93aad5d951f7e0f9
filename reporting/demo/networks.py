"""The demo's invented networks and support, in the real regions."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping

from municipalities.models import Municipality, Office
from municipalities.services import office_names
from networks.models import Network, SupportActivity
from networks.services import network_register, support_register

NAMES = (
    ("Læringsnettverk {} nord", Network.Kind.REGIONAL),
    ("Læringsnettverk {} sør", Network.Kind.REGIONAL),
    (
        "Læringsnettverk {} for ledere og planleggere i helse, omsorg og aldersvennlig stedsutvikling",
        Network.Kind.LEADER,
    ),
)
START = dt.date(2020, 9, 1)


def networks_make() -> Mapping[int, list[str]]:
    """Three networks for each office. Returns their ids (text) by office id."""
    names = office_names(START.replace(year=2021))
    made: dict[int, list[str]] = {}
    for office in Office.objects.across_all(reason="networks for every office"):
        for pattern, kind in NAMES:
            network = network_register(
                name=pattern.format(names[office.pk].short_name), kind=kind, offices=[office], valid_from=START
            )
            made.setdefault(office.pk, []).append(str(network.pk))
    return made


def support_make(units: Iterable[Municipality], *, start: dt.date, end: dt.date) -> int:
    """Support to some of each office's municipalities between two days. Returns how many activities there are."""
    by_office: dict[int, list[Municipality]] = {}
    for unit in units:
        by_office.setdefault(unit.office_id, []).append(unit)
    offices = {office.pk: office for office in Office.objects.across_all(reason="support by every office")}
    count = 0
    for office_id, members in by_office.items():
        rng = random.Random(f"support:{office_id}:{start}")  # noqa: S311 - invented data, no secret
        for kind in SupportActivity.Kind.values:
            for provider in rng.sample(SupportActivity.Provider.values, 2):
                support_register(
                    kind=kind,
                    provider=provider,
                    office=offices[office_id],
                    on=start + dt.timedelta(days=rng.randrange((end - start).days)),
                    municipalities=rng.sample(members, max(1, len(members) // rng.choice((3, 4, 6)))),
                )
                count += 1
    return count
