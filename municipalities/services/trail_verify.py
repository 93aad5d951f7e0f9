"""Proves the trail: follows both chains from the old end to the new one and names the first row that is wrong.

It shows a sealed row that was changed, taken away or put in between, and a row that nobody sealed. Whoever owns the
database could count every hash anew from the row that he changed; that shows against a hash which the log told earlier
(``expect``). One pass over the rows, with a memory that does not grow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from municipalities.models import Event, TrailDeletion, TrailSeal
from municipalities.services.trail_seal import Head
from municipalities.trail_chain import CHAINS, DELETION_FIELDS, FIELDS, START, deletion_hash, link_hash

CHUNK = 5_000
LATE = dt.timedelta(minutes=15)
"""A row that waits longer for its seal says that the job stands still, or that it was put in by hand."""
DELETED = "trail_deleted"
"""The Event that a deletion by rule leaves; its ``content_hash`` is the deletion's ``row_hash``."""

Expected = Mapping[str, tuple[int, str]]


class Broken(Exception):
    """The trail does not hold; the message is one line that names the first wrong row."""


@dataclass
class Verdict:
    """What was found. ``fault`` is empty when all holds; ``waiting`` are rows that are not sealed yet."""

    fault: str = ""
    sealed: int = 0
    waiting: int = 0
    heads: dict[str, Head] = field(default_factory=dict)


def trail_verify(*, now: dt.datetime, expect: Expected | None = None) -> Verdict:
    """Follow the chains and look for rows that were never sealed. ``expect`` says a sequence and its hash for a chain,
    as the log told them. Seals nothing."""
    while True:
        before = _deletions()
        verdict = Verdict()
        try:
            _follow(verdict, before, expect or {})
            _unsealed(verdict, now)
        except Broken as broken:
            verdict.fault = str(broken)
        if not verdict.fault or _deletions() == before:
            return verdict  # else a stretch was deleted by rule while we read


def _deletions() -> list[tuple[Any, ...]]:
    return list(TrailDeletion.objects.order_by("chain", "first_sequence").values_list(*DELETION_FIELDS, "row_hash"))


def _follow(verdict: Verdict, deletions: list[tuple[Any, ...]], expect: Expected) -> None:
    verdict.heads = {chain: _begin(chain, [row for row in deletions if row[0] == chain]) for chain in CHAINS}
    ends = {row["chain"]: row["last"] for row in TrailSeal.objects.values("chain").annotate(last=Max("sequence"))}
    told: set[str] = set()
    columns = ("chain", "sequence", "sealed_at", "chain_hash", *(f"event__{name}" for name in FIELDS))
    rows = TrailSeal.objects.order_by("chain", "sequence").values_list(*columns).iterator(chunk_size=CHUNK)
    for chain, sequence, sealed_at, chain_hash, *event in rows:
        before = verdict.heads.get(chain)
        if before is None or event[1] != chain:
            raise Broken(f"{chain} {sequence}: event {event[0]} is sealed in a chain that is not its own.")
        if sequence != before.sequence + 1:
            raise Broken(_gap(chain, before.sequence + 1))
        if link_hash(before.chain_hash, chain, sequence, sealed_at, event) != chain_hash:
            raise Broken(f"{chain} {sequence}: event {event[0]} or its seal was changed after it was sealed.")
        _as_expected(expect, chain, sequence, chain_hash)
        verdict.heads[chain] = Head(sequence, chain_hash)
        verdict.sealed += 1
        if event[7] == DELETED:
            told.add(event[11])
    _ends(verdict, ends, expect)
    if told - {row[-1] for row in deletions}:
        raise Broken("a deletion by rule that the trail tells of has no row any more.")


def _begin(chain: str, deletions: Iterable[tuple[Any, ...]]) -> Head:
    """Where the chain goes on after what was deleted by rule; raises Broken when the deletions do not follow."""
    head, hashed = Head(), START
    for row in deletions:
        first, last, last_hash = row[1], row[2], row[3]
        if first != head.sequence + 1 or last < first:
            raise Broken(f"{chain}: the deletion by rule of {first}-{last} does not follow {head.sequence}.")
        hashed_now = deletion_hash(hashed, row[:-1])
        if hashed_now != row[-1]:
            raise Broken(f"{chain}: the row of the deletion by rule of {first}-{last} was changed.")
        head, hashed = Head(last, last_hash), hashed_now
    return head


def _gap(chain: str, sequence: int) -> str:
    seal = TrailSeal.objects.filter(chain=chain, sequence=sequence).values_list("event_id", flat=True).first()
    if seal is not None:
        return f"{chain} {sequence}: event {seal}, which is sealed, is not there any more."
    return f"{chain} {sequence}: the seal is not there any more."


def _as_expected(expect: Expected, chain: str, sequence: int, chain_hash: str) -> None:
    wanted = expect.get(chain)
    if wanted is not None and wanted[0] == sequence and wanted[1] != chain_hash:
        raise Broken(f"{chain} {sequence}: the hash is another than the one that was told before.")


def _ends(verdict: Verdict, ends: Mapping[str, int], expect: Expected) -> None:
    for chain, head in verdict.heads.items():
        if head.sequence < ends.get(chain, 0):
            raise Broken(_gap(chain, head.sequence + 1))
        if chain in expect and head.sequence < expect[chain][0]:
            raise Broken(f"{chain} {expect[chain][0]}: the chain ends at {head.sequence}, before what was told.")


def _unsealed(verdict: Verdict, now: dt.datetime) -> None:
    rows = Event.everything.filter(seal=None)
    late = rows.filter(happened_at__lt=now - LATE).order_by("pk").values_list("kind", "pk").first()
    if late is not None:
        raise Broken(f"event {late[1]} ({late[0]}) is not sealed: the job stands still, or it was put in by hand.")
    verdict.waiting = rows.count()
