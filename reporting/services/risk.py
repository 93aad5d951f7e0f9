"""The five risk patterns of a municipality: what the rules say of its latest answers, and what the statsforvalter
makes of them (oppdragsbrev 2022). Internal to the region's statsforvalter and Hdir.

The rules themselves are ``documents.rules.PATTERNS``, the same ones that the national figures are counted by. What
is derived is worked out anew each time; what is stored is the judgement alone, and a newer report never changes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import JSONField, Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import RIGHTS, allowed_filter, can, scope_of
from municipalities.models import Municipality, User
from municipalities.names import display_name
from municipalities.services import register_lock
from municipalities.transitions import log
from reporting.documents import rules, texts
from reporting.models import Report, RiskAssessment, Round

READ, ASSESS = "risk.read", "risk.assess"
TEXT_LIMIT = 4000
VERDICTS = tuple(RiskAssessment.Verdict.values)


@dataclass(frozen=True)
class RiskRow:
    """One pattern of one unit. ``name`` and ``rule`` are words in the language in use; ``derived`` is what the rule
    says (``seen``, ``not_seen`` or ``missing``); ``answers`` are the options chosen on the questions it rests on.

    ``assessment`` is the newest judgement, None when there is none; ``outdated`` when it was made of an answer that
    gave something else, or by an older version of the rule; ``closed`` when the unit is no more.
    """

    key: str
    name: str
    rule: str
    derived: str
    answers: Mapping[str, tuple[str, ...]]
    assessment: RiskAssessment | None = None
    outdated: bool = False
    closed: bool = False

    @property
    def stands(self) -> str:
        """What holds: the judgement while it is not outdated, else what the rule says."""
        if self.assessment is not None and not self.outdated:
            return str(self.assessment.verdict)
        return self.derived

    @property
    def waits(self) -> bool:
        """Whether the statsforvalter has something to look at: a sign that is not judged, or a judgement that a
        newer report has overtaken. Nothing waits at a unit that is no more."""
        return not self.closed and (self.outdated or (self.derived == rules.SEEN and self.assessment is None))


@dataclass(frozen=True)
class UnitRisk:
    """The five patterns of one unit. ``submission`` and ``round`` are the latest delivered report, None without
    one. The fields of the name are those of the day, for the template tag ``unit_name``. ``beside`` is what the unit
    was called then, where the row stands in today's borders; ``page`` is the number of the unit of today at whose
    page it is judged, empty for a unit that is no more."""

    unit: int
    number: str
    name: str
    official_names: list[dict[str, str]]
    office_key: str
    kind: str
    submission: int | None
    round: dt.date | None
    rows: tuple[RiskRow, ...] = field(default_factory=tuple)
    beside: str = ""
    page: str = ""

    @property
    def full_name(self) -> str:
        return display_name(self.name, self.official_names)

    @property
    def seen(self) -> int:
        """How many patterns the rules see."""
        return sum(row.derived == rules.SEEN for row in self.rows)

    @property
    def waiting(self) -> int:
        """How many of them wait for the statsforvalter."""
        return sum(row.waits for row in self.rows)


def risk_units(
    *,
    user: User,
    today: dt.date,
    day: dt.date | None = None,
    unit: Municipality | None = None,
    only: Collection[int] | None = None,
) -> list[UnitRisk]:
    """The units whose risk patterns ``user`` may see on ``today``, in Norwegian order; with ``unit`` that one
    alone, with ``only`` those of these ids.

    ``day`` says which units and names (today's when left out). Empty for whoever has not the right. Two queries,
    whatever the number of units.
    """
    scope = scope_of(user, today=today)
    if not scope.has(RIGHTS[READ].roles):
        return []
    units = _units(allowed_filter(Municipality, READ, scope), day or today)
    if unit is not None:
        units = units.filter(pk=unit.pk)
    if only is not None:
        units = units.filter(pk__in=only)
    found = list(units)
    names = texts.patterns(_)
    kept = _newest(user, today, unit)
    return [
        UnitRisk(
            unit=row.pk, number=row.number, name=row.name, official_names=row.official_names,
            office_key=row.office_key, kind=row.kind, submission=row.latest_submission, round=row.latest_round,
            rows=_rows(row.latest_answers or {}, kept.get(row.pk, {}), names), page=row.number,
        )
        for row in found
    ]  # fmt: skip


def risk_unit_ids(*, user: User, today: dt.date, day: dt.date) -> list[int]:
    """The units of ``day`` whose risk patterns ``user`` may see on ``today``. One query."""
    scope = scope_of(user, today=today)
    if not scope.has(RIGHTS[READ].roles):
        return []
    every: Any = Municipality.objects.get_queryset()
    reach = allowed_filter(Municipality, READ, scope)
    return list(every.filter(reach).units_as_of(day).order_by().values_list("pk", flat=True))


def risk_rows(*, unit: Municipality, user: User, today: dt.date) -> list[RiskRow]:
    """The five patterns of one unit, in the order of ``rules.PATTERNS``; empty for whoever may not see them, and for
    a unit that is no more. Two queries."""
    found = risk_units(user=user, today=today, unit=unit)
    return list(found[0].rows) if found else []


def _units(reach: Any, day: dt.date) -> Any:
    every: Any = Municipality.objects.get_queryset()
    delivered = (
        Report.objects.across_all(reason="the latest answers of each unit")
        .filter(municipality=OuterRef("pk"), status__in=Report.DELIVERED)
        .exclude(round__kind=Round.Kind.TEST)
        .order_by("-round__reference_date")
    )
    return (
        every.filter(reach)
        .units_as_of(day)
        .annotate(
            latest_submission=Subquery(delivered.values("current_id")[:1]),
            latest_round=Subquery(delivered.values("round__reference_date")[:1]),
            latest_answers=Subquery(delivered.values("current__answers")[:1], output_field=JSONField()),
        )
    )


def _newest(user: User, today: dt.date, unit: Municipality | None) -> dict[int, dict[str, RiskAssessment]]:
    rows = RiskAssessment.objects.visible_to(user, today=today)
    if unit is not None:
        rows = rows.filter(municipality=unit)
    last = rows.order_by().values("municipality_id", "pattern").annotate(last=Max("pk")).values("last")
    found: dict[int, dict[str, RiskAssessment]] = {}
    for row in RiskAssessment.objects.get_queryset().filter(pk__in=last):
        found.setdefault(row.municipality_id, {})[row.pattern] = row
    return found


def _rows(
    answers: Mapping[str, Any], kept: Mapping[str, RiskAssessment], names: Mapping[str, tuple[str, str]]
) -> tuple[RiskRow, ...]:
    given = given_of(answers)
    rows = []
    for pattern in rules.PATTERNS:
        derived = rules.pattern_state(pattern.key, given)
        assessment = kept.get(pattern.key)
        outdated = assessment is not None and (assessment.derived, assessment.rule_version) != (
            derived,
            pattern.version,
        )
        name, rule = names[pattern.key]
        chosen = {question: tuple(sorted(given.get(question, ()))) for question in pattern.questions}
        rows.append(RiskRow(pattern.key, name, rule, derived, chosen, assessment, outdated))
    return tuple(rows)


def given_of(answers: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The answers of a Submission to the questions of the patterns, as the rules read them; empty ones left out."""
    found = {}
    for question in rules.PATTERN_QUESTIONS:
        value = answers.get(question)
        values: Iterable[str] = value if isinstance(value, list) else [value] if value else []
        if values:
            found[question] = frozenset(str(entry) for entry in values)
    return found


def assessments_of(*, unit: Municipality, user: User, today: dt.date) -> dict[str, list[RiskAssessment]]:
    """Every judgement of a unit that ``user`` may see, by pattern, the newest first. One query."""
    found: dict[str, list[RiskAssessment]] = {}
    for row in RiskAssessment.objects.visible_to(user, today=today).filter(municipality=unit).order_by("-pk"):
        found.setdefault(row.pattern, []).append(row)
    return found


def risk_assess(
    *,
    unit: Municipality,
    pattern: str,
    verdict: str,
    reason: str = "",
    follow_up: str = "",
    submission: int | None,
    actor: User,
    now: dt.datetime,
) -> RiskAssessment:
    """Judge one pattern of one unit: recognised, in part, or not, with what is done about it. Earlier judgements stay.

    ``submission`` is the Submission that the reader saw (None when there was none). Raises PermissionDenied;
    ValidationError by field: an unknown pattern or verdict, a dismissal without a reason (oppdragsbrev 2022: the
    regions follow the patterns up), a text that is too long, or a report that has come in since (``submission``).
    """
    today = timezone.localdate(now)
    if not (decision := can(actor, ASSESS, unit, today=today)):
        raise PermissionDenied(decision.reason)
    reason, follow_up = _clean(reason), _clean(follow_up)
    faults = _faults(pattern, verdict, reason, follow_up)
    if faults:
        raise ValidationError(faults)
    with transaction.atomic():
        register_lock(unit.pk)
        found = risk_units(user=actor, today=today, unit=unit)
        latest = found[0].submission if found else None
        if latest != submission:
            raise ValidationError({"submission": [_("A newer report has come in since you opened the page.")]})
        rows = found[0].rows if found else _rows({}, {}, texts.patterns(_))
        row = next(entry for entry in rows if entry.key == pattern)
        made: RiskAssessment = RiskAssessment.objects.get_queryset().create(
            municipality=unit, pattern=pattern, verdict=verdict, reason=reason, follow_up=follow_up,
            derived=row.derived, rule_version=rules.PATTERN_BY_KEY[pattern].version, submission_id=latest,
            assessed_by=actor, assessed_by_name=str(actor), assessed_at=now,
        )  # fmt: skip
        before = str(row.assessment.verdict) if row.assessment else ""
        log(made, "risk_assessed", actor=actor, now=now, from_state=before, to_state=verdict, internal=True)
    return made


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _faults(pattern: str, verdict: str, reason: str, follow_up: str) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if pattern not in rules.PATTERN_BY_KEY:
        faults["pattern"] = [_("There is no such pattern.")]
    if verdict not in VERDICTS:
        faults["verdict"] = [_("Choose whether you recognise the pattern.")]
    if verdict == RiskAssessment.Verdict.DISMISSED and not reason:
        faults["reason"] = [_("Write why you do not recognise the pattern.")]
    for name, text in (("reason", reason), ("follow_up", follow_up)):
        if len(text) > TEXT_LIMIT:
            faults[name] = [_("The text can have at most 4 000 characters.")]
    return faults
