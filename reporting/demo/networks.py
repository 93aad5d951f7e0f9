"""The demo's invented networks, in the real regions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from municipalities.models import Office
from municipalities.services import office_names
from networks.models import Network
from networks.services import network_register

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
