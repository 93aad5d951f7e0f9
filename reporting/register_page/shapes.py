"""What the page of a unit shows, as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from municipalities.models import (
    CorrectionProposal,
    Municipality,
    MunicipalityVersion,
    PhaseStatus,
    PlanDecision,
    PlanDocument,
)
from municipalities.timeline import Entry
from networks.models import Participation, SupportActivity
from reporting.models import Report


@dataclass(frozen=True)
class NumberRow:
    """A number and name that held for a while, joined over versions in which neither they nor the county changed."""

    number: str
    name: str
    official_names: list[dict[str, str]]
    county: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class UnitLink:
    """Another unit in the history of this one; ``seen`` says whether the reader may open its page."""

    number: str
    name: str
    seen: bool

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class LinkRow:
    """A merger or split on ``on``: the unit was made of ``units`` or (``became``) became them."""

    on: dt.date
    kind: str
    units: tuple[UnitLink, ...]
    became: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(unit.name for unit in self.units)


@dataclass(frozen=True)
class Origin:
    """Where a register row comes from. ``direct`` when no report put it there; ``after_report`` when that was done
    after the last report was approved. ``by`` and ``at`` are known for rows of the plan registers."""

    direct: bool
    after_report: bool = False
    by: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True)
class PlanRow:
    """A plan decision. ``url`` is its address when it is one that a browser may follow; ``positions`` how many
    solutions it takes up; ``replaces`` the decision before it."""

    row: PlanDecision
    day: dt.date
    url: str
    origin: Origin
    documents: tuple[PlanDocument, ...] = ()
    positions: int = 0
    replaces: PlanDecision | None = None


@dataclass(frozen=True)
class AnchorRow:
    """A kind of plan, and how the reform stands in it: ``yes``, ``expected`` or ``no``; ``sub`` are its days, years
    and what is due."""

    text: str
    state: str
    sub: tuple[str, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True)
class PositionRow:
    """A solution and what was decided about it, since when and by which decision."""

    code: str
    solution: str
    position: str
    chosen: bool
    since: dt.date | None = None
    decision: PlanRow | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class AreaRow:
    """A focus area with its solutions; ``position`` is the municipality's on the area as a whole, where it has one."""

    name: str
    rows: tuple[PositionRow, ...]
    position: str = ""

    @property
    def chosen(self) -> int:
        return sum(row.chosen for row in self.rows)


@dataclass(frozen=True)
class Step:
    """One of the five steps: ``done``, ``now`` or empty; ``day`` is when it was finished, or begun."""

    number: int
    text: str
    state: str
    day: dt.date | None = None


@dataclass(frozen=True)
class NetworkRow:
    """A participation, when the network last met, and whether the unit takes part now."""

    row: Participation
    last_met: dt.date | None
    now: bool
    origin: Origin


@dataclass(frozen=True)
class Contact:
    """A contact of the municipality: name, work e-mail and telephone."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class RegisterPage:
    """Everything on the page of one unit. ``may`` are the rights that the reader has on it."""

    unit: Municipality
    version: MunicipalityVersion
    exists: bool
    office: str
    office_key: str
    numbers: list[NumberRow]
    made_of: list[LinkRow]
    became: list[LinkRow]
    plans: list[PlanRow]
    plan: PlanRow | None
    anchoring: list[AnchorRow]
    areas: list[AreaRow]
    chosen: int
    solutions: int
    status: PhaseStatus | None
    status_origin: Origin | None
    steps: list[Step]
    timeline: tuple[Entry, ...]
    networks: list[NetworkRow]
    networks_now: int
    support: list[SupportActivity]
    reports: list[Report]
    contacts: list[Contact]
    corrections: list[CorrectionProposal]
    risk: Sequence[Any] = ()
    may: frozenset[str] = field(default_factory=frozenset)

    @property
    def answered(self) -> bool:
        """Whether anything is registered about the solutions or areas."""
        return any(area.position or any(row.position for row in area.rows) for area in self.areas)

    @property
    def decision_positions(self) -> bool:
        """Whether any decision says which solutions it takes up."""
        return any(plan.positions for plan in self.plans)
