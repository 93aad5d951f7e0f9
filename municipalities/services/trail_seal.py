"""Seals the trail: gives each committed Event its place and its hash in the chain of its kind.

An Event is written without them, in the transaction of what it tells, so that writers do not wait for each other. Soon
after, one sealer at a time takes what is committed and not sealed, in the order of the ids, and adds a link for each.
An id is given before its transaction commits, so a lower one may come later: it is sealed later, with a later sequence.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from municipalities.models import Event, TrailDeletion, TrailSeal
from municipalities.trail_chain import CHAINS, FIELDS, START, link_hash

log = structlog.get_logger("portal.trail")
BATCH = 2_000
LATE_IDS = 20_000
"""So far below the newest sealed id the job of every minute looks for what committed late; the nightly looks at all."""
LOCK = 0x7472_6169_6C  # "trail"


@dataclass(frozen=True)
class Head:
    """The newest link of a chain: what the next one follows."""

    sequence: int = 0
    chain_hash: str = START


def trail_seal(*, now: dt.datetime) -> int:
    """Seal what has been committed lately, and return how many rows that were. For the job of every minute."""
    newest = TrailSeal.objects.aggregate(last=Max("event_id"))["last"] or 0
    return _seal(Event.everything.filter(pk__gt=newest - LATE_IDS), now)


def trail_seal_all(*, now: dt.datetime) -> int:
    """Seal all that is committed and not sealed, however old it is. Looks through the whole table."""
    return _seal(Event.everything.all(), now)


def trail_heads() -> dict[str, Head]:
    """The newest link of each chain; where all is deleted by rule, that which the next one will follow."""
    heads = {}
    for chain in CHAINS:
        row = TrailSeal.objects.filter(chain=chain).order_by("-sequence").values_list("sequence", "chain_hash").first()
        gone = TrailDeletion.objects.filter(chain=chain).values_list("last_sequence", "last_hash").last()
        heads[chain] = Head(*(row or gone or ()))
    return heads


def trail_tell(*, now: dt.datetime) -> None:
    """Write the heads to the log: what the log holds, nobody with the database alone can change (``verify_trail
    --expect``)."""
    for chain, head in trail_heads().items():
        log.info("trail sealed", chain=chain, sequence=head.sequence, chain_hash=head.chain_hash, at=now.isoformat())


def one_at_a_time() -> bool:
    """Whether this transaction is now the only one that seals or deletes; on SQLite a transaction always is."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _seal(events: QuerySet[Event], now: dt.datetime) -> int:
    """Batch by batch in the order of the ids, each after the last of the one before: what commits meanwhile with a
    lower id is for the next job."""
    sealed, last = 0, 0
    while True:
        with transaction.atomic():
            if not one_at_a_time():
                return sealed
            rows = list(_unsealed(events, last).order_by("pk").values_list(*FIELDS)[:BATCH])
            _add(rows, now)
        sealed += len(rows)
        if len(rows) < BATCH:
            return sealed
        last = rows[-1][0]


def _unsealed(events: QuerySet[Event], after: int) -> QuerySet[Event]:
    """Those after an id that have no seal. The seals are asked from that id on, too: else each batch would look once
    more through all that the batches before it have sealed, which with a million rows is most of the work."""
    seals = TrailSeal.objects.filter(event_id__gt=after, event_id=OuterRef("pk"))
    return events.filter(~Exists(seals), pk__gt=after)


def _add(rows: list[tuple], now: dt.datetime) -> None:
    heads, links = trail_heads() if rows else {}, []
    for row in rows:
        chain = row[1]
        before = heads.get(chain) or Head()
        hashed = link_hash(before.chain_hash, chain, before.sequence + 1, now, row)
        heads[chain] = Head(before.sequence + 1, hashed)
        links.append(
            TrailSeal(chain=chain, sequence=before.sequence + 1, event_id=row[0], chain_hash=hashed, sealed_at=now)
        )
    TrailSeal.objects.bulk_create(links)
