"""Writes the registers to the database: adds what is new, corrects what differs, removes nothing. One transaction.

What is corrected, and what is added to a register that was there, leaves an Event; the first load of one does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Model

from municipalities.models import (
    County,
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    Office,
    OfficeName,
)
from municipalities.names import sort_key
from municipalities.registers.reading import RegisterError, Row
from municipalities.registers.reform import ReformRegisters, read_reform
from municipalities.registers.units import ONE_DAY, Unit, Units, Version, read_units
from municipalities.services import notes
from municipalities.transitions import event_about, log_many
from reform.models import FocusArea, Phase, PhasePeriod, Reform, ReformEnd, Solution

DATA = Path(__file__).resolve().parent.parent / "data"
BATCH = 500
Counties = dict[tuple[str, dt.date], int]  # ids by county number and the first day of a version


@dataclass
class Loaded:
    """How many rows were added and corrected, by model, in the order in which they were written."""

    added: dict[str, int] = field(default_factory=dict)
    corrected: dict[str, int] = field(default_factory=dict)
    told: list[tuple[Model, str, str]] = field(default_factory=list)
    """What leaves an Event: the row, the Event's name and its note."""

    @property
    def unchanged(self) -> bool:
        return not any(self.added.values()) and not any(self.corrected.values())


def registers_load(*, folder: Path = DATA, now: dt.datetime | None = None) -> Loaded:
    """Load all registers from ``folder``. Loading again adds and changes nothing.

    ``now`` is the moment of the Events; only where nothing was loaded before it may be left out (ValueError). Raises
    RegisterError with file, line and reason when a file is broken, a number is unknown or dates overlap;
    then nothing has been written.
    """
    reform = read_reform(folder)
    units = read_units(folder, {office.key for office in reform.offices})
    loaded = Loaded()
    with transaction.atomic():
        _load_reform(reform, loaded)
        offices = _load_offices(reform, loaded)
        _load_units(units, offices, _load_counties(units, loaded), loaded)
        if loaded.told and now is None:
            raise ValueError("say when the registers are changed")
        if now is not None:
            log_many(event_about(row, name, actor=None, now=now, note=note) for row, name, note in loaded.told)
    return loaded


def _sync(
    model: type[Model],
    wanted: Mapping[Any, Mapping[str, Any]],
    key: Callable[[Any], Any],
    loaded: Loaded,
) -> dict[Any, Any]:
    """Bring the rows with the wanted keys to their values; return all rows of the model by key."""
    manager = model._default_manager
    rows = {key(row): row for row in manager.order_by("pk")}
    added, changed, first = [], [], not rows
    for wanted_key, values in wanted.items():
        row = rows.get(wanted_key)
        if row is None:
            rows[wanted_key] = row = model(**values)
            added.append(row)
        elif lines := [
            notes.change(name, getattr(row, name), v) for name, v in values.items() if getattr(row, name) != v
        ]:
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
            loaded.told.append((row, "loaded_corrected", "\n".join(lines)))
    manager.bulk_create(added, batch_size=BATCH)
    loaded.told += [] if first else [(row, "loaded_added", notes.all_said(row)) for row in added]
    if changed:
        names = sorted({name for values in wanted.values() for name in values})
        manager.bulk_update(changed, names, batch_size=BATCH)
    label = model.__name__
    loaded.added[label] = loaded.added.get(label, 0) + len(added)
    loaded.corrected[label] = loaded.corrected.get(label, 0) + len(changed)
    return rows


def _load_reform(registers: ReformRegisters, loaded: Loaded) -> None:
    first = registers.reform
    reforms = _sync(
        Reform,
        {first.key: _pick(first, "key", "name_nb", "name_nn", "starts_on")},
        lambda row: row.key,
        loaded,
    )
    reform_id = reforms[first.key].pk
    ends = {
        (reform_id, end.decided_on): {**_pick(end, "ends_on", "decided_on", "source"), "reform_id": reform_id}
        for end in registers.ends
    }
    _sync(ReformEnd, ends, lambda row: (row.reform_id, row.decided_on), loaded)
    areas = _sync(
        FocusArea,
        {a.code: {**_pick(a, "code", "name_nb", "name_nn"), "order": int(a.code)} for a in registers.areas},
        lambda row: row.code,
        loaded,
    )
    solutions = {
        solution.code: {
            **_pick(solution, "code", "name_nb", "name_nn", "name_confirmed"),
            "area_id": areas[solution.area].pk,
            "order": order,
        }
        for order, solution in enumerate(registers.solutions, start=1)
    }
    _sync(Solution, solutions, lambda row: row.code, loaded)
    phases = _sync(
        Phase,
        {phase.number: _pick(phase, "number", "name_nb", "name_nn") for phase in registers.phases},
        lambda row: row.number,
        loaded,
    )
    periods = {
        (phases[period.phase].pk, period.decided_on): {
            **_pick(period, "starts_on", "ends_on", "decided_on", "source"),
            "phase_id": phases[period.phase].pk,
        }
        for period in registers.periods
    }
    _sync(PhasePeriod, periods, lambda row: (row.phase_id, row.decided_on), loaded)


def _pick(entry: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names}


def _load_offices(registers: ReformRegisters, loaded: Loaded) -> dict[str, int]:
    wanted = {office.key: _pick(office, "key", "order") for office in registers.offices}
    rows = _sync(Office, wanted, lambda row: row.key, loaded)
    ids = {key: rows[key].pk for key in wanted}
    names = {
        (ids[name.office], name.valid_from): {
            **_pick(name, "short_name", "name_nb", "name_nn", "valid_from", "valid_to"),
            "office_id": ids[name.office],
        }
        for name in registers.office_names
    }
    lines = {(ids[name.office], name.valid_from): name.row for name in registers.office_names}
    after = _sync(OfficeName, names, lambda row: (row.office_id, row.valid_from), loaded)
    _no_overlap_in_database(after, lines, lambda row: row.office_id)
    return ids


@dataclass
class CountySpan:
    """A county's name under one number, and the row that said so first."""

    name: str
    valid_from: dt.date
    valid_to: dt.date | None
    row: Row

    def holds(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _load_counties(units: Units, loaded: Loaded) -> Counties:
    """Write the counties; return their ids by number and the first day of a version."""
    versions = [version for unit in units.units for version in unit.versions]
    spans = _county_spans(versions)
    wanted = {
        (number, span.valid_from): {"number": number, **_pick(span, "name", "valid_from", "valid_to")}
        for number, entries in spans.items()
        for span in entries
    }
    rows = _sync(County, wanted, lambda row: (row.number, row.valid_from), loaded)
    found: Counties = {}
    for version in versions:
        span = next(span for span in spans[version.county_number] if span.holds(version.valid_from))
        found[version.county_number, version.valid_from] = rows[version.county_number, span.valid_from].pk
    return found


def _county_spans(versions: list[Version]) -> dict[str, list[CountySpan]]:
    """The counties that the versions name, by number, joined where a county went on under its name."""
    spans: dict[str, list[CountySpan]] = {}
    for version in sorted(versions, key=lambda entry: (entry.county_number, entry.valid_from)):
        known = spans.setdefault(version.county_number, [])
        last = known[-1] if known else None
        inside = last is not None and last.holds(version.valid_from)
        if last is not None and inside and version.county_name != last.name:
            raise version.row.fail(
                f"county {version.county_number} is {version.county_name} here, but {last.name} in"
                f" {last.row.file}, line {last.row.line}, on the same day"
            )
        goes_on = last is not None and last.name == version.county_name and last.holds(version.valid_from - ONE_DAY)
        if last is not None and (inside or goes_on):
            open_end = last.valid_to is None or version.valid_to is None
            last.valid_to = None if open_end else max(last.valid_to, version.valid_to)  # type: ignore[type-var]
        else:
            known.append(CountySpan(version.county_name, version.valid_from, version.valid_to, version.row))
    return spans


def _load_units(
    units: Units, offices: dict[str, int], counties: dict[tuple[str, dt.date], int], loaded: Loaded
) -> None:
    stored = {(row.number, row.valid_from): row.municipality_id for row in MunicipalityVersion.objects.order_by("pk")}
    ids = _identities(units, stored, loaded)
    wanted, lines = {}, {}
    for unit in units.units:
        for version in unit.versions:
            key = (version.number, version.valid_from)
            wanted[key] = _version_values(version, ids[id(unit)], offices, counties)
            lines[key] = version.row
    rows = _sync(MunicipalityVersion, wanted, lambda row: (row.number, row.valid_from), loaded)
    _no_overlap_in_database(rows, lines, lambda row: row.municipality_id)
    _no_overlap_in_database(rows, lines, lambda row: row.number)
    links = {}
    for change in units.changes:
        old, new = units.at(change.old, change.on - ONE_DAY), units.at(change.new, change.on)
        links[change.old, change.new, change.on, change.kind] = {
            "old_id": ids[id(old)],
            "new_id": ids[id(new)],
            "kind": change.kind,
            "on": change.on,
            "old_number": change.old,
            "new_number": change.new,
        }
    _sync(MunicipalityLink, links, lambda row: (row.old_number, row.new_number, row.on, row.kind), loaded)


def _identities(units: Units, stored: Mapping[tuple[str, dt.date], int], loaded: Loaded) -> dict[int, int]:
    """The id of each unit, by ``id(unit)``: the stored one that had one of its numbers then, or a new one."""
    ids: dict[int, int] = {}
    numbers: dict[str, int] = {}
    new: list[tuple[Unit, Municipality]] = []
    for unit in units.units:  # municipalities come before districts
        found = {stored[v.number, v.valid_from] for v in unit.versions if (v.number, v.valid_from) in stored}
        if len(found) > 1:
            raise unit.versions[0].row.fail("is one municipality here, but several in the database")
        if found:
            ids[id(unit)] = found.pop()
        elif unit.kind == Municipality.Kind.MUNICIPALITY:
            new.append((unit, Municipality(kind=unit.kind)))
    manager = Municipality.objects
    manager.get_queryset().bulk_create([row for _, row in new], batch_size=BATCH)
    ids.update({id(unit): row.pk for unit, row in new})
    for unit in units.units:
        if unit.kind == Municipality.Kind.MUNICIPALITY:
            numbers.update({version.number: ids[id(unit)] for version in unit.versions})
    districts = [
        (unit, Municipality(kind=unit.kind, parent_id=numbers[unit.parent]))
        for unit in units.units
        if id(unit) not in ids
    ]
    manager.get_queryset().bulk_create([row for _, row in districts], batch_size=BATCH)
    ids.update({id(unit): row.pk for unit, row in districts})
    loaded.added[Municipality.__name__] = len(new) + len(districts)
    return ids


def _version_values(
    version: Version, municipality_id: int, offices: dict[str, int], counties: Counties
) -> dict[str, Any]:
    return {
        "municipality_id": municipality_id,
        "number": version.number,
        "name": version.name,
        "official_names": [{"name": name, "lang": language} for name, language in version.official_names],
        "sort_key": sort_key(version.name),
        "county_id": counties[version.county_number, version.valid_from],
        "office_id": offices[version.office],
        "organisation_number": version.organisation_number or "",
        "sami_area": bool(version.sami_area),
        "tile_column": version.tile[0] if version.tile else None,
        "tile_row": version.tile[1] if version.tile else None,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
    }


def _no_overlap_in_database(rows: Mapping[Any, Any], lines: Mapping[Any, Any], group: Callable[[Any], Any]) -> None:
    """Refuse a row of the files that overlaps one that was in the database before and is not in the files."""
    last: dict[Any, tuple[Any, Any]] = {}
    for key, row in sorted(rows.items(), key=lambda item: (str(group(item[1])), item[1].valid_from)):
        before = last.get(group(row))
        if before is not None and (before[1].valid_to is None or before[1].valid_to >= row.valid_from):
            line = lines.get(key) or lines.get(before[0])
            other = before[1] if key in lines else row
            if line is None:
                raise RegisterError("the database", None, f"{row} from {row.valid_from} overlaps {before[1]}")
            raise line.fail(f"overlaps {other} from {other.valid_from}, which is in the database and not in the files")
        last[group(row)] = (key, row)
