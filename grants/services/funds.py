"""How a year's funds are shared among the offices, and the writing of the formula. Amounts are in 1 000 kr.

The letter of 2022 (Oppdragsbrev 2022, «Finansiering i 2022») shares 5 mill. kr flat and 5 mill. kr by the number of
municipalities. Which offices and municipalities there are is counted on the formula's own day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.allocation import MOST, AllocationRefused, Line, Part, allocate
from grants.models import AllocationFormula, AllocationPart, KeyTable
from municipalities.access import can
from municipalities.borders import counts, regroup
from municipalities.models import Municipality, Office
from municipalities.services import lineage_of_all, office_names
from municipalities.services.dated import EntryRefused, in_words, refuse
from municipalities.transitions import log
from reporting.documents.formats import format_number

WHY = "the offices and how many municipalities each has, which is public"
FIRST_YEAR, LAST_YEAR = 2018, 2100
SOURCE_LENGTH = 300
FLAT, MUNICIPALITIES, TABLE = (AllocationPart.Key(key) for key in ("flat", "municipalities", "table"))
WRITTEN = "formula_written"


class YearUnknown(Exception):
    """There is no formula for the year; the message is a sentence."""


class FormulaChanged(EntryRefused):
    """Somebody else has changed the formula since it was seen."""


@dataclass(frozen=True)
class PartValues:
    """A part: how much (1 000 kr), what it is shared by, and the table where it is one."""

    key: str
    amount: int
    table: KeyTable | None = None


@dataclass(frozen=True)
class FormulaValues:
    """A formula as it stands or as somebody proposes it. ``total`` is in 1 000 kr."""

    year: int
    total: int
    counted_on: dt.date
    source: str
    parts: tuple[PartValues, ...]


@dataclass(frozen=True)
class OfficeRow:
    """What an office gets: its name on the day, its municipalities then, its weight in each part, and its share."""

    key: str
    name: str
    short_name: str
    municipalities: int
    weights: tuple[int, ...]
    line: Line

    @property
    def amount(self) -> int:
        """In all, 1 000 kr."""
        return self.line.amount


@dataclass(frozen=True)
class Allocation:
    """A year's funds, shared. ``rows`` are in the offices' own order."""

    formula: FormulaValues
    rows: tuple[OfficeRow, ...]

    @property
    def municipalities(self) -> int:
        """How many municipalities there were on the day."""
        return sum(row.municipalities for row in self.rows)

    @property
    def whole(self) -> tuple[int, ...]:
        """The sum of all offices' weights in each part."""
        return tuple(sum(row.weights[place] for row in self.rows) for place in range(len(self.formula.parts)))

    @property
    def summed(self) -> tuple[int, ...]:
        """What the rounded shares of each part add up to: the part itself."""
        places = range(len(self.formula.parts))
        return tuple(sum(row.line.shares[place].amount for row in self.rows) for place in places)

    @property
    def total(self) -> int:
        """What the offices get together: the formula's total."""
        return sum(row.amount for row in self.rows)


def formulas() -> QuerySet[AllocationFormula]:
    """All formulas with their parts and tables, the newest first. Two queries."""
    rows: QuerySet[AllocationFormula] = AllocationFormula.objects.across_all(reason="formulas are public")
    return rows.prefetch_related("parts__table").order_by("-year")


def values_of(formula: AllocationFormula) -> FormulaValues:
    """The formula as values; no query where its parts were fetched along."""
    parts = tuple(PartValues(part.key, part.amount, part.table) for part in formula.parts.all())
    return FormulaValues(formula.year, formula.total, formula.counted_on, formula.source, parts)


def formula_years() -> list[int]:
    """The years that have a formula, the newest first. One query."""
    return list(formulas().values_list("year", flat=True))


def formula_of(year: int) -> FormulaValues:
    """The formula of ``year``. Two queries. Raises YearUnknown, which says the years that there are."""
    found = formulas().filter(year=year).first() if FIRST_YEAR <= year <= LAST_YEAR else None
    if found is not None:
        return values_of(found)
    known = formula_years()
    if not known:
        raise YearUnknown(_("No formula for the offices' funds is registered yet."))
    years = ", ".join(str(one) for one in sorted(known))
    raise YearUnknown(_("There is no formula for %(year)s. There are formulas for: %(years)s.") % {
        "year": year, "years": years,
    })  # fmt: skip


def formula_copied(formula: FormulaValues, year: int) -> FormulaValues:
    """The same formula for another year, counted on 1 January of it."""
    return replace(formula, year=year, counted_on=dt.date(year, 1, 1))


def allocation(year: int) -> Allocation:
    """The funds of ``year``, shared by its formula. Raises YearUnknown; EntryRefused as ``allocation_by`` does."""
    return allocation_by(formula_of(year))


def allocation_by(formula: FormulaValues) -> Allocation:
    """The funds shared by ``formula``, which need not be stored. At most five queries, whatever the numbers.

    Raises EntryRefused with one sentence by the field of the form that it belongs to.
    """
    day = formula.counted_on
    names = office_names(day)
    order = dict(Office.objects.across_all(reason=WHY).filter(pk__in=names).values_list("key", "order"))
    units = Municipality.objects.across_all(reason=WHY).as_of(day)
    offices = {pk: key for pk, key, _name in units.values_list("pk", "office_key", "name") if key in order}
    if not order or not offices:
        text = _("No municipality is registered on %(day)s. Choose another day.")
        raise EntryRefused({"counted_on": text % {"day": in_words(day)}})
    number = Counter(offices.values())
    weights = [_weights(part, order, number, offices, day) for part in formula.parts]
    parts = [Part(part.amount, weight) for part, weight in zip(formula.parts, weights, strict=True)]
    try:
        lines = allocate(formula.total, parts, order.items())
    except AllocationRefused as refused:
        raise _in_words(refused, formula) from None
    by_key = {name.key: name for name in names.values()}
    rows = (
        OfficeRow(
            line.key, by_key[line.key].name, by_key[line.key].short_name, number[line.key],
            tuple(weight.get(line.key, 0) for weight in weights), line,
        )
        for line in lines
    )  # fmt: skip
    return Allocation(formula, tuple(rows))


def _weights(
    part: PartValues, order: Mapping[str, int], number: Counter[str], offices: Mapping[int, str], day: dt.date
) -> Mapping[str, int]:
    """What the part is shared by, for each office."""
    if part.key == FLAT:
        return dict.fromkeys(order, 1)
    if part.key == MUNICIPALITIES:
        return number
    if part.table is None:
        raise EntryRefused({"table": _("Choose the table that this part is shared by.")})
    return _table_weights(part.table, offices, day)


def _table_weights(table: KeyTable, offices: Mapping[int, str], day: dt.date) -> Counter[str]:
    """The table's figures by office, in the borders of ``day``: those of a merger's parts are summed, a split
    municipality's are not shared out. Raises EntryRefused where a municipality of the day has no figure."""
    figures: dict[int, int | Any] = dict(table.values.values_list("municipality_id", "value"))
    found = {
        line.group.unit_id: int(line.value)
        for line in counts(regroup(lineage_of_all(), figures, table.day, day), figures)
        if line.group.fits and line.complete and line.value is not None
    }
    if missing := sorted(set(offices) - set(found)):
        text = _("The table of %(table_day)s has no figure for %(count)s of the municipalities of %(day)s, among them %(name)s.")  # noqa: E501  # fmt: skip
        unit = Municipality.objects.across_all(reason=WHY).as_of(day).get(pk=missing[0])
        said = {"table_day": in_words(table.day), "day": in_words(day), "count": len(missing), "name": unit.name}
        raise EntryRefused({"table": text % said})
    weights: Counter[str] = Counter()
    for unit_id, key in offices.items():
        weights[key] += found[unit_id]
    return weights


FIELDS = {FLAT: "flat", MUNICIPALITIES: "municipalities", TABLE: "by_table"}
"""The field of the form that a part's amount stands in."""


def _in_words(refused: AllocationRefused, formula: FormulaValues) -> EntryRefused:
    """Why a sum cannot be shared, as a sentence at its field."""
    said = {key: format_number(value) if isinstance(value, int) else value for key, value in refused.values.items()}
    sentences = {
        "negative": _("An amount is never less than 0."),
        "too_large": _(
            "That is more than a milliard kroner. The amount is written in 1 000 kr: 10 mill. kr is 10 000."
        ),
        "no_parts": _("Write at least one part."),
        "not_the_whole": _("The parts add up to %(parts)s, but the whole is %(total)s. Change one of them."),
        "no_offices": _("There is no office to share among on that day."),
        "no_weight": _("All offices have 0 of what this part is shared by, so it cannot be shared."),
        "doubled": _("The office %(key)s stands twice."),
    }
    field = "total"
    if refused.code == "no_weight":
        field = FIELDS[AllocationPart.Key(formula.parts[int(refused.values["part"]) - 1].key)]
    return EntryRefused({field: sentences[refused.code] % said})


def fingerprint(formula: FormulaValues | None) -> str:
    """What tells whether a formula is still the one that somebody has seen; empty for none."""
    if formula is None:
        return ""
    parts = [(part.key, part.amount, part.table.pk if part.table else None) for part in formula.parts]
    told = repr((formula.year, formula.total, formula.counted_on.isoformat(), formula.source, parts))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def formula_faults(formula: FormulaValues) -> dict[str, str]:
    """What is wrong with a formula before anything is counted, one sentence for each field."""
    faults: dict[str, str] = {}
    if not FIRST_YEAR <= formula.year <= LAST_YEAR:
        faults["year"] = _("Choose a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
    if formula.total <= 0:
        faults["total"] = _("Write how much is shared in all, more than 0.")
    elif formula.total > MOST:
        refused = _in_words(AllocationRefused("too_large", most=MOST), formula)
        faults["total"] = refused.faults["total"]
    if not formula.source.strip():
        faults["source"] = _("Write where the formula stands, for example the letter and its heading.")
    elif len(formula.source) > SOURCE_LENGTH:
        faults["source"] = _("Write at most %(most)s characters.") % {"most": SOURCE_LENGTH}
    keys = [part.key for part in formula.parts]
    if len(set(keys)) != len(keys):
        faults["total"] = _("Each kind of part stands once.")
    return faults


def formula_try(formula: FormulaValues) -> Allocation:
    """What a formula would give, before it is saved. Raises EntryRefused."""
    refuse(formula_faults(formula))
    return allocation_by(formula)


def formula_write(formula: FormulaValues, *, seen: str, actor: Any, now: dt.datetime) -> bool:
    """Save the formula of its year, new or instead of the one that is there. ``seen`` is the ``fingerprint`` of what
    the writer has seen. Leaves an Event that says what held before.

    Returns whether anything was changed. Raises PermissionDenied, EntryRefused when the formula cannot be shared by,
    and FormulaChanged when somebody else has changed it meanwhile.
    """
    decision = can(actor, "grants.edit", today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    formula = replace(formula, source=" ".join(formula.source.split()))
    formula_try(formula)
    try:
        with transaction.atomic():
            return _write(formula, seen, actor, now)
    except IntegrityError:  # two wrote the year's first one at once
        raise _changed_meanwhile() from None


def _write(formula: FormulaValues, seen: str, actor: Any, now: dt.datetime) -> bool:
    rows = AllocationFormula.objects.across_all(reason="its own row").select_for_update()
    row = rows.filter(year=formula.year).first()
    before = values_of(row) if row is not None else None
    if fingerprint(before) != seen:
        raise _changed_meanwhile()
    if before == formula:
        return False
    row = row or AllocationFormula(year=formula.year)
    row.total, row.counted_on, row.source = formula.total, formula.counted_on, formula.source
    row.save()
    row.parts.all().delete()
    AllocationPart.objects.across_all(reason="the formula's own").bulk_create(
        AllocationPart(formula=row, order=order, key=part.key, amount=part.amount, table=part.table)
        for order, part in enumerate(formula.parts, 1)
    )
    log(row, WRITTEN, actor=actor, now=now, note=_noted(before, formula), content_hash=fingerprint(formula))
    return True


def _changed_meanwhile() -> FormulaChanged:
    text = _("Somebody else has changed the formula meanwhile. Compare the results below, and save again if you will.")
    return FormulaChanged({"": text})


def _noted(before: FormulaValues | None, after: FormulaValues) -> str:
    """What changed, for the log: the same words in every language, since the log is read as it was written."""
    told = [_told(formula) for formula in (before, after) if formula is not None]
    return " -> ".join(told)


def _told(formula: FormulaValues) -> str:
    parts = " + ".join(
        f"{part.key} {part.amount}" + (f" ({part.table.day})" if part.table else "") for part in formula.parts
    )
    return f"{formula.year}: {formula.total} = {parts}, {formula.counted_on}, {formula.source}"


def plain(shared: Allocation) -> dict[str, Any]:
    """The allocation as plain data, as the command and the API give it. Amounts in 1 000 kr."""
    formula = shared.formula
    return {
        "year": formula.year,
        "unit": "1000 NOK",
        "total": shared.total,
        "counted_on": formula.counted_on.isoformat(),
        "municipalities": shared.municipalities,
        "source": formula.source,
        "parts": [_plain_part(part) for part in formula.parts],
        "offices": [
            {
                "office": row.key,
                "name": row.name,
                "municipalities": row.municipalities,
                "parts": _plain_shares(formula.parts, row),
                "amount": row.amount,
            }
            for row in shared.rows
        ],
    }


def _plain_part(part: PartValues) -> dict[str, Any]:
    table = {"table": part.table.title, "table_day": part.table.day.isoformat()} if part.table else {}
    return {"key": part.key, "amount": part.amount, **table}


def _plain_shares(parts: Sequence[PartValues], row: OfficeRow) -> dict[str, int]:
    return {part.key: share.amount for part, share in zip(parts, row.line.shares, strict=True)}
