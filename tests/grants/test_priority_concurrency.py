"""Several at once on the same criterion and the same list, on PostgreSQL with real threads."""

from __future__ import annotations

import pytest

from grants.models import CriterionNote, PriorityDecision
from grants.services.criterion_notes import criterion_note_add, criterion_note_withdraw
from grants.services.priority_decisions import priority_decide
from grants.services.shipped import shipped_load
from municipalities.models import Event
from municipalities.services.dated import EntryRefused
from tests.grants.test_priority_decisions import scheme
from tests.reporting.test_concurrency import at_once, split
from tests.world import VIKEN

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WHO = f"statsforvalter-{VIKEN}"


def add(world, now, outcome: str) -> CriterionNote:
    return criterion_note_add(
        municipality=world.unit("3004"), year=2021, code="network", kind="overrule", outcome=outcome, reason="Brev.",
        actor=world.user(WHO), now=now,
    )  # fmt: skip


def test_one_of_four_overrules_and_the_others_are_told(world, now):
    shipped_load()
    done, met = split(at_once(*(lambda said=said: add(world, now, said) for said in ("met", "not_met") * 2)))
    assert len(done) == 1 and [type(error) for error in met] == [EntryRefused] * 3
    assert CriterionNote.objects.across_all(reason="test").count() == 1
    assert Event.objects.across_all(reason="test").filter(name="criterion_noted").count() == 1


def test_an_overruling_is_withdrawn_once(world, now):
    shipped_load()
    note = add(world, now, "met")
    calls = [
        lambda reason=reason: criterion_note_withdraw(note=note, reason=reason, actor=world.user(WHO), now=now)
        for reason in ("Feil kommune.", "Feil kriterium.", "Nytt vedtak.")
    ]
    done, met = split(at_once(*calls))
    assert len(done) == 1 and [type(error) for error in met] == [EntryRefused] * 2
    kept = CriterionNote.objects.across_all(reason="test").get()
    assert kept.withdrawn_reason == done[0].withdrawn_reason


def test_a_list_is_decided_once_where_nobody_says_why_it_is_decided_anew(world, now):
    shipped_load()
    row, people = scheme(), [world.user("hdir") for _time in range(4)]
    calls = [lambda who=who: priority_decide(scheme=row, day=now.date(), actor=who, now=now) for who in people]
    done, met = split(at_once(*calls))
    assert len(done) == 1 and [type(error) for error in met] == [EntryRefused] * 3
    again = [
        lambda who=who: priority_decide(scheme=row, day=now.date(), actor=who, now=now, note="Nytt.") for who in people
    ]
    done, met = split(at_once(*again))
    assert met == [] and sorted(decision.version for decision in done) == [2, 3, 4, 5]
    assert PriorityDecision.objects.across_all(reason="test").count() == 5
