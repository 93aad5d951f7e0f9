"""What the page of the national status shows besides the figures: how far the offices have come, and the offices'
rows taken from the live content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from reporting.documents.content import Content, Figure, KeyFigures, Table, TileMap
from reporting.models import Report, Round

REASON = "national status"


@dataclass(frozen=True)
class OfficeRow:
    """One office: its units and deliveries, and its plan status, each figure with its address."""

    key: str
    name: str
    units: Figure
    delivered: Figure
    late: Figure
    to_review: int
    approved: int
    adopted: Figure
    adopted_share: Figure
    process: Figure
    process_share: Figure

    @property
    def width(self) -> int:
        """The length of the bar: delivered of all units, 0-100."""
        units = self.units.value
        return round(100 * self.delivered.value / units) if isinstance(units, int) and units else 0  # type: ignore


@dataclass(frozen=True)
class PlanRow:
    """Plan status of one office, for the table beside the map."""

    key: str
    name: str
    cells: tuple[Figure, ...]


def table_with(content: Content, *columns: str) -> Table:
    """The first table that has all these columns. KeyError when there is none."""
    for table in content.tables():
        if set(columns) <= {column.key for column in table.columns}:
            return table
    raise KeyError(columns)


def cells(table: Table, row: str) -> dict[str, Any]:
    """A row of a table, by the keys of its columns."""
    found = next(entry for entry in table.rows if entry.key == row)
    return {column.key: cell for column, cell in zip(table.columns, found.cells, strict=True)}


def cards(content: Content) -> KeyFigures:
    """The core indicators."""
    return next(block for block in content.blocks if isinstance(block, KeyFigures))


def tile_map(content: Content) -> TileMap:
    """The map of plan status."""
    return next(block for block in content.blocks if isinstance(block, TileMap))


def office_rows(content: Content, round_: Round) -> list[OfficeRow]:
    """The country (key ``total``) and the ten offices. One query beside the content."""
    delivery, plan = table_with(content, "delivered", "on_behalf"), table_with(content, "unregistered", "process_share")
    states = _states(round_)
    rows = []
    for key in (row.key for row in plan.rows):
        sent, status = cells(delivery, key), cells(plan, key)
        rows.append(
            OfficeRow(
                key=key, name=str(status["name"]), units=sent["units"], delivered=sent["delivered"],
                late=sent["late"], to_review=states.get((key, "submitted"), 0),
                approved=states.get((key, "approved"), 0), adopted=status["adopted"],
                adopted_share=status["adopted_share"], process=status["adopted_process"],
                process_share=status["process_share"],
            )
        )  # fmt: skip
    return rows


def plan_rows(content: Content) -> list[PlanRow]:
    """Plan status by office in the five classes and their sum."""
    plan = table_with(content, "declined", "process_share")
    keys = ("own", "inside", "process", "none", "missing", "units")
    return [PlanRow(row.key, str(row.cells[0]), tuple(cells(plan, row.key)[key] for key in keys)) for row in plan.rows]


def _states(round_: Round) -> dict[tuple[str, str], int]:
    rows = (
        Report.objects.across_all(reason=REASON)
        .filter(round=round_)
        .values_list("office__key", "status")
        .annotate(n=Count("id"))
        .order_by()
    )
    found: dict[tuple[str, str], int] = {}
    for office, status, n in rows:
        found[office, status] = n
        found["total", status] = found.get(("total", status), 0) + n
    return found
