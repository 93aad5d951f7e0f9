"""The formula of a year's funds in plain words, with the numbers put in: the same on the page and in the Word file."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from grants.amounts import in_millions
from grants.services.funds import FLAT, MUNICIPALITIES, Allocation, OfficeRow, PartValues
from municipalities.services.dated import in_words
from reporting.documents.formats import format_number


@dataclass(frozen=True)
class PartWords:
    """A part: the head of its column, and the sentence that explains it."""

    head: str
    sentence: str


@dataclass(frozen=True)
class Step:
    """A line of the worked example: what is reckoned, exactly to two decimals, and rounded."""

    what: str
    reckoning: str
    exact: str
    amount: str


def decimals(value: Fraction) -> str:
    """A fraction with two decimals, half of the last one away from zero; without them where it is whole."""
    if value.denominator == 1:
        return format_number(value.numerator)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return format_number(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def whole_words(shared: Allocation) -> str:
    """What is shared among how many."""
    text = _(
        "%(millions)s mill. kr are shared among %(offices)s offices. The amounts are in 1 000 kr, so the whole is"
        " %(total)s."
    )
    return text % {
        "total": format_number(shared.total), "millions": in_millions(shared.total), "offices": len(shared.rows),
    }  # fmt: skip


def part_head(part: PartValues) -> str:
    """The head of a part's column."""
    if part.key == FLAT:
        return _("The same to each")
    return _("By municipalities") if part.key == MUNICIPALITIES else _("By inhabitants of 67 and over")


def part_words(shared: Allocation) -> list[PartWords]:
    """Each part with its sentence."""
    formula = shared.formula
    return [
        PartWords(part_head(part), _sentence(shared, part, whole))
        for part, whole in zip(formula.parts, shared.whole, strict=True)
    ]


def _sentence(shared: Allocation, part: PartValues, whole: int) -> str:
    said: dict[str, Any] = {
        "amount": format_number(part.amount), "whole": format_number(whole), "day": in_words(shared.formula.counted_on),
        "each": decimals(Fraction(part.amount, whole)) if whole else "0",
    }  # fmt: skip
    if part.key == FLAT:
        return _("%(amount)s is the same to each office: %(amount)s divided by %(whole)s is %(each)s.") % said
    if part.key == MUNICIPALITIES:
        text = _("%(amount)s is shared by the number of municipalities. On %(day)s there were %(whole)s of them, so each counts for %(each)s.")  # noqa: E501  # fmt: skip
        return text % said
    table = part.table
    if table is not None:
        said |= {"title": table.title, "table_day": in_words(table.day)}
    said["each"] = decimals(Fraction(1000 * part.amount, whole)) if whole else "0"
    text = _("%(amount)s is shared by the inhabitants of 67 years and over in the office's municipalities. On %(table_day)s they were %(whole)s in all, so a thousand of them count for %(each)s.")  # noqa: E501  # fmt: skip
    return text % said


def rounding_words() -> str:
    """How the fractions become whole 1 000 kr (docs/decisions/0009)."""
    return _(
        "The amounts are whole 1 000 kr, and the sum always holds. Each 1 000 kr is handed out by itself, to the office"
        " that is then furthest behind its exact share; of two that are equally far behind, to the one that comes first"
        " in the table. Therefore no office gets less when more is shared. Each part is rounded by itself."
    )


def example(shared: Allocation, row: OfficeRow) -> list[Step]:
    """The reckoning of one office, part by part."""
    steps = []
    for place, part in enumerate(shared.formula.parts):
        share, weight, whole = row.line.shares[place], row.weights[place], shared.whole[place]
        amount, of = format_number(part.amount), format_number(whole)
        plain = f"{amount} / {of}" if part.key == FLAT else f"{amount} × {format_number(weight)} / {of}"
        steps.append(Step(part_head(part), plain, decimals(share.exact), format_number(share.amount)))
    return steps
