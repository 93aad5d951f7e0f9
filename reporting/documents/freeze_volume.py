"""The inputs of the regions' volumes, kept with their summary and read back from it.

What the units sent in is read from the frozen Submissions. What a register may put right later is kept by value:
decisions, anchorings, steps and phases, parts in networks, support, and the names of the networks in answers. A summary
made before these were kept has none of them: ``is_kept`` says so, and its volumes are read with the registers of today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from reporting.models import NationalSummary, Submission

from .collect_volume import REASON, collect_volumes, sent_in
from .facts import Facts
from .inputs import volume_inputs
from .volume_facts import Anchoring, Decision, Given, Part, Progress, SentIn, VolumeFacts

KEY = "volume"
"""Under which the rows stand in ``NationalSummary.register_ids``."""

SEVERAL_IDS = 500  # how many Submissions one query names
ROWS: dict[str, type] = {
    "decisions": Decision, "anchorings": Anchoring, "progress": Progress, "parts": Part, "support": Given,
}  # fmt: skip
DAYS = frozenset({"since", "until", "decided_on", "expected_on", "adopted_on", "on"})
MOMENTS = frozenset({"registered_at"})


def kept_volumes(facts: Facts, found: VolumeFacts) -> dict[str, Any]:
    """What is kept of ``found`` by value: each register as its columns and rows, the names of networks, and for each
    region a hash over all that its volume is computed from."""
    rows = {name: {"columns": _columns(kind), "rows": _rows(getattr(found, name))} for name, kind in ROWS.items()}
    inputs = {office.key: volume_inputs(facts, found, office.key) for office in facts.offices}
    return {KEY: {**rows, "networks": dict(found.networks), "inputs": inputs}}


def _columns(kind: type) -> list[str]:
    return [item.name for item in fields(kind)]


def _rows(rows: Iterable[Any]) -> list[list[Any]]:
    return [[_plain(getattr(row, item.name)) for item in fields(row)] for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value


def _rich(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column in MOMENTS:
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if column in DAYS else value


def is_kept(summary: NationalSummary) -> bool:
    """Whether the summary has kept what its volumes rest on."""
    return KEY in summary.register_ids


def kept_inputs(summary: NationalSummary, office: str) -> str:
    """The hash over what the region's volume was computed from; empty where none was kept."""
    return str(summary.register_ids.get(KEY, {}).get("inputs", {}).get(office, ""))


def recollect_volumes(summary: NationalSummary, facts: Facts) -> VolumeFacts:
    """What the volumes of ``summary`` were computed from. ``facts`` are its own again (``recollect``)."""
    sent = tuple(_sent(facts))
    if not is_kept(summary):
        today = collect_volumes(facts)
        known = {str(network.id): network.name for network in facts.networks}
        return VolumeFacts(
            sent, today.decisions, today.anchorings, today.progress, today.parts, today.support,
            {**today.networks, **known},
        )  # fmt: skip
    kept = summary.register_ids[KEY]
    rows = {
        name: tuple(
            kind(**{column: _rich(column, value) for column, value in zip(kept[name]["columns"], row, strict=True)})
            for row in kept[name]["rows"]
        )
        for name, kind in ROWS.items()
    }
    return VolumeFacts(sent=sent, networks=kept["networks"], **rows)


def _sent(facts: Facts) -> Iterable[SentIn]:
    """The frozen Submissions of the last two rounds, approved or not as they were then."""
    near = {entry.date for entry in facts.rounds[-2:]}
    approved = {row.submission: row.approved for row in facts.reports if row.submission and row.round in near}
    ids = sorted(approved)
    days = {entry.id: entry.date for entry in facts.rounds}
    for start in range(0, len(ids), SEVERAL_IDS):
        rows = Submission.objects.across_all(reason=REASON).filter(pk__in=ids[start : start + SEVERAL_IDS])
        yield from sent_in(rows, days, approved)
