"""From the database to the facts of the criteria: the only ORM they have, with a number of queries that never grows.

A register row counts when it holds on the day by its own dates (a row that is registered later for an earlier day is
known from then on, as everywhere in the portal). A report counts from the Oslo day on which it was approved, as its
Events tell: a report that was reopened counts on as it was approved, until it is approved anew; one whose approval was
taken back does not.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.utils import timezone

from grants.collect_units import Part, UnitRow, Units, units_read
from grants.criteria.facts import Anchoring, Answers, Decision, Participation, Position, UnitFacts
from municipalities.access import Scope
from municipalities.models import AreaPosition, Event, PlanAnchoring, PlanDecision, SolutionPosition
from municipalities.querysets import valid_on
from networks.models import Participation as ParticipationRow
from reporting.documents.rules import REGIONAL_KINDS
from reporting.models import FormVersion, Report, Round, Submission
from reporting.services.rounds import form_spec

REASON = "the criteria for priority"
QUESTIONS = (
    "plan.status", "plan.decided_on", "plan.expected_on", "plan.process", "plan.anchoring", "network.participates",
)  # fmt: skip
"""The questions whose answers the criteria look at, beside the matrix of solutions."""

SAMFUNNSDEL = "samfunnsdel"
NOT_CONSIDERED = "not_considered"


@dataclass(frozen=True)
class Collected:
    """The municipalities asked about, in Norwegian order, and the facts of each by its identity."""

    units: tuple[UnitRow, ...]
    facts: Mapping[int, UnitFacts]


def collect(day: dt.date, units: Iterable[int] | None = None) -> dict[int, UnitFacts]:
    """The facts of every municipality (no districts) that existed on ``day``, or of those in ``units``, by identity.

    At most 8 queries however many they are (one of them only until the forms are known to the process).
    """
    return dict(collect_named(day, units=units).facts)


def collect_named(day: dt.date, *, units: Iterable[int] | None = None, scope: Scope | None = None) -> Collected:
    """``collect`` with what each municipality was called, of those that lie in ``scope`` (None: all)."""
    known = units_read(day, units=units, scope=scope)
    if not known.rows:
        return Collected((), {})
    rows = _Rows()
    _plans(rows, known)
    _positions(rows, known)
    _participations(rows, known)
    _reports(rows, known)
    facts = {row.unit: _facts(rows, known, Part(row.unit, day)) for row in known.rows}
    return Collected(known.rows, facts)


@dataclass
class _Rows:
    """What was read, by municipality; positions also by the day as of which they count."""

    decisions: dict[int, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    anchorings: dict[int, list[Anchoring]] = field(default_factory=lambda: defaultdict(list))
    participations: dict[int, list[Participation]] = field(default_factory=lambda: defaultdict(list))
    positions: dict[tuple[int, dt.date], list[Position]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[int, Answers] = field(default_factory=dict)


def _facts(rows: _Rows, known: Units, part: Part) -> UnitFacts:
    unit, as_of = part
    decisions = rows.decisions.get(unit, ())
    anchorings = rows.anchorings.get(unit, ())
    participations = rows.participations.get(unit, ())
    subjects: dict[str, Iterable[Any]] = {
        "plan": decisions,
        SAMFUNNSDEL: [row for row in anchorings if row.plan_type == SAMFUNNSDEL and not row.is_expected],
        "network": [row for row in participations if row.is_regional],
    }
    answers = rows.answers.get(unit)
    return UnitFacts(
        unit=unit,
        day=known.day,
        decisions=_holding(decisions, as_of),
        positions=tuple(rows.positions.get(part, ())),
        anchorings=_holding(anchorings, as_of),
        participations=_holding(participations, as_of),
        answers=answers if answers is not None and answers.reference_date <= as_of else None,
        ended={key: last for key, held in subjects.items() if (last := _ended(held, as_of))},
        parts=tuple(_facts(rows, known, before) for before in known.made_of(unit)),
    )


def _holding(rows: Iterable[Any], day: dt.date) -> tuple[Any, ...]:
    return tuple(row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day))


def _ended(rows: Iterable[Any], day: dt.date) -> dt.date | None:
    """The last day on which one of the rows held, when none does any more."""
    begun = [row.valid_to for row in rows if row.valid_from <= day]
    if None in begun or not begun:
        return None
    last: dt.date = max(begun)
    return last if last < day else None


# --- The registers ----------------------------------------------------------------------------------


def _of(known: Units, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of the municipalities asked about; of everybody's when all are, which is quicker to read whole."""
    return rows if known.is_all else rows.filter(municipality_id__in=known.ids)


def _plans(rows: _Rows, known: Units) -> None:
    """The rows of the plan register and the anchoring in plans that have begun by the day. One query."""
    decisions = _begun(known, PlanDecision).values_list(
        Value("decision"), "id", "municipality_id", "status", ExpressionWrapper(~Q(process=""), BooleanField()),
        "valid_from", "valid_to", "decided_on", "expected_on", "origin",
    )  # fmt: skip
    anchorings = _begun(known, PlanAnchoring).values_list(
        Value("anchoring"), "id", "municipality_id", "plan_type", "is_expected", "valid_from", "valid_to",
        "adopted_on", "expected_on", "origin",
    )  # fmt: skip
    for kind, *row in decisions.union(anchorings, all=True):
        if kind == "decision":
            decision = Decision._make(row)
            rows.decisions[decision.unit].append(decision)
        else:
            anchoring = Anchoring._make(row)
            rows.anchorings[anchoring.unit].append(anchoring)


def _begun(known: Units, model: type[Any]) -> QuerySet[Any]:
    return _of(known, model.objects.across_all(reason=REASON).filter(valid_from__lte=known.day).order_by())


def _positions(rows: _Rows, known: Units) -> None:
    """The positions on solutions and on whole areas, counted by area and by the day as of which they count. One query,
    with a part for each of these days."""
    days = list(known.as_of)
    counted = [
        _counted(known, model, about, of, days.index(day), day)
        for day in days
        for model, about, of in (
            (SolutionPosition, "solution", "solution"),
            (AreaPosition, "area", "area"),
        )
    ]
    for day, unit, code, *row in counted[0].union(*counted[1:], all=True):
        rows.positions[unit, days[day]].append(Position(unit, code.partition(".")[0], *row))


def _counted(known: Units, model: type[Any], about: str, of: str, place: int, day: dt.date) -> QuerySet[Any]:
    """The positions as of one of the days by municipality and area. A solution's code begins with its area's, so one
    of them says which area it is."""
    found = model.objects.across_all(reason=REASON).filter(valid_on(day)).order_by()
    if day != known.day or not known.is_all:
        found = found.filter(municipality_id__in=known.as_of[day])
    taken = ~Q(position=NOT_CONSIDERED)
    area = F("solution__area_id" if about == "solution" else "area_id")
    found = found.values(place=Value(place), unit=F("municipality_id"), in_area=area).annotate(
        code=Min(f"{about}__code"), of=Value(of), held=Count("id"), taken=Count("id", filter=taken),
        since=Min("valid_from", filter=taken), first=Min("id", filter=taken),
    )  # fmt: skip
    rows: QuerySet[Any] = found.values_list("place", "unit", "code", "of", "held", "taken", "since", "first")
    return rows


def _participations(rows: _Rows, known: Units) -> None:
    """The parts in networks that have begun by the day. One query."""
    found = _begun(known, ParticipationRow).exclude(status=ParticipationRow.Status.ENDED)
    for pk, unit, network, kind, status, begins, ends, origin in found.values_list(
        "id", "municipality_id", "network_id", "network__kind", "status", "valid_from", "valid_to", "origin"
    ):
        row = Participation(pk, unit, network, kind in REGIONAL_KINDS, status, begins, ends, origin)
        rows.participations[unit].append(row)


# --- The approved reports ---------------------------------------------------------------------------


def _reports(rows: _Rows, known: Units) -> None:
    """The newest approved report of each municipality. Two queries, and one for forms that are new to the process."""
    newest: dict[int, tuple[Any, ...]] = {}
    for found in _approved(known):
        newest.setdefault(found[1], found)
    submissions = _submissions([found[4] for found in newest.values()])
    forms = _forms({row[1]: row[2] for row in submissions.values()})
    for unit, (report, _unit, reference, approved_at, submission) in newest.items():
        given, form, _hash = submissions[submission]
        rows.answers[unit] = Answers(
            report=report,
            submission=submission,
            unit=unit,
            reference_date=reference,
            approved_on=timezone.localdate(approved_at),
            values={code: _values(given[code]) for code in QUESTIONS if given.get(code) not in (None, "", [])},
            positions=given.get("solutions") or {},
            asked=forms[form],
        )


def _values(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _approved(known: Units) -> QuerySet[Any]:
    """Reports that stood approved at the end of the day, the newest reference date first: id, municipality, reference
    date, moment of the approval, and the Submission that was approved."""
    until = dt.datetime.combine(known.day + dt.timedelta(days=1), dt.time.min, ZoneInfo(settings.TIME_ZONE))
    events = Event.objects.across_all(reason=REASON).filter(
        object_type=Report._meta.label_lower, object_id=OuterRef("pk"), name__in=("approve", "take_back"),
        happened_at__lt=until,
    ).order_by("-id")  # fmt: skip
    sent = Submission.objects.across_all(reason=REASON).filter(
        report=OuterRef("pk"), submitted_at__lte=OuterRef("said_at")
    )
    reports = Report.objects.across_all(reason=REASON).filter(
        approved_at__isnull=False, round__reference_date__lte=known.day
    )
    reports = _of(known, reports).exclude(round__kind=Round.Kind.TEST)
    return (
        reports.annotate(said=Subquery(events.values("name")[:1]), said_at=Subquery(events.values("happened_at")[:1]))
        .filter(said="approve")
        .annotate(sent=Subquery(sent.order_by("-number").values("pk")[:1]))
        .order_by("-round__reference_date", "pk")
        .values_list("pk", "municipality_id", "round__reference_date", "said_at", "sent")
    )


def _submissions(ids: list[int]) -> dict[int, tuple[Mapping[str, Any], int, str]]:
    """What was sent in, by the Submission: answers, form, and the form's fingerprint."""
    found = Submission.objects.across_all(reason=REASON).filter(pk__in=ids)
    return {
        pk: (answers, form, fingerprint)
        for pk, answers, form, fingerprint in found.values_list(
            "pk", "answers", "form_version_id", F("form_version__definition_hash")
        )
    }


_ASKED: dict[str, frozenset[str]] = {}
"""What a published form asks, by its fingerprint; it never changes."""


def _forms(fingerprints: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """The codes that each form asks, by its id."""
    unknown = [pk for pk, fingerprint in fingerprints.items() if not fingerprint or fingerprint not in _ASKED]
    asked: dict[int, frozenset[str]] = {}
    if unknown:
        for form in FormVersion.objects.filter(pk__in=unknown):
            asked[form.pk] = frozenset(question.code for question in form_spec(form).questions())
            if form.definition_hash:
                _ASKED[form.definition_hash] = asked[form.pk]
    return {pk: asked[pk] if pk in asked else _ASKED[fingerprints[pk]] for pk in fingerprints}
