"""Who is told what on a day: the rule itself, without a database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from reporting.services.notice_plan import Facts, ReportFacts, RoundFacts, due_notices, stage_on

DEADLINE = dt.date(2022, 5, 1)
ROUND = RoundFacts(
    pk=1,
    opens_on=dt.date(2022, 3, 21),
    municipality_deadline=DEADLINE,
    office_deadline=dt.date(2022, 5, 20),
    hdir_deadline=dt.date(2022, 6, 15),
    closes_on=dt.date(2022, 6, 1),
    locks_after=dt.date(2022, 6, 10),
    regional=True,
)
UNIT, OFFICE, KARI, AMINA, HANNE = 10, 20, 100, 200, 300
REPORT = ReportFacts(pk=5, round_id=1, unit_id=UNIT, office_id=OFFICE, status="not_started")
OPENED = f"round:1 opened report:5 user:{KARI}"


def facts(report=REPORT, round_=ROUND, region="draft", **more):
    held = {
        "contacts": {UNIT: [KARI]},
        "staff": {OFFICE: [AMINA]},
        "hdir": [HANNE],
        "written": {OPENED},
        "regions": {(1, OFFICE): region},
        **more,
    }
    return Facts(rounds=[round_], reports=[report], **held)


def told(day, *args, **more):
    """What is due on a day (ISO, or days from the deadline) as "kind user"."""
    today = dt.date.fromisoformat(day) if isinstance(day, str) else DEADLINE + dt.timedelta(days=day)
    return [f"{due.kind} {due.user_id}" for due in due_notices(facts(*args, **more), today)]


def of(user, entries):
    return [entry.split()[0] for entry in entries if entry.endswith(f" {user}")]


@pytest.mark.parametrize(
    ("day", "kind", "begun"),
    [("2022-04-16", None, None), ("2022-04-17", "two_weeks", "2022-04-17"), ("2022-04-27", "two_weeks", "2022-04-17"),
     ("2022-04-28", "three_days", "2022-04-28"), ("2022-04-30", "three_days", "2022-04-28"),
     ("2022-05-01", "last_day", "2022-05-01"), ("2022-05-02", "overdue", "2022-05-02"),
     ("2022-05-08", "overdue", "2022-05-02"), ("2022-05-09", "overdue", "2022-05-09"),
     ("2022-06-01", "overdue", "2022-05-09"), ("2022-06-02", None, None)],
)  # fmt: skip
def test_the_stages(day, kind, begun):
    stage = stage_on("municipality", DEADLINE, ROUND.closes_on, dt.date.fromisoformat(day))
    assert (stage and stage.kind, stage and stage.begun.isoformat()) == (kind, begun)


def test_the_opening_is_told_once_from_the_first_day_and_not_after_the_deadline():
    assert told("2022-03-20", written=()) == []
    assert told("2022-03-21", written=()) == [f"opened {KARI}"]
    assert told("2022-04-29", written=()) == [f"opened {KARI}"]  # a contact who has come late; no stage beside it
    assert told("2022-05-02", written=()) == [f"overdue {KARI}"]
    assert told("2022-03-22") == []


@pytest.mark.parametrize("status", ["not_started", "draft", "submitted", "approved", "returned", "reopened"])
def test_only_those_who_have_something_to_do(status):
    report = replace(REPORT, status=status)
    for day in (-14, -3, 0, 1, 8):
        assert bool(of(KARI, told(day, report))) == (status in ("not_started", "draft"))
    back = status in ("returned", "reopened")
    assert of(KARI, told("2022-06-07", report)) == (["three_days"] if back else [])
    assert of(KARI, told("2022-06-10", report)) == (["last_day"] if back else [])
    assert of(KARI, told("2022-06-11", report)) == []


def test_what_was_told_is_not_told_again_and_a_moved_deadline_counts_anew():
    first = due_notices(facts(), dt.date(2022, 4, 17))
    keys = {OPENED, *(due.key for due in first)}
    assert told("2022-04-20", written=keys) == []
    moved = replace(ROUND, municipality_deadline=dt.date(2022, 5, 8))
    assert told("2022-04-23", round_=moved, written=keys) == []
    assert told("2022-04-24", round_=moved, written=keys) == [f"two_weeks {KARI}"]
    sooner = replace(ROUND, municipality_deadline=dt.date(2022, 4, 22))
    assert told("2022-04-20", round_=sooner, written=keys) == [f"three_days {KARI}"]


def test_who_has_an_extension_is_reminded_by_that():
    report = replace(REPORT, extended_to=dt.date(2022, 5, 9))
    for day in (-3, 0):
        assert told(day, report, written={OPENED, *_keys(report, -6)}) == []
    assert of(KARI, told("2022-05-06", report)) == ["three_days"]
    assert of(KARI, told("2022-05-09", report)) == ["last_day"]
    assert of(KARI, told("2022-05-10", report)) == ["overdue"]
    assert due_notices(facts(report), dt.date(2022, 5, 9))[0].deadline == dt.date(2022, 5, 9)


def _keys(report, day):
    return [due.key for due in due_notices(facts(report), DEADLINE + dt.timedelta(days=day))]


def test_a_stage_that_had_begun_when_the_new_deadline_was_told_is_not_told():
    report = replace(REPORT, extended_to=dt.date(2022, 5, 9))
    known = {(5, KARI, dt.date(2022, 5, 9)): dt.date(2022, 4, 29)}
    assert of(KARI, told("2022-04-30", report, told=known)) == []
    assert of(KARI, told("2022-05-06", report, told=known)) == ["three_days"]
    other = {(5, KARI, DEADLINE): dt.date(2022, 4, 29)}  # another deadline was told
    assert of(KARI, told("2022-04-30", report, told=other)) == ["two_weeks"]


def test_an_extension_beyond_the_rounds_last_day_goes_on():
    report = replace(REPORT, extended_to=dt.date(2022, 6, 20))
    assert of(KARI, told("2022-06-20", report)) == ["last_day"]
    assert of(KARI, told("2022-06-21", report)) == []


def test_a_round_that_hdir_opens_longer_reminds_longer():
    opened = replace(ROUND, unlocked_until=dt.date(2022, 6, 20))
    back = replace(REPORT, status="returned")
    assert of(KARI, told("2022-06-10", back, opened)) == []
    assert of(KARI, told("2022-06-17", back, opened)) == ["three_days"]
    assert of(KARI, told("2022-06-20", REPORT, opened)) == ["overdue"]
    assert of(KARI, told("2022-06-21", REPORT, opened)) == []


def test_the_office_while_something_waits_for_it():
    sent = replace(REPORT, status="submitted")
    for day, kind in (("2022-05-05", ""), ("2022-05-06", "two_weeks"), ("2022-05-17", "three_days"),
                      ("2022-05-20", "last_day"), ("2022-05-21", "overdue"), ("2022-05-28", "overdue"),
                      ("2022-06-11", "overdue"), ("2022-06-12", "")):  # fmt: skip
        assert of(AMINA, told(day, sent)) == ([kind] if kind else [])
    assert of(AMINA, told("2022-05-20", sent, region="delivered")) == []
    assert of(AMINA, told("2022-05-20", sent, region="accepted")) == []
    assert of(AMINA, told("2022-05-20", replace(REPORT, status="approved"))) == ["last_day"]  # the region's own report
    alone = replace(ROUND, regional=False)
    assert of(AMINA, told("2022-05-20", replace(REPORT, status="approved"), alone)) == []
    assert of(AMINA, told("2022-05-20", sent, alone)) == ["last_day"]


def test_a_report_on_behalf_waits_for_the_office_and_not_for_the_unit():
    taken = replace(REPORT, on_behalf=True)
    alone = replace(ROUND, regional=False)
    assert of(KARI, told(-3, taken)) == []
    assert of(AMINA, told("2022-05-20", taken, alone)) == ["last_day"]
    assert [due.count for due in due_notices(facts(taken), dt.date(2022, 5, 20)) if due.user_id == AMINA] == [1]


def test_hdir_while_a_region_is_not_accepted():
    sent = replace(REPORT, status="approved")
    for day, kind in (("2022-06-11", ""), ("2022-06-12", "three_days"), ("2022-06-15", "last_day"),
                      ("2022-06-16", "overdue"), ("2022-06-30", "overdue"), ("2022-07-01", "")):  # fmt: skip
        assert of(HANNE, told(day, sent, region="delivered")) == ([kind] if kind else [])
    assert of(HANNE, told("2022-06-15", sent, region="accepted")) == []
    assert of(HANNE, told("2022-06-15", sent, replace(ROUND, regional=False))) == []


def test_a_test_round_tells_its_units_and_neither_offices_nor_hdir():
    trial = replace(ROUND, test=True)
    sent = replace(REPORT, status="submitted")
    assert told("2022-05-20", sent, trial) == []
    assert told("2022-06-15", sent, trial) == []
    assert told("2022-05-01", REPORT, trial) == [f"last_day {KARI}"]
