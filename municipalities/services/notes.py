"""The note of a register's Event: a line for each field, ``case_number: PS 1/21 → PS 2/21``; and the Events of the rows
that an approved report begins, ends and takes out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from municipalities.models import Event
from municipalities.transitions import event_about

DIRECT = "register:"
"""How the origin of a row begins that was entered directly, and not by an approved report."""

FROM_REPORT, BY_REPORT = "register_from_report", "register_by_report"
"""The names of the Events of a report's: a row that it begins, and one that it changes, ends or takes out. Their
``to_state`` is the report and the Submission."""


def said(value: Any) -> str:
    """A value on one line, as the history reads it."""
    return "–" if value is None or value == "" else " ".join(str(value).split())


def change(name: str, before: Any, after: Any) -> str:
    """A field before and after."""
    return f"{name}: {said(before)} → {said(after)}"


def contents(row: Any) -> dict[str, Any]:
    """What a row says, by field, without what is empty."""
    names = [field.attname for field in row._meta.concrete_fields if field.name != "id"]
    return {name: getattr(row, name) for name in names if getattr(row, name) not in (None, "")}


def all_said(row: Any) -> str:
    """What a row says, a line for each field."""
    return "\n".join(f"{name}: {said(value)}" for name, value in contents(row).items())


def by_report(row: Any, note: str, *, origin: str, now: dt.datetime, before: str = "") -> Event:
    """The Event, not saved yet, of a row that a report writes: ``origin`` is the report, ``before`` the origin of what
    it changes (empty: the row is new). The report's own Event says who approved it."""
    name, earlier = (BY_REPORT if before else FROM_REPORT), ("" if before.startswith(DIRECT) else before[:20])
    return event_about(row, name, actor=None, now=now, from_state=earlier, to_state=origin[:20], note=note)
