"""Deletes from the trail what is past its time: whole sealed stretches from the old end of a chain, and nothing else.

A stretch is followed once more before it goes, and leaves a TrailDeletion (which rows, from when, and the hash that the
chain goes on from) and an Event. The years are those of ``trail_rule``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from municipalities import guards
from municipalities.models import TrailDeletion, TrailSeal
from municipalities.services.trail_seal import Head, one_at_a_time
from municipalities.services.trail_verify import DELETED, Broken
from municipalities.trail_chain import CHAINS, DELETION_FIELDS, FIELDS, START, deletion_hash, link_hash
from municipalities.trail_rule import KEPT, kept_from
from municipalities.transitions import log as log_event

log = structlog.get_logger("portal.trail")
STRETCH = 10_000


def trail_delete_old(*, now: dt.datetime, stretch: int = STRETCH) -> int:
    """Delete what is past its time in both chains, ``stretch`` rows in a transaction; returns how many rows went.

    A row that is younger than the rule keeps all that were sealed after it. Raises Broken, and deletes nothing of that
    stretch, where the chain does not hold.
    """
    return sum(_chain(chain, now, stretch) for chain in CHAINS)


def _chain(chain: str, now: dt.datetime, stretch: int) -> int:
    gone = 0
    while count := _one(chain, now, stretch):
        gone += count
    return gone


@transaction.atomic
def _one(chain: str, now: dt.datetime, stretch: int) -> int:
    if not one_at_a_time():
        return 0
    gone = TrailDeletion.objects.filter(chain=chain).last()
    begin = Head(gone.last_sequence, gone.last_hash) if gone else Head()
    rows = _past_their_time(chain, begin, kept_from(chain, now), stretch)
    if not rows:
        return 0
    head = _followed(chain, begin, rows)
    days = [timezone.localdate(row[3 + FIELDS.index("happened_at")]) for row in rows]
    values: dict[str, Any] = {
        "chain": chain, "first_sequence": begin.sequence + 1, "last_sequence": head.sequence,
        "last_hash": head.chain_hash, "first_day": min(days), "last_day": max(days),
        "kept_years": KEPT[chain].years, "deleted_at": now,
    }  # fmt: skip
    hashed = deletion_hash(gone.row_hash if gone else START, [values[name] for name in DELETION_FIELDS])
    row = TrailDeletion.objects.create(**values, row_hash=hashed)
    words = f"{chain}: {row.first_sequence}-{row.last_sequence}, {row.first_day}-{row.last_day}"
    log_event(row, DELETED, actor=None, now=now, note=words, content_hash=hashed)
    deleted = guards.delete_by_rule(chain, head.sequence)
    if deleted != len(rows):
        raise Broken(f"{chain}: {deleted} rows would go, and not the {len(rows)} that are past their time.")
    log.info("trail deleted by rule", chain=chain, rows=deleted, last=head.sequence, chain_hash=head.chain_hash)
    return deleted


def _past_their_time(chain: str, begin: Head, limit: dt.datetime, stretch: int) -> list[tuple[Any, ...]]:
    """The links from the old end of the chain until the first that is still to be kept, at most ``stretch``."""
    columns = ("sequence", "sealed_at", "chain_hash", *(f"event__{name}" for name in FIELDS))
    links = TrailSeal.objects.filter(chain=chain, sequence__gt=begin.sequence).order_by("sequence")
    found = []
    for row in links.values_list(*columns)[:stretch]:
        if row[3 + FIELDS.index("happened_at")] >= limit:
            break
        found.append(row)
    return found


def _followed(chain: str, head: Head, rows: list[tuple[Any, ...]]) -> Head:
    for sequence, sealed_at, chain_hash, *event in rows:
        right = sequence == head.sequence + 1 and event[1] == chain
        if not right or link_hash(head.chain_hash, chain, sequence, sealed_at, event) != chain_hash:
            raise Broken(f"{chain} {sequence}: the chain does not hold, so that nothing of it is deleted.")
        head = Head(sequence, chain_hash)
    return head
