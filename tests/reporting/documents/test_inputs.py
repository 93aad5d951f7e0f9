"""What a summary is computed from: a hash over it, and the same facts again from what was kept."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from django.db.models import F

from municipalities.models import MunicipalityVersion, PlanDecision
from networks.models import Network
from reporting import guards
from reporting.documents.collect import collect
from reporting.documents.collect_registers import register_ids
from reporting.documents.compute import compute
from reporting.documents.content import to_json
from reporting.documents.facts import AddedAmount, AddedFact, Composed
from reporting.documents.freeze import kept, recollect
from reporting.documents.inputs import UNORDERED, inputs_hash, rules_of
from reporting.models import Answer, NationalSummary, Report, Round
from tests.reporting.documents.population import FROZEN, NOW, populate

RULES = (("plan.status", 1),)


def same(words: str) -> str:
    return words


@pytest.fixture
def people(world):
    return populate(world, extra=9)


@pytest.fixture
def facts(people):
    found = collect(people.now, frozen_at=FROZEN)
    units = [unit.id for unit in found.units[:2]]
    return replace(
        found,
        added=tuple(AddedFact("part", "class", unit, "yes") for unit in units),
        amounts=(AddedAmount("part", "sum", "a", 3), AddedAmount("part", "sum", "b", 4)),
    )


@pytest.fixture
def summary(people, facts):
    return NationalSummary.objects.get_queryset().create(
        round=people.now, version=3, status="ready", as_of=NOW, frozen_at=facts.frozen_at, requested_at=FROZEN,
        submission_ids=list(facts.submission_ids),
        register_ids={**register_ids(facts), **kept(facts, people.now.form_version_id)},
    )  # fmt: skip


def test_the_moment_the_version_and_the_order_of_the_rows_change_nothing(facts):
    other = replace(facts, frozen_at=FROZEN + dt.timedelta(days=9), version=7)
    mixed = {}
    for name in UNORDERED:
        rows = list(getattr(other, name))
        random.Random(5).shuffle(rows)
        mixed[name] = tuple(rows)
    assert inputs_hash(replace(other, **mixed), RULES) == inputs_hash(facts, RULES)


def test_nor_does_the_order_of_what_the_database_gives_in_none_change_the_content(facts):
    mixed = {}
    for name in ("deliveries", "counts", "unit_answers", "register_counts"):
        rows = list(getattr(facts, name))
        random.Random(5).shuffle(rows)
        mixed[name] = tuple(rows)
    assert to_json(compute(replace(facts, **mixed), "nb", same)) == to_json(compute(facts, "nb", same))


def changes(facts):
    """The facts with one thing changed in each field that has anything in it."""
    yield "assessment", replace(facts, composed=Composed(assessment={"nb": {"status": "Ny tekst."}}))
    yield "outline", replace(facts, composed=Composed(outline=("plans",)))
    yield "sample", replace(facts, sample=not facts.sample)
    yield "round", replace(facts, round=replace(facts.round, deadline=NOW + dt.timedelta(days=40)))
    for name in sorted(UNORDERED | {"units", "offices", "solutions", "networks", "rounds"}):
        rows = getattr(facts, name)
        assert rows, f"no {name} to change"
        yield name, replace(facts, **{name: rows[:-1]})
    row = facts.answers[0]
    yield "text", replace(facts, answers=(row._replace(text=row.text + "."), *facts.answers[1:]))


def test_every_change_gives_another_hash(facts):
    found = {name: inputs_hash(other, RULES) for name, other in changes(facts)}
    found["nothing"] = inputs_hash(facts, RULES)
    found["rules"] = inputs_hash(facts, (("plan.status", 2),))
    found["more"] = inputs_hash(facts, RULES, ("a decision",))
    assert len(set(found.values())) == len(found)


def test_a_number_is_the_same_from_every_database(facts):
    row = next(entry for entry in facts.unit_answers if entry.number is not None)
    place = facts.unit_answers.index(row)
    hashes = set()
    for written in (Decimal("3"), Decimal("3.00"), Decimal("3E+0")):
        rows = [*facts.unit_answers]
        rows[place] = row._replace(number=written)
        hashes.add(inputs_hash(replace(facts, unit_answers=tuple(rows)), RULES))
    assert len(hashes) == 1
    with pytest.raises(ValueError, match="no input"):
        inputs_hash(facts, RULES, 1.5)


def test_the_rules_are_those_of_the_figures(facts):
    found = dict(rules_of([compute(facts, "nb", same)]))
    assert found["core.plan_adopted"] == 2 and found["health_only"] == 1


def hashed(facts):
    return inputs_hash(facts, RULES)


def require_same(found, facts):
    for item in fields(facts):
        if item.name in UNORDERED:
            assert sorted(map(repr, getattr(found, item.name))) == sorted(map(repr, getattr(facts, item.name)))
        elif item.name not in ("version", "frozen_at"):
            assert getattr(found, item.name) == getattr(facts, item.name), item.name
    assert hashed(found) == hashed(facts)


def test_the_same_facts_are_read_again_from_what_was_kept(people, facts, summary):
    again = recollect(summary, collect(people.now, frozen_at=FROZEN, version=3))
    require_same(again, facts)
    assert to_json(compute(again, "nn", same)) == to_json(compute(replace(facts, version=3), "nn", same))


def test_also_after_everything_was_put_right(people, facts, summary):
    _put_right(people)
    today = collect(people.now, frozen_at=FROZEN)
    assert hashed(today) != hashed(facts)
    require_same(recollect(summary, today), facts)


def _put_right(people):
    """A report approved, one returned, a decision taken back, names and days changed."""
    reports = Report.objects.get_queryset().filter(round=people.now)
    reports.filter(municipality=people.units[1]).update(status=Report.Status.APPROVED, approved_at=FROZEN)
    reports.filter(municipality=people.units[2]).update(status=Report.Status.RETURNED)
    PlanDecision.objects.get_queryset().filter(municipality=people.units[0]).update(status="declined")
    MunicipalityVersion.objects.filter(municipality=people.units[3]).update(name="Et nytt navn", tile_column=39)
    Network.objects.get_queryset().update(name="Et nytt nettverk", valid_to=NOW - dt.timedelta(days=1))
    Round.objects.get_queryset().filter(pk=people.now.pk).update(municipality_deadline=F("opens_on"))


def test_an_answer_that_was_altered_is_seen(people, facts, summary):
    answer = Answer.objects.get_queryset().filter(
        submission__in=summary.submission_ids, question="plan.status", value="own", submission__report__round=people.now
    )
    with guards.lifted():
        Answer.objects.get_queryset().filter(pk=answer.first().pk).update(value="none")
    assert hashed(recollect(summary, collect(people.now, frozen_at=FROZEN, version=3))) != hashed(facts)


def test_a_summary_made_before_names_were_kept_is_read_with_those_of_today(people, facts, summary):
    rows = {key: summary.register_ids[key] for key in ("participation", "plan", "support")}
    summary.register_ids = rows
    older = replace(facts, added=(), amounts=())  # it was made before other apps had parts, and brings none now
    today = replace(collect(people.now, frozen_at=FROZEN, version=3), added=facts.added)
    assert hashed(recollect(summary, today)) == hashed(older)
