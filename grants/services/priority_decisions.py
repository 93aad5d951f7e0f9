"""Priority lists that Hdir has decided: frozen with a hash, and what differs from them today."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants import words
from grants.criteria.facts import Evidence
from grants.models import PriorityDecision, Scheme
from grants.services.priority import CriterionRow, UnitOutcomes, Verdict, criteria_of, outcomes
from municipalities.access import Scope, can
from municipalities.lineage import Related
from municipalities.models import User
from municipalities.services.dated import EntryRefused
from municipalities.services.names import lineage_of_all
from municipalities.transitions import log

RIGHT = "priority.decide"
REASON = "the decided priority lists"
DECIDED = "priority_decided"
FORMAT = 1


def priority_decide(*, scheme: Scheme, day: dt.date, actor: User, now: dt.datetime, note: str = "") -> PriorityDecision:
    """Freeze the priority list of a scheme as of ``day``: every municipality with its outcomes, evidence and dates, the
    rules and what they were asked to accept, and the scheme's exceptions.

    A list that is decided anew for the same scheme is its next version and needs a ``note``. Raises NoCriteria,
    PermissionDenied, and EntryRefused by field: a day that has not been, a scheme outside the criteria, a missing note.
    """
    may = can(actor, RIGHT, today=timezone.localdate(now))
    if not may:
        raise PermissionDenied(may.reason)
    if day > timezone.localdate(now):
        raise EntryRefused({"day": _("A list can be decided as of today or an earlier day.")})
    with transaction.atomic():
        row = Scheme.objects.across_all(reason=REASON).select_for_update().get(pk=scheme.pk)
        if not row.prioritised:
            raise EntryRefused({"scheme": _("This scheme is not under the criteria for priority.")})
        said = note.strip()
        last = PriorityDecision.objects.across_all(reason=REASON).filter(scheme=row).order_by("-version").first()
        if last is not None and not said:
            raise EntryRefused({"note": _("A list is decided already. Write why it is decided anew.")})
        canonical = canonical_of(row, day)
        decision: PriorityDecision = PriorityDecision.objects.get_queryset().create(
            scheme=row, version=last.version + 1 if last else 1, as_of=day, canonical=canonical,
            content_hash=hash_of(canonical), note=said, decided_at=now, decided_by=actor, decided_by_name=str(actor),
        )  # fmt: skip
        log(decision, DECIDED, actor=actor, now=now, note=said, content_hash=decision.content_hash)
        return decision


def hash_of(canonical: str) -> str:
    """The SHA-256 of a frozen list, in hexadecimal."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def canonical_of(scheme: Scheme, day: dt.date) -> str:
    """The priority list of a scheme as of a day as JSON that is the same for the same content: keys in order, no
    blanks. Whole and for all municipalities; who may see which of its rows is for the pages to say."""
    rows = criteria_of(scheme.year)
    content = {
        "format": FORMAT,
        "scheme": {
            "year": scheme.year, "key": scheme.key, "chapter": scheme.chapter, "post": scheme.post,
            "name": {"nb": scheme.name_nb, "nn": scheme.name_nn},
        },
        "as_of": day.isoformat(),
        "criteria": [
            {"code": row.code, "version": row.version, "source": row.source, "settings": dict(row.settings)}
            for row in rows
        ],
        "exceptions": [
            {
                "kind": part.kind, "name": {"nb": part.name_nb, "nn": part.name_nn},
                "from_year": part.from_year, "to_year": part.to_year,
            }
            for part in scheme.exceptions.order_by("id")
        ],
        "rows": [_frozen(unit) for unit in outcomes(scheme.year, day, criteria=rows)],
    }  # fmt: skip
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _frozen(row: UnitOutcomes) -> dict[str, Any]:
    return {
        "unit": row.unit, "number": row.number, "name": row.name, "office": row.office_key,
        "office_name": row.office_name, "priority": row.priority,
        "criteria": {code: _frozen_verdict(verdict) for code, verdict in row.verdicts.items()},
    }  # fmt: skip


def _frozen_verdict(verdict: Verdict) -> dict[str, Any]:
    computed = verdict.computed
    return {
        "computed": computed.state,
        "state": verdict.state,
        "since": verdict.since.isoformat() if verdict.since else None,
        "missing": computed.missing,
        "about": list(computed.about),
        "overruling": verdict.overruling.id if verdict.overruling else None,
        "documentation": [note.id for note in verdict.documentation],
        "evidence": [
            {**row._asdict(), "since": row.since.isoformat() if row.since else None} for row in computed.evidence
        ],
    }


# --- What differs today -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A criterion whose outcome is another one today, and why: evidence that has come or gone, an overruling that was
    recorded or withdrawn, or a criterion that is asked otherwise. ``before`` or ``after`` is empty for a criterion that
    the year did not have then, or has no more."""

    code: str
    before: str
    after: str
    gained: tuple[Evidence, ...] = ()
    lost: tuple[Evidence, ...] = ()
    overruling: bool = False
    is_asked_otherwise: bool = False
    missing: str = ""

    @property
    def why(self) -> str:
        """In the language in use."""
        return words.why_changed(self)


@dataclass(frozen=True)
class Difference:
    """A municipality whose outcome is another one today. ``number`` and ``name`` are today's, or the decided list's for
    one that is no more; then ``others`` are the municipalities of today that it went into, and for one that is new
    those of the list that it was made of. ``before`` and ``after`` say whether it comes first; None: not on the list.
    """

    unit: int
    number: str
    name: str
    office_key: str
    office_name: str
    before: bool | None
    after: bool | None
    changes: tuple[Change, ...] = ()
    others: tuple[str, ...] = ()


def priority_difference(decision: PriorityDecision, today: dt.date, *, scope: Scope | None = None) -> list[Difference]:
    """What differs per municipality between a decided list and the same list as of ``today``, in the order of today's
    list, those that are no more at the end. ``scope`` narrows it to what somebody may see; of those that are no more,
    the ones that went into a municipality that she may see.

    A municipality is followed by its identity, so a new number is no difference. Raises NoCriteria.
    """
    frozen = json.loads(decision.canonical)
    asked = {row["code"]: row for row in frozen["criteria"]}
    rows = criteria_of(frozen["scheme"]["year"])
    otherwise = {row.code for row in rows if row.code in asked and _asked(row) != _as_frozen(asked[row.code])}
    before = {row["unit"]: row for row in frozen["rows"]}
    now = outcomes(frozen["scheme"]["year"], today, criteria=rows, scope=scope)
    lineage, then = lineage_of_all(), dt.date.fromisoformat(frozen["as_of"])
    found = []
    for unit in now:
        difference = _of_unit(unit, before.get(unit.unit), otherwise)
        if difference is not None:
            parts = () if difference.before is not None else lineage.origins(unit.unit, then)
            found.append(replace(difference, others=_called(parts, before)))
    there = {unit.unit: {"number": unit.number, "name": unit.name} for unit in now}
    for row in frozen["rows"]:
        if lineage.exists(row["unit"], today):
            continue
        others = _called(lineage.today(row["unit"], today), there)
        if others or scope is None:
            found.append(
                Difference(
                    row["unit"], row["number"], row["name"], row["office"], row["office_name"],
                    before=row["priority"], after=None, others=others,
                )
            )  # fmt: skip
    return found


def _called(units: Iterable[Related], rows: Mapping[int, Mapping[str, Any]]) -> tuple[str, ...]:
    """What the municipalities are called, of those that are among the rows: ``3203 Asker``."""
    return tuple(f"{row['number']} {row['name']}" for unit in units if (row := rows.get(unit.unit_id)))


def _asked(row: CriterionRow) -> tuple[int, dict[str, Any]]:
    return row.version, dict(row.settings)


def _as_frozen(row: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    return row["version"], row["settings"]


def _of_unit(now: UnitOutcomes, before: Mapping[str, Any] | None, otherwise: set[str]) -> Difference | None:
    frozen: Mapping[str, Any] = before["criteria"] if before else {}
    changes = () if before is None else tuple(_changes(now, frozen, otherwise))
    if before is not None and not changes:
        return None
    return Difference(
        now.unit, now.number, now.name, now.office_key, now.office_name,
        before=None if before is None else before["priority"], after=now.priority, changes=changes,
    )  # fmt: skip


def _changes(now: UnitOutcomes, frozen: Mapping[str, Any], otherwise: set[str]) -> Iterable[Change]:
    for code in {**now.verdicts, **frozen}:
        was, verdict = frozen.get(code), now.verdicts.get(code)
        state = verdict.state if verdict else ""
        if was is not None and was["state"] == state:
            continue
        if was is None or verdict is None:
            yield Change(code, was["state"] if was else "", state, is_asked_otherwise=True)
            continue
        held = tuple(_evidence(row) for row in was["evidence"])
        overruling = verdict.overruling.id if verdict.overruling else None
        yield Change(
            code, was["state"], state,
            gained=tuple(row for row in verdict.computed.evidence if row not in held),
            lost=tuple(row for row in held if row not in verdict.computed.evidence),
            overruling=overruling != was["overruling"], is_asked_otherwise=code in otherwise,
            missing=verdict.missing,
        )  # fmt: skip


def _evidence(row: Mapping[str, Any]) -> Evidence:
    return Evidence(**{**row, "since": dt.date.fromisoformat(row["since"]) if row["since"] else None})
