"""The core indicators one by one: each is what the registers held on the round's own day, and nothing after it."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import Municipality, PlanDecision
from municipalities.querysets import valid_on
from networks.models import Network, Participation, SupportActivity
from reporting.documents import rules
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.models import Answer
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate

pytestmark = pytest.mark.django_db
AFTER = NOW + dt.timedelta(days=1)
HALF_YEAR = {BEFORE: dt.date(2021, 5, 1), NOW: dt.date(2021, 11, 1), AFTER: dt.date(2021, 11, 1)}
REGIONAL = ("municipal", "leader", "professional", "regional", "hospital")


def units(rows):
    """The municipalities (and no districts) among rows of a register."""
    return set(rows.values_list("municipality", flat=True)) & set(
        Municipality.objects.get_queryset().filter(kind="municipality").values_list("pk", flat=True)
    )


def plans(day, statuses):
    return units(PlanDecision.objects.get_queryset().filter(valid_on(day), status__in=statuses))


def by_hand(indicator, day):
    """Asked of the tables themselves, as a person would."""
    if indicator == "network":
        parts = Participation.objects.get_queryset().filter(valid_on(day), status="active")
        return units(parts.filter(network__kind__in=REGIONAL))
    if indicator == "support":
        given = SupportActivity.objects.get_queryset().filter(on__gt=HALF_YEAR[day], on__lte=day)
        every = Municipality.objects.get_queryset().filter(kind="municipality", pk__in=given.values("municipalities"))
        return set(every.values_list("pk", flat=True))
    if indicator == "samfunnsdel":
        answers = Answer.objects.get_queryset().filter(question="plan.anchoring", value="samfunnsdel")
        reports = answers.filter(
            submission__report__round__reference_date=day, submission__report__status__in=("submitted", "approved"),
            submission__report__municipality__kind="municipality",
        )  # fmt: skip
        return set(reports.values_list("submission__report__municipality", flat=True))
    return plans(day, rules.ADOPTED if indicator == "adopted" else rules.ADOPTED_OR_PROCESS)


def figures(people):
    content = compute(collect(people.now, frozen_at=FROZEN), "nb", lambda text: text)
    trend = next(t for t in content.tables() if any(c.key == "samfunnsdel" for c in t.columns) and len(t.rows) > 1)
    places = [column.key for column in trend.columns]
    return {row.key: dict(zip(places, row.cells, strict=True)) for row in trend.rows}


@pytest.mark.parametrize("indicator", ["network", "support", "adopted", "adopted_process", "samfunnsdel"])
def test_each_core_indicator_is_counted_as_of_the_rounds_own_day(world, indicator):
    people = populate(world, extra=9)
    found = figures(people)
    for day in (BEFORE, NOW):
        assert found[day.isoformat()][indicator].value == len(by_hand(indicator, day)), day
    assert by_hand(indicator, NOW)
    register = {"network": "participation", "support": "support", "samfunnsdel": None}.get(indicator, "plan")
    assert dict(found[NOW.isoformat()][indicator].source.select).get("register") == register


@pytest.mark.parametrize("indicator", ["network", "support", "adopted", "adopted_process"])
def test_what_the_register_holds_from_the_next_day_changes_no_figure(world, indicator):
    people = populate(world, extra=9)
    before = figures(people)
    for unit in people.units:
        _the_day_after(unit, world, indicator)
    assert len(by_hand(indicator, AFTER)) > len(by_hand(indicator, NOW))
    after = figures(people)
    for day in (BEFORE, NOW):
        assert after[day.isoformat()][indicator].value == before[day.isoformat()][indicator].value


def _the_day_after(unit, world, indicator):
    if indicator == "network":
        network = Network.objects.get_queryset().get_or_create(name="N", kind="leader", valid_from=BEFORE)[0]
        where = {"network": network, "municipality": unit, "status": "active", "origin": "register:n"}
        Participation.objects.get_queryset().create(**where, valid_from=AFTER)
    elif indicator == "support":
        office = next(iter(world.offices.values()))
        row = SupportActivity.objects.get_queryset().create(kind="course", provider="ks", office=office, on=AFTER)
        row.municipalities.add(unit)
    else:
        rows = PlanDecision.objects.get_queryset().filter(municipality=unit)
        rows.filter(valid_on(AFTER)).exclude(valid_from=AFTER).update(valid_to=NOW)
        PlanDecision.objects.get_queryset().create(
            municipality=unit, status="own", decided_on=AFTER, origin="register:p", registered_at=FROZEN,
            valid_from=AFTER,
        )  # fmt: skip
