"""From the database to facts: the only ORM of the documents, with a number of queries that never grows.

What can be counted is counted by the database, in grouped queries: all answers of this round and the one before, and
those to the core indicators of every round. What a rule or the annex looks at unit by unit is read for these two
rounds. A Submission counts when its report is sent in or approved (``Report.DELIVERED``); a returned one counts again
when it is sent in anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from municipalities.models import Municipality, OfficeName
from municipalities.names import parallel_names
from municipalities.querysets import valid_on
from networks.models import Network, SupportActivity
from reform.dates import previous_reference_date
from reform.models import Solution
from reporting.form_spec import FormSpec
from reporting.models import Answer, Report, Round
from reporting.task_matrix import read_tasks

from . import rules
from .blocks import Numbers
from .collect_borders import parts
from .collect_forms import older_forms
from .collect_registers import participations, plans, register_counts
from .columns import AT_ONCE, Columns, values_of
from .facts import (
    LATE,
    MISSING,
    ON_TIME,
    RETURNED,
    YEARLY,
    AnswerCount,
    Composed,
    DeliveryCount,
    Facts,
    NetworkFact,
    Office,
    RoundFact,
    SolutionFact,
    SupportFact,
    Unit,
    UnitAnswer,
    UnitReport,
)
from .year import as_year, near_of, year_ends

REASON = "national summary"


def collect(
    round_: Round,
    *,
    frozen_at: dt.datetime,
    version: int = 1,
    composed: Composed | None = None,
    sheets: bool = True,
    alone: bool = False,
) -> Facts:
    """All facts of ``round_`` and the rounds before it (``alone``: without these), as they stand now; ``frozen_at`` is
    written on them, and ``composed`` is how Helsedirektoratet wants the document.

    A yearly report's are those of the last day of the year (``year``). Call it inside one transaction, so that all
    queries see the same rows. Without ``sheets`` the answers with their texts, which only the workbook shows, are left
    out. Every reader of a figure sees the whole country, so nothing here is cut by a scope.
    """
    rounds = _rounds(round_)[-1:] if alone else _rounds(round_)
    yearly = composed is not None and composed.kind == YEARLY
    ends = year_ends(rounds) if yearly else ()
    last = (*rounds, *ends)[-1]
    near = [entry.id for entry in near_of(rounds, yearly)]
    days = {entry.id: entry.date for entry in rounds}
    offices = _offices(last.date)
    office_keys = {pk: office.key for pk, office in offices.items()}
    reports = _reports(near, days, office_keys)
    facts = Facts(
        round=rounds[-1],
        rounds=rounds,
        frozen_at=frozen_at,
        version=version,
        sample=settings.PORTAL_DEMO,
        units=_units(last.date),
        offices=tuple(offices.values()),
        form=FormSpec.parse(round_.form_version.definition),
        reports=reports,
        deliveries=_deliveries(days, office_keys),
        counts=_counts(near, days, office_keys),
        unit_answers=_unit_answers(near, days),
        solutions=_solutions(),
        networks=_networks(last.date),
        participations=participations(rounds[0].date, last.date),
        plans=plans(rounds[0].date, last.date),
        register_counts=register_counts(days, office_keys),
        support=_support(min(entry.since for entry in (*rounds, *ends)), last.date),
        parts=parts(days),
        older_forms=older_forms(round_, round_.form_version_id),
        answers=_answers(round_.pk, days) if sheets else (),
        composed=composed or Composed(),
        tasks=read_tasks(),
        submission_ids=_submission_ids(days),
    )
    if not yearly:
        return facts
    on_the_last_day = register_counts({entry.id: entry.date for entry in ends}, office_keys, other_days=True)
    return replace(as_year(facts), register_counts=(*facts.register_counts, *on_the_last_day))


def _rounds(round_: Round) -> tuple[RoundFact, ...]:
    rows = (
        Round.objects.across_all(reason=REASON)
        .counted()
        .filter(reference_date__lte=round_.reference_date)
        .filter(Q(opened_at__isnull=False) | Q(pk=round_.pk))
        .order_by("reference_date")
    )
    return tuple(
        RoundFact(row.pk, row.reference_date, row.municipality_deadline, previous_reference_date(row.reference_date))
        for row in rows
    )


def _units(day: dt.date) -> Columns[Unit]:
    rows = Municipality.objects.across_all(reason=REASON).units_as_of(day)
    found = (
        Unit(
            id=row.pk,
            number=row.number,
            name=row.name,
            names=tuple((entry["name"], entry["lang"]) for entry in parallel_names(row.name, row.official_names)),
            office=row.office_key,
            county=row.county_number,
            county_name=row.county_name,
            kind=row.kind,
            column=row.tile_column,
            row=row.tile_row,
        )
        for row in rows.iterator(AT_ONCE)
    )
    return Columns(Unit, map(values_of, found), numbers=("id",), various=("number", "name", "names"))


def _offices(day: dt.date) -> dict[int, Office]:
    rows = OfficeName.objects.filter(valid_on(day)).select_related("office").order_by("office__order")
    return {row.office_id: Office(row.office.key, row.short_name) for row in rows}


def report_state() -> Case:
    """How a Report stands, as the figures see it: on time, late, returned or missing."""
    delivered = Q(status__in=Report.DELIVERED)
    return Case(
        When(delivered & Q(current__days_late=0), then=Value(ON_TIME)),
        When(delivered, then=Value(LATE)),
        When(current__isnull=False, then=Value(RETURNED)),  # every Submission made becomes the report's current one
        default=Value(MISSING),
    )


def _reports(rounds: list[int], days: dict[int, dt.date], offices: dict[int, str]) -> Columns[UnitReport]:
    rows = (
        Report.objects.across_all(reason=REASON)
        .filter(round_id__in=rounds)
        .annotate(state=report_state())
        .values_list(
            "round_id", "municipality_id", "office_id", "municipality__kind", "state",
            "current__days_late", "current__on_behalf_of_id", "current_id", "current__number", "status",
            "current__extended_to",
        )
        .order_by("round_id", "municipality_id")
    )  # fmt: skip

    def found() -> Iterator[tuple[Any, ...]]:
        for round_id, unit, office, kind, state, late, behalf, submission, number, status, own in rows.iterator(
            AT_ONCE
        ):
            counts = state in (ON_TIME, LATE)
            report = UnitReport(
                round=days[round_id], unit=unit, office=offices[office], kind=kind, state=state,
                days_late=late or 0 if counts else 0, on_behalf=bool(behalf) and counts,
                submission=submission if counts else None, number=number or 0 if counts else 0,
                approved=status == Report.Status.APPROVED, extended=state == ON_TIME and own is not None,
            )  # fmt: skip
            yield values_of(report)

    return Columns(UnitReport, found(), numbers=("unit",), maybe=("submission",))


def _deliveries(days: dict[int, dt.date], offices: dict[int, str]) -> tuple[DeliveryCount, ...]:
    rows = (
        Report.objects.across_all(reason=REASON)
        .filter(round_id__in=days)
        .annotate(state=report_state())
        .values("round_id", "office_id", "municipality__kind", "state")
        .annotate(
            n=Count("id"),
            on_behalf=Count("id", filter=Q(current__on_behalf_of__isnull=False, status__in=Report.DELIVERED)),
            extended=Count("id", filter=Q(current__extended_to__isnull=False, state=ON_TIME)),
        )
        .values_list("round_id", "office_id", "municipality__kind", "state", "n", "on_behalf", "extended")
        .order_by()
    )
    return tuple(
        DeliveryCount(days[round_id], offices[office], kind, state, n, behalf, extended)
        for round_id, office, kind, state, n, behalf, extended in rows
    )


def _delivered(rounds: Iterable[int]) -> QuerySet[Any]:
    """The reports of municipalities whose Submission counts. Districts have rows of their own in the
    delivery only."""
    return Report.objects.across_all(reason=REASON).filter(  # type: ignore[no-any-return]
        round_id__in=list(rounds), status__in=Report.DELIVERED, municipality__kind="municipality"
    )


def _counts(near: list[int], days: dict[int, dt.date], offices: dict[int, str]) -> tuple[AnswerCount, ...]:
    """All answers of the last two rounds, and those to the core indicators of the earlier ones."""
    trend = Q(current__answer_rows__question__in=rules.TREND_QUESTIONS)
    earlier = [pk for pk in days if pk not in near]
    return (
        *_answer_counts(_delivered(near).filter(current__answer_rows__isnull=False), days, offices),
        *_answer_counts(_delivered(earlier).filter(trend), days, offices),
    )


def _answer_counts(
    reports: QuerySet[Any], days: dict[int, dt.date], offices: dict[int, str]
) -> tuple[AnswerCount, ...]:
    rows = (
        reports.values(
            "round_id",
            "office_id",
            question=F("current__answer_rows__question"),
            row=F("current__answer_rows__row"),
            value=F("current__answer_rows__value"),
        )
        .annotate(n=Count("current__answer_rows"))
        .values_list("round_id", "office_id", "question", "row", "value", "n")
        .order_by()
    )
    return tuple(
        AnswerCount(days[round_id], offices[office], question, row, value, n)
        for round_id, office, question, row, value, n in rows
    )


def _answer_rows(rounds: list[int]) -> QuerySet[Any]:
    rows: QuerySet[Any] = Answer.objects.across_all(reason=REASON).filter(
        submission__report__round_id__in=rounds,
        submission__report__status__in=Report.DELIVERED,
        submission__report__current=F("submission"),
    )
    return rows


_UNIT_FIELDS = ("submission__report__round_id", "submission__report__municipality_id", "question", "row", "value")


def _unit_answers(rounds: list[int], days: dict[int, dt.date]) -> Columns[UnitAnswer]:
    """What the rules and the annex look at unit by unit, reached from the reports: so the database looks each
    Submission's questions up in one index."""
    reports = Report.objects.across_all(reason=REASON).filter(
        round_id__in=rounds,
        status__in=Report.DELIVERED,
        current__answer_rows__question__in=(*rules.UNIT_CHOICES, *rules.UNIT_VALUES),
    )
    fields = ("question", "value", "number", "date")  # none of them is asked in rows
    rows = reports.values_list("round_id", "municipality_id", *(f"current__answer_rows__{name}" for name in fields))
    found = (
        (days[round_id], unit, question, "", value, number, day, "")
        for round_id, unit, question, value, number, day in rows.iterator(AT_ONCE)
    )
    return Columns(UnitAnswer, found, numbers=("unit",))


def _answers(round_id: int, days: dict[int, dt.date]) -> Columns[UnitAnswer]:
    rows = _answer_rows([round_id]).values_list(*_UNIT_FIELDS, "number", "date", "text").order_by("id")
    found = ((days[round_pk], *row) for round_pk, *row in rows.iterator(AT_ONCE))
    return Columns(UnitAnswer, found, numbers=("unit",))


def _submission_ids(days: dict[int, dt.date]) -> Numbers:
    rows = Report.objects.across_all(reason=REASON).filter(round_id__in=days, status__in=Report.DELIVERED)
    return Numbers("q", rows.order_by("current_id").values_list("current_id", flat=True).iterator(AT_ONCE))


def _solutions() -> tuple[SolutionFact, ...]:
    return tuple(
        SolutionFact(
            code=row.code,
            names={"nb": row.name_nb, "nn": row.name_nn},
            area=row.area.code,
            area_names={"nb": row.area.name_nb, "nn": row.area.name_nn},
        )
        for row in Solution.objects.select_related("area").order_by("order")
    )


def _networks(day: dt.date) -> tuple[NetworkFact, ...]:
    through = Network.offices.through.objects.order_by("office__order").values_list("network_id", "office__key")
    offices: dict[int, list[str]] = {}
    for network, office in through:
        offices.setdefault(network, []).append(office)
    rows = Network.objects.across_all(reason=REASON).on(day).order_by("name", "id")
    return tuple(
        NetworkFact(row.pk, row.name, row.kind, row.host, tuple(offices.get(row.pk, ())), row.valid_from)
        for row in rows
    )


def _support(after: dt.date, until: dt.date) -> tuple[SupportFact, ...]:
    rows = (
        SupportActivity.municipalities.through.objects.filter(
            supportactivity__on__gt=after, supportactivity__on__lte=until, municipality__kind="municipality"
        )
        .order_by("id")
        .values_list(
            "supportactivity_id", "municipality_id", "supportactivity__kind", "supportactivity__provider",
            "supportactivity__on",
        )
    )  # fmt: skip
    return tuple(SupportFact(*row) for row in rows)
