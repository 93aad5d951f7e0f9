"""The smallest parts of a document: one computed value with its address and its source, and a run of words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

ValueKind = Literal["text", "count", "share", "decimal", "change", "date", "number_text"]
"""How a value is to be read: ``share`` is a fraction 0-1, ``change`` a signed count, ``number_text``
digits that are text (a municipality number), never a number. A ``change`` that is a Decimal is in percentage
points (7.0 is shown as +7,0); a ``decimal`` is shown with the decimals it has."""

Scalar = str | int | Decimal | date | None


@dataclass(frozen=True)
class Source:
    """Where a figure comes from, as a selector that a query can follow at any later time.

    ``rule`` names the definition that computed it (``plan.status``), ``version`` its version.
    ``select`` narrows it: keys such as ``question``, ``row``, ``values`` (joined by ``|``), ``office``,
    ``county``, ``unit``, ``delivery``. It holds text only and never a list of units: the units follow
    from the summary's frozen set of Submissions and register rows.
    """

    rule: str
    version: int = 1
    select: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """One computed value. ``ref`` is its address: table and numbered column, ``T3.8``; ``row`` the row's key.

    ``value`` None means that no value can be given (shown as a dash, never as zero).
    """

    value: Scalar
    kind: ValueKind
    ref: str = ""
    row: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Text:
    """A run of words; ``strong`` when it carries weight of its own, ``lang`` when it is in another language
    than the document (``se``, ``smj``, ``sma``, ``fkv``)."""

    text: str
    strong: bool = False
    lang: str = ""
