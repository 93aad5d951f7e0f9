"""Loads the schemes, criteria, formulas and appropriations that ship with the portal.

A year that is there already is left alone: it is Hdir's own from then on. Loading again changes nothing.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from grants.models import (
    AllocationFormula,
    AllocationPart,
    Appropriation,
    CriteriaYear,
    Criterion,
    Scheme,
    SchemeException,
)

DATA = Path(__file__).resolve().parent.parent / "data"
REASON = "loading what ships with the portal"


def shipped_load() -> dict[str, int]:
    """Add the years that are missing. Returns how many rows were added by what they are; empty when none was."""
    with transaction.atomic():
        added = {
            "grant schemes": _schemes(),
            "criteria": _criteria(),
            "formulas": _formulas(),
            "appropriations": _appropriations(),
        }
    return {label: count for label, count in added.items() if count}


def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


def _schemes() -> int:
    added = 0
    for year, said in _read("schemes.toml").items():
        if Scheme.objects.across_all(reason=REASON).filter(year=year).exists():
            continue
        for order, row in enumerate(said["schemes"], 1):
            name = row["name"]
            scheme = Scheme.objects.get_queryset().create(
                year=int(year), key=row["key"], order=order, chapter=row["chapter"], post=row["post"],
                name_nb=name["nb"], name_nn=name["nn"], source=said["source"],
            )  # fmt: skip
            SchemeException.objects.get_queryset().bulk_create(
                SchemeException(
                    scheme=scheme, kind=part["kind"], name_nb=part["name"]["nb"], name_nn=part["name"]["nn"],
                    from_year=part.get("from_year"), to_year=part.get("to_year"), source=said["source"],
                )
                for part in row.get("exceptions", ())
            )  # fmt: skip
            added += 1
    return added


def _criteria() -> int:
    added = 0
    for year, said in _read("criteria.toml").items():
        if CriteriaYear.objects.across_all(reason=REASON).filter(year=year).exists():
            continue
        criteria = CriteriaYear.objects.get_queryset().create(year=int(year), source=said["source"])
        added += len(
            Criterion.objects.get_queryset().bulk_create(
                Criterion(criteria=criteria, code=row["code"], order=order, settings=row["settings"])
                for order, row in enumerate(said["rows"], 1)
            )
        )
    return added


def _formulas() -> int:
    added = 0
    for said in _read("funds.toml")["formulas"]:
        if AllocationFormula.objects.across_all(reason=REASON).filter(year=said["year"]).exists():
            continue
        parts = said.pop("parts")
        formula = AllocationFormula.objects.get_queryset().create(**said)
        AllocationPart.objects.get_queryset().bulk_create(
            AllocationPart(formula=formula, order=order, **part) for order, part in enumerate(parts, 1)
        )
        added += 1
    return added


def _appropriations() -> int:
    added = 0
    for said in _read("funds.toml")["appropriations"]:
        budget = {"year": said["year"], "occasion": said["occasion"]}
        if Appropriation.objects.across_all(reason=REASON).filter(**budget).exists():
            continue
        rows = Appropriation.objects.get_queryset().bulk_create(
            Appropriation(
                **budget, order=order, source=said["source"], receiver=row["receiver"], amount=row["amount"],
                receiver_nb=row["name"]["nb"], receiver_nn=row["name"]["nn"],
                purpose_nb=row.get("purpose", {}).get("nb", ""), purpose_nn=row.get("purpose", {}).get("nn", ""),
            )
            for order, row in enumerate(said["rows"], 1)
        )  # fmt: skip
        added += len(rows)
    return added
