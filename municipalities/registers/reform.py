"""Reads the offices and what the reform is: areas, solutions, phases and its end, each with its source. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from municipalities.registers.reading import Row, no_overlap, read_rows

KEY = r"[a-z]+(-[a-z]+)*"


@dataclass(frozen=True)
class OfficeRow:
    row: Row
    key: str
    order: int


@dataclass(frozen=True)
class OfficeNameRow:
    row: Row
    office: str
    short_name: str
    name_nb: str
    name_nn: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class AreaRow:
    row: Row
    code: str
    name_nb: str
    name_nn: str


@dataclass(frozen=True)
class SolutionRow:
    row: Row
    code: str
    area: str
    name_nb: str
    name_nn: str
    name_confirmed: bool


@dataclass(frozen=True)
class ReformRow:
    row: Row
    key: str
    name_nb: str
    name_nn: str
    starts_on: dt.date


@dataclass(frozen=True)
class EndRow:
    row: Row
    ends_on: dt.date
    decided_on: dt.date
    source: str


@dataclass(frozen=True)
class PhaseRow:
    row: Row
    number: int
    name_nb: str
    name_nn: str


@dataclass(frozen=True)
class PeriodRow:
    row: Row
    phase: int
    starts_on: dt.date
    ends_on: dt.date
    decided_on: dt.date
    source: str


@dataclass(frozen=True)
class ReformRegisters:
    """Everything but the municipalities."""

    offices: list[OfficeRow]
    office_names: list[OfficeNameRow]
    areas: list[AreaRow]
    solutions: list[SolutionRow]
    reform: ReformRow
    ends: list[EndRow]
    phases: list[PhaseRow]
    periods: list[PeriodRow]


def read_reform(folder: Path) -> ReformRegisters:
    """Read the files; raises RegisterError with file, line and reason."""
    offices = [
        OfficeRow(row, row.code("key", KEY, "a key of small letters and hyphens"), row.number("order", lowest=1))
        for row in read_rows(folder, "offices.csv", ("key", "order"))
    ]
    areas = [
        AreaRow(row, row.code("code", r"\d", "one digit"), *_names(row))
        for row in read_rows(folder, "focus_areas.csv", ("code", "name_nb", "name_nn"))
    ]
    phases = [
        PhaseRow(row, row.number("number", lowest=1, highest=9), *_names(row))
        for row in read_rows(folder, "phases.csv", ("number", "name_nb", "name_nn"))
    ]
    registers = ReformRegisters(
        offices=offices,
        office_names=_office_names(folder, {office.key for office in offices}),
        areas=areas,
        solutions=_solutions(folder, {area.code for area in areas}),
        reform=_reform(folder),
        ends=[
            EndRow(row, row.day("ends_on"), row.day("decided_on"), row.text("source"))
            for row in read_rows(folder, "reform_ends.csv", ("ends_on", "decided_on", "source"))
        ],
        phases=phases,
        periods=_periods(folder, {phase.number for phase in phases}),
    )
    _once(registers.offices, lambda office: office.key)
    _once(registers.areas, lambda area: area.code)
    _once(registers.solutions, lambda solution: solution.code)
    _once(registers.phases, lambda phase: str(phase.number))
    _once(registers.ends, lambda end: str(end.decided_on))
    _once(registers.periods, lambda period: f"phase {period.phase} as decided on {period.decided_on}")
    return registers


def _names(row: Row) -> tuple[str, str]:
    return row.text("name_nb", longest=200), row.text("name_nn", longest=200)


def _office_names(folder: Path, offices: set[str]) -> list[OfficeNameRow]:
    columns = ("office", "short_name", "name_nb", "name_nn", "valid_from", "valid_to")
    names = [
        OfficeNameRow(
            row, row.choice("office", sorted(offices)), row.text("short_name", longest=120), *_names(row), *row.period()
        )
        for row in read_rows(folder, "office_names.csv", columns)
    ]
    no_overlap(names, key=lambda name: name.office)
    return names


def _solutions(folder: Path, areas: set[str]) -> list[SolutionRow]:
    return [
        SolutionRow(
            row,
            row.code("code", r"\d\.\d", "a code as 1.1"),
            row.choice("area", sorted(areas)),
            *_names(row),
            row.yes("name_confirmed"),
        )
        for row in read_rows(folder, "solutions.csv", ("code", "area", "name_nb", "name_nn", "name_confirmed"))
    ]


def _reform(folder: Path) -> ReformRow:
    rows = read_rows(folder, "reform.csv", ("key", "name_nb", "name_nn", "starts_on"))
    if len(rows) > 1:
        raise rows[1].fail("there is one reform")
    row = rows[0]
    return ReformRow(
        row, row.code("key", KEY, "a key of small letters and hyphens"), *_names(row), row.day("starts_on")
    )


def _periods(folder: Path, phases: set[int]) -> list[PeriodRow]:
    periods = []
    for row in read_rows(folder, "phase_periods.csv", ("phase", "starts_on", "ends_on", "decided_on", "source")):
        phase = row.number("phase", lowest=1, highest=9)
        if phase not in phases:
            raise row.fail(f"phase {phase} is unknown")
        starts_on, ends_on = row.day("starts_on"), row.day("ends_on")
        if ends_on < starts_on:
            raise row.fail(f"ends_on {ends_on} comes before starts_on {starts_on}")
        periods.append(PeriodRow(row, phase, starts_on, ends_on, row.day("decided_on"), row.text("source")))
    return periods


def _once(rows: Iterable[Any], key: Callable[[Any], str]) -> None:
    seen: dict[str, Any] = {}
    for entry in rows:
        earlier = seen.setdefault(key(entry), entry)
        if earlier is not entry:
            raise entry.row.fail(f"{key(entry)} stands in line {earlier.row.line} already")
