"""Writes a change of the map of municipalities: new identities, numbers, names and links, each with an Event.

Nothing is moved and nothing deleted: decisions, reports and memberships stay with the identity that they were made
for, a version that no longer holds ends the day before, and what follows from it is read through the links.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from municipalities.klass.kinds import BOUNDARY, MERGER
from municipalities.klass.plan import ONE_DAY, Known, NewVersion, Plan, Registers, Wish, plan
from municipalities.klass.reading import KlassError
from municipalities.models import County, Municipality, MunicipalityLink, MunicipalityVersion, Office, User
from municipalities.names import sort_key
from municipalities.services.people import Followed, memberships_follow
from municipalities.transitions import log

REASON = "change the map of municipalities"
_FIELDS = (
    "municipality_id", "number", "name", "official_names", "county__number", "office__key", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True)
class Applied:
    """What was written: how many versions, links and counties, and the people who followed their municipality."""

    versions: int
    links: int
    counties: int
    followed: Followed


def structure_read(on: dt.date) -> Registers:
    """The registers around the day ``on``, as ``klass.plan`` needs them. Six queries."""
    versions = MunicipalityVersion.objects.filter(municipality__kind=Municipality.Kind.MUNICIPALITY)
    links = MunicipalityLink.objects.filter(on=on).values_list("old_number", "new_number", "kind")
    counties = County.objects.filter(valid_from__lte=on).exclude(valid_to__lt=on)
    return Registers(
        before=_known(versions.on(on - ONE_DAY)),
        after=_known(versions.on(on)),
        links={(old, new): kind for old, new, kind in links},
        later=frozenset(versions.filter(valid_from__gt=on).values_list("number", flat=True)),
        counties=frozenset(counties.values_list("number", flat=True)),
        offices=frozenset(Office.objects.across_all(reason=REASON).values_list("key", flat=True)),
    )


def _known(versions: Any) -> dict[str, Known]:
    return {
        number: Known(pk, number, name, tuple((e["name"], e["lang"]) for e in official), county, office, start, end)
        for pk, number, name, official, county, office, start, end in versions.values_list(*_FIELDS)
    }


def structure_plan(wish: Wish) -> tuple[Plan, Registers]:
    """What ``wish`` would change, and the registers it was compared with. Raises KlassError in one sentence."""
    registers = structure_read(wish.on)
    for county, office in wish.offices.items():
        if office not in registers.offices:
            known = ", ".join(sorted(registers.offices))
            raise KlassError(f"The office {office!r} of county {county} is unknown; choose one of {known}.")
    return plan(wish, registers), registers


def structure_apply(*, wish: Wish, expected: Plan, actor: User | None, now: dt.datetime) -> Applied:
    """Write what was shown as ``expected``; memberships follow where there is one whole successor.

    One transaction. Run again it writes nothing. Raises KlassError when the registers were changed since the plan was
    made; then nothing is written.
    """
    with transaction.atomic():
        every = Municipality.objects.across_all(reason=REASON)
        list(every.select_for_update().order_by("pk").values_list("pk", flat=True))
        plan_, registers = structure_plan(wish)
        if plan_ != expected:
            raise KlassError("The registers were changed in the meantime; look at the changes again.")
        writer = _Writer(plan_, registers, actor, now)
        writer.write()
        followed = memberships_follow(day=plan_.on, actor=actor, now=now)
    counties = len(plan_.new_counties) + len(plan_.ended_counties)
    return Applied(len(plan_.versions), len(plan_.links), counties, followed)


class _Writer:
    """Writes one plan. ``ids`` are the identities by number on the day before and on the day."""

    def __init__(self, plan_: Plan, registers: Registers, actor: User | None, now: dt.datetime) -> None:
        self.plan, self.registers, self.actor, self.now = plan_, registers, actor, now
        self.offices = dict(Office.objects.across_all(reason=REASON).values_list("key", "pk"))
        self.old_ids = {number: known.unit_id for number, known in registers.before.items()}
        self.new_ids = {number: known.unit_id for number, known in registers.after.items()}

    def write(self) -> None:
        self._counties()
        for known, into in self.plan.ended:
            version = self._close(known.unit_id)
            self._log(version, "unit_ended", f"{known.number} {known.name} → {', '.join(into)}")
        for new in self.plan.versions:
            self._version(new)
        self._links()

    def _counties(self) -> None:
        day = self.plan.on
        for number, name in self.plan.new_counties:
            County.objects.create(number=number, name=name, valid_from=day)
        ending = County.objects.filter(number__in=self.plan.ended_counties, valid_to__isnull=True)
        ending.update(valid_to=day - ONE_DAY)
        self.county_ids = dict(
            County.objects.filter(valid_from__lte=day).exclude(valid_to__lt=day).values_list("number", "pk")
        )

    def _close(self, unit_id: int) -> MunicipalityVersion:
        """End the identity's version the day before; returns it with its old end in ``was_to``."""
        day = self.plan.on - ONE_DAY
        version = MunicipalityVersion.objects.on(day).get(municipality_id=unit_id)
        version.was_to = version.valid_to  # type: ignore[attr-defined]
        if version.valid_to != day:
            version.valid_to = day
            version.save(update_fields=["valid_to"])
        return version

    def _version(self, new: NewVersion) -> None:
        carried: dict[str, Any] = {}
        if new.unit_id is None:
            unit_id = Municipality.objects.get_queryset().create(kind=Municipality.Kind.MUNICIPALITY).pk
        else:
            unit_id = new.unit_id
            old = self._close(unit_id)
            names = ("organisation_number", "sami_area", "tile_column", "tile_row")
            carried = {name: getattr(old, name) for name in names}
            carried["valid_to"] = old.was_to if old.was_to is None or old.was_to >= self.plan.on else None
        version = MunicipalityVersion.objects.create(
            municipality_id=unit_id,
            number=new.number,
            name=new.name,
            official_names=[{"name": name, "lang": language} for name, language in new.official_names],
            sort_key=sort_key(new.name),
            county_id=self.county_ids[new.county],
            office_id=self.offices[new.office],
            valid_from=self.plan.on,
            **carried,
        )
        self.new_ids[new.number] = unit_id
        self._log(version, f"unit_{new.how}", f"{', '.join(new.sources) or new.number} → {new.number} {new.name}")

    def _links(self) -> None:
        written = MunicipalityLink.objects.bulk_create(
            MunicipalityLink(
                old_id=self.old_ids[old], new_id=self.new_ids[new], kind=kind, on=self.plan.on, old_number=old,
                new_number=new,
            )
            for old, new, kind in self.plan.links
        )  # fmt: skip
        told = {version.number for version in self.plan.versions}
        for link in written:
            if link.kind == BOUNDARY:
                self._log(self._holding(link.old_id), "unit_boundary", f"{link.old_number} → {link.new_number}")
            elif link.kind == MERGER and link.new_number not in told and link.old_number != link.new_number:
                self._log(self._holding(link.new_id), "unit_merged", f"{link.old_number} → {link.new_number}")

    def _holding(self, unit_id: int) -> MunicipalityVersion:
        versions = MunicipalityVersion.objects.filter(municipality_id=unit_id, valid_from__lte=self.plan.on)
        return versions.order_by("-valid_from")[0]

    def _log(self, version: MunicipalityVersion, name: str, note: str) -> None:
        log(version, name, actor=self.actor, now=self.now, note=note)
