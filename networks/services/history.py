"""What a change of a network's registers leaves behind: one Event, its note the changed fields as JSON.

A note is ``{"valid_to": [null, "2022-05-01"]}``: field, what was, what is. It holds no words of a language, so that
the history is shown in the reader's.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from typing import Any

from municipalities.models import Event
from municipalities.transitions import event_about, log

DIRECT = "register:"
BY_REPORT = "participation_by_report"


def direct_origin() -> str:
    """The origin of a row that was written in the register itself: ``register:`` and something unique."""
    return f"{DIRECT}{secrets.token_hex(6)}"


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that differ, as ``{field: [old, new]}`` of plain values."""
    return {key: [_plain(old.get(key)), _plain(new[key])] for key in new if _plain(old.get(key)) != _plain(new[key])}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def note_event(
    obj: Any,
    name: str,
    changes: Mapping[str, list[Any]],
    *,
    actor: Any,
    now: dt.datetime,
    from_state: str = "",
    to_state: str = "",
    content_hash: str = "",
) -> Event:
    """Write the Event of a change; ``content_hash`` is that of the workbook it came from."""
    return log(
        obj, name, actor=actor, now=now, from_state=from_state, to_state=to_state, note=_note(changes),
        content_hash=content_hash,
    )  # fmt: skip


def by_report(row: Any, changes: Mapping[str, list[Any]], *, origin: str, now: dt.datetime) -> Event:
    """The Event, not saved yet, of a participation that an approved report begins, ends or takes out; ``origin`` is the
    report, whose own Event says who approved it."""
    return event_about(row, BY_REPORT, actor=None, now=now, to_state=origin[:20], note=_note(changes))


def _note(changes: Mapping[str, list[Any]]) -> str:
    return json.dumps(changes, ensure_ascii=False, sort_keys=True) if changes else ""


def noted(event: Event) -> dict[str, list[Any]]:
    """The changed fields of an Event's note; empty for a note that is a text."""
    try:
        found = json.loads(event.note) if event.note else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
