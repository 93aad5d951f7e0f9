"""A municipality's way from start to evaluation, as the entries of a time line. Pure: it takes rows that are loaded.

What has happened comes first to last, with its day; what is expected comes after it; an expected day that is over
without anything having been registered says so. The words are in the language in use.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.coverage import Years, coverage
from municipalities.vocabulary import DELAY_REASONS, PHASES, PLAN_TYPES, STEPS, word

DONE, EXPECTED, OVERDUE = "done", "expected", "overdue"
ADOPTED = ("own", "inside", "declined")


@dataclass(frozen=True)
class Entry:
    """One entry: its day (None: expected, without a day), heading, text, and a tag with its colour.

    ``kind`` is reform, unit, step, decision, anchoring, report or another of the caller's own; ``state`` is ``done``,
    ``expected``, or ``overdue`` (expected on a day that is over). ``pk`` is the register row's, where there is one,
    for a link.
    """

    day: dt.date | None
    heading: str
    kind: str
    text: str = ""
    tag: str = ""
    color: str = "neutral"
    state: str = DONE
    pk: int | None = None
    url: str = ""


def timeline(
    *,
    today: dt.date,
    numbers: Iterable[Any] = (),
    links: Iterable[Any] = (),
    decisions: Iterable[Any] = (),
    anchorings: Iterable[Any] = (),
    statuses: Iterable[Any] = (),
    reform: tuple[dt.date, dt.date | None] | None = None,
    extra: Iterable[Entry] = (),
) -> tuple[Entry, ...]:
    """Merge and sort a municipality's history as it is known on ``today``.

    ``numbers`` have number, name, valid_from (versions); ``links`` have on, kind, names and, where the unit became
    others, ``became`` true; ``decisions``, ``anchorings`` and ``statuses`` are PlanDecision, PlanAnchoring and
    PhaseStatus rows in any order. ``reform`` is the reform's first and last day as known today. ``extra`` are entries
    of other registers (reports, networks). Rows that begin after ``today`` are left out.
    """
    entries = [
        *_reform(reform, today),
        *_units(numbers, links, today),
        *_statuses(_until(statuses, today)),
        *_decisions(_until(decisions, today), today),
        *_anchorings(_until(anchorings, today), today),
        *extra,
    ]
    return tuple(sorted(entries, key=_order))


_KINDS = ("reform", "unit", "decision", "anchoring", "step")


def _order(entry: Entry) -> tuple[bool, dt.date, int]:
    kind = _KINDS.index(entry.kind) if entry.kind in _KINDS else len(_KINDS)
    return entry.state == EXPECTED, entry.day or dt.date.max, kind


def _until(rows: Iterable[Any], today: dt.date) -> list[Any]:
    return sorted((row for row in rows if row.valid_from <= today), key=lambda row: (row.valid_from, row.pk or 0))


def _holds(row: Any, day: dt.date) -> bool:
    return bool(row.valid_from <= day and (row.valid_to is None or day <= row.valid_to))


def _reform(reform: tuple[dt.date, dt.date | None] | None, today: dt.date) -> Iterable[Entry]:
    if reform is None:
        return
    starts_on, ends_on = reform
    if starts_on <= today:
        yield Entry(starts_on, _("The reform begins"), "reform")
    if ends_on is not None:
        state = DONE if ends_on < today else EXPECTED
        yield Entry(ends_on, _("The reform ends and is evaluated"), "reform", state=state)


def _units(numbers: Iterable[Any], links: Iterable[Any], today: dt.date) -> Iterable[Entry]:
    known = sorted((row for row in numbers if row.valid_from <= today), key=lambda row: row.valid_from)
    for before, row in itertools.pairwise(known):
        if row.number != before.number:
            text = _("The number was %(number)s before.") % {"number": before.number}
            yield Entry(row.valid_from, _("New number: %(number)s") % {"number": row.number}, "unit", text)
        if row.name != before.name:
            text = _("The name was %(name)s before.") % {"name": before.name}
            yield Entry(row.valid_from, _("New name: %(name)s") % {"name": row.name}, "unit", text)
    for link in links:
        if link.on <= today:
            yield Entry(link.on, _link_words(link), "unit", _names(link.names))


def _link_words(link: Any) -> str:
    merger = link.kind == "merger"
    if getattr(link, "became", False):
        return _("Became part of another municipality") if merger else _("Split")
    return _("Made by a merger") if merger else _("Made by a split")


def _names(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


# --- Steps, phase, delay ----------------------------------------------------------------------------


def _statuses(rows: list[Any]) -> Iterable[Entry]:
    before: Any = None
    for row in rows:
        new_step = row.step and (before is None or row.step != before.step)
        new_phase = row.phase and (before is None or row.phase != before.phase)
        delay = delay_words(row.delay_months, row.delay_reason)
        if before is not None and row.delay_months == before.delay_months and row.delay_reason == before.delay_reason:
            delay = ""
        step = word(STEPS, row.step) if new_step else ""
        phase = word(PHASES, row.phase) if new_phase else ""
        heading, *rest = [part for part in (step, phase, delay) if part] or [""]
        if heading:
            tag = _("Delayed") if row.delay_months else ""
            yield Entry(row.valid_from, heading, "step", _sentences([*rest, row.note]), tag, "warning", pk=row.pk)
        before = row


def delay_words(months: int | None, reason: str) -> str:
    """``6 months behind its own plan: the pandemic``; empty when nothing is known, ``On schedule`` for 0."""
    if months is None:
        return ""
    if months == 0:
        return _("On schedule")
    words = ngettext("%(count)s month behind its own plan", "%(count)s months behind its own plan", months)
    text = words % {"count": months}
    return f"{text}: {_small(word(DELAY_REASONS, reason))}" if reason else text


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _sentences(parts: Iterable[str]) -> str:
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


# --- Decisions --------------------------------------------------------------------------------------

_COLORS = {"own": "success", "inside": "success", "process": "info", "none": "neutral", "declined": "danger"}


def _decisions(rows: list[Any], today: dt.date) -> Iterable[Entry]:
    newest: dict[Any, Any] = {}
    for row in rows:  # what a later report says about the same decision adds to it, and is no new one
        newest[_same_decision(row)] = row
    first = {_same_decision(row): row for row in reversed(rows)}
    titles = {_same_decision(row): row.title for row in rows if row.title}
    for key, row in newest.items():
        day, title = row.decided_on or first[key].valid_from, titles.get(key, "")
        heading = title or _capital(row.get_status_display())
        tag = row.get_status_display() if title else ""
        yield Entry(day, heading, "decision", _about(row), _capital(tag), _COLORS.get(row.status, "neutral"), pk=row.pk)
        if row.elder_council_on is not None and row.elder_council_on <= today:
            heading = _("Statement from the council for the elderly")
            yield Entry(row.elder_council_on, heading, "decision", row.elder_council, pk=row.pk)
    for row in rows:
        if row.status == "process" and row.expected_on is not None and _holds(row, today):
            yield _expected(row.expected_on, today, _("Decision expected"), "decision", row.process, row.pk)


def _same_decision(row: Any) -> Any:
    if row.status in ADOPTED and row.decided_on is not None:
        return row.status, row.decided_on
    return row.pk if row.status == "process" else (row.status, row.valid_from)


def _about(row: Any) -> str:
    if row.status == "process":
        return str(row.process)
    return _("Case %(case)s") % {"case": row.case_number} if row.case_number else ""


def _capital(text: Any) -> str:
    words = str(text)
    return words[:1].upper() + words[1:]


def _expected(day: dt.date, today: dt.date, heading: str, kind: str, text: str, pk: int | None) -> Entry:
    over = day < today
    tag = _("Day is over, nothing registered") if over else _("Expected")
    return Entry(day, heading, kind, text, tag, "warning" if over else "info", OVERDUE if over else EXPECTED, pk)


# --- Anchoring --------------------------------------------------------------------------------------


def _anchoring_name(row: Any) -> str:
    name = word(PLAN_TYPES, row.plan_type)
    return f"{name} {years_words(row)}" if row.covers_from else name


def years_words(row: Any) -> str:
    """``2022–2025``, or one year; empty without years."""
    if not row.covers_from:
        return ""
    return (
        f"{row.covers_from}–{row.covers_to}"
        if (row.covers_to or row.covers_from) != row.covers_from
        else str(row.covers_from)
    )


def _anchorings(rows: list[Any], today: dt.date) -> Iterable[Entry]:
    adopted = [row for row in rows if not row.is_expected]
    seen: set[Any] = set()
    for row in adopted:
        key = (row.plan_type, row.covers_from, row.covers_to, row.adopted_on, row.name)
        if key in seen:
            continue
        seen.add(key)
        heading = _("Anchored in: %(plan)s") % {"plan": _anchoring_name(row)}
        text = _sentences([row.name, row.note])
        yield Entry(row.adopted_on or row.valid_from, heading, "anchoring", text, pk=row.pk)
    yield from _ended(adopted, today)
    yield from _running_out(adopted, today)
    for row in rows:
        if row.is_expected and _holds(row, today):
            heading = _("To be anchored in: %(plan)s") % {"plan": _anchoring_name(row)}
            yield _expected_or_open(row, today, heading)


def _expected_or_open(row: Any, today: dt.date, heading: str) -> Entry:
    text = _sentences([row.name, row.note])
    if row.expected_on is None:
        return Entry(None, heading, "anchoring", text, _("Expected"), "info", EXPECTED, row.pk)
    return _expected(row.expected_on, today, heading, "anchoring", text, row.pk)


def _ended(rows: list[Any], today: dt.date) -> Iterable[Entry]:
    """A plan type that was anchored and is no longer: nothing of its kind follows."""
    for plan_type in {row.plan_type for row in rows}:
        mine = [row for row in rows if row.plan_type == plan_type]
        ends = [row.valid_to for row in mine]
        if None in ends or max(ends) >= today:
            continue
        heading = _("No longer anchored in: %(plan)s") % {"plan": word(PLAN_TYPES, plan_type)}
        yield Entry(max(ends) + dt.timedelta(days=1), heading, "anchoring", color="warning")


def _running_out(rows: list[Any], today: dt.date) -> Iterable[Entry]:
    """When the years that the plans cover come to their end, and that the yearly revision is due."""
    for plan_type in sorted({row.plan_type for row in rows if row.covers_from}):
        mine = [row for row in rows if row.plan_type == plan_type and row.covers_from]
        if not any(_holds(row, today) for row in mine):
            continue
        stands = coverage(plan_type, [Years(row.covers_from, row.covers_to or row.covers_from) for row in mine], today)
        plan = word(PLAN_TYPES, plan_type)
        if stands.revision_due_from is not None:
            heading, tag = _("Revision due: %(plan)s") % {"plan": plan}, _("Nothing registered")
            yield Entry(stands.revision_due_from, heading, "anchoring", "", tag, "warning", OVERDUE)
        if stands.runs_out_on is not None:
            heading = _("The years run out: %(plan)s") % {"plan": plan}
            yield Entry(stands.runs_out_on, heading, "anchoring", "", _("Expected"), "info", EXPECTED)
