"""Values and texts as a Norwegian reader expects them: ``1 230``, ``51,4 %``, ``1. mai 2022``, ``−3``.

Bokmål and nynorsk write numbers and the names of the months alike, so one set of rules serves both. Numbers
are tied with hard spaces. Pure: no Django, no locale, no clock.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from .content import Content, Figure, Run, Scalar, Text, ValueKind

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "\u2013"

MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip

LANGUAGE_TAGS = {"nb": "nb-NO", "nn": "nn-NO"}

# Everything XML and office files refuse (control characters, lone surrogates, non-characters), and the marks
# that turn the direction of the text around them: a reader of one cell must not see the next one mirrored.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff\U0001fffe\U0001ffff]")


def clean(text: str) -> str:
    """``text`` without characters that break a file or turn its direction; tabs and line breaks stay.

    A lone surrogate or non-character becomes U+FFFD, so that something is seen to be missing.
    """
    if text.isprintable():  # nearly all are
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BROKEN.sub("\ufffd", _FORBIDDEN.sub("", text))


def one_line(text: str) -> str:
    """``clean`` text on one line: every run of ordinary white space is one blank, hard spaces stay."""
    return re.sub(r"[ \t\n\u2028\u2029]+", " ", clean(text)).strip(" ")


def cut(text: str, limit: int, mark: str) -> str:
    """``text``, or its beginning and ``mark`` where it has more than ``limit`` characters in all."""
    return text if len(text) <= limit else text[: max(0, limit - len(mark) - 2)].rstrip() + " " + mark


def format_value(value: Scalar, kind: ValueKind) -> str:
    """``value`` as text after its ``kind``; a dash for None. Never raises: text stays the text it is."""
    if value is None:
        return DASH
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, date):
        return format_date(value)
    if kind == "share":
        return format_share(Decimal(value))
    if kind == "change":
        return format_change(value)
    return format_number(value)


def format_figure(figure: Figure) -> str:
    """The figure's value as text."""
    return format_value(figure.value, figure.kind)


def format_number(value: int | Decimal) -> str:
    """``1230`` as ``1 230`` and ``-1.5`` as ``−1,5``, with the decimals it has."""
    digits = f"{abs(value):,f}" if isinstance(value, Decimal) else f"{abs(value):,d}"
    return (MINUS if value < 0 else "") + digits.replace(",", NBSP).replace(".", ",")


def format_share(value: Decimal) -> str:
    """The fraction ``0.514`` as ``51,4 %``; half a tenth is rounded away from zero."""
    return format_number(_tenths(value * 100)) + NBSP + "%"


def format_change(value: int | Decimal) -> str:
    """A change with its sign: ``+36``, ``−3``, ``±0``; percentage points (Decimal) with one decimal:
    ``+7,0``."""
    shown: int | Decimal = _tenths(value) if isinstance(value, Decimal) else value
    if shown == 0:
        return "±" + format_number(shown * 0)
    return ("+" if shown > 0 else "") + format_number(shown)


def format_date(day: date) -> str:
    """``1. mai 2022``, tied with hard spaces."""
    return f"{day.day}.{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def format_moment(moment: str) -> str:
    """An ISO moment with offset, as it stands (``2022-05-23T12:00:00+02:00``): ``23. mai 2022 kl. 12.00``.

    Text of another shape is given back unchanged.
    """
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d).*", moment)
    if not match:
        return clean(moment)
    year, month, day, hour, minute = match.groups()
    return f"{format_date(date(int(year), int(month), int(day)))} kl.{NBSP}{hour}.{minute}"


def moment(content: Content) -> datetime:
    """When the content was frozen, in UTC; midnight of its day where that is not a moment.

    The time every file is stamped with, since the clock would make two drawings of one content differ.
    """
    try:
        frozen = datetime.fromisoformat(content.frozen_at)
    except ValueError:
        frozen = datetime(content.as_of.year, content.as_of.month, content.as_of.day, tzinfo=UTC)
    return frozen.astimezone(UTC) if frozen.tzinfo else frozen.replace(tzinfo=UTC)


def format_run(run: Run) -> str:
    """A run of a paragraph as text."""
    return format_figure(run) if isinstance(run, Figure) else clean(run.text)


def format_cell(cell: Figure | str | tuple[Text, ...]) -> str:
    """A table's cell as text."""
    if isinstance(cell, Figure):
        return format_figure(cell)
    if isinstance(cell, tuple):
        return "".join(clean(run.text) for run in cell)
    return clean(cell)


def number_of(name: str) -> str:
    """The number in a table's or drawing's id: ``T3`` is ``3``."""
    return name[1:] if name[:1].isalpha() else name


def filled(content: Content, key: str, n: object) -> str:
    """The label ``key`` with ``n`` in its place."""
    return clean(content.label(key)).replace("{n}", str(n))


def language_tag(content: Content) -> str:
    """``nb-NO`` or ``nn-NO``."""
    return LANGUAGE_TAGS.get(content.language, content.language)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
