"""The trail's chain: how one link follows from the one before it. Pure: values in, hashes out.

There are two chains, one of changes and one of readings, because they are kept for different times and each is
shortened from its old end. A link's hash is SHA-256 over canonical JSON of the chain, the sequence, the moment of the
sealing and every field of the Event, after the hash of the link before it. The first link follows ``START``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

CHAINS = ("change", "reading")
START = "0" * 64

FIELDS = (
    "id", "kind", "actor_id", "actor_name", "on_behalf_of_id", "object_type", "object_id", "name", "from_state",
    "to_state", "note", "content_hash", "happened_at", "request_id", "session_hash", "municipality_id", "office_id",
)  # fmt: skip
"""The columns of an Event, all of them, in the order in which they are hashed. What is sealed stays as it was: a column
that comes later is hashed in a form of its own, and never put in here."""

DELETION_FIELDS = (
    "chain", "first_sequence", "last_sequence", "last_hash", "first_day", "last_day", "kept_years", "deleted_at",
)  # fmt: skip


def link_hash(before: str, chain: str, sequence: int, sealed_at: dt.datetime, event: Sequence[Any]) -> str:
    """The hash of a link; ``event`` are the values of ``FIELDS``, ``before`` the hash of the link before it."""
    return _hash(before, [chain, sequence, sealed_at, *event])


def deletion_hash(before: str, values: Sequence[Any]) -> str:
    """The hash of a deletion; ``values`` are those of ``DELETION_FIELDS``, ``before`` the hash of the one before it."""
    return _hash(before, list(values))


def _hash(before: str, values: list[Any]) -> str:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_plain)
    # A text that PostgreSQL would refuse anyway (a lone half of a pair) must not stop the sealing on SQLite.
    return hashlib.sha256(before.encode() + b"\n" + text.encode("utf-8", "backslashreplace")).hexdigest()


def _plain(value: Any) -> str:
    """A moment or a day as text: moments in UTC with six decimals, so that both engines say the same."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"nothing of this kind is in the trail: {value!r}")
