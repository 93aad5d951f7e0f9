"""Amounts as people write them, and as they are read. The portal keeps whole 1 000 kr. Pure.

read_amount("12,5", MILLIONS) == 12_500
in_millions(12_500) == "12,5"
"""

from __future__ import annotations

import re
from decimal import Decimal

THOUSANDS, MILLIONS = "1000", "mill"
UNITS = (THOUSANDS, MILLIONS)
MOST = 1_000_000
"""One milliard kr in 1 000 kr: all of the reform's budgets together are far below; more was written in another unit."""

_FACTOR = {THOUSANDS: Decimal(1), MILLIONS: Decimal(1000)}
_GROUPED = re.compile(r"\d{1,3}( \d{3})+(?:[,.]\d+)?")
_PLAIN = re.compile(r"\d+(?:[,.]\d+)?")
_LONGEST = 40


class AmountRefused(ValueError):
    """An amount that cannot be taken. ``code``: ``no_number``, ``negative``, ``too_precise`` or ``too_large``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_amount(text: str, unit: str) -> int:
    """``text`` in ``unit`` as whole 1 000 kr. A comma or a point parts the decimals, blanks may part the thousands.

    Raises AmountRefused, and KeyError for a unit that is not in ``UNITS``.
    """
    factor = _FACTOR[unit]
    words = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-").split())
    negative = words.startswith("-")
    digits = words.removeprefix("-").strip()
    if len(digits) > _LONGEST or not digits.isascii() or not (_GROUPED.fullmatch(digits) or _PLAIN.fullmatch(digits)):
        raise AmountRefused("no_number")
    amount = Decimal(digits.replace(" ", "").replace(",", ".")) * factor
    if negative and amount:
        raise AmountRefused("negative")
    if amount > MOST:
        raise AmountRefused("too_large")
    if amount != int(amount):
        raise AmountRefused("too_precise")
    return int(amount)


def in_millions(amount: int) -> str:
    """Whole 1 000 kr as mill. kr with a comma, no longer than it must be: ``12,5``, ``48``, ``0,865``, ``−2,5``."""
    shown = f"{Decimal(abs(amount)) / 1000:,f}"
    whole, _point, decimals = shown.partition(".")
    decimals = decimals.rstrip("0")
    sign = "\u2212" if amount < 0 else ""
    return sign + whole.replace(",", "\u00a0") + (f",{decimals}" if decimals else "")
