"""The demo population as the criteria see it: the same people, networks, registers and reports as ``demo_population``
makes, by the same generator and the same services that write the registers, without the way through form and review.

On top come the cases that the demo does not have (``twists``), spread over the municipalities by their place.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from django.core.management import call_command

from municipalities.models import (
    AreaPosition,
    Event,
    Municipality,
    PlanAnchoring,
    PlanDecision,
    SolutionPosition,
)
from municipalities.services.anchoring import AnchoringEntry, anchoring_end, anchoring_enter
from municipalities.services.dated import clash_fault
from municipalities.services.decisions import DecisionEntry, decision_enter
from networks.models import Network, Participation
from networks.services import participation_end, participations_add
from reporting.answers import answers_hash
from reporting.demo.answers import Unit, answers, fits
from reporting.demo.decisions import decisions_make
from reporting.demo.networks import networks_keep, networks_make
from reporting.demo.people import Cast, cast_make
from reporting.demo.population import CURRENT, NYNORSK_COUNTIES, OSLO, PREVIOUS, part_of
from reporting.models import Report, Round, Submission
from reporting.services.registers import registers_follow
from reporting.services.rounds import form_spec, round_open

WHY = "a test"
UNTIL = dt.datetime(2022, 5, 4, 9, tzinfo=OSLO)
SILENT = 23
"""The municipalities whose number this divides never report."""
EXPECTED = (dt.date(2022, 4, 30), CURRENT, dt.date(2022, 6, 20))
"""A decision that was due the day before a day that is asked about, one on it, and one later."""
MADE = dt.datetime(2021, 8, 16, 9, tzinfo=OSLO)


def demo_population() -> Cast:
    """Registers, people, networks, two rounds as far as they were approved by ``UNTIL``, and the twists."""
    with open(os.devnull, "w") as quiet:
        call_command("load_registers", verbosity=0, stdout=quiet)
    cast = cast_make(day=dt.date(2021, 1, 1), now=MADE, password="lang-nok-for-demo", language_nn=NYNORSK_COUNTIES)
    networks = networks_make(now=MADE)
    for step, reference, opens in ((0, PREVIOUS, dt.date(2021, 9, 20)), (1, CURRENT, dt.date(2022, 3, 21))):
        now = dt.datetime.combine(opens, dt.time(8), OSLO)
        round_ = round_open(reference_date=reference, actor=None, now=now, dates={"opens_on": opens})
        decisions_make(step=step, reference=PREVIOUS, reviewers=cast.reviewers, until=UNTIL)
        _approved(round_, step, networks)
    networks_keep(cast, until=UNTIL)
    _twists(cast)
    return cast


def _approved(round_: Round, step: int, networks: Any) -> None:
    """The reports that the demo has approved by its day, with what their approval writes in the registers."""
    spec = form_spec(round_.form_version)
    codes = [question.code for question in spec.questions()]
    solutions = [key for question in spec.questions() if question.kind == "matrix" for key in question.row_keys]
    names = {
        unit.pk: unit.number for unit in Municipality.objects.across_all(reason=WHY).units_as_of(round_.reference_date)
    }
    rows = Report.objects.across_all(reason=WHY).filter(round=round_).select_related("round", "municipality")
    parts = {row.pk: part_of(names[row.municipality_id], step, round_, UNTIL) for row in rows}
    for row in sorted(rows, key=lambda row: (parts[row.pk].sent_at, row.pk)):
        part = parts[row.pk]
        silent = int(names[row.municipality_id]) % SILENT == 0
        if part.reviewed_at is None or part.fate == "returned" or row.municipality.is_district or silent:
            continue
        unit = Unit(names[row.municipality_id], False, networks[row.office_id], solutions)
        given = {code: value for code, value in answers(unit, step, round_.reference_date).items() if value != []}
        approve(row, fits(given, codes), sent_at=part.sent_at, now=part.reviewed_at)


def approve(report: Report, given: dict[str, Any], *, sent_at: dt.datetime, now: dt.datetime) -> Submission:
    """A Submission of the report that is approved at ``now``, with what that writes in the registers."""
    number = Submission.objects.get_queryset().filter(report=report).count() + 1
    report.current = Submission.objects.get_queryset().create(
        report=report, number=number, form_version=report.round.form_version, answers=given,
        answers_hash=answers_hash(given), submitted_by_name="test", submitted_at=sent_at,
    )  # fmt: skip
    report.status, report.submitted_at, report.approved_at = Report.Status.APPROVED, sent_at, now
    report.save()
    Event.objects.get_queryset().create(
        object_type="reporting.report", object_id=report.pk, name="approve", to_state="approved", happened_at=now,
        actor_name="test", municipality=report.municipality, office=report.office,
    )  # fmt: skip
    registers_follow(report=report, now=now)
    return report.current


# --- What the demo does not have --------------------------------------------------------------------


def _twists(cast: Cast) -> None:
    units = list(Municipality.objects.across_all(reason=WHY).as_of(UNTIL.date()))
    for place, unit in enumerate(units):
        how = {"actor": cast.reviewers[unit.office_id], "now": UNTIL}
        if place % 11 == 3:
            _process(unit, how, dt.date(2022, 2, 1), EXPECTED[place % 3])
        if place % 13 == 4:
            _samfunnsdel(unit, how, ends=place % 2 == 0)
        if place % 17 == 5:
            for row in Participation.objects.get_queryset().filter(municipality=unit, valid_to=None):
                if row.valid_from <= dt.date(2022, 3, 31):
                    participation_end(participation=row, valid_to=dt.date(2022, 3, 31), **how)
        if place % 19 == 6:
            _undated(unit)
        if place % 7 == 5:
            _unconsidered(unit)
        if place % 31 == 12:
            _elsewhere(unit)
        if place % 23 == 9:
            _unregistered(unit)
    _former(cast)


def _process(unit: Any, how: dict[str, Any], day: dt.date, expected: dt.date) -> None:
    """A process whose expected day lies about the days that are asked about."""
    rows = PlanDecision.objects.get_queryset().filter(municipality=unit)
    if not clash_fault(rows, day):
        entry = DecisionEntry("process", valid_from=day, expected_on=expected, process="Saken er til høring.")
        decision_enter(municipality=unit, entry=entry, **how)


def _samfunnsdel(unit: Any, how: dict[str, Any], *, ends: bool) -> None:
    """A samfunnsdel that has ended, or that is expected."""
    held = PlanAnchoring.objects.get_queryset().filter(municipality=unit, plan_type="samfunnsdel", valid_to=None)
    for row in held.filter(valid_from__lte=dt.date(2022, 3, 1)):
        anchoring_end(anchoring=row, last=dt.date(2022, 3, 1), **how)
    if not ends and not held.exists():
        entry = AnchoringEntry("samfunnsdel", is_expected=True, valid_from=dt.date(2022, 4, 1))
        anchoring_enter(municipality=unit, entry=entry, **how)


def _undated(unit: Any) -> None:
    """Rows as an older import may have left them: a plan without its day, a process without when."""
    rows = PlanDecision.objects.get_queryset().filter(municipality=unit)
    rows.update(decided_on=None, expected_on=None)


def _unconsidered(unit: Any) -> None:
    """A municipality that has not looked at one of the areas."""
    rows = SolutionPosition.objects.get_queryset().filter(municipality=unit, solution__area__code="3")
    rows.update(position="not_considered")


def _elsewhere(unit: Any) -> None:
    """A municipality that is in the national network of age-friendly communities alone, which is no regional one."""
    Participation.objects.get_queryset().filter(municipality=unit).delete()
    network = Network.objects.get_queryset().filter(kind="age_friendly").first()
    Participation.objects.get_queryset().create(
        network=network, municipality=unit, status="active", origin="register:t", valid_from=dt.date(2021, 2, 1)
    )


def _unregistered(unit: Any) -> None:
    """A municipality whose report was approved before the registers were kept: only the report knows."""
    for model in (SolutionPosition, AreaPosition, PlanAnchoring, PlanDecision, Participation):
        rows = model.objects.get_queryset().filter(municipality=unit)
        if model is PlanDecision:
            rows.update(replaces=None)
        rows.delete()


def _former(cast: Cast) -> None:
    """What some municipalities of 2019 had, before they became parts of others."""
    day = dt.date(2019, 12, 31)
    how = {"actor": next(iter(cast.reviewers.values())), "now": UNTIL}
    for place, unit in enumerate(Municipality.objects.across_all(reason=WHY).as_of(day)):
        if place % 3 == 0:
            continue
        held = dt.date(2019, 5, 2) + dt.timedelta(days=place % 200)
        if place % 3 == 1 and not PlanDecision.objects.get_queryset().filter(municipality=unit).exists():
            entry = DecisionEntry("own", decided_on=held, areas=dict.fromkeys("12345", "adopted"))
            decision_enter(municipality=unit, entry=entry, **how)
        anchored = PlanAnchoring.objects.get_queryset().filter(municipality=unit).exists()
        if place % 4 and not anchored:
            entry = AnchoringEntry("samfunnsdel", adopted_on=held)
            anchoring_enter(municipality=unit, entry=entry, **how)
        _early_network(unit, how)


def _early_network(unit: Any, how: dict[str, Any]) -> None:
    network = Network.objects.get_queryset().filter(offices=unit.office_id, valid_from__lte="2019-12-01").first()
    mine = Participation.objects.get_queryset().filter(municipality=unit)
    if network is not None and not mine.exists():
        participations_add(
            network=network,
            units=[unit.pk],
            status="planned",
            valid_from=dt.date(2019, 12, 1),
            valid_to=dt.date(2019, 12, 31),
            **how,
        )
