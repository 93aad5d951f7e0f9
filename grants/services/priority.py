"""Who meets the criteria of a year as of a day: what is computed, and what the statsforvalter has added to it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from grants import words
from grants.collect import collect_named
from grants.collect_units import UnitRow
from grants.criteria import RULES, judge
from grants.criteria.facts import MET, Outcome
from grants.models import CriteriaYear, Criterion, CriterionNote
from grants.models.priority import unit_or_region
from municipalities.access import Scope

REASON = "the criteria for priority"
Changes = Mapping[str, Mapping[str, Any]]


class NoCriteria(LookupError):
    """A year that has no criteria; its text is the sentence for the person."""

    def __init__(self, year: int) -> None:
        super().__init__(_("There are no criteria for priority in %(year)s.") % {"year": year})
        self.year = year


@dataclass(frozen=True)
class CriterionRow:
    """A criterion of a year: its code, where it is from, the version of its rule, and what it is asked to accept."""

    code: str
    source: str
    version: int
    settings: Mapping[str, Any]

    @property
    def title(self) -> str:
        """In the language in use."""
        return words.title(self.code)


@dataclass(frozen=True)
class Note:
    """What the statsforvalter has added to a criterion; ``withdrawn_on`` is the Oslo day, None while it stands."""

    id: int
    kind: str
    outcome: str
    reason: str
    link: str
    by: str
    on: dt.date
    withdrawn_on: dt.date | None


@dataclass(frozen=True)
class Verdict:
    """One criterion for one municipality: what is computed, and beside it what was added by the day.

    ``notes`` are all of them, also those that are withdrawn; ``overruling`` is the one in force on the day.
    """

    code: str
    computed: Outcome
    notes: tuple[Note, ...] = ()
    overruling: Note | None = None

    @property
    def state(self) -> str:
        """What counts: the overruling where there is one, else what is computed."""
        return self.overruling.outcome if self.overruling else self.computed.state

    @property
    def since(self) -> dt.date | None:
        """The day from which it is met."""
        if self.state != MET:
            return None
        return self.overruling.on if self.overruling else self.computed.since

    @property
    def documentation(self) -> tuple[Note, ...]:
        """The documentation that stands on the day."""
        kind = CriterionNote.Kind.DOCUMENTATION
        return tuple(note for note in self.notes if note.kind == kind and note.withdrawn_on is None)

    @property
    def missing(self) -> str:
        """One sentence on what the municipality can do about it; empty where it is met. In the language in use."""
        return "" if self.state == MET else words.missing_of(self)


@dataclass(frozen=True)
class UnitOutcomes:
    """The criteria of a year for one municipality, as it was called on the day. ``verdicts`` are in their order."""

    unit: int
    number: str
    name: str
    sort_key: str
    office: int
    office_key: str
    office_name: str
    verdicts: Mapping[str, Verdict]

    @cached_property
    def states(self) -> dict[str, str]:
        """What counts, by the code of the criterion."""
        return {code: verdict.state for code, verdict in self.verdicts.items()}

    @property
    def priority(self) -> bool:
        """Whether it comes first: all criteria are met (national plan 2021, ch. 3.2: all four must be)."""
        return bool(self.verdicts) and all(state == MET for state in self.states.values())

    @property
    def missing(self) -> str:
        """One sentence on what the municipality must do to come first; empty where it does. In the language in use."""
        return words.missing_in_all(self.verdicts.values())


def criteria_of(year: int) -> tuple[CriterionRow, ...]:
    """The criteria of a year in their order. One query. Raises NoCriteria, and KeyError for a criterion without a
    function: a list that left it out would give priority to too many."""
    known = Criterion.objects.across_all(reason=REASON).filter(criteria__year=year)
    rows = known.order_by("order", "id").values_list("code", "settings")
    found = tuple(
        CriterionRow(code, RULES[code].source, RULES[code].version, {**RULES[code].defaults, **said})
        for code, said in rows
    )
    if not found:
        raise NoCriteria(year)
    return found


def years() -> list[int]:
    """The years that have criteria, the newest first. One query."""
    rows = CriteriaYear.objects.across_all(reason=REASON).filter(rows__isnull=False).distinct()
    return list(rows.order_by("-year").values_list("year", flat=True))


def outcomes(
    year: int,
    day: dt.date,
    *,
    scope: Scope | None = None,
    units: Iterable[int] | None = None,
    settings: Changes | None = None,
    criteria: Iterable[CriterionRow] | None = None,
) -> list[UnitOutcomes]:
    """The municipalities that existed on ``day`` and lie in ``scope`` (None: all), in Norwegian order, each with its
    outcome by the criteria of ``year``, its evidence, and what the statsforvalter has added by that day.

    A note stays with the municipality that it was written about: one made of others by a merger begins without any.
    ``units`` narrows it to these. ``settings`` are tried instead of the year's, by the code of the criterion, and
    ``criteria`` are tried instead of them all. At most 11 queries however many they are. Raises NoCriteria.
    """
    rows = tuple(criteria_of(year) if criteria is None else criteria)
    tried = {row.code: {**row.settings, **(settings or {}).get(row.code, {})} for row in rows}
    collected = collect_named(day, units=units, scope=scope)
    notes = _notes(year, day, scope, units)
    return [
        UnitOutcomes(
            *unit,
            verdicts={
                row.code: _verdict(
                    row.code, judge(row.code, collected.facts[unit.unit], tried[row.code]), notes, unit, day
                )
                for row in rows
            },
        )
        for unit in collected.units
    ]


Notes = Mapping[tuple[int, str], list[Note]]


def _verdict(code: str, computed: Outcome, notes: Notes, unit: UnitRow, day: dt.date) -> Verdict:
    mine = notes.get((unit.unit, code))
    if not mine:
        return Verdict(code, computed)
    standing = [note for note in mine if note.kind == CriterionNote.Kind.OVERRULE and note.withdrawn_on is None]
    return Verdict(code, computed, tuple(mine), standing[-1] if standing else None)


def _notes(year: int, day: dt.date, scope: Scope | None, units: Iterable[int] | None) -> Notes:
    """The notes that were recorded by the day, as they stood then. One query."""
    until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    rows = CriterionNote.objects.across_all(reason=REASON).filter(year=year, recorded_at__lt=until)
    if scope is not None:
        rows = rows.filter(unit_or_region(scope, "municipality"))
    if units is not None:
        rows = rows.filter(municipality_id__in=units)
    found: dict[tuple[int, str], list[Note]] = defaultdict(list)
    for row in rows.order_by("id"):
        gone = row.withdrawn_at is not None and row.withdrawn_at < until
        found[row.municipality_id, row.code].append(
            Note(
                row.pk, row.kind, row.outcome, row.reason, row.link, row.recorded_by_name,
                timezone.localdate(row.recorded_at), timezone.localdate(row.withdrawn_at) if gone else None,
            )
        )  # fmt: skip
    return found
