"""The demo's invented networks, in the real regions."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import replace

from municipalities.models import Municipality, Office, User
from municipalities.services import office_names
from networks.models import Network, Participation
from networks.rules import NetworkValues
from networks.services import (
    meeting_register,
    network_change,
    network_create,
    network_register,
    network_values,
    participations_add,
)
from reporting.demo.people import Cast

NAMES = (
    ("Læringsnettverk {} nord", Network.Kind.REGIONAL),
    ("Læringsnettverk {} sør", Network.Kind.REGIONAL),
    (
        "Læringsnettverk {} for ledere og planleggere i helse, omsorg og aldersvennlig stedsutvikling",
        Network.Kind.LEADER,
    ),
)
START = dt.date(2020, 9, 1)


def networks_make(*, now: dt.datetime) -> Mapping[int, list[str]]:
    """Three networks for each office, entered at ``now``. Returns their ids (text) by office id."""
    names = office_names(START.replace(year=2021))
    made: dict[int, list[str]] = {}
    for office in Office.objects.across_all(reason="networks for every office"):
        for pattern, kind in NAMES:
            network = network_register(
                name=pattern.format(names[office.pk].short_name), kind=kind, offices=[office], valid_from=START,
                now=now,
            )  # fmt: skip
            made.setdefault(office.pk, []).append(str(network.pk))
    return made


# --- what the regions keep themselves, beside what reports say ------------------------------------------

AGE_FRIENDLY = "Nasjonalt nettverk for aldersvennlige kommuner og lokalsamfunn"
MEMBERS_IN_OSLO_OG_VIKEN = 23
"""So many of the region's municipalities were members of the national network."""
HOSTS = ("KS", "Utviklingssenteret", "Vertskommunen i nord", "Vertskommunen i sør", "Fylkeskommunen")
THEMES = (("1.1", "1.3"), ("2.1", "2.4", "3.2"), ("1.2", "5.1"), ("3.1", "3.3"), ("4.2", "4.5"))
ORGANISERS = (("statsforvalter", "ks", "usht"), ("usht",), ("ks", "usht"))
MORE = (
    ("Fagnettverk måltid og ernæring i {}", Network.Kind.PROFESSIONAL, dt.date(2021, 1, 15), None),
    ("Samarbeidsforum for sykehus, fylkeskommune og kommuner i {}", Network.Kind.HOSPITAL, dt.date(2020, 3, 1), None),
    ("Kommunenettverk for oppstart i {}", Network.Kind.MUNICIPAL, dt.date(2019, 3, 1), dt.date(2021, 6, 30)),
)
MEETINGS = (
    (dt.date(2021, 2, 11), "Oppstartssamling"),
    (dt.date(2021, 9, 23), "Høstsamling"),
    (dt.date(2022, 3, 10), "Vårsamling: fra vedtak til gjennomføring"),
    (dt.date(2022, 6, 9), "Sommersamling"),
)


def networks_keep(cast: Cast, *, until: dt.datetime) -> int:
    """What each region has entered about its networks: hosts, organisers, themes, more networks with those who take
    part, and meetings, most of it looking back. Run again it changes nothing. Returns how many networks there are."""
    names = office_names(until.date())
    offices = list(Office.objects.across_all(reason="every region keeps its networks"))
    for office in offices:
        keeper = _Keeper(office, names[office.pk].short_name, cast.reviewers.get(office.pk), until)
        keeper.describe()
        keeper.more()
    _age_friendly(offices, cast, until)
    for office in offices:
        _Keeper(office, names[office.pk].short_name, cast.reviewers.get(office.pk), until).meet()
    return Network.objects.across_all(reason="count the demo").count()


class _Keeper:
    """One region at work."""

    def __init__(self, office: Office, short: str, actor: User | None, now: dt.datetime) -> None:
        self.office, self.short, self.how = office, short, {"actor": actor, "now": now}
        self.now = now
        self.rng = random.Random(f"networks:{office.key}")  # noqa: S311 - invented data, no secret

    def networks(self) -> list[Network]:
        rows = Network.objects.across_all(reason="demo").filter(offices=self.office).exclude(name=AGE_FRIENDLY)
        return list(rows.order_by("pk"))

    def describe(self) -> None:
        """Host, organisers and themes of the networks that the reports name."""
        for index, network in enumerate(self.networks()):
            if not network.organisers:
                values = network_values(network)
                more = {"host": HOSTS[index % len(HOSTS)], "organisers": ORGANISERS[index % len(ORGANISERS)],
                        "themes": THEMES[index % len(THEMES)]}  # fmt: skip
                network_change(network=network, values=replace(values, **more), **self.how)

    def more(self) -> None:
        """Networks that no report asks about, with some of those who take part in others."""
        have = {network.name for network in self.networks()}
        for index, (pattern, kind, start, end) in enumerate(MORE):
            values = NetworkValues(
                pattern.format(self.short), kind, frozenset({self.office.pk}), start, end, HOSTS[-1 - index],
                ORGANISERS[index], THEMES[-1 - index],
            )  # fmt: skip
            if values.name not in have:
                network = network_create(values=values, **self.how)
                chosen = self.rng.sample(units := self.active(), len(units) // 3)
                first = max(start, dt.date(2020, 1, 1))
                self.add(network, chosen, first, end)

    def active(self) -> list[int]:
        """The region's municipalities that take part in some network, by identity."""
        every = Participation.objects.across_all(reason="demo").filter(network__offices=self.office, status="active")
        ids = set(every.filter(municipality__kind="municipality").values_list("municipality_id", flat=True))
        here = Municipality.objects.across_all(reason="demo").as_of(self.now.date())
        return [unit.pk for unit in here if unit.pk in ids and unit.office_id == self.office.pk]

    def add(self, network: Network, units: list[int], start: dt.date, end: dt.date | None) -> None:
        if units:
            participations_add(
                network=network, units=units, status="active", valid_from=start, valid_to=end, **self.how
            )

    def meet(self) -> None:
        """Meetings, with most of those who took part; the last is planned."""
        for network in self.networks():
            if network.meetings.exists():
                continue
            for on, title in MEETINGS:
                if on < network.valid_from or (network.valid_to and on > network.valid_to):
                    continue
                members = Participation.objects.across_all(reason="demo").filter(network=network)
                ids = set(members.on(on).values_list("municipality_id", flat=True))
                ids = sorted(ids or members.on(self.now.date()).values_list("municipality_id", flat=True))
                there = self.rng.sample(ids, len(ids) * 3 // 4) if on <= self.now.date() else []
                meeting_register(network=network, on=on, title=title, attendance=there, **self.how)


def _age_friendly(offices: list[Office], cast: Cast, until: dt.datetime) -> None:
    """The national network, which every region covers, and its members."""
    if Network.objects.across_all(reason="demo").filter(name=AGE_FRIENDLY).exists():
        return
    values = NetworkValues(
        AGE_FRIENDLY, Network.Kind.AGE_FRIENDLY, frozenset(office.pk for office in offices), dt.date(2019, 6, 1),
        host="Senteret for et aldersvennlig Norge", organisers=("ks",), themes=("1.2", "1.3"),
    )  # fmt: skip
    network = network_create(values=values, actor=cast.national.get("hdir-admin"), now=until)
    for office in offices:
        keeper = _Keeper(office, "", cast.reviewers.get(office.pk), until)
        units = keeper.active()
        wanted = MEMBERS_IN_OSLO_OG_VIKEN if office.key == "oslo-og-viken" else len(units) // 6
        keeper.add(network, keeper.rng.sample(units, min(wanted, len(units))), dt.date(2020, 9, 1), None)
