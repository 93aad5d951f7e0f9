"""Reads one register file at a time, each cell checked; what is wrong is told with file, line and reason. Pure."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class RegisterError(Exception):
    """Something in a register file is wrong; the message names the file, the line (the header is 1) and the reason."""

    def __init__(self, file: str, line: int | None, why: str) -> None:
        super().__init__(f"{file}, line {line}: {why}" if line else f"{file}: {why}")
        self.file, self.line, self.why = file, line, why


@dataclass(frozen=True)
class Row:
    """The cells of one line and where it stands."""

    file: str
    line: int
    cells: dict[str, str]

    def fail(self, why: str) -> RegisterError:
        """The error to raise about this row."""
        return RegisterError(self.file, self.line, why)

    def text(self, column: str, *, longest: int = 300, empty: bool = False) -> str:
        """A text without blanks around it; refused when empty (unless allowed) or longer than ``longest``."""
        value = self.cells[column].strip()
        if not value and not empty:
            raise self.fail(f"{column} is empty")
        if len(value) > longest:
            raise self.fail(f"{column} is longer than {longest} characters")
        if not value.isprintable():
            raise self.fail(f"{column} holds a control character")
        return value

    def code(self, column: str, pattern: str, what: str) -> str:
        """A text that fits ``pattern``; ``what`` says in words what is expected."""
        value = self.text(column)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise self.fail(f"{column} is {value!r}, expected {what}")
        return value

    def number(self, column: str, *, lowest: int = 0, highest: int = 1000) -> int:
        """A whole number from ``lowest`` to ``highest``."""
        value = self.text(column)
        if not re.fullmatch(r"\d{1,6}", value, re.ASCII) or not lowest <= int(value) <= highest:
            raise self.fail(f"{column} is {value!r}, expected a whole number from {lowest} to {highest}")
        return int(value)

    def day(self, column: str) -> dt.date:
        """A date as YYYY-MM-DD."""
        value = self.text(column)
        try:
            if len(value) == 10:
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        raise self.fail(f"{column} is {value!r}, expected a date as YYYY-MM-DD")

    def period(self, start: str = "valid_from", end: str = "valid_to") -> tuple[dt.date, dt.date | None]:
        """Two days, the second one open when empty; refused when the end comes before the start."""
        first = self.day(start)
        last = self.day(end) if self.cells[end].strip() else None
        if last is not None and last < first:
            raise self.fail(f"{end} {last} comes before {start} {first}")
        return first, last

    def choice(self, column: str, choices: Iterable[str]) -> str:
        """One of ``choices``."""
        value, known = self.text(column), list(choices)
        if value not in known:
            raise self.fail(f"{column} is {value!r}, expected one of {', '.join(known)}")
        return value

    def yes(self, column: str) -> bool:
        """``yes`` or ``no``."""
        return self.choice(column, ["yes", "no"]) == "yes"


def read_rows(folder: Path, name: str, columns: Iterable[str]) -> list[Row]:
    """The rows of ``name``; raises RegisterError for a file that is missing, broken or lacks a column."""
    path, wanted = folder / name, list(columns)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RegisterError(name, line, "is not UTF-8 text") from error
    except OSError as error:
        raise RegisterError(name, None, "cannot be read") from error
    rows = list(_parse(name, text, wanted))
    if not rows:
        raise RegisterError(name, None, "holds no rows")
    return rows


def _parse(name: str, text: str, wanted: list[str]) -> Iterator[Row]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        missing = [column for column in wanted if column not in header]
        if missing:
            raise RegisterError(name, 1, f"the column {missing[0]} is missing")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise RegisterError(name, reader.line_num, f"has {len(cells)} cells, the header has {len(header)}")
            yield Row(name, reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise RegisterError(name, reader.line_num, f"is not well-formed CSV ({error})") from error


def files_like(folder: Path, pattern: str) -> list[str]:
    """The names of the files that fit ``pattern``, in order; raises RegisterError when there is none."""
    names = sorted(path.name for path in folder.glob(pattern))
    if not names:
        raise RegisterError(pattern, None, "no such file")
    return names


def no_overlap(rows: Iterable[Any], key: Callable[[Any], str]) -> None:
    """Refuse two dated rows with the same ``key`` on the same day. Each has ``row``, ``valid_from``, ``valid_to``."""
    last: dict[str, Any] = {}
    for entry in sorted(rows, key=lambda item: (key(item), item.valid_from)):
        before = last.get(key(entry))
        if before is not None and (before.valid_to is None or before.valid_to >= entry.valid_from):
            raise entry.row.fail(
                f"{key(entry)} from {entry.valid_from} overlaps {before.row.file}, line {before.row.line},"
                f" which holds from {before.valid_from} to {before.valid_to or 'further notice'}"
            )
        last[key(entry)] = entry
