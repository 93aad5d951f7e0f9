"""Puts the municipalities together: which rows are the same municipality through time, and how they are linked. Pure.

A municipality keeps its identity when a change is a renumbering or a renaming, or when its number stays the same.
Every other municipality that begins (a merger, the parts of a split) is a new identity, linked to the old ones.
A boundary adjustment moves only a part and never says that one municipality became another.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path

from municipalities.registers.reading import Row, files_like, no_overlap, read_rows

KINDS = ("merger", "split", "renumbering", "renaming", "boundary")
LANGUAGES = ("no", "se", "smj", "sma", "fkv")
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Version:
    """What a unit was called and belonged to from ``valid_from`` to ``valid_to``."""

    row: Row
    number: str
    name: str
    county_number: str
    county_name: str
    office: str
    valid_from: dt.date
    valid_to: dt.date | None
    official_names: tuple[tuple[str, str], ...] = ()
    organisation_number: str | None = None
    sami_area: bool | None = None
    tile: tuple[int, int] | None = None

    def holds(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Change:
    """A change of number, name or border on a day."""

    row: Row
    on: dt.date
    old: str
    new: str
    kind: str


@dataclass
class Unit:
    """One identity with its versions in order; ``parent`` is the number of a district's municipality."""

    kind: str
    versions: list[Version] = field(default_factory=list)
    parent: str = ""


@dataclass(frozen=True)
class Units:
    """All identities, and the changes between them."""

    units: list[Unit]
    changes: list[Change]

    def at(self, number: str, day: dt.date) -> Unit | None:
        """The unit with this number on a day."""
        for unit in self.units:
            if any(version.number == number and version.holds(day) for version in unit.versions):
                return unit
        return None


def read_units(folder: Path, offices: set[str]) -> Units:
    """Read municipalities, districts, names, tiles and changes; raises RegisterError with file, line and reason."""
    versions = _read_versions(folder, offices)
    no_overlap(versions, key=lambda version: version.number)
    versions = _with_tiles(folder, _with_names(folder, versions))
    changes = _read_changes(folder, versions)
    units = _carried_over(_identities(versions, changes))
    return Units([*units, *_read_districts(folder, versions)], changes)


def _read_versions(folder: Path, offices: set[str]) -> list[Version]:
    columns = ("number", "name", "county_number", "county_name", "office", "valid_from", "valid_to")
    versions = []
    for file in files_like(folder, "municipalities_*.csv"):
        for row in read_rows(folder, file, columns):
            valid_from, valid_to = row.period()
            versions.append(
                Version(
                    row=row,
                    number=_number(row, "number"),
                    name=row.text("name", longest=120),
                    county_number=row.code("county_number", r"\d{2}", "two digits"),
                    county_name=row.text("county_name", longest=120),
                    office=row.choice("office", sorted(offices)),
                    valid_from=valid_from,
                    valid_to=valid_to,
                )
            )
    return versions


def _number(row: Row, column: str) -> str:
    number = row.code(column, r"\d{4}", "a municipality number of four digits")
    if number == "9999":
        raise row.fail(f"{column} is 9999, which is no municipality")
    return number


def _read_districts(folder: Path, versions: list[Version]) -> list[Unit]:
    districts = []
    for row in read_rows(folder, "districts.csv", ("number", "name", "municipality_number", "valid_from", "valid_to")):
        number, parent = (
            row.code("number", r"\d{6}", "a district number of six digits"),
            _number(row, "municipality_number"),
        )
        valid_from, valid_to = row.period()
        if not number.startswith(parent):
            raise row.fail(f"district {number} does not begin with its municipality's number {parent}")
        above = next((v for v in versions if v.number == parent and v.holds(valid_from)), None)
        if above is None:
            raise row.fail(f"municipality_number {parent} is unknown on {valid_from}")
        districts.append(
            Version(
                row=row,
                number=number,
                name=row.text("name", longest=120),
                county_number=above.county_number,
                county_name=above.county_name,
                office=above.office,
                valid_from=valid_from,
                valid_to=valid_to,
            )
        )
    no_overlap(districts, key=lambda version: version.number)
    units: dict[str, Unit] = {}
    for version in sorted(districts, key=lambda district: (district.valid_from, district.number)):
        unit = units.setdefault(version.number, Unit("district", parent=version.number[:4]))
        unit.versions.append(replace(version, organisation_number="", sami_area=False))
    return list(units.values())


def _with_names(folder: Path, versions: list[Version]) -> list[Version]:
    by_start = {(version.number, version.valid_from): version for version in versions}
    for file in files_like(folder, "municipality_names_*.csv"):
        for row in read_rows(folder, file, ("number", "valid_from", "official_names")):
            version = _known(row, by_start)
            changed = replace(version, official_names=_official_names(row, version.name))
            if row.cells.get("sami_area"):
                changed = replace(changed, sami_area=row.yes("sami_area"))
            if row.cells.get("organisation_number"):
                organisation = row.code("organisation_number", r"\d{9}", "nine digits")
                changed = replace(changed, organisation_number=organisation)
            by_start[version.number, version.valid_from] = changed
    return list(by_start.values())


def _official_names(row: Row, name: str) -> tuple[tuple[str, str], ...]:
    names = []
    for part in filter(None, row.text("official_names", empty=True).split("|")):
        text, _, language = part.rpartition("@")
        if not text or language not in LANGUAGES:
            raise row.fail(f"official_names holds {part!r}, expected a name, @ and one of {', '.join(LANGUAGES)}")
        names.append((text, language))
    if names and name not in {text for text, _ in names}:
        raise row.fail(f"official_names does not hold the municipality's own name {name}")
    return tuple(names)


def _with_tiles(folder: Path, versions: list[Version]) -> list[Version]:
    by_start = {(version.number, version.valid_from): version for version in versions}
    taken: dict[tuple[dt.date, int, int], Row] = {}
    for file in files_like(folder, "tiles_*.csv"):
        for row in read_rows(folder, file, ("number", "valid_from", "column", "row")):
            version = _known(row, by_start)
            tile = row.number("column"), row.number("row")
            other = taken.setdefault((version.valid_from, *tile), row)
            if other is not row:
                raise row.fail(f"column {tile[0]}, row {tile[1]} is taken by {other.cells['number']}")
            by_start[version.number, version.valid_from] = replace(version, tile=tile)
    return list(by_start.values())


def _known(row: Row, versions: dict[tuple[str, dt.date], Version]) -> Version:
    number, day = _number(row, "number"), row.day("valid_from")
    if (number, day) not in versions:
        raise row.fail(f"number {number} is unknown: no municipality has it from {day}")
    return versions[number, day]


def _read_changes(folder: Path, versions: list[Version]) -> list[Change]:
    days: dict[str, list[Version]] = {}
    for version in versions:
        days.setdefault(version.number, []).append(version)
    changes: dict[tuple[dt.date, str, str, str], Change] = {}
    for file in files_like(folder, "changes_*.csv"):
        for row in read_rows(folder, file, ("on", "old", "new", "kind")):
            change = Change(row, row.day("on"), _number(row, "old"), _number(row, "new"), row.choice("kind", KINDS))
            for column, number, day in (("old", change.old, change.on - ONE_DAY), ("new", change.new, change.on)):
                if not any(version.holds(day) for version in days.get(number, ())):
                    raise row.fail(f"{column} number {number} is unknown: no municipality has it on {day}")
            key = (change.on, change.old, change.new, change.kind)
            if key in changes:
                raise row.fail(f"says the same as line {changes[key].row.line} of {changes[key].row.file}")
            changes[key] = change
    return list(changes.values())


def _identities(versions: list[Version], changes: list[Change]) -> list[Unit]:
    units: list[Unit] = []
    ends: dict[tuple[str, dt.date], Unit] = {}  # by number and the day after its last
    first_day = min(version.valid_from for version in versions)
    starts = {(version.number, version.valid_from) for version in versions}
    continued: dict[tuple[str, dt.date], Change] = {}
    for version in sorted(versions, key=lambda entry: (entry.valid_from, entry.number)):
        unit = ends.get((version.number, version.valid_from))
        into = [c for c in changes if (c.new, c.on) == (version.number, version.valid_from) and c.kind != "boundary"]
        if unit is None and version.valid_from > first_day:
            unit = _renumbered(version, into, ends, starts, continued)
        if unit is None:
            unit = Unit("municipality")
            units.append(unit)
        unit.versions.append(version)
        if version.valid_to is not None:
            ends[version.number, version.valid_to + ONE_DAY] = unit
    _nobody_vanishes(versions, changes, starts)
    return units


def _renumbered(
    version: Version,
    into: list[Change],
    ends: dict[tuple[str, dt.date], Unit],
    starts: set[tuple[str, dt.date]],
    continued: dict[tuple[str, dt.date], Change],
) -> Unit | None:
    """The unit that goes on under a new number, or None when the change makes a new one."""
    if not into:
        raise version.row.fail(f"{version.number} begins on {version.valid_from}, but no change says from where")
    renumberings = [change for change in into if change.kind in ("renumbering", "renaming")]
    if not renumberings:
        return None
    change = renumberings[0]
    if len(into) > 1:
        raise into[1].row.fail(f"{version.number} is renumbered from {change.old} and cannot come from another too")
    if (change.old, change.on) in starts:
        raise change.row.fail(f"{change.old} goes on with its number on {change.on} and cannot be renumbered")
    earlier = continued.setdefault((change.old, change.on), change)
    if earlier is not change:
        raise change.row.fail(f"{change.old} is renumbered to {earlier.new} already, in line {earlier.row.line}")
    unit = ends.get((change.old, change.on))
    if unit is None:
        raise version.row.fail(
            f"{version.number} overlaps {change.old}, which is renumbered to it on {change.on} but still holds then"
        )
    return unit


def _nobody_vanishes(versions: list[Version], changes: list[Change], starts: set[tuple[str, dt.date]]) -> None:
    leaving = {(change.old, change.on) for change in changes if change.kind != "boundary"}
    for version in versions:
        if version.valid_to is None:
            continue
        after = version.valid_to + ONE_DAY
        if (version.number, after) not in starts and (version.number, after) not in leaving:
            raise version.row.fail(f"{version.number} ends on {version.valid_to}, but no change says into what")


def _carried_over(units: list[Unit]) -> list[Unit]:
    """What a file does not tell (an organisation number) stays as it was in the same identity's version before."""
    for unit in units:
        number: str = ""
        area = False
        for index, version in enumerate(unit.versions):
            number = version.organisation_number if version.organisation_number is not None else number
            area = version.sami_area if version.sami_area is not None else area
            unit.versions[index] = replace(version, organisation_number=number, sami_area=area)
    return units
