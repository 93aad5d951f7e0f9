"""From the database to what the regions' volumes need: eight queries, however many units and regions there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from municipalities.models import PhaseStatus, PlanAnchoring, PlanDecision
from networks.models import Network, Participation, SupportActivity
from reporting.form_spec import FormSpec
from reporting.models import FormVersion, Report, Submission

from .facts import Facts
from .volume_facts import Anchoring, Decision, Given, Part, Progress, SentIn, VolumeFacts

REASON = "volumes of the regions"


def collect_volumes(facts: Facts) -> VolumeFacts:
    """What the volumes say of each unit, for the round of ``facts`` and the one before it.

    Call it in the transaction in which ``facts`` were collected, so that both see the same rows.
    """
    near = {entry.id: entry.date for entry in facts.rounds[-2:]}
    first, last = min(near.values()), facts.round.date
    sent = _sent(near)
    return VolumeFacts(
        sent=sent,
        decisions=_decisions(first, last),
        anchorings=_anchorings(first, last),
        progress=_progress(first, last),
        parts=_parts(first, last),
        support=_support(facts.round.since, last),
        networks=_network_names(sent),
    )


def _sent(near: dict[int, dt.date]) -> tuple[SentIn, ...]:
    rows = Submission.objects.across_all(reason=REASON).filter(
        report__round_id__in=near, report__status__in=Report.DELIVERED, report__current=F("pk")
    )
    return sent_in(rows, near)


def sent_in(
    submissions: QuerySet[Any], days: Mapping[int, dt.date], approved: Mapping[int, bool] | None = None
) -> tuple[SentIn, ...]:
    """What was sent in with these Submissions; ``days`` are the reference dates by round. ``approved`` says by
    Submission which were approved; None: those whose report is approved now. Two queries."""
    rows = list(
        submissions.values_list(
            "report__municipality_id", "report__round_id", "number", "submitted_at", "days_late", "extended_to",
            "on_behalf_of_id", "report__status", "answers", "pk", "form_version_id",
        ).order_by("report__round_id", "report__municipality_id")
    )  # fmt: skip
    definitions = FormVersion.objects.filter(pk__in={row[-1] for row in rows}).values_list("pk", "definition")
    forms = {pk: FormSpec.parse(definition) for pk, definition in definitions}
    return tuple(
        SentIn(
            unit, days[round_id], number, moment, late, own, behalf is not None,
            status == Report.Status.APPROVED if approved is None else approved[pk], answers, forms[form],
        )
        for unit, round_id, number, moment, late, own, behalf, status, answers, pk, form in rows
    )  # fmt: skip


def _held(rows: Any, first: dt.date, last: dt.date) -> Any:
    overlaps = Q(valid_from__lte=last) & (Q(valid_to__isnull=True) | Q(valid_to__gte=first))
    return rows.filter(overlaps).order_by("valid_from", "id")


def _decisions(first: dt.date, last: dt.date) -> tuple[Decision, ...]:
    rows = _held(PlanDecision.objects.across_all(reason=REASON), first, last).values_list(
        "municipality_id", "status", "valid_from", "valid_to", "decided_on", "expected_on", "title", "case_number",
        "registered_at",
    )  # fmt: skip
    return tuple(Decision(*row) for row in rows)


def _anchorings(first: dt.date, last: dt.date) -> tuple[Anchoring, ...]:
    rows = _held(PlanAnchoring.objects.across_all(reason=REASON), first, last).values_list(
        "municipality_id", "plan_type", "name", "valid_from", "valid_to", "adopted_on", "covers_from", "covers_to",
        "is_expected", "registered_at",
    )  # fmt: skip
    return tuple(Anchoring(*row) for row in rows)


def _progress(first: dt.date, last: dt.date) -> tuple[Progress, ...]:
    rows = _held(PhaseStatus.objects.across_all(reason=REASON), first, last).values_list(
        "municipality_id", "valid_from", "valid_to", "step", "phase", "delay_months", "delay_reason", "registered_at"
    )
    return tuple(Progress(*row) for row in rows)


def _parts(first: dt.date, last: dt.date) -> tuple[Part, ...]:
    rows = Participation.objects.across_all(reason=REASON).filter(status__in=("active", "planned"))
    found = _held(rows, first, last).values_list(
        "municipality_id", "network__name", "network__kind", "status", "valid_from", "valid_to"
    )
    return tuple(Part(*row) for row in found)


def _support(after: dt.date, until: dt.date) -> tuple[Given, ...]:
    rows = (
        SupportActivity.municipalities.through.objects.filter(
            supportactivity__on__gt=after, supportactivity__on__lte=until
        )
        .order_by("supportactivity__on", "supportactivity_id", "id")
        .values_list(
            "municipality_id", "supportactivity__kind", "supportactivity__provider", "supportactivity__on",
            "supportactivity__title", "supportactivity__registered_at",
        )
    )  # fmt: skip
    return tuple(Given(*row) for row in rows)


def _network_names(sent: Iterable[SentIn]) -> dict[str, str]:
    ids = {
        int(pk)
        for entry in sent
        for question in entry.form.questions()
        if question.kind == "register"
        for pk in entry.answers.get(question.code) or ()
        if str(pk).isdigit()
    }
    rows = Network.objects.across_all(reason=REASON).filter(pk__in=ids)
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}
