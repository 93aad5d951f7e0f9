"""The facts of a yearly report: the registers on 31 December, beside the reports of the year's two rounds. Pure.

The municipalities are asked for nothing more than the two rounds (letter of allocation for 2021). So the last day of a
year stands in the facts as one more moment, after the round of 1 November: with that round's reports, the registers as
they were on the day itself, and the support of the whole year. What is compared with is the last day of the year
before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from reform.dates import previous_reference_date

from .columns import Columns
from .facts import YEARLY, Facts, RoundFact, UnitAnswer, day_of


def year_ends(rounds: Iterable[RoundFact]) -> tuple[RoundFact, ...]:
    """The last day of each year that has an autumn round, oldest first."""
    return tuple(
        RoundFact(entry.id, day, entry.deadline, since_of(day), of=entry.date)
        for entry in rounds
        if entry.of is None and entry.date.month == 11
        for day in (day_of(YEARLY, entry.date),)
    )


def since_of(day: dt.date) -> dt.date:
    """The day after which support counts on ``day``: the reference date before it, or the end of the year before."""
    if (day.month, day.day) == (12, 31):
        return dt.date(day.year - 1, 12, 31)
    return previous_reference_date(day)


def near_of(rounds: tuple[RoundFact, ...], yearly: bool) -> tuple[RoundFact, ...]:
    """The rounds of which every answer is needed: the last one, and the one it is compared with."""
    compared = [entry for entry in rounds if entry.date.month == 11] if yearly else rounds
    return tuple(compared[-2:])


def as_year(facts: Facts) -> Facts:
    """The facts of the autumn round and the rounds before it, as those of the year: what was reported in an autumn
    round stands on the last day of its year too. The counts of the registers on these days are the caller's to add."""
    ends = year_ends(facts.rounds)
    rounds = tuple(sorted((*facts.rounds, *ends), key=lambda entry: entry.date))
    day = {end.of: end.date for end in ends}
    return replace(
        facts,
        round=rounds[-1],
        rounds=rounds,
        reports=tuple(replace(row, round=day[row.round]) for row in facts.reports if row.round in day),
        unit_answers=_on_the_last_day(facts.unit_answers, day),
        answers=_on_the_last_day(facts.answers, day),
        deliveries=(
            *facts.deliveries,
            *(replace(row, round=day[row.round]) for row in facts.deliveries if row.round in day),
        ),
        counts=(*facts.counts, *(row._replace(round=day[row.round]) for row in facts.counts if row.round in day)),
        parts=(*facts.parts, *(replace(row, round=day[row.round]) for row in facts.parts if row.round in day)),
    )


def _on_the_last_day(rows: Iterable[UnitAnswer], day: Mapping[dt.date | None, dt.date]) -> Columns[UnitAnswer]:
    return Columns(UnitAnswer, (row._replace(round=day[row.round]) for row in rows if row.round in day))
