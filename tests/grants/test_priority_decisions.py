"""Decided priority lists: frozen with a hash, and what differs from them today."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from grants.models import Criterion, PriorityDecision, Scheme
from grants.services.criterion_notes import criterion_note_add, criterion_note_withdraw
from grants.services.priority import NoCriteria
from grants.services.priority_decisions import canonical_of, hash_of, priority_decide, priority_difference
from municipalities.access import scope_of
from municipalities.models import Event, PlanAnchoring
from municipalities.services import plan_decision_register
from municipalities.services.dated import EntryRefused
from networks.models import Participation
from tests.grants.test_priority import CODES, DAY, D, meets
from tests.grants.test_priority import year as _year
from tests.reporting.factories import at
from tests.world import VIKEN, World

pytestmark = pytest.mark.django_db
year = _year
LATER = D(2022, 9, 1)
ONE_DAY = dt.timedelta(days=1)


def scheme(key: str = "kompetanse-innovasjon") -> Scheme:
    return Scheme.objects.across_all(reason="test").get(year=2021, key=key)


def decide(world: World, day: dt.date = DAY, *, who: str = "hdir", on: dt.date = DAY, **said) -> PriorityDecision:
    return priority_decide(**{"scheme": scheme(), "day": day, "actor": world.user(who), "now": at(on), **said})


def test_a_list_is_frozen_whole_with_its_hash_and_an_event(year: World):
    unit = meets(year, "3004")
    meets(year, "5430", leave="samfunnsdel")
    decision = decide(year)
    content = json.loads(decision.canonical)
    assert decision.canonical == json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert decision.content_hash == hash_of(decision.canonical) and len(decision.content_hash) == 64
    assert (decision.version, decision.as_of, decision.decided_by_name) == (1, DAY, str(year.user("hdir")))
    assert {row["number"]: row["priority"] for row in content["rows"]} == {
        "3004": True, "3025": False, "0301": False, "5430": False, "5421": False,
    }  # fmt: skip
    row = next(row for row in content["rows"] if row["number"] == "3004")
    assert (row["unit"], row["office"], list(row["criteria"])) == (unit.pk, VIKEN, sorted(CODES))
    plan = row["criteria"]["plan_or_process"]
    assert (plan["computed"], plan["state"], plan["since"]) == ("met", "met", "2021-03-15")
    assert [(proof["kind"], proof["unit"]) for proof in plan["evidence"]] == [("decision", unit.pk)]
    assert {row["code"]: row["settings"] for row in content["criteria"]}["network"] == {"planned_counts": True}
    assert [part["kind"] for part in content["exceptions"]] == ["begun", "outside"]
    event = Event.objects.across_all(reason="test").get(object_type="grants.prioritydecision")
    assert (event.name, event.content_hash, event.object_id) == (
        "priority_decided", decision.content_hash, decision.pk,
    )  # fmt: skip


def test_the_same_content_is_the_same_text_in_every_language(year: World):
    meets(year, "3004")
    texts = set()
    for language in ("nb", "nn", "en"):
        with translation.override(language):
            texts.add(canonical_of(scheme(), DAY))
    assert len(texts) == 1


def test_a_list_is_never_changed_and_decided_anew_only_with_a_reason(year: World):
    first = decide(year)
    with pytest.raises(EntryRefused) as refused:
        decide(year, note="  ")
    assert list(refused.value.faults) == ["note"]
    second = decide(year, note="Et vedtak manglet.")
    assert (second.version, second.note) == (2, "Et vedtak manglet.")
    assert decide(year, scheme=scheme("usht")).version == 1
    with pytest.raises(TypeError):
        first.save()


@pytest.mark.parametrize("who", [f"statsforvalter-{VIKEN}", "editor-3004", "hod"])
def test_only_hdir_decides(year: World, who: str):
    with pytest.raises(PermissionDenied):
        decide(year, who=who)
    assert not PriorityDecision.objects.across_all(reason="test").exists()


def test_what_cannot_be_decided_says_why_and_stores_nothing(year: World):
    with pytest.raises(EntryRefused) as refused:
        decide(year, DAY + ONE_DAY)
    assert list(refused.value.faults) == ["day"]
    outside = scheme("usht")
    outside.prioritised = False
    outside.save()
    with pytest.raises(EntryRefused) as refused:
        decide(year, scheme=outside)
    assert list(refused.value.faults) == ["scheme"]
    other = Scheme.objects.get_queryset().create(year=2020, key="x", chapter="761", post="67", name_nb="x", name_nn="x")
    with pytest.raises(NoCriteria):
        decide(year, scheme=other)
    assert not PriorityDecision.objects.across_all(reason="test").exists()
    assert not Event.objects.across_all(reason="test").filter(name="priority_decided").exists()


# --- What differs today -----------------------------------------------------------------------------


def test_without_a_change_nothing_differs_also_under_a_new_number(year: World):
    meets(year, "3004")
    decision = decide(year)
    assert priority_difference(decision, DAY) == []
    assert priority_difference(decision, D(2024, 2, 1)) == []


def test_evidence_that_came_and_went_is_told(year: World):
    unit = meets(year, "3004")
    meets(year, "5430", leave="network")
    decision = decide(year)
    Participation.objects.get_queryset().filter(municipality=unit).update(valid_to=D(2022, 8, 1))
    network = year.networks[VIKEN]
    Participation.objects.get_queryset().create(
        network=network, municipality=year.unit("5430"), status="planned", origin="register:t",
        valid_from=D(2022, 8, 1),
    )  # fmt: skip
    found = {row.number: row for row in priority_difference(decision, LATER)}
    assert {number: (row.before, row.after) for number, row in found.items()} == {
        "3004": (True, False), "5430": (False, True),
    }  # fmt: skip
    out, into = found["3004"].changes[0], found["5430"].changes[0]
    assert (out.code, out.before, out.after, len(out.lost)) == ("network", "met", "not_met", 1)
    assert (into.code, into.before, into.after, len(into.gained)) == ("network", "unknown", "met", 1)
    with translation.override("en"):
        assert out.why.startswith("No longer: The register: takes part")
        assert into.why == "New: The register: participation in a regional network is planned."


def test_a_day_that_has_passed_is_told_with_what_to_do(year: World):
    plan_decision_register(
        municipality=year.unit("3004"), status="process", expected_on=D(2022, 6, 20), process="Høring.",
        origin="register:t", valid_from=D(2022, 1, 10), now=at(DAY),
    )  # fmt: skip
    decision = decide(year)
    (row,) = priority_difference(decision, LATER)
    assert [(change.code, change.after) for change in row.changes] == [
        ("plan_or_process", "not_met"), ("plan_content", "not_met"),
    ]  # fmt: skip
    with translation.override("nb"):
        assert "20.\u00a0juni 2022" in row.changes[0].why and "må melde vedtaket" in row.changes[0].why


def test_an_overruling_and_its_withdrawal_are_told(year: World):
    meets(year, "3004", leave="network")
    how = {"actor": year.user(f"statsforvalter-{VIKEN}")}
    note = criterion_note_add(
        municipality=year.unit("3004"), year=2021, code="network", kind="overrule", outcome="met", reason="Brev.",
        now=at(DAY), **how,
    )  # fmt: skip
    decision = decide(year)
    frozen = {row["number"]: row for row in json.loads(decision.canonical)["rows"]}["3004"]["criteria"]["network"]
    assert (frozen["computed"], frozen["state"], frozen["overruling"]) == ("unknown", "met", note.pk)
    criterion_note_withdraw(note=note, reason="Feil.", now=at(LATER), **how)
    (row,) = priority_difference(decision, LATER)
    assert [(change.code, change.overruling) for change in row.changes] == [("network", True)]


def test_a_criterion_that_is_asked_otherwise_is_told(year: World):
    unit = meets(year, "3004", leave="samfunnsdel")
    PlanAnchoring.objects.get_queryset().create(
        municipality=unit, plan_type="samfunnsdel", is_expected=True, origin="register:t", registered_at=at(DAY),
        valid_from=D(2021, 5, 1),
    )  # fmt: skip
    decision = decide(year)
    rows = Criterion.objects.get_queryset()
    rows.filter(code="samfunnsdel").update(settings={"intended_counts": False})
    rows.filter(code="network").delete()
    found = {row.number: row.changes for row in priority_difference(decision, DAY)}
    assert [(change.code, change.is_asked_otherwise) for change in found["3004"]] == [
        ("samfunnsdel", True), ("network", True),
    ]  # fmt: skip
    assert [change.code for change in found["0301"]] == ["network"]
    with translation.override("en"):
        assert found["3004"][0].why.startswith("The criterion is asked otherwise now.")
        assert found["0301"][0].why == "The criterion is no longer among those of the year."


def test_a_merger_since_then_names_what_became_of_each(year: World):
    for number in ("0220", "0627"):
        meets(year, number, D(2019, 3, 1))
    decision = decide(year, D(2019, 12, 31))
    found = {row.number: row for row in priority_difference(decision, D(2020, 1, 1))}
    assert set(found) == {"3025", "0220", "0627", "5421", "1927", "1928"}
    assert (found["3025"].before, found["3025"].after) == (None, True)
    assert found["3025"].others == ("0220 Asker", "0627 Røyken")
    assert (found["0220"].before, found["0220"].after, found["0220"].others) == (True, None, ("3025 Asker",))


def test_each_sees_what_differs_for_ones_own(year: World):
    for number in ("3004", "5430"):
        meets(year, number)
    decision = decide(year)
    Participation.objects.get_queryset().update(valid_to=D(2022, 8, 1))

    def seen(who: str, day: dt.date = LATER) -> list[str]:
        scope = scope_of(year.user(who), today=LATER)
        return [row.number for row in priority_difference(decision, day, scope=scope)]

    assert seen("hdir") == ["3004", "5430"]
    assert seen(f"statsforvalter-{VIKEN}") == seen("editor-3004") == ["3004"]
    assert seen("editor-3025") == seen("hod") == []
    old = decide(year, D(2019, 12, 31), note="Slik det var.")
    scope = scope_of(year.user("editor-3025"), today=LATER)
    assert [row.number for row in priority_difference(old, LATER, scope=scope)] == ["3025", "0220", "0627"]
