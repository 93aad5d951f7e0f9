"""A municipality's way on a time line: merged, sorted, and without anything twice. No database."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace as Row

from municipalities.models import PhaseStatus, PlanAnchoring, PlanDecision
from municipalities.timeline import DONE, EXPECTED, OVERDUE, Entry, delay_words, timeline, years_words

D = dt.date
TODAY = D(2022, 5, 4)


def decision(day, **values):
    return PlanDecision(valid_from=day, **values)


def words(entries):
    return [(entry.day, entry.heading, entry.state) for entry in entries]


def test_nothing_known_is_an_empty_line():
    assert timeline(today=TODAY) == ()


def test_the_whole_way_in_order():
    entries = timeline(
        today=TODAY,
        numbers=[
            Row(number="3004", name="Fredrikstad", valid_from=D(2020, 1, 1)),
            Row(number="0106", name="Fredrikstad", valid_from=D(2019, 1, 1)),
            Row(number="3107", name="Fredrikstad", valid_from=D(2024, 1, 1)),
        ],
        decisions=[
            decision(D(2020, 1, 15), status="process", expected_on=D(2020, 6, 1), valid_to=D(2021, 6, 16)),
            decision(D(2021, 6, 17), status="own", decided_on=D(2021, 6, 17), title="Plan", case_number="PS 1/21"),
        ],
        anchorings=[
            PlanAnchoring(
                plan_type="handlingsdel", valid_from=D(2021, 12, 14), adopted_on=D(2021, 12, 14), covers_from=2022,
                covers_to=2025,
            )
        ],
        statuses=[PhaseStatus(step=1, valid_from=D(2019, 3, 1))],
        reform=(D(2019, 1, 1), D(2024, 12, 31)),
        extra=[Entry(D(2021, 11, 1), "Report", "report")],
    )  # fmt: skip
    assert [entry.day for entry in entries] == [
        D(2019, 1, 1), D(2019, 3, 1), D(2020, 1, 1), D(2020, 1, 15), D(2021, 6, 17), D(2021, 11, 1), D(2021, 12, 14),
        D(2024, 12, 31), D(2025, 12, 31),
    ]  # fmt: skip
    assert [entry.kind for entry in entries] == [
        "reform", "step", "unit", "decision", "decision", "report", "anchoring", "reform", "anchoring",
    ]  # fmt: skip
    assert [entry.state for entry in entries] == [DONE] * 7 + [EXPECTED] * 2


def test_what_lies_after_today_is_left_out():
    later = D(2022, 6, 1)
    assert not timeline(today=TODAY, decisions=[decision(later, status="none")])
    assert not timeline(today=TODAY, statuses=[PhaseStatus(step=2, valid_from=later)])
    assert not timeline(today=TODAY, links=[Row(on=later, kind="merger", names=("A", "B"))])


def test_a_decision_that_later_reports_repeat_stands_once():
    same = {"status": "own", "decided_on": D(2021, 6, 17)}
    entries = timeline(
        today=TODAY,
        decisions=[decision(D(2021, 11, 1), **same), decision(D(2022, 5, 1), case_number="PS 1/21", **same)],
    )
    assert [entry.day for entry in entries] == [D(2021, 6, 17)]
    assert "PS 1/21" in entries[0].text


def test_an_expected_day_that_is_over_says_so():
    row = decision(D(2021, 1, 1), status="process", expected_on=D(2022, 3, 1), process="Council")
    assert [entry.state for entry in timeline(today=TODAY, decisions=[row])] == [DONE, OVERDUE]
    assert timeline(today=D(2022, 3, 1), decisions=[row])[-1].state == EXPECTED
    row.valid_to = D(2022, 2, 1)  # something came of it
    assert [entry.state for entry in timeline(today=TODAY, decisions=[row])] == [DONE]


def test_the_statement_of_the_council_for_the_elderly():
    row = decision(
        D(2021, 6, 17), status="own", decided_on=D(2021, 6, 17), elder_council_on=D(2021, 6, 1), elder_council="Good."
    )
    first = timeline(today=TODAY, decisions=[row])[0]
    assert first.day == D(2021, 6, 1) and first.text == "Good."


def test_steps_phase_and_delay_only_where_they_change():
    rows = [
        PhaseStatus(step=2, phase=2, delay_months=6, delay_reason="pandemic", valid_from=D(2020, 3, 1)),
        PhaseStatus(step=2, phase=2, delay_months=6, delay_reason="pandemic", valid_from=D(2020, 9, 1)),
        PhaseStatus(step=3, phase=2, delay_months=0, valid_from=D(2021, 3, 1)),
    ]
    entries = timeline(today=TODAY, statuses=rows)
    assert [entry.day for entry in entries] == [D(2020, 3, 1), D(2021, 3, 1)]
    assert entries[0].tag and not entries[1].tag


def test_anchoring_that_ended_is_expected_or_should_have_been_revised():
    rows = [
        PlanAnchoring(plan_type="budget", valid_from=D(2020, 11, 1), valid_to=D(2021, 10, 31)),
        PlanAnchoring(plan_type="handlingsdel", valid_from=D(2020, 12, 1), covers_from=2021, covers_to=2024),
        PlanAnchoring(plan_type="samfunnsdel", valid_from=D(2022, 1, 1), is_expected=True),
        PlanAnchoring(
            plan_type="strategy", valid_from=D(2022, 1, 1), is_expected=True, expected_on=D(2022, 4, 1)
        ),
    ]  # fmt: skip
    entries = timeline(today=TODAY, anchorings=rows)
    assert [(entry.day, entry.state) for entry in entries] == [
        (D(2020, 11, 1), DONE),
        (D(2020, 12, 1), DONE),
        (D(2021, 11, 1), DONE),
        (D(2022, 1, 1), OVERDUE),
        (D(2022, 4, 1), OVERDUE),
        (D(2024, 12, 31), EXPECTED),
        (None, EXPECTED),
    ]


def test_mergers_and_splits_name_the_others():
    links = [
        Row(on=D(2020, 1, 1), kind="merger", names=("Asker", "Hurum", "Røyken")),
        Row(on=D(2022, 1, 1), kind="split", names=("A", "B"), became=True),
    ]
    entries = timeline(today=TODAY, links=links)
    assert entries[0].text.startswith("Asker, Hurum") and entries[0].heading != entries[1].heading


def test_small_words():
    assert delay_words(None, "") == "" and delay_words(0, "") and delay_words(1, "") != delay_words(2, "money")
    assert years_words(Row(covers_from=None, covers_to=None)) == ""
    assert years_words(Row(covers_from=2022, covers_to=2025)) == "2022–2025"
    assert years_words(Row(covers_from=2022, covers_to=2022)) == "2022"
