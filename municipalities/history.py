"""What has happened to a register row, in words: its Events, with each changed field before and after. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import PlanDecision
from municipalities.services.dated import in_words
from municipalities.vocabulary import DELAY_REASONS, PHASES, PLAN_TYPES, POSITIONS, STEPS

NAMES: Mapping[str, Any] = {
    "register_entered": gettext_lazy("Registered"),
    "register_ended": gettext_lazy("Period changed"),
    "register_corrected": gettext_lazy("Put right"),
    "register_removed": gettext_lazy("Taken out"),
    "register_from_report": gettext_lazy("Registered by an approved report"),
    "register_by_report": gettext_lazy("Changed by an approved report"),
    "document_added": gettext_lazy("Document added"),
    "document_removed": gettext_lazy("Document taken away"),
}

BEGUN = frozenset({"register_entered", "register_from_report"})
"""What the row said when it began stands on the page itself."""

FIELDS: Mapping[str, Any] = {
    "status": gettext_lazy("Plan status"),
    "title": gettext_lazy("Title of the case"),
    "decided_on": gettext_lazy("Day of the council's decision"),
    "case_number": gettext_lazy("Case number"),
    "link": gettext_lazy("Address of the document"),
    "expected_on": gettext_lazy("Expected"),
    "process": gettext_lazy("Process"),
    "elder_council_on": gettext_lazy("Day of the statement from the council for the elderly"),
    "elder_council": gettext_lazy("What the council for the elderly said"),
    "valid_from": gettext_lazy("Holds from"),
    "valid_to": gettext_lazy("Holds until"),
    "plan_type": gettext_lazy("Which plan?"),
    "name": gettext_lazy("Name of the plan"),
    "adopted_on": gettext_lazy("Adopted"),
    "covers_from": gettext_lazy("First year"),
    "covers_to": gettext_lazy("Last year"),
    "note": gettext_lazy("Note"),
    "step": gettext_lazy("Step"),
    "phase": gettext_lazy("Phase"),
    "delay_months": gettext_lazy("Delay in months"),
    "delay_reason": gettext_lazy("Main reason for the delay"),
}

_LINE = re.compile(r"(?P<field>[a-z_]+|\d(?:\.\d)?): (?P<before>.*?)(?: → (?P<after>.*))?")


@dataclass(frozen=True)
class Change:
    """A field before and after; ``before`` is empty where something was written for the first time."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Happening:
    """One Event for a page: when, who, what, why, and the fields that changed."""

    at: dt.datetime
    who: str
    what: str
    text: str
    changes: tuple[Change, ...]


def happenings(events: Iterable[Any], solutions: Mapping[str, str]) -> list[Happening]:
    """The events in words, newest first. ``solutions`` are the names of areas and solutions by code."""
    return [_happening(event, solutions) for event in sorted(events, key=lambda event: -event.pk)]


def _happening(event: Any, solutions: Mapping[str, str]) -> Happening:
    texts, changes = [], []
    for line in event.note.split("\n"):
        change = _change(line, solutions)
        if change is None:
            texts.append(line)
        elif change.what and event.name not in BEGUN:
            changes.append(change)
    what = str(NAMES.get(event.name, event.name))
    who = event.who or _("The portal")
    return Happening(event.happened_at, who, what, "\n".join(texts).strip(), tuple(changes))


def _change(line: str, solutions: Mapping[str, str]) -> Change | None:
    """The change that a line says; None for a line that is words. A field nobody reads has an empty ``what``."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    field, before, after = match["field"], match["before"], match["after"]
    if field in solutions:
        what = f"{field} {solutions[field]}"
    elif field in FIELDS:
        what = str(FIELDS[field])
    else:
        return Change("", "", "") if field.endswith("_id") or field in _SILENT else None
    if after is None:
        return Change(what, "", _value(field, before))
    return Change(what, _value(field, before), _value(field, after))


_SILENT = frozenset({"decision", "origin", "registered_at", "registered_by_name", "is_expected", "position"})


def _value(field: str, text: str) -> str:
    if text == "–":
        return text
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return in_words(dt.date.fromisoformat(text))
    if field == "status":
        return capfirst(str(dict(PlanDecision.Status.choices).get(text, text)))
    numbered: Mapping[str, Mapping[int, Any]] = {"step": STEPS, "phase": PHASES}
    if field in numbered and text.isdigit():
        return str(numbered[field].get(int(text), text))
    words: Mapping[str, Any] = {"plan_type": PLAN_TYPES, "delay_reason": DELAY_REASONS}.get(field, POSITIONS)
    return str(words.get(text, text))
