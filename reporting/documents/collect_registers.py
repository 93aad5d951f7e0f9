"""The registers of plans and networks for the documents: what they said on the rounds' reference dates.

Rows are kept with a summary by value, because a register may be put right later; the counts of every round are made
by the database. Which row holds on a day is said by its own dates alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, Value, When

from municipalities.models import PlanDecision
from networks.models import Participation
from reporting.models import NationalSummary, Report

from . import rules
from .columns import AT_ONCE, Columns
from .facts import Facts, ParticipationFact, PartsFact, PlanFact, RegisterCount, SupportFact

REASON = "national summary"


def participations(first: dt.date, last: dt.date) -> Columns[ParticipationFact]:
    """The municipalities' parts in networks that held on a day between ``first`` and ``last``. One query."""
    rows = (
        Participation.objects.across_all(reason=REASON)
        .filter(_overlaps(first, last), municipality__kind="municipality", status__in=("active", "planned"))
        .order_by("id")
        .values_list("id", "municipality_id", "network_id", "status", "network__kind", "valid_from", "valid_to")
    )
    return Columns(ParticipationFact, rows.iterator(AT_ONCE), numbers=("id", "unit"))


def plans(first: dt.date, last: dt.date) -> Columns[PlanFact]:
    """The municipalities' rows of the plan register that held on a day between ``first`` and ``last``. One query."""
    rows = (
        PlanDecision.objects.across_all(reason=REASON)
        .filter(_overlaps(first, last), municipality__kind="municipality")
        .order_by("id")
        .values_list("id", "municipality_id", "status", "valid_from", "valid_to", "decided_on", "origin")
    )
    return Columns(PlanFact, rows.iterator(AT_ONCE), numbers=("id", "unit"), various=("origin",))


def _overlaps(first: dt.date, last: dt.date) -> Q:
    return Q(valid_from__lte=last) & (Q(valid_to__isnull=True) | Q(valid_to__gte=first))


def register_counts(
    days: dict[int, dt.date], offices: dict[int, str], *, other_days: bool = False
) -> tuple[RegisterCount, ...]:
    """What the registers of plans and networks said on each round's reference date, counted by the database among
    the municipalities that report in the round (``days``: round to reference date, or with ``other_days`` to a later
    day; ``offices``: id to key). Two queries."""
    members = Report.objects.across_all(reason=REASON).filter(round_id__in=days, municipality__kind="municipality")
    day: Any = F("round__reference_date")
    if other_days and days:
        day = Case(*(When(round_id=pk, then=Value(date)) for pk, date in days.items()), output_field=DateField())
    members = members.annotate(day=day)
    day = F("day")
    decided = members.filter(_on("municipality__plandecision_set__", day))
    decided = decided.values("round_id", "office_id", value=F("municipality__plandecision_set__status"))
    active = Participation.objects.across_all(reason=REASON).filter(
        _on("", OuterRef("day")),
        municipality=OuterRef("municipality"),
        status="active",
        network__kind__in=rules.REGIONAL_KINDS,
    )
    networks = members.filter(Exists(active)).values("round_id", "office_id", value=Value("active"))
    return tuple(
        RegisterCount(days[round_id], offices[office], register, value, n)
        for register, rows in (("plan", decided), ("participation", networks))
        for round_id, office, value, n in rows.annotate(n=Count("id"))
        .values_list("round_id", "office_id", "value", "n")
        .order_by()
    )


def _on(path: str, day: Any) -> Q:
    """That the register row at ``path`` holds on ``day``, an expression."""
    ends = Q(**{f"{path}valid_to__isnull": True}) | Q(**{f"{path}valid_to__gte": day})
    return Q(**{f"{path}valid_from__lte": day}) & ends


def register_ids(facts: Facts) -> dict[str, list[list[Any]]]:
    """The register rows behind the figures, to be kept with the summary: who took part in which network, what each
    plan status was, and which municipality was in which support activity. They are kept by value, because a
    register may be put right later."""
    return {
        "participation": [_plain(row) for row in facts.participations],
        "plan": [_plain(row) for row in facts.plans],
        "parts": [[row.round.isoformat(), row.unit, list(row.parts)] for row in facts.parts],
        "support": [[row.activity, row.unit, row.kind, row.provider, row.on.isoformat()] for row in facts.support],
    }


@dataclass(frozen=True)
class Registers:
    """The register rows that a summary keeps. ``plans`` is None in one made before plans were counted from the
    register; ``dated`` says whether the participations have their kind and days."""

    participations: tuple[ParticipationFact, ...]
    support: tuple[SupportFact, ...]
    plans: tuple[PlanFact, ...] | None
    dated: bool
    parts: tuple[PartsFact, ...] = ()


def kept_registers(summary: NationalSummary) -> Registers:
    """The same rows again, from the summary."""
    kept = summary.register_ids
    networks = kept.get("participation", ())
    return Registers(
        participations=tuple(ParticipationFact(*row[:5], *(_day(day) for day in row[5:])) for row in networks),
        support=tuple(
            SupportFact(activity, unit, kind, provider, dt.date.fromisoformat(on))
            for activity, unit, kind, provider, on in kept.get("support", ())
        ),
        plans=tuple(PlanFact(*row[:3], *(_day(day) for day in row[3:6]), row[6]) for row in kept["plan"])
        if "plan" in kept
        else None,
        dated="plan" in kept,
        parts=tuple(
            PartsFact(dt.date.fromisoformat(day), unit, tuple(parts)) for day, unit, parts in kept.get("parts", ())
        ),
    )


def _plain(row: Iterable[Any]) -> list[Any]:
    return [value.isoformat() if isinstance(value, dt.date) else value for value in row]


def _day(value: str | None) -> Any:
    return dt.date.fromisoformat(value) if value else None
