"""Reads a table of Statistics Norway (SSB) in the form JSON-stat2: inhabitants of 67 years and over by municipality.

Only what the portal needs of the format (json-stat.org, version 2.0): one ``dataset`` with the dimensions Region
(numbers as ``3004`` or ``K-3004``), Alder (single years or groups, summed from 67 up), Tid (one year; SSB's population
is that of 1 January), perhaps Kjonn (summed), and one figure for each. Whatever is otherwise is refused whole. Pure: no
Django; the services word the refusals.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

FILE_SIZE = 5 * 1024 * 1024
CELLS = 300_000
FROM_AGE = 67
OLDEST = 105
"""SSB's last single year is ``105+``; a closed group that ends there or later leaves nobody out."""
MOST = 10_000_000
TITLE = 300

_REGION = re.compile(r"(?:K[-_]?)?(\d{4})")
_AGE_CODE = re.compile(r"[A-Za-zÆØÅæøå_]{0,8}0*(\d{1,3})(?:[-–_]0*(\d{1,3})|(\+))?")
_OLDER = r"\+|eller eldre|eller mer|og eldre|og over|or older|or more"
_AGE_LABEL = re.compile(rf"0*(\d{{1,3}})(?:\s*[-–]\s*0*(\d{{1,3}}))?\s*(?:år|years?)?\s*({_OLDER})?")
_ALL = ("i alt", "alle ", "total", "begge", "both sexes", "all ages")


class TableRefused(Exception):
    """A file that is not such a table. ``code`` says why, ``values`` what the sentence names; the services word it."""

    def __init__(self, code: str, **values: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class KeyFigures:
    """What a file says: its title and source, the day of the figures, each municipality's figure by its number on that
    day, and the hash of the file."""

    title: str
    source: str
    day: dt.date
    values: dict[str, int]
    sha256: str


@dataclass(frozen=True)
class Dimension:
    """A dimension of the table: its codes in order, and the words for them."""

    key: str
    codes: tuple[str, ...]
    labels: dict[str, str]


def read_population(data: bytes) -> KeyFigures:
    """The inhabitants of 67 years and over, by municipality number. Raises TableRefused."""
    said = _dataset(data)
    dimensions = _dimensions(said)
    values = _values(said, math.prod(len(one.codes) for one in dimensions))
    used = {one.key.casefold(): one for one in dimensions}
    region, age, time = (_named(used, *names) for names in (("region",), ("alder", "age"), ("tid", "time", "year")))
    sex = used.get("kjonn") or used.get("sex")
    for one in dimensions:
        if one not in (region, age, time, sex) and len(one.codes) != 1:
            raise TableRefused("dimension", name=_short(one.key), count=len(one.codes))
    if len(time.codes) != 1:
        raise TableRefused("years", count=len(time.codes))
    if not re.fullmatch(r"20\d\d", time.codes[0]):
        raise TableRefused("year", text=_short(time.codes[0]))
    counted = {age.key: _ages(age)} | ({sex.key: _without_all(sex)} if sex else {})
    sums = _sums(dimensions, region, counted, values)
    title, source = (" ".join(str(said.get(key) or "").split())[:TITLE] for key in ("label", "source"))
    day = dt.date(int(time.codes[0]), 1, 1)
    return KeyFigures(title, source, day, sums, hashlib.sha256(data).hexdigest())


def _dataset(data: bytes) -> dict[str, Any]:
    """The file as JSON-stat2. Raises TableRefused for what is none."""
    if len(data) > FILE_SIZE:
        raise TableRefused("size", most=FILE_SIZE // 1024 // 1024)
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TableRefused("json") from None
    if not isinstance(said, dict) or said.get("class") != "dataset" or not str(said.get("version", "")).startswith("2"):
        raise TableRefused("jsonstat")
    return said


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _dimensions(said: dict[str, Any]) -> list[Dimension]:
    """The dimensions in the order in which the values run. Raises TableRefused where they do not fit together."""
    keys, sizes, described = said.get("id"), said.get("size"), said.get("dimension")
    if not isinstance(keys, list) or not isinstance(sizes, list) or not isinstance(described, dict):
        raise TableRefused("shape")
    if len(keys) != len(sizes) or not 1 <= len(keys) <= 8 or len(set(map(str, keys))) != len(keys):
        raise TableRefused("shape")
    found = [_dimension(str(key), described.get(str(key))) for key in keys]
    if [len(one.codes) for one in found] != sizes or math.prod(len(one.codes) for one in found) > CELLS:
        raise TableRefused("shape")
    return found


def _dimension(key: str, said: Any) -> Dimension:
    category = said.get("category") if isinstance(said, dict) else None
    if not isinstance(category, dict):
        raise TableRefused("shape")
    labels, index = category.get("label") or {}, category.get("index")
    if not isinstance(labels, dict):
        raise TableRefused("shape")
    index = list(labels) if index is None and len(labels) == 1 else index  # of one category the place may be left out
    if isinstance(index, dict):
        places = list(index.values())
        if any(type(place) is not int for place in places) or sorted(places) != list(range(len(places))):
            raise TableRefused("shape")
        index = sorted(index, key=index.__getitem__)
    codes = tuple(index) if isinstance(index, list) else ()
    if not codes or not all(isinstance(code, str) for code in codes) or len(set(codes)) != len(codes):
        raise TableRefused("shape")
    return Dimension(key, codes, {str(code): str(label) for code, label in labels.items()})


def _values(said: dict[str, Any], count: int) -> dict[int, Any]:
    """The figures by their place. Raises TableRefused where they are not as many as the dimensions have room for."""
    given = said.get("value")
    if isinstance(given, list):
        if len(given) != count:
            raise TableRefused("shape")
        return dict(enumerate(given))
    if not isinstance(given, dict) or not all(str(key).isascii() and str(key).isdigit() for key in given):
        raise TableRefused("shape")
    found = {int(key): value for key, value in given.items() if len(key) < 10}
    if len(found) != len(given) or any(place >= count for place in found):
        raise TableRefused("shape")
    return found


def _named(used: dict[str, Dimension], *names: str) -> Dimension:
    for name in names:
        if name in used:
            return used[name]
    raise TableRefused("without", name=names[0].capitalize())


def _sums(
    dimensions: Sequence[Dimension], region: Dimension, counted: dict[str, frozenset[str]], values: dict[int, Any]
) -> dict[str, int]:
    """The figures of each region by municipality number, summed over the codes that are ``counted`` of each other
    dimension (all where it is not named)."""
    numbers = {code: _number(region, code) for code in region.codes}
    for number, times in Counter(numbers.values()).items():
        if times > 1:
            raise TableRefused("doubled", number=number)
    sums = dict.fromkeys(numbers.values(), 0)
    here = dimensions.index(region)
    kept = [counted.get(one.key) for one in dimensions]
    for place, codes in enumerate(product(*(one.codes for one in dimensions))):
        if all(wanted is None or code in wanted for code, wanted in zip(codes, kept, strict=True)):
            number = numbers[codes[here]]
            sums[number] += _figure(values.get(place), number)
    return sums


def _number(region: Dimension, code: str) -> str:
    match = _REGION.fullmatch(code)
    if not match:
        raise TableRefused("region", text=_short(f"{code} {region.labels.get(code, '')}"))
    return match[1]


def _figure(value: Any, number: str) -> int:
    """A whole figure from 0. Raises TableRefused that names the municipality."""
    if value is None:
        raise TableRefused("no_figure", number=number)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TableRefused("no_number", number=number, text=_short(str(value)))
    if value < 0:
        raise TableRefused("negative", number=number, text=_short(str(value)))
    if value > MOST:
        raise TableRefused("too_large", number=number)
    if value != int(value):
        raise TableRefused("decimal", number=number, text=_short(str(value)))
    return int(value)


def _ages(age: Dimension) -> frozenset[str]:
    """The codes of 67 years and over, which together must be all of them, each once. Raises TableRefused."""
    bands: list[tuple[int, int | None, str]] = []
    for code in age.codes:
        label = age.labels.get(code, "")
        if label.casefold().startswith(_ALL) or code.startswith("999"):
            continue  # all ages together
        low, high = _band(code, label)
        if high is not None and high < FROM_AGE:
            continue
        if low < FROM_AGE:
            raise TableRefused("across", text=_short(label or code))
        bands.append((low, high, code))
    bands.sort(key=lambda band: band[:1])
    expected: int | None = FROM_AGE
    for low, high, _code in bands:
        if expected is None or low < expected:
            raise TableRefused("ages_twice", age=low)
        if low > expected:
            raise TableRefused("ages_missing", age=expected)
        expected = None if high is None else high + 1
    if expected is not None and expected <= OLDEST:
        raise TableRefused("ages_missing", age=expected)
    return frozenset(code for _low, _high, code in bands)


def _band(code: str, label: str) -> tuple[int, int | None]:
    """The first and the last year of an age group; no last one for the oldest."""
    words = _AGE_LABEL.fullmatch(label.strip().casefold())
    match = words or _AGE_CODE.fullmatch(code)
    if not match:
        raise TableRefused("age", text=_short(label or code))
    low = int(match[1])
    if match[3]:
        return low, None
    high = int(match[2]) if match[2] else low
    if high < low:
        raise TableRefused("age", text=_short(label or code))
    return low, high


def _without_all(sex: Dimension) -> frozenset[str]:
    """The sexes to be summed: the parts without the whole; the whole where it stands alone."""
    parts = [code for code in sex.codes if not sex.labels.get(code, "").casefold().startswith(_ALL) and code != "0"]
    return frozenset(parts or sex.codes)


def _short(text: str) -> str:
    """What a sentence quotes of a file: one line, and not long."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:60]
