"""Files in the shape of Klass, made from the real registers, and registers that know 2019 only."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

from municipalities.models import County, Membership, Municipality, MunicipalityLink, MunicipalityVersion
from municipalities.registers.services import DATA, registers_load

D = dt.date
STARTS = {2019: D(2019, 1, 1), 2020: D(2020, 1, 1), 2024: D(2024, 1, 1)}
BEFORE = {2020: 2019, 2024: 2020}
KEYS_2020 = ["--office", "30=oslo-og-viken", "--office", "54=troms-og-finnmark", "--boundary", "1418-4638"]
"""What the codes of 2020 do not tell: two new counties came from several offices, and one split was none."""


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def names_in(year: int) -> dict[str, str]:
    """The names as Klass writes them: parallel names with a hyphen between."""
    names = {row["number"]: row["name"] for row in rows(f"municipalities_{year}.csv")}
    if year > 2019:
        for row in rows(f"municipality_names_{year}.csv"):
            parts = [part.rpartition("@")[0] for part in row["official_names"].split("|") if part]
            names[row["number"]] = " - ".join(parts) or names[row["number"]]
    return names


def code(number: str, name: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    entry = {"code": number, "parentCode": parent, "level": "1", "name": name, "shortName": "", "presentationName": ""}
    return {**entry, "validFrom": None, "validTo": None, "notes": "", **more}


def codes_of(year: int) -> list[dict[str, Any]]:
    """The list of a year, with 9999 last, as in the real one."""
    return [*(code(number, name) for number, name in sorted(names_in(year).items())), code("9999", "Uoppgitt")]


def changes_of(year: int) -> list[dict[str, str]]:
    old, new = names_in(BEFORE[year]), names_in(year)
    return [
        {
            "oldCode": row["old"], "oldName": old[row["old"]], "oldShortName": "", "newCode": row["new"],
            "newName": new[row["new"]], "newShortName": "", "changeOccurred": row["on"],
        }
        for row in rows(f"changes_{year}.csv")
    ]  # fmt: skip


def counties_of(year: int) -> list[dict[str, Any]]:
    found = {row["county_number"]: row["county_name"] for row in rows(f"municipalities_{year}.csv")}
    return [*(code(number, f"{name} - Parallell" if number == "55" else name) for number, name in found.items())]


def write(path: Path, **content: Any) -> str:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return str(path)


def klass_files(folder: Path, year: int) -> list[str]:
    """The arguments for ``import_klass``: codes, changes and counties of a year."""
    return [
        write(folder / f"codes_{year}.json", codes=codes_of(year)),
        write(folder / f"changes_{year}.json", codeChanges=changes_of(year)),
        "--counties",
        write(folder / f"counties_{year}.json", codes=counties_of(year)),
    ]


def registers_until(year: int) -> None:
    """The registers that ship with the portal, as they were before the map changed after ``year``."""
    registers_load()
    end = min(start for y, start in STARTS.items() if y > year)
    last = end - dt.timedelta(days=1)
    Membership.objects.all().delete()
    MunicipalityLink.objects.filter(on__gte=end).delete()
    MunicipalityVersion.objects.filter(valid_from__gte=end).delete()
    MunicipalityVersion.objects.filter(valid_to__gte=last, municipality__kind="municipality").update(valid_to=None)
    County.objects.filter(valid_from__gte=end).delete()
    County.objects.filter(valid_to=last).update(valid_to=None)
    Municipality.objects.get_queryset().filter(versions__isnull=True).delete()


def on_day(day: dt.date) -> dict[str, tuple[Any, ...]]:
    """What every municipality is on a day: name, all names, county, office, and which identity (by its numbers)."""
    versions = MunicipalityVersion.objects.on(day).filter(municipality__kind="municipality")
    numbers: dict[int, set[str]] = {}
    for unit, number, _start in MunicipalityVersion.objects.values_list("municipality_id", "number", "valid_from"):
        numbers.setdefault(unit, set()).add(number)
    return {
        row.number: (
            row.name, [entry["name"] for entry in row.official_names], row.county.number, row.county.name,
            row.office.key, frozenset(numbers[row.municipality_id]),
        )
        for row in versions.select_related("county", "office")
    }  # fmt: skip


def all_links() -> set[tuple[Any, ...]]:
    return set(MunicipalityLink.objects.values_list("old_number", "new_number", "kind", "on"))
