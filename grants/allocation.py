"""How a sum is shared among the offices so that the sum always holds and nobody gets less when it grows. Pure.

Each 1 000 kr is handed out one at a time, to the office that is furthest behind its exact share of what has been handed
out so far (largest remainder taken step by step); of two that are equally far behind, the one that comes first in the
offices' own order. Plain largest remainder looks at the whole only, and can give an office less of a larger sum
(``docs/decisions/0009-the-offices-funds.md`` has the example). All arithmetic is in whole numbers and fractions.

The formula of 2022 is that of Oppdragsbrev 2022, «Finansiering i 2022»: 5 mill. kr flat and 5 mill. kr by number of
municipalities. Each of its parts is shared by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

MOST = 1_000_000
"""The largest sum in 1 000 kr (one milliard kr): one that is larger was written in another unit."""


class AllocationRefused(Exception):
    """A sum that cannot be shared. ``code`` says why, ``values`` the numbers of the sentence; the services word it.

    ``negative``, ``too_large`` (most), ``no_offices``, ``doubled`` (key), ``no_parts``, ``no_weight`` (part: its place,
    from 1) and ``not_the_whole`` (parts, total: what the parts add up to, and what they should).
    """

    def __init__(self, code: str, **values: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Recipient:
    """Who gets a share: ``order`` breaks ties (the key where two have the same), ``weight`` is what it is shared by."""

    key: str
    order: int
    weight: int


@dataclass(frozen=True)
class Share:
    """A recipient's share of a part: exactly, and in whole 1 000 kr."""

    exact: Fraction
    amount: int


@dataclass(frozen=True)
class Part:
    """A part of the whole: 1 000 kr, and the weight of each office by its key."""

    amount: int
    weights: Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """What an office gets: its share of each part, in the parts' order."""

    key: str
    shares: tuple[Share, ...]

    @property
    def amount(self) -> int:
        """In all, 1 000 kr."""
        return sum(share.amount for share in self.shares)

    @property
    def exact(self) -> Fraction:
        """In all before rounding, 1 000 kr."""
        return sum((share.exact for share in self.shares), Fraction(0))


def allocate(total: int, parts: Sequence[Part], offices: Iterable[tuple[str, int]]) -> tuple[Line, ...]:
    """Share ``total`` (1 000 kr) after ``parts`` among ``offices`` (key, place in their own order).

    Returns a line for each office in that order; the amounts add up to ``total``, and those of a part to its amount. An
    office without a weight in a part has none of it. Raises AllocationRefused.
    """
    rows = sorted(offices, key=lambda office: (office[1], office[0]))
    _check(total, parts, rows)
    shared = [_share_part(place, part, rows) for place, part in enumerate(parts, 1)]
    return tuple(Line(key, tuple(shares[key] for shares in shared)) for key, _order in rows)


def share_out(total: int, recipients: Iterable[Recipient]) -> dict[str, int]:
    """``total`` in whole units after the weights, by key. The order of ``recipients`` does not matter.

    Quick for large totals: at each multiple of the weights' sum (after their common divisor is taken out) all shares
    are whole and everybody has exactly hers, so only what is above the last multiple is handed out one by one. Raises
    AllocationRefused.
    """
    rows = sorted(recipients, key=lambda row: (row.order, row.key))
    _check_recipients(total, rows)
    common = gcd(*(row.weight for row in rows))
    weights = [row.weight // common for row in rows]
    whole = sum(weights)
    rounds, rest = divmod(total, whole)
    return {
        row.key: rounds * weight + more for row, weight, more in zip(rows, weights, _steps(rest, weights), strict=True)
    }


def _steps(rest: int, weights: list[int]) -> list[int]:
    """``rest`` units one at a time, each to who is furthest behind. ``behind`` is the exact share less what was got,
    times the weights' sum, so that it is a whole number; ``index`` finds the first of equals."""
    whole = sum(weights)
    behind, got = [0] * len(weights), [0] * len(weights)
    for _unit in range(rest):
        behind = [lag + weight for lag, weight in zip(behind, weights, strict=True)]
        first = behind.index(max(behind))
        behind[first] -= whole
        got[first] += 1
    return got


def _share_part(place: int, part: Part, offices: Sequence[tuple[str, int]]) -> dict[str, Share]:
    """The shares of one part by key. Raises AllocationRefused that names the part by its place."""
    rows = [Recipient(key, order, part.weights.get(key, 0)) for key, order in offices]
    whole = sum(row.weight for row in rows)
    if part.amount and not whole:
        raise AllocationRefused("no_weight", part=place)
    if not whole:
        return {row.key: Share(Fraction(0), 0) for row in rows}
    amounts = share_out(part.amount, rows)
    return {row.key: Share(Fraction(part.amount * row.weight, whole), amounts[row.key]) for row in rows}


def _check(total: int, parts: Sequence[Part], offices: Sequence[tuple[str, int]]) -> None:
    if total < 0 or any(part.amount < 0 for part in parts):
        raise AllocationRefused("negative")
    if max([total, *(part.amount for part in parts)]) > MOST:
        raise AllocationRefused("too_large", most=MOST)
    if not parts:
        raise AllocationRefused("no_parts")
    if (added := sum(part.amount for part in parts)) != total:
        raise AllocationRefused("not_the_whole", parts=added, total=total)
    if not offices:
        raise AllocationRefused("no_offices")


def _check_recipients(total: int, rows: Sequence[Recipient]) -> None:
    if total < 0 or any(row.weight < 0 for row in rows):
        raise AllocationRefused("negative")
    if not rows:
        raise AllocationRefused("no_offices")
    keys = [row.key for row in rows]
    for key in keys:
        if keys.count(key) > 1:
            raise AllocationRefused("doubled", key=key)
    if not any(row.weight for row in rows):
        raise AllocationRefused("no_weight", part=1)
