"""What an approved report changes in the registers of networks and support."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from municipalities.models import Municipality, Office
from municipalities.services import register_set
from networks.models import Network, Participation, SupportActivity


def participation_register(
    *,
    municipality: Municipality,
    network_ids: Iterable[int],
    status: str,
    origin: str,
    valid_from: dt.date,
) -> int:
    """The networks in which a unit takes part from ``valid_from``; participations not named end the day before.

    ``status`` is a ``Participation.Status`` (active or planned). Returns how many rows were ended or added; run
    again with the same values it changes nothing.
    """
    return register_set(
        Participation,
        municipality,
        "network_id",
        {int(network_id): {"status": status} for network_id in network_ids},
        origin=origin,
        valid_from=valid_from,
    )


def network_register(
    *, name: str, kind: str, offices: Iterable[Office], host: str = "", valid_from: dt.date
) -> Network:
    """A network and the regions it covers; one of the same name and kind is returned, with the regions added."""
    with transaction.atomic():
        network, _ = Network.objects.get_queryset().get_or_create(
            name=name, kind=kind, defaults={"host": host, "valid_from": valid_from}
        )
        network.offices.add(*offices)
    return network


def support_register(
    *,
    kind: str,
    provider: str,
    office: Office,
    on: dt.date,
    municipalities: Iterable[Municipality],
    title: str = "",
) -> SupportActivity:
    """One support activity and the units that received it; the same activity named again only adds units."""
    with transaction.atomic():
        activity, _ = SupportActivity.objects.get_queryset().get_or_create(
            kind=kind, provider=provider, office=office, on=on, title=title
        )
        activity.municipalities.add(*municipalities)
        return activity
