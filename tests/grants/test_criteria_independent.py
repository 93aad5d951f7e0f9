"""The criteria of the whole demo population against a second computation, written from the letter with plain sets."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from grants.services.priority import UnitOutcomes, outcomes
from municipalities.models import Municipality

from .by_the_letter import CODES, by_the_letter, read
from .population import demo_population

pytestmark = pytest.mark.django_db
DAYS = (dt.date(2020, 1, 1), dt.date(2021, 12, 31), dt.date(2022, 5, 1), dt.date(2024, 2, 1))


@dataclass(frozen=True)
class Made:
    """What both computations say, by day and identity, and what the municipalities are called."""

    ours: dict[dt.date, dict[int, UnitOutcomes]]
    letter: dict[dt.date, dict[int, dict[str, str]]]
    ids: dict[str, int]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Any:
    """Made once and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo_population()
        tables = read()
        ours = {day: {row.unit: row for row in outcomes(2021, day)} for day in DAYS}
        letter = {day: by_the_letter(tables, day) for day in DAYS}
        rows = Municipality.objects.get_queryset().as_of(dt.date(2022, 5, 1))
        ids = {row.number: row.pk for row in rows}
        transaction.set_rollback(True)
    return Made(ours, letter, ids)


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("code", CODES)
def test_both_agree_on_every_municipality(made: Made, day: dt.date, code: str):
    ours = {unit: row.states[code] for unit, row in made.ours[day].items()}
    assert ours == {unit: states[code] for unit, states in made.letter[day].items()}
    assert len(ours) == (357 if day.year == 2024 else 356)


def test_the_population_has_every_outcome_of_every_criterion(made: Made):
    for code in CODES:
        counts = Counter(states[code] for day in DAYS[1:3] for states in made.letter[day].values())
        assert min(counts[state] for state in ("met", "not_met", "unknown")) > 4, (code, counts)
    first = sum(row.priority for row in made.ours[dt.date(2022, 5, 1)].values())
    assert 60 < first < 300


def test_registers_and_reports_are_both_needed(made: Made):
    """Outcomes that rest on a register row, and outcomes that rest on a report alone."""
    rows = made.ours[dt.date(2022, 5, 1)].values()
    for code in CODES:
        kinds = [{row.kind for row in unit.verdicts[code].computed.evidence} for unit in rows]
        assert sum(kind == {"answer"} for kind in kinds) > 4 and sum(bool(kind - {"answer"}) for kind in kinds) > 100


def test_all_four_give_priority_and_one_that_lacks_takes_it(made: Made):
    for row in made.ours[dt.date(2022, 5, 1)].values():
        assert row.priority == (set(made.letter[dt.date(2022, 5, 1)][row.unit].values()) == {"met"})
        assert bool(row.missing) != row.priority


def test_what_is_met_has_its_evidence_and_a_day_that_is_not_later(made: Made):
    for day, rows in made.ours.items():
        for row in rows.values():
            for verdict in row.verdicts.values():
                if verdict.state == "met":
                    assert verdict.computed.evidence and verdict.since <= day
                else:
                    assert verdict.since is None and verdict.missing.count(".") >= 1


def test_a_merged_municipality_is_what_its_parts_were_until_it_speaks_itself(made: Made):
    """Asker was made of Asker, Røyken and Hurum on 1 January 2020."""
    new = made.ours[dt.date(2020, 1, 1)][made.ids["3025"]]
    by_parts = {code: verdict.computed.parts for code, verdict in new.verdicts.items() if verdict.computed.parts}
    assert by_parts and all(len(parts) == 3 for parts in by_parts.values())
    for code, parts in by_parts.items():
        assert {row.unit for row in new.verdicts[code].computed.evidence} <= {unit for unit, _state in parts}
    later = made.ours[dt.date(2022, 5, 1)][made.ids["3025"]]
    assert all(not verdict.computed.parts for code, verdict in later.verdicts.items() if code.startswith("plan"))


def test_a_new_number_changes_no_outcome(made: Made):
    """Fredrikstad was 3004 until 2023 and is 3107 from 2024; what differs between the days is not its identity."""
    unit = made.ids["3025"]
    before, after = made.ours[dt.date(2022, 5, 1)][unit], made.ours[dt.date(2024, 2, 1)][unit]
    assert (before.number, after.number) == ("3025", "3203")
    same = [code for code in CODES if before.verdicts[code].computed.evidence == after.verdicts[code].computed.evidence]
    assert "samfunnsdel" in same and "network" in same
