"""Collecting: what counts, and a number of queries that does not grow with the number of units."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.documents.collect import collect
from reporting.documents.collect_registers import kept_registers, register_ids
from reporting.documents.facts import holds
from reporting.models import Answer, NationalSummary, Report
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate, registered

MOST_QUERIES = 20


def queries(round_, **kwargs):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        facts = collect(round_, frozen_at=FROZEN, **kwargs)
    return len(caught), facts


def test_queries_do_not_grow_with_the_units(world):
    small = populate(world)
    few, facts = queries(small.now)
    assert len(facts.units) == 6
    from reporting.services.rounds import round_open
    from tests.reporting.documents.population import _more_units

    _more_units(world, 40)
    round_open(reference_date=NOW, actor=None, now=FROZEN)
    many, facts = queries(small.now)
    assert len(facts.units) == 46
    assert few == many <= MOST_QUERIES


def test_a_returned_report_does_not_count_and_counts_again_when_sent_anew(world):
    people = populate(world)
    before = collect(people.now, frozen_at=FROZEN)
    returned = people.report(0)
    assert returned.status == Report.Status.RETURNED
    assert returned.current_id not in before.submission_ids
    assert {r.state for r in before.reports if r.unit == people.units[0].pk and r.round == NOW} == {"returned"}
    assert not [a for a in before.unit_answers if a.unit == people.units[0].pk and a.round == NOW]

    returned.status = Report.Status.SUBMITTED
    returned.save()
    after = collect(people.now, frozen_at=FROZEN)
    assert returned.current_id in after.submission_ids
    assert len(after.submission_ids) == len(before.submission_ids) + 1


def test_grouped_counts_are_the_rows_themselves(world):
    people = populate(world, extra=7)
    facts = collect(people.now, frozen_at=FROZEN)
    counted = sum(row.n for row in facts.counts)
    rows = Answer.objects.get_queryset().filter(
        submission_id__in=facts.submission_ids, submission__report__municipality__kind="municipality"
    )
    assert counted == rows.count() > 0
    now = list(facts.answers)
    assert (
        len(now)
        == Answer.objects.get_queryset()
        .filter(submission_id__in=facts.submission_ids, submission__report__round=people.now)
        .count()
    )


def test_without_sheets_the_answers_with_their_texts_are_left_out(world):
    people = populate(world)
    with_sheets, full = queries(people.now)
    without, lean = queries(people.now, sheets=False)
    assert full.answers and not lean.answers
    assert without == with_sheets - 1


def test_register_rows_are_kept_by_value(world):
    people = populate(world)
    facts = collect(people.now, frozen_at=FROZEN)
    summary = NationalSummary(register_ids=register_ids(facts))
    kept = kept_registers(summary)
    assert (kept.participations, kept.support, kept.plans) == (facts.participations, facts.support, facts.plans)
    assert kept.dated and facts.participations and facts.support and facts.plans


def test_a_summary_made_before_plans_were_kept_is_read_as_it_is():
    old = NationalSummary(register_ids={"participation": [[1, 2, 3, "active"]], "support": []})
    kept = kept_registers(old)
    assert kept.plans is None and not kept.dated
    assert holds(kept.participations[0], NOW)


def test_register_rows_are_those_that_held_on_a_reference_date(world):
    people = populate(world)
    facts = collect(people.now, frozen_at=FROZEN)
    assert all(row.since <= NOW and (row.until is None or row.until >= BEFORE) for row in facts.plans)
    assert {row.unit for row in facts.plans} <= {unit.pk for unit in people.units if unit.kind == "municipality"}
    counted = sum(row.n for row in facts.register_counts if (row.round, row.register) == (NOW, "plan"))
    municipalities = [index for index, unit in enumerate(people.units) if unit.kind == "municipality"]
    assert counted == sum(bool(registered(index, NOW)) for index in municipalities)


@pytest.mark.parametrize("status", [Report.Status.NOT_STARTED, Report.Status.DRAFT])
def test_a_draft_never_counts(world, status):
    people = populate(world)
    report = people.report(-1)
    report.status = status
    report.draft = {"fields": {"plan.status": {"value": "own", "rev": 1}}}
    report.save()
    facts = collect(people.now, frozen_at=FROZEN)
    assert {r.state for r in facts.reports if r.unit == people.units[-1].pk and r.round == NOW} == {"missing"}
