"""What the pages and files of the priority lists show: the criteria, the schemes and the outcomes in words.

Plain values for templates and files; nothing here decides anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from grants import words
from grants.models import Scheme, SchemeException
from grants.services.priority import CriterionRow, UnitOutcomes, Verdict
from municipalities.render_table import ListTable
from municipalities.templatetags.portal import day as day_words


@dataclass(frozen=True)
class Head:
    """A criterion as a column and as a line of the rules: its short name, what it asks, and where it is from."""

    code: str
    short: str
    title: str
    name: str
    source: str
    version: int


def heads(criteria: Iterable[CriterionRow]) -> list[Head]:
    """The criteria in the language in use."""
    return [
        Head(row.code, str(words.SHORT[row.code]), row.title, str(words.ASKS[row.code]), row.source, row.version)
        for row in criteria
    ]


@dataclass(frozen=True)
class Cell:
    """A criterion of one municipality in a table."""

    short: str
    state: str
    since: dt.date | None
    overruled: bool


def cells(line: UnitOutcomes, columns: Sequence[Head]) -> list[Cell]:
    """The line's outcomes in the order of the columns."""
    return [_cell(head, line.verdicts[head.code]) for head in columns]


def _cell(head: Head, verdict: Verdict) -> Cell:
    return Cell(head.short, verdict.state, verdict.since, verdict.overruling is not None)


@dataclass(frozen=True)
class SchemeLine:
    """A scheme in words: when one may apply, and what of it the criteria do not touch."""

    scheme: Scheme
    window: str
    exceptions: list[str]


def scheme_line(scheme: Scheme) -> SchemeLine:
    """``scheme`` with its exceptions prefetched."""
    return SchemeLine(scheme, window_words(scheme), [exception_words(row) for row in scheme.exceptions.all()])


def window_words(scheme: Scheme) -> str:
    """``From 1 May 2022 to 1 June 2022``; a sentence where the window is not entered."""
    if scheme.opens_on and scheme.closes_on:
        return _("%(first)s to %(last)s") % {"first": day_words(scheme.opens_on), "last": day_words(scheme.closes_on)}
    if scheme.opens_on:
        return _("From %(day)s") % {"day": day_words(scheme.opens_on)}
    if scheme.closes_on:
        return _("Until %(day)s") % {"day": day_words(scheme.closes_on)}
    return _("The window is not entered")


def exception_words(row: SchemeException) -> str:
    """What an exception says, with the years in which the criteria come in."""
    return _with_years(row.name, row.from_year, row.to_year)


def _with_years(name: str, first: int | None, last: int | None) -> str:
    if not first or not last:
        return name
    gradually = _("Introduced gradually %(first)s–%(last)s.") % {"first": first, "last": last}
    return f"{name} {gradually}"


def frozen_exceptions(rows: Iterable[Mapping[str, Any]], language: str) -> list[str]:
    """The exceptions as they were frozen with a decided list, in ``nb`` or ``nn``."""
    found = []
    for row in rows:
        name = row["name"]["nn" if language.startswith("nn") else "nb"]
        found.append(_with_years(name, row["from_year"], row["to_year"]))
    return found


def list_table(
    lines: Sequence[UnitOutcomes],
    criteria: Sequence[Head],
    *,
    year: int,
    day: dt.date,
    scheme: Scheme | None = None,
    filters: Sequence[tuple[str, str]] = (),
) -> ListTable:
    """The list as a file: a line for each municipality, for each criterion the outcome and since when."""
    named = scheme.name if scheme else ""
    columns = [_("Number"), _("Name"), _("Office")]
    for head in criteria:
        columns += [head.short, _("%(criterion)s, since") % {"criterion": head.short}]
    columns += [_("Meets all criteria"), _("What is missing"), _("Overruled by the statsforvalter"), _("As of")]
    title = _("Priority list %(year)s") % {"year": year}
    facts = [(_("As of"), day_words(day)), *([(_("Grant scheme"), named)] if named else []), *filters]
    return ListTable(title, columns, [_line(line, criteria, day) for line in lines], facts)


def _line(line: UnitOutcomes, criteria: Sequence[Head], day: dt.date) -> list[Any]:
    row: list[Any] = [line.number, line.name, line.office_name]
    for cell in cells(line, criteria):
        row += [str(words.STATES[cell.state]), cell.since]
    overruled = [head.short for head in criteria if line.verdicts[head.code].overruling is not None]
    return [*row, line.priority, line.missing, ", ".join(overruled), day]
