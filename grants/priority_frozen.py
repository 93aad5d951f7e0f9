"""A decided list read back from its canonical JSON, as the same values as a list of today. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from grants.criteria.facts import Evidence, Outcome
from grants.services.priority import CriterionRow, Note, UnitOutcomes, Verdict


def frozen_criteria(content: Mapping[str, Any]) -> tuple[CriterionRow, ...]:
    """The criteria as they were when the list was decided."""
    return tuple(
        CriterionRow(row["code"], row["source"], row["version"], row["settings"]) for row in content["criteria"]
    )


def frozen_lines(content: Mapping[str, Any], offices: Mapping[str, int]) -> list[UnitOutcomes]:
    """The municipalities in the order of the list; ``offices`` are the offices' places by key."""
    return [
        UnitOutcomes(
            unit=row["unit"], number=row["number"], name=row["name"], sort_key=f"{place:05}",
            office=offices.get(row["office"], len(offices)), office_key=row["office"], office_name=row["office_name"],
            verdicts={code: _verdict(code, said) for code, said in row["criteria"].items()},
        )
        for place, row in enumerate(content["rows"])
    ]  # fmt: skip


def _verdict(code: str, said: Mapping[str, Any]) -> Verdict:
    since = _day(said["since"])
    overruled = said["overruling"] is not None
    computed = Outcome(
        state=said["computed"],
        evidence=tuple(Evidence(**{**row, "since": _day(row["since"])}) for row in said["evidence"]),
        since=None if overruled else since,
        missing=said["missing"],
        about=tuple(said["about"]),
    )
    if not overruled:
        return Verdict(code, computed)
    note = Note(said["overruling"], "overrule", said["state"], "", "", "", since or dt.date.min, None)
    return Verdict(code, computed, (note,), note)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
