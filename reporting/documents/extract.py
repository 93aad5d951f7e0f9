"""Every counted answer, line by line, for a workbook that people who analyse take home.

What counts is the same as in the figures: the last Submission of every report that is sent in or approved. Lines are
read as they are written, so the memory does not grow with the rounds.

The words of an answer are those of the form in which it was given, also where a later form has other words or does not
ask any more. Each line names the unit as it was on the round's day. In the borders of another day it names beside it
the unit to which the whole of it belongs then, so that who analyses may sum counts; a unit that was split stays itself,
with the units among which it lies named. The last word of a line says when the statsforvalter sent in on the unit's
behalf.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext, override

from municipalities.borders import regroup
from municipalities.lineage import Lineage
from municipalities.services import UnitName, lineage_of_all, office_names, unit_names
from networks.models import Network
from reporting.documents.formats import clean
from reporting.form_spec import FormSpec, local
from reporting.models import Answer, FormVersion, Report, Round
from reporting.services.rounds import form_spec

CHUNK = 5_000
REASON = "extract of all answers"

Value = str | int | Decimal | dt.date
Line = tuple[dt.date, str, str, str, str, int, str, str, Value, str]
"""Round, municipality number, name, county number, office key, Submission number, question, row, answer, its label."""
Here = tuple[str, str, str]
"""Number and name in the borders of the day asked for; the units into which it was split, for one that was."""


@dataclass(frozen=True)
class Extract:
    """The lines, how many there must be, and the code book: question, kind, option and wording.

    ``borders`` is the day in whose borders each line is given too; then a ``Here`` follows the line. None: the
    borders of then only. Each ends with "yes" in words when it was sent in on the unit's behalf, else empty.
    """

    rounds: tuple[dt.date, ...]
    expected: int
    reports: int
    lines: Iterator[tuple[Any, ...]]
    code_book: tuple[tuple[str, str, str, str], ...]
    borders: dt.date | None = None


def extract(rounds: Iterable[Round], language: str, *, borders: dt.date | None = None) -> Extract:
    """What ``rounds`` hold, in order of round and report. Call it inside one transaction.

    ``borders`` is the day in whose borders each line is given beside those of then. A handful of queries however much
    there is: the answers come in one, read in pieces.
    """
    rounds = sorted(rounds, key=lambda row: row.reference_date)
    ids = [row.pk for row in rounds]
    delivered = Report.objects.across_all(reason=REASON).filter(round__in=ids, status__in=Report.DELIVERED)
    rows = Answer.objects.across_all(reason=REASON).filter(submission__in=delivered.values("current_id"))
    used = delivered.filter(current__isnull=False).values("current__form_version_id")
    asked = Q(pk__in=used) | Q(pk__in=[row.form_version_id for row in rounds])
    specs = {row.pk: form_spec(row) for row in FormVersion.objects.filter(asked).order_by("pk")}
    return Extract(
        rounds=tuple(row.reference_date for row in rounds),
        expected=rows.count(),
        reports=delivered.count(),
        lines=_lines(rounds, rows, specs, language, borders),
        code_book=_code_book(specs.values(), language),
        borders=borders,
    )


def _lines(
    rounds: list[Round], rows: Any, specs: dict[int, FormSpec], language: str, borders: dt.date | None
) -> Iterator[tuple[Any, ...]]:
    names: dict[int, dict[int, UnitName]] = {row.pk: unit_names(None, row.reference_date) for row in rounds}
    days = {row.pk: row.reference_date for row in rounds}
    offices = {pk: name.key for pk, name in office_names(rounds[-1].reference_date).items()} if rounds else {}
    labels = {pk: _labels(spec, language) for pk, spec in specs.items()}
    networks = {
        str(pk): clean(name) for pk, name in Network.objects.across_all(reason=REASON).values_list("pk", "name")
    }
    here = _Here(lineage_of_all(), borders) if borders is not None else None
    with override(language):
        by_office = ("", gettext("Yes"))
    values = rows.order_by("submission__report__round__reference_date", "submission_id", "id").values_list(
        "submission__report__round_id", "submission__report__municipality_id", "submission__report__office_id",
        "submission__number", "question", "row", "value", "number", "date", "text", "submission__on_behalf_of_id",
        "submission__form_version_id",
    )  # fmt: skip
    for round_id, unit_id, office_id, version, question, row, value, number, day, text, own, form in values.iterator(
        CHUNK
    ):
        unit = names[round_id][unit_id]
        given = value or (number if number is not None else day or text)
        label = labels[form].get((question, value), "") if value else ""
        line: Line = (
            days[round_id], unit.number, unit.name, unit.county_number, offices.get(office_id, ""), version, question,
            row, given, label or networks.get(value, ""),
        )  # fmt: skip
        beside = here.of(unit_id, days[round_id]) if here is not None else ()
        yield (*line, *beside, by_office[own is not None])


class _Here:
    """Where units stand in the borders of a day, each worked out once for each round."""

    def __init__(self, lineage: Lineage, day: dt.date) -> None:
        self.lineage, self.day = lineage, day
        self.known: dict[tuple[int, dt.date], Here] = {}

    def of(self, unit_id: int, then: dt.date) -> Here:
        """Number, name and, for a unit that was split, the parts."""
        key = (unit_id, then)
        if key not in self.known:
            self.known[key] = self._worked_out(unit_id, then)
        return self.known[key]

    def _worked_out(self, unit_id: int, then: dt.date) -> Here:
        (group,) = (group for group in regroup(self.lineage, [unit_id], then, self.day) if group.members)
        parts = ", ".join(f"{part.number} {part.name}" for part in group.leads_to)
        return group.number, group.name, parts


def _labels(spec: FormSpec, language: str) -> dict[tuple[str, str], str]:
    return {
        (question.code, option.key): local(option.text, language)
        for question in spec.questions()
        for option in question.options
    }


def _code_book(specs: Iterable[FormSpec], language: str) -> tuple[tuple[str, str, str, str], ...]:
    """Question, kind, key and wording of everything that the forms ask and offer; each once."""
    book: dict[tuple[str, str, str, str], None] = {}
    for spec in specs:
        for question in spec.questions():
            book[(question.code, question.kind, "", local(question.text, language))] = None
            for option in question.options:
                book[(question.code, question.kind, option.key, local(option.text, language))] = None
            for row in question.rows:
                book[(question.code, question.kind, row.key, local(row.text, language))] = None
    return tuple(book)
