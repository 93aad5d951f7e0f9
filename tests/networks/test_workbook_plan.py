"""Whatever a workbook says, its plan can be shown, and what it would save keeps the rules. No database."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from networks.rules import NetworkValues, Part, gap, overlap
from networks.workbook.plan import make_plan
from networks.workbook.read_workbook import Broken, Sheet
from networks.workbook.rows import find_rows
from networks.workbook.snapshot import Meeting, Snapshot, Units

D = dt.date
TODAY = D(2022, 5, 4)
OURS, THEIRS = 1, 2
VERSIONS = [
    (1, "0106", "Fredrikstad", ("Fredrikstad",), D(2019, 1, 1), D(2019, 12, 31), OURS),
    (2, "0220", "Asker", ("Asker",), D(2019, 1, 1), D(2019, 12, 31), OURS),
    (4, "0301", "Oslo", ("Oslo",), D(2019, 1, 1), None, OURS),
    (5, "1818", "Herøy", ("Herøy",), D(2019, 1, 1), None, THEIRS),
    (6, "1515", "Herøy", ("Herøy",), D(2019, 1, 1), None, OURS),
    (7, "1516", "Herøy", ("Herøy",), D(2019, 1, 1), None, OURS),
    (1, "3004", "Fredrikstad", ("Fredrikstad",), D(2020, 1, 1), D(2023, 12, 31), OURS),
    (3, "3025", "Asker", ("Asker",), D(2020, 1, 1), None, OURS),
    (1, "3107", "Fredrikstad", ("Fredrikstad",), D(2024, 1, 1), None, OURS),
]
NETWORKS = {
    1: NetworkValues("Nord", "regional", frozenset({OURS}), D(2019, 1, 1)),
    2: NetworkValues("Sør", "leader", frozenset({OURS, THEIRS}), D(2020, 1, 1), D(2023, 12, 31)),
    3: NetworkValues("Nord", "hospital", frozenset({OURS}), D(2018, 1, 1), D(2018, 12, 31)),
}
PARTS = {
    1: (1, Part(1, "active", D(2020, 1, 1), D(2020, 12, 31), "", 1)),
    2: (1, Part(1, "active", D(2021, 6, 1), None, "", 2)),
    3: (1, Part(4, "planned", D(2022, 1, 1), None, "", 3)),
    4: (2, Part(3, "planned", D(2020, 1, 1), D(2020, 6, 30), "", 4)),
    5: (2, Part(3, "active", D(2020, 7, 1), D(2021, 6, 30), "", 5)),
}
MEETINGS = {1: Meeting(1, D(2022, 3, 1), "Samling", "", frozenset({1, 4}), frozenset({5}), 1)}
CODES = frozenset(f"{area}.{number}" for area in range(1, 6) for number in range(1, 6))


def snapshot() -> Snapshot:
    units = Units(VERSIONS, office=OURS, today=TODAY)
    return Snapshot(OURS, TODAY, units, CODES, dict(NETWORKS), dict(PARTS), dict(MEETINGS))


IDS = st.sampled_from([None, 1, 2, 3, 4, 5, 99, "1", "x", 1.5])
NAMES = st.sampled_from(["Nord", "SØR", " nord ", "Nord (#3)", "Nytt", "", None, "x" * 300, Broken.FORMULA])
NUMBERS = st.sampled_from([301, "0301", "3004", 3107, "0106", 3025, "0220", 1818, 1515, None, "x", 5.5, True, ""])
UNITS = st.sampled_from([None, "Oslo", "Asker", "Herøy", "Fredrikstad", 7])
STATUSES = st.sampled_from(["active", "planned", "ended", "aktiv", "", None, "x", 1])
DAYS = st.one_of(
    st.dates(D(2019, 1, 1), D(2023, 12, 31)),
    st.sampled_from(["1.1.2021", "2022-05-01", "31.12.2020", None, "", "i fjor", 44562, dt.time(1), D(1900, 1, 1)]),
)
NOTES = st.sampled_from([None, "", "Rettet", "=1+1", "y" * 400])
KINDS = st.sampled_from(["regional", "Regional learning network", "x", None])
ROSTERS = st.sampled_from([None, "301; 3004", "0301,5", 3004.3025, "1818", "9999", 301])
THEMES = st.sampled_from([None, "1.3; 2.1", 1.3, D(2022, 3, 2), "x", "9.9"])

PART_HEADS = ["ID", "Network", "Municipality number", "Municipality", "Status", "First day", "Last day", "Note"]
NETWORK_HEADS = ["ID", "Name", "Kind", "Organisers", "Solutions", "First day", "Last day", "Note"]
MEETING_HEADS = ["ID", "Network", "Date", "Title", "Numbers of those who were there", "Note"]
PART_ROWS = st.lists(st.tuples(IDS, NAMES, NUMBERS, UNITS, STATUSES, DAYS, DAYS, NOTES), max_size=8)
NETWORK_ROWS = st.lists(
    st.tuples(IDS, NAMES, KINDS, st.sampled_from([None, "KS; USHT", "x"]), THEMES, DAYS, DAYS, NOTES), max_size=4
)
MEETING_ROWS = st.lists(st.tuples(IDS, NAMES, DAYS, NOTES, ROSTERS, NOTES), max_size=4)


def book(parts, networks, meetings):
    lists = (("Participations", PART_HEADS, parts), ("Networks", NETWORK_HEADS, networks),
             ("Meetings", MEETING_HEADS, meetings))  # fmt: skip
    return find_rows([Sheet(name, False, list(enumerate([heads, *rows], start=1))) for name, heads, rows in lists])


@settings(max_examples=400)
@given(PART_ROWS, NETWORK_ROWS, MEETING_ROWS)
def test_what_would_be_saved_keeps_the_rules(parts, networks, meetings):
    plan = make_plan(book(parts, networks, meetings), snapshot())
    assert all(fault.sentence and (fault.cell or not fault.row) for fault in plan.faults)
    known = dict(NETWORKS) | {c.network: c.values for c in plan.changes if c.sheet == "networks"}
    after = {pk: (network, part) for pk, (network, part) in PARTS.items()}
    for index, change in enumerate(change for change in plan.changes if change.sheet == "participations"):
        after[change.key or -1 - index] = (change.network, change.values)
    pairs = defaultdict(list)
    for network, part in after.values():
        pairs[network, part.unit].append(part)
        assert part.valid_from >= known[network].valid_from
        assert part.valid_to is None or part.valid_to >= part.valid_from
    for rows in pairs.values():
        rows.sort(key=lambda part: part.valid_from)
        for first, second in itertools.pairwise(rows):
            assert not overlap(first, second)
            assert not gap(first, second)
    keys = [change.key for change in plan.changes if change.key is not None and change.sheet == "participations"]
    assert len(keys) == len(set(keys))
    assert plan.hash == make_plan(book(parts, networks, meetings), snapshot()).hash


@settings(max_examples=100)
@given(PART_ROWS)
def test_the_same_rows_twice_say_nothing_new_the_second_time(parts):
    """What was accepted is in the register then; the same file changes nothing more, faults aside."""
    first = make_plan(book(parts, [], []), snapshot())
    after = dict(PARTS)
    for index, change in enumerate(first.changes):
        key = change.key or 100 + index
        after[key] = (change.network, change.values._replace(pk=key))
    units = Units(VERSIONS, office=OURS, today=TODAY)
    again = make_plan(book(parts, [], []), Snapshot(OURS, TODAY, units, CODES, dict(NETWORKS), after, dict(MEETINGS)))
    assert [change for change in again.changes if change.action == "new"] == []


def test_two_of_the_same_name_are_asked_back():
    row = [None, "Sør", None, "Herøy", "active", D(2021, 1, 1), None, None]
    [fault] = make_plan(book([row], [], []), snapshot()).faults
    assert fault.cell == "C2"
    row = [None, "Sør", 1516, "Herøy", "active", D(2021, 1, 1), "31.12.2021", None]
    [change] = make_plan(book([row], [], []), snapshot()).changes
    assert change.values.unit == 7
